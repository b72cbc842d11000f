/** Notes every half minute that somebody watches cameras, and tells of the time in which nobody did: no server ran, or it could write nothing. */
import { JournalUnavailable, type Store } from '../../journal/journal.ts'

interface Options {
  readonly store: Pick<Store, 'hset' | 'hgetall'>
  /** Whether the tables are made. */
  isReady(): boolean
  /** Nobody watched since then (epoch milliseconds). Told again later when it rejects, and by each node that finds it: it must be written once. */
  unwatched(since: number): Promise<void>
  readonly log: { error(o: object, m: string): void }
  /** Milliseconds from one beat to the next; default 30 s. Four missed ones are a gap. */
  readonly everyMs?: number
}

const HASH = 'camera-watch'
/** Milliseconds between two looks at whether a beat is due. */
const LOOK = 500

export interface WatchBeats {
  /** Resolves with the first beat, or when it is closed: what is told of a camera before would end a gap too late. */
  readonly begun: Promise<void>
  close(): Promise<void>
}

export function startWatchBeats({ store, isReady, unwatched, log, everyMs = 30_000 }: Options): WatchBeats {
  let begin = (): void => undefined
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let beatAt = Number.NEGATIVE_INFINITY

  async function beat(): Promise<void> {
    if (!isReady() || performance.now() - beatAt < everyMs) return
    // One field of all nodes: while any of them lives there is no gap.
    const last = Number((await store.hgetall(HASH)).last ?? Number.NaN)
    if (Date.now() - last > 4 * everyMs) await unwatched(last)
    await store.hset(HASH, 'last', String(Date.now()))
    beatAt = performance.now()
    begin()
  }

  let beating: Promise<void> | undefined
  const timer = setInterval(
    () => {
      beating ??= beat()
        .catch((error) => {
          if (!(error instanceof JournalUnavailable)) log.error({ err: error }, 'that cameras are watched could not be noted')
        })
        .finally(() => {
          beating = undefined
        })
    },
    Math.min(everyMs, LOOK),
  )
  timer.unref()
  return {
    begun,
    async close() {
      clearInterval(timer)
      begin()
      await beating
    },
  }
}
