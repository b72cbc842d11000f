/** Cameras: what is registered, and in which state each is known to be. Addresses and passwords never stand in events. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { LngLat } from '../../kernel/geo.ts'
import type { PersonRole } from '../people/events.ts'

/** 重点路段, 重要场所, 避灾救助点, 江河. */
export const SITE_KINDS = ['road', 'place', 'shelter', 'river'] as const
export type SiteKind = (typeof SITE_KINDS)[number]

/**
 * Who gives the pictures. `demo` is drawn by ffmpeg and says so in the picture; `gateway` is pulled from a camera address by our own gateway;
 * `hls` is a plain playlist; the others are media servers, whose source is their base address and the name of the stream behind it.
 */
export const CAMERA_BACKENDS = ['demo', 'gateway', 'hls', 'mediamtx', 'zlmediakit', 'wvp'] as const
export type CameraBackend = (typeof CAMERA_BACKENDS)[number]

/**
 * What is known of a camera. `unchecked`: nobody has looked yet (未巡检), which is neither well nor ill. `answering`: it answered a probe,
 * but nobody has seen its picture. `denied`: it does not take the password we have.
 */
export type CameraState = 'unchecked' | 'answering' | 'live' | 'stalled' | 'frozen' | 'black' | 'offline' | 'codec' | 'denied'

/** How far what a camera shows may be seen: 公开, 内部, 限制. A camera that names none is open. */
export const CLASSIFICATIONS = ['open', 'internal', 'restricted'] as const
export type Classification = (typeof CLASSIFICATIONS)[number]
/** Whether who reaches so far reaches what is so classified. */
export const reaches = (reach: Classification, classification: Classification = 'open'): boolean =>
  CLASSIFICATIONS.indexOf(classification) <= CLASSIFICATIONS.indexOf(reach)

/** Minutes that may be kept on disk at most: a day. */
export const MOST_DVR_MINUTES = 1440

/** A row of the registry. What is not known is absent, never 0. */
export interface Camera {
  readonly id: string
  /** 20-digit GB/T 28181 code; no two cameras have the same. Streams of a media server may have none. */
  readonly gbCode?: string
  readonly name: string
  /** WGS 84 degrees. */
  readonly position: LngLat
  /** Degrees clockwise from north the camera looks at. */
  readonly bearing?: number
  /** Horizontal field of view in degrees. */
  readonly fov?: number
  /** Metres it can usefully see. */
  readonly range?: number
  readonly siteKind: SiteKind
  /** 15-digit code of the grid it stands in. */
  readonly grid: string
  /** Department that owns it. */
  readonly department?: string
  /** Roles that answer for what it shows. */
  readonly people: readonly PersonRole[]
  readonly backend: CameraBackend
  readonly codec?: 'h264' | 'h265'
  readonly subStream: boolean
  /** Absent: open. */
  readonly classification?: Classification
  /** Its last minutes are kept on disk, so that somebody can look back; absent: nothing is kept. */
  readonly dvrMinutes?: number
}

export type CameraRegistered = JournalEvent<'camera.registered', Camera>

/** Who changed it is the event's sender. Its area is the smallest that holds both grids, so that a move tells neither township of the other. */
export type CameraEdited = JournalEvent<
  'camera.edited',
  {
    readonly id: string
    /** Grid and code after the change. */
    readonly grid: string
    readonly gbCode?: string
    /** The changed fields as they were; absent is "unknown". */
    readonly before: Partial<Camera>
    /** The same fields as they are now. `null`: no longer known. */
    readonly after: { readonly [F in keyof Camera]?: Camera[F] | null }
    /** The sealed address was given anew. */
    readonly source?: true
    readonly reason: string
  }
>

export type CameraRetired = JournalEvent<
  'camera.retired',
  { readonly id: string; readonly gbCode?: string; readonly name: string; readonly grid: string; readonly reason: string }
>

export type CameraStateChanged = JournalEvent<
  'camera.state-changed',
  {
    readonly id: string
    readonly grid: string
    readonly from: CameraState
    readonly to: CameraState
    /** Epoch milliseconds of the last decoded frame, where known. */
    readonly lastFrameAt?: number
    readonly reason?: string
  }
>

/** What both tell: facts as of then, so that the line can be read when the camera is long gone. */
interface Outage {
  readonly id: string
  readonly grid: string
  readonly name: string
  readonly department?: string
}

/** No server watched, or none could write: nothing was known of these cameras meanwhile, whatever is known before and after. */
export type CamerasUnwatched = JournalEvent<
  'cameras.unwatched',
  {
    readonly grid: string
    readonly ids: readonly string[]
    /** Epoch milliseconds; it ends with the event. */
    readonly since: number
  }
>

/** It was seen well, and is gone. Not told of a camera that was already gone when somebody first looked. */
export type CameraWentOffline = JournalEvent<
  'camera.went-offline',
  Outage & {
    readonly reason?: string
    /** Epoch milliseconds of its last frame, where known. */
    readonly lastFrameAt?: number
    /** Which outage of the last hour it is. */
    readonly outages: number
    /** It comes and goes: the next outages of this hour are not told any more. */
    readonly unsteady?: true
  }
>

/** Only told where its going was told. */
export type CameraCameBack = JournalEvent<
  'camera.came-back',
  Outage & {
    readonly state: CameraState
    /** Epoch milliseconds since which it was gone. */
    readonly since: number
  }
>
