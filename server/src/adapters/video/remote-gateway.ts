/**
 * The gateway processes as one gateway: each camera belongs to one of those that live, the same for every server, and to the next one when
 * that fails. Nothing is kept here but where requests go.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { Recording, Span } from './backends/backend.ts'
import type { Kept, KeptPictures } from './dvr.ts'
import { type Gateway, GatewayFull, type NotPlaying, partsOf, streamName } from './gateway.ts'
import type { GatewayProcess } from './gateway-beats.ts'
import { askingTerms } from './gateway-link.ts'
import { frameHeader } from './gateway-server.ts'
import { recordedName } from './playlist.ts'
import { noGateway, type Streams } from './streams.ts'

interface Options {
  readonly secret: Uint8Array
  /** The processes that live. */
  processes(): readonly GatewayProcess[]
  hasSubStream(id: string): boolean
  readonly log: { warn(o: object, m: string): void }
}

/** A machine that takes no connection in this time is left for the next one. */
const CONNECT_MS = 1_500
/** The longest wait a gateway allows itself is eight seconds. */
const ANSWER_MS = 12_000
/** A process that failed is asked last for so long, and longer each time. */
const DOUBT_MS = [2_000, 30_000] as const
/** Who asked for a stream within this time plays it. */
const PLAYING_MS = 10_000
const MOST_BYTES = 16 * 1024 * 1024
/** Streams that are remembered; each recorded span has a name of its own. Those asked for longest ago are forgotten first. */
const MOST_PLAYED = 10_000

type Recordings = { recordings: readonly Recording[] } | { reason: string }

