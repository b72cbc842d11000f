/** The tables as of now: folds the journal's tail, remembers what was touched, and notices when history was lost. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { Tables, type Touch } from '@orchid/shared/kernel/projection'
import { type Journal, type JournalHead, JournalUnavailable } from '../journal/journal.ts'
import { isCameraList } from './camera-veil.ts'
import { decodeTables, encodeTables, SIGNATURE } from './snapshot.ts'
import { TouchedLog } from './touched-log.ts'

const READ_CHUNK = 2_000
const TOUCHED_LIMIT = 200_000
const SNAPSHOT_EVENTS = 20_000
const SNAPSHOT_EVERY = 15 * 60_000
/** At full load 20,000 events are there in a second; folding a few times as many at a start takes no longer than reading the snapshot. */
const SNAPSHOT_PAUSE = 10_000
const CHECK_EVERY = 1_000
const START_AGAIN = 500
/** Checks after which what the journal held must be folded: under full load the tail may be a second behind. */
const CHECKS_BEHIND = 3

interface Log {
  info(o: object, m: string): void
  warn(o: object, m: string): void
  error(o: object, m: string): void
}

/** Called after each fold of a batch. `urgent`: red or flood rows are among them. `reset`: all tables were made anew, perhaps under another epoch. */
export type Advance = (change: { from: number; to: number; urgent: boolean; reset: boolean }) => void

/** What this node last saw of the journal, kept in DATA_DIR so that lost history is noticed across our own restart too. */
interface Seen {
  readonly epoch: string
  readonly seq: number
  readonly mark: string
}

export class LiveState {
  readonly #journal: Journal
  readonly #log: Log
  readonly #nodeId: string
  readonly #seenFile: string
  #tables = new Tables(PROJECTIONS)
  #touched = new TouchedLog(TOUCHED_LIMIT, 0)
  #epoch = ''
  #mark = ''
  #listeners = new Set<Advance>()
  #waiting: { seq: number; done: () => void }[] = []
  #follow: { close(): Promise<void> } | undefined
  #timer: NodeJS.Timeout | undefined
  #checking: Promise<void> = Promise.resolve()
  /** Cursor at which a snapshot was last due, whoever had the lease to write it. */
  #snapshotSeq = 0
  /** Seq of the newest snapshot that this node read or wrote itself. */
  #storedSeq = 0
  #snapshotAt = Date.now()
  #snapshotting: Promise<void> = Promise.resolve()
  #seenWritten = ''
  #closed = false
  /** A gap was met, or making the tables anew failed: what we hold is true but goes on no further until that succeeds. */
  #stale = false
  /** Epoch milliseconds at which lost or rewritten history was found; undefined when all is well. */
  historyLostAt: number | undefined
  /** Epoch milliseconds since which the tables lack what the journal holds, for whatever reason; undefined while they keep up. */
  behindSince: number | undefined
  /** Heads that the last checks saw, newest last. */
  #heads: { readonly seq: number; readonly at: number }[] = []
  /** Whether the tables have caught up with the journal at least once. */
  ready = false

  constructor({ journal, log, nodeId, dataDir }: { journal: Journal; log: Log; nodeId: string; dataDir: string }) {
    this.#journal = journal
    this.#log = log
    this.#nodeId = nodeId
    this.#seenFile = `${dataDir}/seen.json`
  }

  get tables(): Tables {
    return this.#tables
  }
  get cursor(): number {
    return this.#tables.cursor
  }
  get epoch(): string {
    return this.#epoch
  }
  get touched(): TouchedLog {
    return this.#touched
  }

