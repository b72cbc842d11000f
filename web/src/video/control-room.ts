/** Whom to call about a camera whose network refuses us: the control room of the department that owns it. */

export interface ControlRoom {
  readonly department: string
  /** Masked by the server for those who may not call it. */
  readonly phone: string
}

/** Reasons that are the other side's to mend. */
const THEIRS: ReadonlySet<string> = new Set([
  ...['auth', 'connection-refused', 'unreachable', 'redirect', 'camera-error', 'timeout', 'ended', 'clearance-too-low'],
])
export const callable = (reason: string | undefined): boolean => reason !== undefined && THEIRS.has(reason)

/** Undefined where none is registered, or the server does not answer. Never throws. */
export async function controlRoomOf(camera: string): Promise<ControlRoom | undefined> {
  try {
    const answer = await fetch(`/api/cameras/${encodeURIComponent(camera)}/control-room`, {
      credentials: 'same-origin',
      signal: AbortSignal.timeout(5_000),
    })
    const { department, phone } = answer.ok ? ((await answer.json()) as Partial<ControlRoom>) : {}
    return department !== undefined && phone !== undefined ? { department, phone } : undefined
  } catch {
    return undefined
  }
}