export interface RemoteGateway extends Streams {
  /** Recordings that touch the span, oldest first; or why they cannot be had. */
  recordings(camera: string, span: Span): Promise<Recordings>
  /** What lies on the disks of the processes. */
  readonly keeping: KeptPictures
  close(): void
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/**
 * In which order processes are asked for a camera. First the one that `plays` it for us now; then where it is open already, so that a process
 * that comes back moves nothing and servers agree; then by rendezvous hashing over addresses, so that one that goes moves only its own; full
 * ones behind, those in doubt last.
 */
export function orderFor<P extends Pick<GatewayProcess, 'node' | 'url' | 'open' | 'room'>>(
  camera: string,
  processes: readonly P[],
  { plays, inDoubt = () => false }: { plays?: string | undefined; inDoubt?: (node: string) => boolean } = {},
): P[] {
  const rank = ({ node, open, room }: P): number => {
    if (inDoubt(node)) return 4
    if (node === plays) return 0
    return open.has(camera) ? 1 : room > 0 ? 2 : 3
  }
  const weight = ({ url }: P): string => createHash('sha1').update(`${url}\0${camera}`).digest('hex')
  return processes
    .map((process) => ({ process, rank: rank(process), weight: weight(process) }))
    .sort((a, b) => a.rank - b.rank || (a.weight < b.weight ? 1 : -1))
    .map(({ process }) => process)
}

export function openRemoteGateway({ secret, processes, hasSubStream, log }: Options): RemoteGateway {
  const agent = new Agent({ keepAlive: true, maxCachedSessions: 0 })
  const terms = askingTerms(secret)
  const doubts = new Map<string, { until: number; failures: number }>()
  /** Of each stream the process that answered last and when, and the newest number passed on: where another goes on, its own must be above. */
  const played = new Map<string, { node: string; at: number; newest: number }>()

  function ask(process: GatewayProcess, path: string, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(`${process.url}${path}`, { ...terms, agent }, (reply) => {
        const chunks: Buffer[] = []
        let size = 0
        reply.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > MOST_BYTES) asked.destroy(new Error('an answer too large'))
          else chunks.push(chunk)
        })
        reply.once('error', reject)
        reply.once('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }))
      })
      const giveUp = (): void => void asked.destroy(new Error('it does not answer'))
      const leave = (): void => void asked.destroy(new Error('nobody waits for it'))
      const patience = setTimeout(giveUp, ANSWER_MS)
      let connecting: NodeJS.Timeout | undefined
      asked.once('socket', (socket) => {
        if (!socket.connecting) return
        connecting = setTimeout(giveUp, CONNECT_MS)
        socket.once('secureConnect', () => clearTimeout(connecting))
      })
      process.gone.addEventListener('abort', giveUp)
      signal?.addEventListener('abort', leave)
      asked.once('error', (error) => reject(Object.assign(error, { reused: asked.reusedSocket })))
      asked.once('close', () => {
        clearTimeout(patience)
        clearTimeout(connecting)
        process.gone.removeEventListener('abort', giveUp)
        signal?.removeEventListener('abort', leave)
        // After an answer this says nothing any more.
        reject(new Error('it broke off'))
      })
      if (signal?.aborted) leave()
      else asked.end()
    })
  }

  /** Asks one process. Undefined when it cannot answer; then it is asked last for a while. */
  async function tried(process: GatewayProcess, path: string, signal?: AbortSignal): Promise<Answer | undefined> {
    try {
      const answer = await ask(process, path, signal).catch((error: NodeJS.ErrnoException & { reused?: boolean }) => {
        // A kept connection that was just being given up says nothing of the process.
        if (error.reused && error.code === 'ECONNRESET') return ask(process, path, signal)
        throw error
      })
      if (answer.status >= 500 && answer.status !== 503) throw new Error(`status ${answer.status}`)
      doubts.delete(process.node)
      return answer
    } catch (error) {
      if (signal?.aborted) return undefined
      const failures = (doubts.get(process.node)?.failures ?? 0) + 1
      const wait = Math.min(DOUBT_MS[1], DOUBT_MS[0] * 2 ** (failures - 1))
      doubts.set(process.node, { until: performance.now() + wait, failures })
      log.warn({ gateway: process.node, url: process.url, why: (error as Error).message }, 'a gateway process does not answer')
      return undefined
    }
  }

  const inDoubt = (node: string): boolean => performance.now() < (doubts.get(node)?.until ?? 0)
  const orderOf = (name: string): GatewayProcess[] => orderFor(partsOf(name).id, processes(), { plays: playing(name), inDoubt })
  const playing = (name: string): string | undefined => {
    const last = played.get(name)
    return last && performance.now() - last.at < PLAYING_MS ? last.node : undefined
  }

  /** Asks one after another until one answers; undefined when none does. Throws GatewayFull when all that answer are full. */
  async function anywhere(name: string, path: string, signal?: AbortSignal): Promise<Answer | undefined> {
    let full = false
    for (const process of orderOf(name)) {
      const answer = await tried(process, path, signal)
      if (signal?.aborted) return undefined
      if (!answer) continue
      full = answer.status === 503 && (jsonOf(answer) as { full?: boolean }).full === true
      if (full) continue
      const newest = played.get(name)?.newest ?? 0
      // Set anew it stands last.
      played.delete(name)
      played.set(name, { node: process.node, at: performance.now(), newest })
      for (const oldest of played.keys()) {
        if (played.size <= MOST_PLAYED) break
        played.delete(oldest)
      }
      return answer
    }
    if (full) throw new GatewayFull('too many cameras are open')
    return undefined
  }

  const query = (name: string, more: Readonly<Record<string, string | number | undefined>>): string => {
    const entries = Object.entries({ ...more, after: played.get(name)?.newest || undefined }).filter(([, value]) => value !== undefined)
    return new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)])).toString()
  }

  /** What each process that lives kept of a span, best first: what begins at the moment asked for, else what reaches furthest. */
  async function keepers(camera: string, { from, to }: Kept): Promise<{ process: GatewayProcess; kept: Kept }[]> {
    const answers = await Promise.all(
      orderOf(camera).map(async (process) => {
        const answer = await tried(process, `/kept/${camera}?from=${from}&to=${to}`)
        return answer?.status === 200 ? [{ process, kept: jsonOf(answer) as Kept }] : []
      }),
    )
    const begins = ({ kept }: { kept: Kept }): number => Number(kept.from <= from)
    return answers.flat().sort((a, b) => begins(b) - begins(a) || b.kept.to - a.kept.to)
  }
  /** Who gave a camera's last playlist of what was kept: its files are asked for there first. */
  const playedBack = new Map<string, string>()
  const keeping: KeptPictures = {
    kept: async (camera, span) => (await keepers(camera, span))[0]?.kept,
    async playlist(camera, span) {
      for (const { process } of await keepers(camera, span)) {
        const answer = await tried(process, `/kept/${camera}/${recordedName}?from=${span.from}&to=${span.to}`)
        if (answer?.status !== 200) continue
        playedBack.set(camera, process.node)
        return answer.body.toString('utf8')
      }
      return undefined
    },
    async file(camera, name) {
      const first = playedBack.get(camera)
      const order = orderOf(camera).sort((a, b) => Number(b.node === first) - Number(a.node === first))
      for (const process of order) {
        const answer = await tried(process, `/kept/${camera}/${name}`)
        if (answer?.status === 200) return answer.body
      }
      return undefined
    },
  }

  return {
    keeping,
    nameOf: (id, quality, recorded) => streamName(id, quality, recorded, hasSubStream),
    has: (name) => playing(name) !== undefined,
    async touch(name, { priority } = {}) {
      const answer = await anywhere(name, `/touch/${name}?${query(name, { priority })}`)
      return answer?.status === 200 ? (jsonOf(answer) as ReturnType<Gateway['touch']>) : noGateway
    },
    async ahead(name, by) {
      // Where it will be asked for; if that process cannot, the next one need not begin for somebody who may never come.
      const [process] = orderOf(name)
      const answer = process && (await tried(process, `/ahead/${name}?by=${encodeURIComponent(by)}`))
      return answer?.status === 200 && (jsonOf(answer) as { open: boolean }).open
    },
    async playlist(name, { _HLS_msn: msn }, signal) {
      const answer = await anywhere(name, `/playlist/${name}?${query(name, { msn })}`, signal)
      if (answer?.status !== 200) return answer?.status === 503 ? (jsonOf(answer) as NotPlaying) : noGateway
      const text = answer.body.toString('utf8')
      const last = Number(/(\d+)\.m4s\n$/.exec(text)?.[1])
      const known = played.get(name)
      if (known && last > known.newest) known.newest = last
      return { text }
    },
    async file(name, file) {
      // Where another has taken over, the files of the one before are gone with it.
      const [process] = orderOf(name)
      const answer = process && (await tried(process, `/file/${name}/${file}`))
      return answer?.status === 200 ? answer.body : undefined
    },
    async keyFrame(name, { signal } = {}) {
      const answer = await anywhere(name, `/key-frame/${name}?${query(name, {})}`, signal)
      if (answer?.status !== 200) return noGateway
      const { frame, ...now } = JSON.parse(String(answer.headers[frameHeader]))
      return { ...now, ...(frame && { frame: { ...frame, mp4: answer.body } }) }
    },
    async recordings(camera, { from, to }) {
      const answer = await anywhere(camera, `/recordings/${camera}?from=${from}&to=${to}`)
      return answer?.status === 200 ? (jsonOf(answer) as Recordings) : { reason: 'no-gateway' }
    },
    close() {
      agent.destroy()
    },
  }
}

const jsonOf = ({ body }: Answer): unknown => JSON.parse(body.toString('utf8'))
