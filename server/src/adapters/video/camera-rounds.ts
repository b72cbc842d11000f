/** Rounds past all cameras that nobody watches (巡检): each is probed in turn, and what changed is told once it was seen twice. */
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Probed } from './camera-probe.ts'

export interface RoundsOptions {
  /** Ids of the cameras to be visited, as registered when the round begins. */
  cameras(): readonly string[]
  /** Whether somebody watches it now: then its stream knows better. */
  isWatched(id: string): boolean
  /** Never rejects. Undefined: it has no address that could be probed. */
  probe(id: string): Promise<Probed | undefined>
  /** What is known of it; undefined when nobody ever looked. */
  known(id: string): string | undefined
  /** Resolves when it is written. */
  report(id: string, probed: Probed): Promise<void>
  /** Whether this node makes the rounds now; asked before each round and each hundred cameras. */
  isOurs(): Promise<boolean>
  /** Whether cameras of a foreign codec can be transcoded here. */
  readonly transcodes?: boolean
  /** Probes at the same time; default 100. */
  readonly inFlight?: number
  /** Milliseconds from the end of a round to the next. */
  readonly pauseMs: number
  /** Milliseconds before one that seems to have changed is probed again; default 5 s. */
  readonly againMs?: number
  readonly log: { error(o: object, m: string): void }
}

export interface Round {
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Undefined while it goes on. */
  readonly endedAt?: number
  readonly of: number
  readonly probed: number
}

export interface Rounds {
  /** The round that goes on, or the last one. */
  readonly round: Round | undefined
  stop(): Promise<void>
}

/** Milliseconds. */
const LOOK_AGAIN = 5_000
/** What an answer refutes. Whoever saw a picture, be it live, frozen or black, knows more than one who only heard an answer. */
const REFUTED = new Set([undefined, 'unchecked', 'offline', 'denied', 'codec'])

export function startRounds(options: RoundsOptions): Rounds {
  const { inFlight = 100, pauseMs, againMs = 5_000 } = options
  const stopping = new AbortController()
  const { signal } = stopping
  // Each probe in flight waits for it.
  setMaxListeners(0, signal)
  let round: Round | undefined

  /** Whether it is news: another state than the known one, and one that a probe can know. */
  const isNews = (id: string, { state, transcodable }: Probed): boolean => {
    const known = options.known(id)
    // H.265 is shown by transcoding when somebody looks: that it is H.265 is then no more than an answer.
    const onlyAnswers = state === 'answering' || (transcodable && options.transcodes)
    return known !== state && (!onlyAnswers || known === 'answering' || REFUTED.has(known))
  }

  /** Those that seem to have changed, in the order in which they are to be looked at again. */
  interface Doubt {
    readonly id: string
    readonly first: Probed
    /** By the monotonic clock. */
    readonly dueAt: number
  }

  async function look(id: string, doubts: Doubt[]): Promise<void> {
    if (options.isWatched(id)) return
    const first = await options.probe(id)
    if (!first || signal.aborted || !isNews(id, first)) return
    // A single lost packet is no news; nobody has believed anything of a camera that nobody ever looked at, so an answer counts at once.
    if (first.state === 'answering' && options.known(id) === undefined) await tell(id, first)
    else doubts.push({ id, first, dueAt: performance.now() + againMs })
  }

  async function lookAgain({ id, first }: Doubt): Promise<void> {
    if (options.isWatched(id)) return
    const second = await options.probe(id)
    if (second?.state === first.state) await tell(id, second)
  }

  async function tell(id: string, probed: Probed): Promise<void> {
    if (!signal.aborted && !options.isWatched(id) && isNews(id, probed)) await options.report(id, probed)
  }

  async function makeRound(): Promise<void> {
    const ids = options.cameras()
    let next = 0
    let probed = 0
    const startedAt = Date.now()
    round = { startedAt, of: ids.length, probed }
    let ours = true
    let broken: { readonly error: unknown } | undefined
    const doubts: Doubt[] = []
    // Who waits for a second look holds no place: meanwhile others are looked at.
    const lane = async (): Promise<void> => {
      while (ours && !signal.aborted) {
        const [doubt] = doubts
        const isOver = next >= ids.length
        if (doubt && (isOver || doubt.dueAt <= performance.now())) {
          doubts.shift()
          await sleep(Math.max(0, doubt.dueAt - performance.now()), undefined, { signal }).catch(() => undefined)
          if (!signal.aborted) await lookAgain(doubt)
        } else if (isOver) return
        else {
          const at = next++
          if (at > 0 && at % 100 === 0) ours = await options.isOurs()
          if (!ours) return
          await look(ids[at] as string, doubts)
          round = { startedAt, of: ids.length, probed: ++probed }
        }
      }
    }
    // One that throws ends the others too, and all have ended before the next round begins.
    const lanes = () =>
      Promise.all(
        Array.from({ length: inFlight }, () =>
          lane().catch((error) => {
            ours = false
            broken ??= { error }
          }),
        ),
      )
    await lanes()
    // Doubts of the last ones arise when other places are given up already.
    await lanes()
    if (broken) throw broken.error
    round = { startedAt, endedAt: Date.now(), of: ids.length, probed }
  }

  const running = (async () => {
    while (!signal.aborted) {
      let made = false
      try {
        made = await options.isOurs()
        if (made) await makeRound()
      } catch (error) {
        options.log.error({ err: error }, 'a round past the cameras was broken off')
      }
      // Whoever has not got it looks soon again: the one who has may be gone.
      await sleep(made ? pauseMs : Math.min(pauseMs, LOOK_AGAIN), undefined, { signal }).catch(() => undefined)
    }
  })()

  return {
    get round() {
      return round
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
