/**
 * Which gateways live: each tells in Redis, twice a second, which cameras it has open and, where it is a process of its own, at which address
 * and for how many more there is room. Nodes leave alone what others watch, and servers find the processes.
 */
import { setMaxListeners } from 'node:events'
import { JournalUnavailable, type Store } from '../../journal/journal.ts'

/** A gateway that is a process of its own. */
export interface GatewayProcess {
  readonly node: string
  /** `https://host:port` */
  readonly url: string
  /** Streams it can still open. */
  readonly room: number
  /** Streams it opened ahead of need and nobody has asked for. */
  readonly ahead: number
  /** Ids of the cameras that are open there. */
  readonly open: ReadonlySet<string>
  /** Aborts when it is not believed to live any more. */
  readonly gone: AbortSignal
}

export interface GatewayBeats {
  /** Whether another node has the camera open. */
  has(id: string): boolean
  /** The processes that live, as told to others than themselves. */
  processes(): readonly GatewayProcess[]
  close(): Promise<void>
}

/** What a node tells of itself. */
export interface Beat {
  readonly open: readonly string[]
  readonly url?: string
  readonly room?: number
  readonly ahead?: number
}

interface Options {
  readonly store: Pick<Store, 'hset' | 'hdel' | 'hgetall'>
  readonly nodeId: string
  /** What this node tells; absent: it only listens. */
  tell?(): Beat
  readonly log: { error(o: object, m: string): void }
  /** Milliseconds from one telling to the next; default 0.5 s. */
  readonly everyMs?: number
}

const HASH = 'open-cameras'
/** Our own readings without a new word after which a node is not believed any more: counted so, our standing still or Redis' blames nobody. */
const UNBELIEVED = 6
/** And after which its word is taken away, for it died without one. */
const FORGOTTEN = 20

interface Heard {
  readonly text: string
  readonly process: Omit<GatewayProcess, 'url'> & { readonly url: string | undefined }
  readonly end: AbortController
  unchanged: number
}

export function watchGatewayBeats({ store, nodeId, tell, log, everyMs = 500 }: Options): GatewayBeats {
  const heard = new Map<string, Heard>()
  // It grows over restarts under the same name too, so that each word differs from the last.
  let count = Date.now()
  let closed = false

  const forget = (node: string): void => {
    heard.get(node)?.end.abort()
    heard.delete(node)
  }

  function hear(node: string, text: string): void {
    const before = heard.get(node)
    if (before?.text === text) {
      if (++before.unchanged === UNBELIEVED) before.end.abort()
      return
    }
    const { open, url, room = 0, ahead = 0 } = beatOf(text)
    // Requests on their way go on while the process lives: one signal from its first word to its end.
    const end = before && !before.end.signal.aborted ? before.end : new AbortController()
    // Every request that waits for this process listens.
    setMaxListeners(0, end.signal)
    heard.set(node, { text, end, unchanged: 0, process: { node, url, room, ahead, open: new Set(open), gone: end.signal } })
  }

  async function turn(): Promise<void> {
    if (tell) await store.hset(HASH, nodeId, JSON.stringify({ beat: ++count, ...tell() }))
    const all = await store.hgetall(HASH)
    for (const node of heard.keys()) if (!(node in all)) forget(node)
    for (const [node, text] of Object.entries(all)) {
      if (node === nodeId) continue
      hear(node, text)
      if ((heard.get(node)?.unchanged ?? 0) < FORGOTTEN) continue
      forget(node)
      await store.hdel(HASH, node)
    }
  }

  const quietly = (): Promise<void> =>
    turn().catch((error) => {
      if (!(error instanceof JournalUnavailable)) log.error({ err: error }, 'which gateways live could not be read')
    })
  let turning: Promise<void> | undefined
  // While the store hangs, turns must not pile up.
  const next = (): void => {
    turning ??= quietly().finally(() => {
      turning = undefined
    })
  }
  next()
  const timer = setInterval(next, everyMs)
  timer.unref()

  const believed = (): Heard[] => [...heard.values()].filter(({ unchanged }) => unchanged < UNBELIEVED)
  return {
    has: (id) => believed().some(({ process }) => process.open.has(id)),
    processes: () => believed().flatMap(({ process }) => (process.url === undefined ? [] : [process as GatewayProcess])),
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      await turning
      if (tell) await store.hdel(HASH, nodeId).catch(() => undefined)
      for (const { end } of heard.values()) end.abort()
    },
  }
}

/** Nothing of what another version may have told is believed by halves. */
function beatOf(text: string): Beat {
  try {
    const { open, url, room, ahead } = JSON.parse(text) as Partial<Record<keyof Beat, unknown>>
    return {
      open: Array.isArray(open) ? open.filter((id) => typeof id === 'string') : [],
      ...(typeof url === 'string' && { url }),
      ...(typeof room === 'number' && { room }),
      ...(typeof ahead === 'number' && { ahead }),
    }
  } catch {
    return { open: [] }
  }
}
