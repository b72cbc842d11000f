/** Follows the journal's tail on a connection of its own, for as long as it takes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, type RawEntry } from './codec.ts'
import { leaver } from './dead-wire.ts'
import { type Entry, type FollowHandlers, JournalUnavailable } from './journal.ts'
import { type Connection, connect, type RedisTarget } from './redis-url.ts'

const BLOCK = 1_000
const COUNT = 1_000
const RETRY = 200
/** Milliseconds for which answers to appends of our own are waited for before the journal is asked. */
const OWN_ANSWERS = 20

/** Gives batches in order from after `afterSeq`. A gap is the reader's to notice: seq is dense. */
export class Follower {
  readonly #connection: Connection
  readonly #leave: () => void
  readonly #key: string
  readonly #handlers: FollowHandlers
  readonly #ownAppend: () => Promise<unknown> | undefined
  readonly #running: Promise<void>
  #last: number
  #closed = false
  #away = false
  /** What we appended last is not the next: somebody else's entries lie before it. */
  #gap = false

  /** `ownAppend` settles with the next answer to an append of our own; undefined while none is on its way. */
  constructor(
    target: RedisTarget,
    {
      key,
      afterSeq,
      handlers,
      ownAppend,
    }: { key: string; afterSeq: number; handlers: FollowHandlers; ownAppend: () => Promise<unknown> | undefined },
  ) {
    this.#key = key
    this.#last = afterSeq
    this.#handlers = handlers
    this.#ownAppend = ownAppend
    // Blocks for a second: the time-out of commands must be longer than that.
    this.#connection = connect(target, { commandTimeout: BLOCK + 1_500 })
    this.#leave = leaver(this.#connection)
    this.#connection.on('error', () => undefined) // each failed read below tells of it
    this.#running = this.#run()
  }

  /**
   * Takes what we have appended ourselves, when it is the next: reading it back would cost as much again as storing it.
   * What is not the next, or could not be taken, comes from the journal.
   */
  offer(entries: Iterable<Entry>): void {
    if (this.#closed) return
    const batch: Entry[] = []
    for (const entry of entries) {
      this.#gap = entry.event.seq !== this.#last + batch.length + 1
      if (this.#gap) break
      batch.push(entry)
    }
    if (batch.length === 0) return
    try {
      this.#handlers.onEvents(batch)
    } catch {
      // The append is stored whatever the reader makes of it. It meets the same again when it is read, and tells.
      return
    }
    this.#last += batch.length
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#connection.disconnect()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#connection.status !== 'ready') await sleep(10)
    while (!this.#closed) {
      try {
        await this.#read()
      } catch (error) {
        if (this.#closed) return
        if ((error as Error).name !== 'ReplyError') this.#leave()
        if (!this.#away) {
          this.#away = true
          this.#handlers.onAway(new JournalUnavailable(`the tail cannot be read: ${(error as Error).name}`))
        }
        await sleep(RETRY)
      }
    }
  }

  /** Waits for the next entry as for a bell, and reads on from there unless it is our own. */
  async #read(): Promise<void> {
    await this.#ownAnswers()
    const answer = await this.#connection.xread('COUNT', 1, 'BLOCK', BLOCK, 'STREAMS', this.#key, `${this.#last}-0`)
    if (this.#closed) return
    if (this.#away) {
      this.#away = false
      this.#handlers.onBack()
    }
    const next = (answer as [string, RawEntry[]][] | null)?.[0]?.[1][0]
    if (!next) return
    const seq = Number.parseInt(next[0], 10)
    if (seq > this.#last) await this.#ownAnswers()
    while (!this.#closed && seq > this.#last) {
      const entries = (await this.#connection.xrange(this.#key, `${this.#last + 1}-0`, '+', 'COUNT', COUNT)) as RawEntry[]
      // Our own may have been handed over meanwhile.
      const fresh = entries.map(decode).filter(({ event }) => event.seq > this.#last)
      if (this.#closed || fresh.length === 0) return
      this.#handlers.onEvents(fresh)
      this.#last = (fresh.at(-1) as Entry).event.seq
    }
  }

  /** While appends of ours are on their way, the next entries are most likely theirs and come with the answers; unless a gap tells of somebody else's. */
  async #ownAnswers(): Promise<void> {
    this.#gap = false
    let answer = this.#ownAppend()
    if (!answer) return
    // Not with an AbortSignal: the error that it makes each time, with its stack, is 2 % of a busy server.
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<true>((done) => {
      timer = setTimeout(done, OWN_ANSWERS, true)
    })
    for (; answer && !this.#gap && !this.#closed; answer = this.#ownAppend())
      if ((await Promise.race([answer.then(() => false), enough])) === true) break
    clearTimeout(timer)
  }
}
