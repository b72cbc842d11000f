/** The registry: every command and every projection of the product by name. A new domain is added here and nowhere else. */
import type { Command } from '../kernel/command.ts'
import type { Projection } from '../kernel/projection.ts'
import type { Right } from './access/roles.ts'
import { areas, grids, waters } from './areas/projections.ts'
import { EditCamera, RegisterCamera, ReportCameraState, ReportUnwatched, RetireCamera } from './cameras/commands.ts'
import { controlRoomSubject, decideSetControlRoom, SetControlRoom } from './cameras/control-rooms.ts'
import { decideEdit, decideRegister, decideRetire, decideState, decideUnwatched } from './cameras/decide.ts'
import {
  decideRemoveFavourites,
  decideSaveFavourites,
  favourites,
  favouritesKey,
  favouritesSubject,
  RemoveFavourites,
  SaveFavourites,
} from './cameras/favourites.ts'
import { cameraCodes, cameraStates, cameras, classifiedCameras } from './cameras/projections.ts'
import { RemoveCameraSet, SaveCameraSet } from './cameras/set-commands.ts'
import { decideRemoveSet, decideSaveSet } from './cameras/set-decide.ts'
import { cameraSets } from './cameras/set-projections.ts'
import { cameraUptime } from './cameras/uptime.ts'
import { breakGlassViews, cameraViews } from './cameras/view-projections.ts'
import { decideReviewView, ReviewView, reviewSubject } from './cameras/view-review.ts'
import { AcceptIncident, CloseIncident, MarkDue } from './incidents/commands.ts'
import { decideAccept, decideClose, decideMarkDue } from './incidents/decide.ts'
import { hazardDays, incidents } from './incidents/projections.ts'
import { townshipHours } from './incidents/township-hours.ts'
import { patrolFeed, patrolHours } from './patrol/projections.ts'
import { cityTally, gridTallies, townshipTallies } from './patrol/tallies.ts'
import { people } from './people/projections.ts'
import { CountRefused, decideHear, decideLose, decideRefused, HearSource, LoseSource } from './sources/decide.ts'
import { sources } from './sources/projections.ts'
import { SetScene } from './walls/commands.ts'
import { decideSetScene } from './walls/decide.ts'
import { walls } from './walls/projections.ts'

export const PROJECTIONS: readonly Projection[] = [
  areas,
  grids,
  waters,
  people,
  cameras,
  cameraCodes,
  classifiedCameras,
  cameraStates,
  cameraSets,
  favourites,
  cameraUptime,
  cameraViews,
  breakGlassViews,
  gridTallies,
  townshipTallies,
  cityTally,
  incidents,
  hazardDays,
  townshipHours,
  patrolFeed,
  patrolHours,
  sources,
  walls,
] as unknown as readonly Projection[]

const incident = ({ incident: id }: { incident: string }) => [{ subject: `incident:${id}`, table: 'incidents', key: id }]
const camera = ({ id }: { id: string }) => [{ subject: `camera:${id}`, table: 'cameras', key: id }]
const cameraSet = ({ id }: { id: string }) => [{ subject: `camera-set:${id}`, table: 'cameraSets', key: id }]
const ownFavourites = ({ id }: { id: string }, sender: string) => [
  { subject: favouritesSubject(sender, id), table: 'favourites', key: favouritesKey(sender, id) },
]
const source = ({ name }: { name: string }) => [{ subject: `source:${name}`, table: 'sources', key: name }]

/** A camera's address, with its password, under the camera's name. */
const sealedSource = ({ id, source }: { id: string; source?: string }) =>
  source === undefined ? undefined : { subject: `camera:${id}`, fields: { source } }

