/** Who may do what. A session or token has one role and one area; both come from the server's store, never from a request. */

import { type Classification, reaches } from '../cameras/events.ts'

export const ROLES = [
  'intake',
  'viewer',
  'wall',
  'grid-worker',
  'township-officer',
  'department',
  'duty-officer',
  'duty-leader',
  'commander',
  'auditor',
  'security-admin',
  'system-admin',
] as const
export type Role = (typeof ROLES)[number]

/** `read` tables and live rows, `break-glass` cameras beyond the own clearance at a 特急, `report` patrol entries and beats, `play` cameras, `private` sealed fields, `audit` who read what is private, and commands by name. */
export type Right =
  | 'read'
  | 'report'
  | 'play'
  | 'private'
  | 'audit'
  | 'incident.accept'
  | 'incident.close'
  | 'camera.register'
  | 'camera.edit'
  | 'camera.retire'
  | 'camera-set.save'
  | 'camera-set.remove'
  | 'favourites.save'
  | 'favourites.remove'
  | 'wall.set-scene'
  | 'break-glass'
  | 'camera-view.review'
  | 'control-room.set'

const OFFICER: readonly Right[] = [
  'read',
  'report',
  'play',
  'private',
  'incident.accept',
  'incident.close',
  'camera-set.save',
  'camera-set.remove',
  'favourites.save',
  'favourites.remove',
]
const DUTY: readonly Right[] = [...OFFICER, 'wall.set-scene', 'break-glass']
const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  intake: ['report'],
  viewer: ['read', 'play'],
  wall: ['read', 'play'],
  'grid-worker': ['read', 'report'],
  'township-officer': OFFICER,
  department: ['read', 'report'],
  'duty-officer': DUTY,
  'duty-leader': DUTY,
  commander: DUTY,
  auditor: ['read', 'audit', 'camera-view.review'],
  'security-admin': ['read', 'audit', 'camera-view.review'],
  'system-admin': ['read', 'camera.register', 'camera.edit', 'camera.retire', 'control-room.set'],
}

/** Whether a role has a right. The one place that is asked. */
export const may = (role: Role, right: Right): boolean => RIGHTS[role].includes(right)

/** A wall hangs where guests stand, and a viewer's token is a machine's. */
const CLEARANCE: Readonly<Partial<Record<Role, Classification>>> = {
  'grid-worker': 'internal',
  department: 'internal',
  'township-officer': 'internal',
  'duty-officer': 'internal',
  'duty-leader': 'restricted',
  commander: 'restricted',
}
export const clearanceOf = (role: Role): Classification => CLEARANCE[role] ?? 'open'
/** Whether a role may see what is so classified, without breaking glass. */
export const clears = (role: Role, classification?: Classification): boolean => reaches(clearanceOf(role), classification)

/** Up to which classification a role may find cameras at all: beyond its clearance only who might see them at a 特急, and who keeps the registry. */
export const findsUpTo = (role: Role): Classification =>
  may(role, 'break-glass') || may(role, 'camera.edit') ? 'restricted' : clearanceOf(role)

/** Who is asking, as the server knows it. */
export interface Identity {
  /** Stable name of account or client; the `sender` of its events. It outlives a rotation of the token. */
  readonly name: string
  readonly role: Role
  /** Area code of 6, 9, 12 or 15 digits. */
  readonly area: string
}
