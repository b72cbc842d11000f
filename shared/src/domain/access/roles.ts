/** Who may do what. A session or token has one role and one area; both come from the server's store, never from a request. */

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

/** `read` tables and live rows, `report` patrol entries and beats, `play` cameras, `private` sealed fields, `audit` who read what is private, and commands by name. */
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
  | 'wall.set-scene'

const OFFICER: readonly Right[] = [
  'read',
  'report',
  'play',
  'private',
  'incident.accept',
  'incident.close',
  'camera-set.save',
  'camera-set.remove',
]
const DUTY: readonly Right[] = [...OFFICER, 'wall.set-scene']
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
  auditor: ['read', 'audit'],
  'security-admin': ['read', 'audit'],
  'system-admin': ['read', 'camera.register', 'camera.edit', 'camera.retire'],
}

/** Whether a role has a right. The one place that is asked. */
export const may = (role: Role, right: Right): boolean => RIGHTS[role].includes(right)

/** Who is asking, as the server knows it. */
export interface Identity {
  /** Stable name of account or client; the `sender` of its events. It outlives a rotation of the token. */
  readonly name: string
  readonly role: Role
  /** Area code of 6, 9, 12 or 15 digits. */
  readonly area: string
}
