/** With gateway processes: what this server's own gateway had kept on disk before is found beside what they keep, until its time is past. */
import type { Dvr, Kept, KeptPictures } from './dvr.ts'

/** Milliseconds between two looks for what is too old. */
const EVERY = 10_000

interface Options {
  readonly dvr: Pick<Dvr, 'kept' | 'playlist' | 'file' | 'sweep'>
  /** What the processes keep. */
  readonly keeping: KeptPictures
  /** Milliseconds for which each camera is kept, undefined where it is no longer; undefined while nobody knows. */
  keepMs(): ((camera: string) => number | undefined) | undefined
  readonly log: { error(o: object, m: string): void }
}

export interface KeptBefore extends KeptPictures {
  /** Drops what is too old; also done every ten seconds. Resolves when it is done. */
  sweep(now: number): Promise<void>
  close(): Promise<void>
}

/** Whether what lies here serves a span better: it begins at the moment asked for, or reaches further. */
function isBetter(here: Kept | undefined, there: Kept | undefined, from: number): boolean {
  if (!here || !there) return here !== undefined
  const [a, b] = [here.from <= from, there.from <= from]
  return a === b ? here.to > there.to : a
}

export function keptBefore({ dvr, keeping, keepMs, log }: Options): KeptBefore {
  let sweeping: Promise<void> = Promise.resolve()
  /** Cameras whose last playlist was of this disk: names of files are of one disk only. */
  const playedHere = new Set<string>()
  const sweep = (now: number): Promise<void> => {
    sweeping = sweeping.then(async () => {
      const keep = keepMs()
      if (keep) await dvr.sweep(keep, now)
    })
    sweeping = sweeping.catch((error) => log.error({ err: error }, 'what was kept of cameras could not be cleaned'))
    return sweeping
  }
  const timer = setInterval(() => void sweep(Date.now()), EVERY)
  timer.unref()
  return {
    async kept(camera, span) {
      const [here, there] = [dvr.kept(camera, span), await keeping.kept(camera, span)]
      return isBetter(here, there, span.from) ? here : there
    },
    async playlist(camera, span) {
      const isHere = isBetter(dvr.kept(camera, span), await keeping.kept(camera, span), span.from)
      if (isHere) playedHere.add(camera)
      else playedHere.delete(camera)
      return isHere ? dvr.playlist(camera, span) : keeping.playlist(camera, span)
    },
    async file(camera, name) {
      const [first, second] = playedHere.has(camera) ? [dvr, keeping] : [keeping, dvr]
      return (await first.file(camera, name)) ?? second.file(camera, name)
    },
    sweep,
    close() {
      clearInterval(timer)
      return sweeping
    },
  }
}
