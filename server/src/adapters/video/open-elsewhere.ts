/** Which cameras other nodes have open: each node tells its own through the store, and leaves alone what others know better. */
import { JournalUnavailable, type Store } from '../../journal/journal.ts'

export interface OpenElsewhere {
  has(id: string): boolean
  close(): Promise<void>
}

interface Options {
  readonly store: Pick<Store, 'hset' | 'hdel' | 'hgetall'>
  readonly nodeId: string
  /** Ids of the cameras that are open here. */
  open(): readonly string[]
  readonly log: { error(o: object, m: string): void }
  /** Milliseconds from one telling to the next; default 2 s. What was not told anew for five of them is not believed any more. */
  readonly everyMs?: number
}

const HASH = 'open-cameras'

export function watchOpenElsewhere({ store, nodeId, open, log, everyMs = 2_000 }: Options): OpenElsewhere {
  /** What each other node told last, and when we heard of it: by our own clock, since theirs may be wrong. */
  const heard = new Map<string, { text: string; at: number; ids: ReadonlySet<string> }>()
  let count = 0
  let closed = false

  async function turn(): Promise<void> {
    // The number shows that the node lives, though nothing else may have changed.
    await store.hset(HASH, nodeId, JSON.stringify([++count, ...open()]))
    const now = performance.now()
    const all = await store.hgetall(HASH)
    for (const node of heard.keys()) if (!(node in all)) heard.delete(node)
    for (const [node, text] of Object.entries(all)) {
      if (node === nodeId) continue
      const before = heard.get(node)
      if (before?.text !== text) heard.set(node, { text, at: now, ids: idsOf(text) })
      else if (now - before.at > 5 * everyMs) {
        // It died without a word.
        heard.delete(node)
        await store.hdel(HASH, node)
      }
    }
  }

  let turning = Promise.resolve()
  const timer = setInterval(() => {
    turning = turning.then(turn).catch((error) => {
      if (!(error instanceof JournalUnavailable)) log.error({ err: error }, 'which cameras other nodes watch could not be read')
    })
  }, everyMs)
  timer.unref()

  return {
    has: (id) => [...heard.values()].some(({ ids, at }) => ids.has(id) && performance.now() - at <= 5 * everyMs),
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      await turning
      await store.hdel(HASH, nodeId).catch(() => undefined)
    },
  }
}

function idsOf(text: string): ReadonlySet<string> {
  try {
    return new Set((JSON.parse(text) as unknown[]).filter((id) => typeof id === 'string'))
  } catch {
    return new Set()
  }
}
