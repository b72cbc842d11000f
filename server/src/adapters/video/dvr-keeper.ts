/** Keeps the chosen cameras open, so that their last minutes come onto the disk, and the disk clean of what is too old. */
import type { Dvr } from './dvr.ts'
import { type Gateway, GatewayFull, type StreamHandle } from './gateway.ts'

/** Milliseconds between two looks at which cameras are to be kept on disk, and what is too old. */
const EVERY = 2_000

interface Options {
  readonly dvr: Dvr
  readonly gateway: Pick<Gateway, 'open'>
  /** Cameras that are to be kept, with the milliseconds each, and which of them are kept here; undefined while that is not known. */
  chosen(): { readonly keepMs: ReadonlyMap<string, number>; readonly ours: readonly string[] } | undefined
  readonly log: { warn(o: object, m: string): void; error(o: object, m: string): void }
}

/** The returned function ends it, with the gateway still running; it resolves when the last cleaning is done. */
export function startDvrKeeper({ dvr, gateway, chosen, log }: Options): () => Promise<void> {
  /** Cameras that are held open here. */
  const held = new Map<string, StreamHandle>()
  /** Those that found no place; told once, not every two seconds. */
  const turnedAway = new Set<string>()
  let sweeping: Promise<void> | undefined

  const timer = setInterval(() => {
    const now = chosen()
    if (!now) return
    for (const [id, handle] of held)
      if (!now.ours.includes(id)) {
        handle.close()
        held.delete(id)
      }
    for (const id of now.ours) {
      if (held.has(id)) continue
      try {
        held.set(id, gateway.open(id, { priority: 2 }))
        turnedAway.delete(id)
      } catch (error) {
        if (!(error instanceof GatewayFull)) throw error
        if (turnedAway.has(id)) continue
        turnedAway.add(id)
        log.warn({ camera: id }, 'too many cameras are open: this one is not kept on disk now')
      }
    }
    sweeping ??= dvr
      .sweep((id) => now.keepMs.get(id), Date.now())
      .catch((error) => log.error({ err: error }, 'what was kept of cameras could not be cleaned'))
      .finally(() => {
        sweeping = undefined
      })
  }, EVERY)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await sweeping
  }
}
