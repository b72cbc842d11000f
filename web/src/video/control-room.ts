/** Whom to call about a camera whose network refuses us: the control room of the department that owns it. */
import { type ShallowRef, shallowRef, watch } from 'vue'

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

/** The control room to call about a camera; undefined while nobody needs to be called, or none is known. */
export function useControlRoom(camera: () => string, calls: () => boolean): Readonly<ShallowRef<ControlRoom | undefined>> {
  const called = shallowRef<ControlRoom>()
  watch(
    [calls, camera],
    async ([wantsOne, id]) => {
      called.value = undefined
      if (!wantsOne) return
      const answer = await controlRoomOf(id)
      if (id === camera() && calls()) called.value = answer
    },
    { immediate: true },
  )
  return called
}