  /** Folds what the journal holds (from a snapshot where one fits) and follows it from there. Rejects with JournalUnavailable. */
  async start(): Promise<void> {
    const seen = await this.#readSeen()
    let head = await this.#journal.head()
    if (seen && !(await this.#remembers(seen, head))) head = await this.#historyLost(seen.epoch, head)
    await this.#rebuild(head)
    this.ready = true
    this.#followOn()
    this.#timer = setInterval(() => this.#inTurn(() => this.#check()), CHECK_EVERY)
    this.#timer.unref()
  }

  /** Starts; while the journal is not there yet it tries again, and tells. */
  async startOnceThere(): Promise<void> {
    for (;;) {
      try {
        await this.start()
        return
      } catch (error) {
        if (!(error instanceof JournalUnavailable)) throw error
        this.#log.error({ err: error }, 'the journal is not there yet; trying again')
        await sleep(START_AGAIN)
      }
    }
  }

  onAdvance(listener: Advance): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when `seq` is folded; rejects with JournalUnavailable after `ms`. */
  async folded(seq: number, ms = 2_000): Promise<void> {
    if (this.cursor >= seq) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((w) => w !== entry)
        reject(new JournalUnavailable('the tables have not caught up with the journal'))
      }, ms)
      const entry = {
        seq,
        done: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      this.#waiting.push(entry)
    })
  }

  /** Stops following and leaves a snapshot behind, so that the next start folds only what came since. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#follow?.close()
    await this.#checking
    await this.#snapshotting
    if (this.ready && this.cursor > this.#storedSeq)
      await this.#snapshot().catch((error) => this.#log.warn({ err: error }, 'no snapshot was left at the stop'))
    await this.#writeSeen().catch((error) => this.#log.warn({ err: error }, 'the seen cursor could not be written'))
  }

  /** Checks come one after another. One that fails is told; the next second brings another. */
  #inTurn(step: () => Promise<void>): void {
    this.#checking = this.#checking.then(step).catch((error) => this.#log.warn({ err: error }, 'the check of the journal failed'))
  }

  #followOn(): void {
    if (this.#closed) return
    const follow = this.#journal.follow(this.cursor, {
      onEvents: (batch) => {
        if (follow === this.#follow && !this.#closed && !this.#stale) this.#foldBatch(batch)
      },
      onAway: (error) => this.#log.warn({ err: error }, 'the journal cannot be followed at present'),
      onBack: () => this.#inTurn(() => this.#check()),
    })
    this.#follow = follow
  }

  #foldBatch(batch: { event: JournalEvent; mark: string }[]): void {
    const from = this.cursor
    let urgent = false
    for (const { event, mark } of batch) {
      if (event.seq <= this.cursor) continue
      if (event.seq !== this.cursor + 1) {
        this.#log.error({ seq: event.seq, cursor: this.cursor }, 'a gap in the journal')
        this.#stale = true
        this.#inTurn(() => this.#resync())
        break
      }
      this.#fold(event, mark)
      urgent ||= isUrgent(event)
    }
    this.#advanced({ from, to: this.cursor, urgent, reset: false })
  }

  #fold(event: JournalEvent, mark: string): void {
    this.#tables.fold(event, this.#touch)
    this.#mark = mark
  }

  /** While an event is folded, the cursor is at it already. */
  readonly #touch: Touch = (table, key, before, _after, row) =>
    // Who could find a camera of a list before is told that it is gone, nobody else.
    this.#touched.add(this.cursor, table, key, before, isCameraList(table) ? row : undefined)

  #advanced(change: Parameters<Advance>[0]): void {
    if (change.to === change.from && !change.reset) return
    for (const listener of this.#listeners) listener(change)
    const met = this.#waiting.filter((w) => w.seq <= this.cursor)
    if (met.length) this.#waiting = this.#waiting.filter((w) => w.seq > this.cursor)
    for (const { done } of met) done()
    if (this.cursor - this.#snapshotSeq >= SNAPSHOT_EVENTS && Date.now() - this.#snapshotAt >= SNAPSHOT_PAUSE) this.#snapshotSoon()
  }

  /** Every second: is it still the same journal, and is a snapshot due? */
  async #check(): Promise<void> {
    if (this.#closed) return
    // Taken before the head is asked for: what is folded meanwhile must not look like more than the journal holds.
    const here = this.#here
    let head: JournalHead
    try {
      head = await this.#journal.head()
    } catch (error) {
      if (error instanceof JournalUnavailable) return
      throw error
    }
    this.#judgeBehind(head)
    // An unchanged run id would not tell of a FLUSHALL or a restored file: the mark at our own cursor does.
    if (this.#stale || !(await this.#remembers(here, head))) await this.#resync()
    if (Date.now() - this.#snapshotAt > SNAPSHOT_EVERY && this.cursor > this.#snapshotSeq) this.#snapshotSoon()
    await this.#writeSeen()
  }

  /** A resync that fails again and again, an entry that cannot be read, a tail that is stuck: rows that stand still must not look like now. */
  #judgeBehind({ seq }: JournalHead): void {
    this.#heads = [...this.#heads.slice(-CHECKS_BEHIND), { seq, at: Date.now() }]
    const oldest = this.#heads.at(-1 - CHECKS_BEHIND)
    if (oldest && this.cursor < oldest.seq) this.behindSince ??= oldest.at
    else if (!this.#stale) this.behindSince = undefined
  }

  get #here(): Seen {
    return { epoch: this.#epoch, seq: this.cursor, mark: this.#mark }
  }

  async #remembers(seen: Seen, head: JournalHead): Promise<boolean> {
    if (head.epoch !== seen.epoch || head.seq < seen.seq) return false
    if (seen.seq === 0) return true
    if (head.seq === seen.seq) return head.mark === seen.mark
    const [entry] = await this.#journal.read(seen.seq - 1, 1)
    return entry?.event.seq === seen.seq && entry.mark === seen.mark
  }

  async #historyLost(epoch: string, head: JournalHead): Promise<JournalHead> {
    this.historyLostAt = Date.now()
    if (head.epoch === epoch) await this.#journal.renewEpoch(epoch)
    const now = await this.#journal.head()
    this.#log.error(
      { before: epoch, after: now.epoch, head: now.seq },
      'HISTORY LOST OR REWRITTEN: the journal is not the one seen before; all tables are made anew under another epoch',
    )
    return now
  }

  /** Makes everything anew when the journal is not the one we know. Until that has succeeded the old tables stay as they are. */
  async #resync(): Promise<void> {
    if (this.#closed) return
    this.#stale = true
    this.behindSince ??= Date.now()
    await this.#follow?.close()
    const here = this.#here
    let head = await this.#journal.head()
    if (!(await this.#remembers({ ...here, epoch: head.epoch }, head))) head = await this.#historyLost(here.epoch, head)
    else if (head.epoch !== here.epoch) this.historyLostAt = Date.now()
    await this.#rebuild(head)
    this.#stale = false
    this.behindSince = undefined
    this.#advanced({ from: 0, to: this.cursor, urgent: true, reset: true })
    this.#followOn()
  }

  /** Nobody sees the new tables before they are whole: a cursor that was half-way would miss rows for ever. */
  async #rebuild(head: JournalHead): Promise<void> {
    let tables = new Tables(PROJECTIONS)
    let mark = ''
    let snapshotSeq = 0
    const snapshot = await this.#journal.snapshots.load()
    if (snapshot && snapshot.epoch === head.epoch && snapshot.signature === SIGNATURE && (await this.#remembers(snapshot, head))) {
      try {
        tables.load(snapshot.seq, await decodeTables(snapshot.data))
        mark = snapshot.mark
        snapshotSeq = snapshot.seq
      } catch (error) {
        this.#log.error({ err: error }, 'the snapshot of the tables is damaged: the whole journal is folded instead')
        tables = new Tables(PROJECTIONS)
      }
    }
    let next = this.#journal.read(tables.cursor, READ_CHUNK)
    for (;;) {
      const batch = await next
      const last = batch.at(-1)
      if (!last) break
      // The next piece is on its way while this one is folded.
      next = this.#journal.read(last.event.seq, READ_CHUNK)
      next.catch(() => undefined) // told by the await above, unless folding fails before
      for (const { event, mark: own } of batch) {
        tables.fold(event)
        mark = own
      }
    }
    this.#tables = tables
    this.#touched = new TouchedLog(TOUCHED_LIMIT, tables.cursor)
    this.#epoch = head.epoch
    this.#mark = mark
    this.#heads = []
    this.#snapshotSeq = snapshotSeq
    this.#storedSeq = snapshotSeq
    if (tables.cursor - snapshotSeq >= SNAPSHOT_EVENTS) this.#snapshotSoon()
  }

  #snapshotSoon(): void {
    this.#snapshotAt = Date.now()
    this.#snapshotSeq = this.cursor
    this.#snapshotting = this.#snapshotting
      .then(async () => {
        if (await this.#journal.store.lease('snapshot', this.#nodeId, 60_000)) await this.#snapshot()
      })
      .catch((error) => this.#log.warn({ err: error }, 'no snapshot was written'))
  }

  async #snapshot(): Promise<void> {
    const at = { ...this.#here, signature: SIGNATURE }
    // Rows are never changed in place: the dump stays true while the tables move on.
    const data = await encodeTables(this.#tables.dump())
    await this.#journal.snapshots.save({ ...at, data })
    // Not when everything was made anew meanwhile: it is of a history that is no more.
    if (at.epoch === this.#epoch) this.#storedSeq = at.seq
  }

  async #readSeen(): Promise<Seen | undefined> {
    try {
      return JSON.parse(await readFile(this.#seenFile, 'utf8')) as Seen
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ err: error }, 'the seen cursor cannot be read; lost history from before this start would not be noticed')
      return undefined
    }
  }

  async #writeSeen(): Promise<void> {
    const json = JSON.stringify(this.#here)
    if (json === this.#seenWritten || !this.#epoch) return
    await mkdir(dirname(this.#seenFile), { recursive: true })
    const fresh = `${this.#seenFile}.${process.pid}`
    await writeFile(fresh, json)
    await rename(fresh, this.#seenFile)
    this.#seenWritten = json
  }
}

/** Red incidents go to the screens at once, not when the pause between frames is over. */
const isUrgent = (event: JournalEvent): boolean => event.type.startsWith('incident.') && (event.data as { level?: string }).level === 'red'