/** Commands that users may send, each with the right it needs: these have a route and stand in the OpenAPI text. */
export const COMMANDS = {
  'incident.accept': {
    name: 'incident.accept',
    title: { zh: '受理事件', en: 'Accept an incident' },
    schema: AcceptIncident,
    subjects: incident,
    decide: decideAccept,
  },
  'incident.close': {
    name: 'incident.close',
    title: { zh: '事件结案', en: 'Close an incident' },
    schema: CloseIncident,
    subjects: incident,
    decide: decideClose,
  },
  'camera.register': {
    name: 'camera.register',
    title: { zh: '登记摄像头', en: 'Register a camera' },
    schema: RegisterCamera,
    subjects: camera,
    decide: decideRegister,
    seals: sealedSource,
  },
  'camera.edit': {
    name: 'camera.edit',
    title: { zh: '修改摄像头', en: 'Edit a camera' },
    schema: EditCamera,
    subjects: camera,
    decide: decideEdit,
    seals: sealedSource,
  },
  'camera.retire': {
    name: 'camera.retire',
    title: { zh: '停用摄像头', en: 'Retire a camera' },
    schema: RetireCamera,
    subjects: camera,
    decide: decideRetire,
    // What opened it is forgotten.
    seals: ({ id }: RetireCamera) => ({ subject: `camera:${id}`, fields: {} }),
  },
  'camera-set.save': {
    name: 'camera-set.save',
    title: { zh: '保存摄像头组', en: 'Save a camera set' },
    schema: SaveCameraSet,
    subjects: cameraSet,
    decide: decideSaveSet,
  },
  'camera-set.remove': {
    name: 'camera-set.remove',
    title: { zh: '删除摄像头组', en: 'Remove a camera set' },
    schema: RemoveCameraSet,
    subjects: cameraSet,
    decide: decideRemoveSet,
  },
  'favourites.save': {
    name: 'favourites.save',
    title: { zh: '保存我的收藏', en: 'Save favourites of your own' },
    schema: SaveFavourites,
    subjects: ownFavourites,
    decide: decideSaveFavourites,
  },
  'favourites.remove': {
    name: 'favourites.remove',
    title: { zh: '删除我的收藏', en: 'Remove favourites of your own' },
    schema: RemoveFavourites,
    subjects: ownFavourites,
    decide: decideRemoveFavourites,
  },
  'camera-view.review': {
    name: 'camera-view.review',
    title: { zh: '复核越权调看', en: 'Review a view beyond a clearance' },
    schema: ReviewView,
    // The row of a view is made of events about accounts: a review is the first word on its own subject.
    subjects: ({ view }: ReviewView) => [{ subject: reviewSubject(view) }],
    decide: decideReviewView,
  },
  'control-room.set': {
    name: 'control-room.set',
    title: { zh: '登记值班室电话', en: 'Set the phone of a control room' },
    schema: SetControlRoom,
    // The last word counts.
    subjects: () => [],
    decide: decideSetControlRoom,
    seals: ({ department, phone }: SetControlRoom) => ({ subject: controlRoomSubject(department), fields: { phone } }),
  },
  'wall.set-scene': {
    name: 'wall.set-scene',
    title: { zh: '切换大屏场景', en: 'Set the scene of a wall' },
    schema: SetScene,
    // The last word counts, whatever was said before: no state stands behind it.
    subjects: () => [],
    decide: decideSetScene,
  },
} as const satisfies Partial<Record<Right, Command<never>>>

/** Commands that only the server asks of itself: deadlines, sources, cameras. */
export const INTERNAL_COMMANDS = {
  'incident.mark-due': {
    name: 'incident.mark-due',
    title: { zh: '事件到期', en: 'Mark an incident overdue' },
    schema: MarkDue,
    subjects: incident,
    decide: decideMarkDue,
  },
  'source.hear': {
    name: 'source.hear',
    title: { zh: '数据源恢复', en: 'Source heard again' },
    schema: HearSource,
    subjects: source,
    decide: decideHear,
  },
  'source.lose': {
    name: 'source.lose',
    title: { zh: '数据源失联', en: 'Source lost' },
    schema: LoseSource,
    subjects: source,
    decide: decideLose,
  },
  'source.refused': {
    name: 'source.refused',
    title: { zh: '数据被拒', en: 'Entries refused' },
    schema: CountRefused,
    subjects: source,
    decide: decideRefused,
  },
  'camera.report-state': {
    name: 'camera.report-state',
    title: { zh: '摄像头状态', en: 'Camera state' },
    schema: ReportCameraState,
    subjects: ({ id }: ReportCameraState) => [{ subject: `camera-state:${id}`, table: 'cameraStates', key: id }],
    decide: decideState,
  },
  'cameras.report-unwatched': {
    name: 'cameras.report-unwatched',
    title: { zh: '无人巡看的时段', en: 'Time in which nobody watched' },
    schema: ReportUnwatched,
    subjects: () => [],
    decide: decideUnwatched,
  },
} as const satisfies Record<string, Command<never>>
