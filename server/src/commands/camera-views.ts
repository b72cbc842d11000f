/**
 * Keeps book of who looks at which camera: an entry in the journal before the picture is given out, another when nothing of it is asked for any
 * more, whichever node is asked. One node keeps each view, the one that gave out its address; the others tell it what they are asked for.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Identity } from '@orchid/shared/domain/access/roles'
import type { CameraViewBegan, CameraViewed, ViewKind, ViewReason } from '@orchid/shared/domain/cameras/view-events'
import { JournalUnavailable } from '../journal/journal.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Note, SharedView, SharedViews } from './shared-views.ts'

/** A view is over when nothing was asked for this long: a live player asks several times a second, a still picture comes every ten seconds. */
const OVER = { live: 10_000, still: 25_000, recorded: 60_000 } as const
/** Milliseconds for which an address may still be good when its view is over. */
const ADDRESS = 5 * 60_000
/** Milliseconds between two looks for views that are over. */
const SWEEP = 2_000
/** Milliseconds a picture waits for its entry, by default. */
const PATIENCE = 1_000
/** Milliseconds after which the keeper of a view has written its beginning, or has it waiting, whatever the clocks of two nodes differ by. */
const YOUNG = 5_000
/** Entries that wait for a journal that is away; beyond them the oldest are told to the log only. */
const WAITING = 10_000

export interface ViewAsked extends ViewReason {
  readonly who: Identity
  /** Name of the session or token. */
  readonly viewer: string
  /** Tells the views of one viewer apart. */
  readonly key: string
  readonly camera: { readonly id: string; readonly name: string; readonly grid: string }
  readonly kind: ViewKind
}

/** A view that this node keeps. */
interface Open {
  readonly asked: ViewAsked
  readonly view: string
  readonly from: number
  /** When we last learned that it goes on, by our clock. */
  seen: number
  /** When something of it was last asked for, by the clock of the node that was asked. */
  last: number
  /** Its beginning is written, or waits for the journal. */
  readonly begun: Promise<unknown>
  /** The last word of another node that was asked for it. */
  note?: number
  /** Other nodes know of it. */
  told: boolean
}

/** A view that another node keeps, of which this one gives out bytes. */
interface Elsewhere {
  readonly shared: SharedView
  /** As of a view that is kept here. */
  readonly begun: Promise<unknown>
  last: number
  /** There is something that its keeper has not been told. */
  news: boolean
}

type Entry = { readonly who: Identity; readonly area: string } & (
  | { readonly type: 'camera.view-began'; readonly data: Omit<CameraViewBegan['data'], 'by'> }
  | { readonly type: 'camera.viewed'; readonly data: Omit<CameraViewed['data'], 'by'> }
)

interface Rooms {
  readonly dispatcher: Pick<Dispatcher, 'audit'>
  readonly shared: SharedViews
  readonly log: { warn(o: object, m: string): void; error(o: object, m: string): void }
  readonly now?: () => number
  /** Milliseconds a picture waits for its entry; default 1,000. */
  readonly patience?: number
}

/** What both kinds of views know. */
const knownOf = (view: Open | Elsewhere): Pick<SharedView, 'view' | 'asked' | 'from'> => ('shared' in view ? view.shared : view)

/** By which right somebody looks: their own clearance, or that of a 特急. */
const rightOf = ({ breakGlass, incident, selfRaised }: ViewReason): string => (breakGlass ? `${incident} ${selfRaised ?? ''}` : '')

function beginningOf({ view, asked }: Pick<SharedView, 'view' | 'asked'>): Entry {
  const { who, camera, kind, purpose, incident, breakGlass, selfRaised } = asked
  return {
    ...{ type: 'camera.view-began', who, area: camera.grid },
    data: {
      ...{ view, camera: camera.id, name: camera.name, grid: camera.grid, role: who.role, kind },
      ...(purpose !== undefined && { purpose }),
      ...(incident !== undefined && { incident }),
      ...(breakGlass && { breakGlass }),
      ...(selfRaised && { selfRaised }),
    },
  }
}

function endOf({ view, asked, from }: Pick<SharedView, 'view' | 'asked' | 'from'>, until: number): Entry {
  const { who, camera, breakGlass } = asked
  const data = { view, camera: camera.id, grid: camera.grid, from, until, ...(breakGlass && { breakGlass }) }
  return { type: 'camera.viewed', who, area: camera.grid, data }
}

const nameOf = ({ viewer, key }: Pick<ViewAsked, 'viewer' | 'key'>): string => `${viewer} ${key}`

export class CameraViews {
  readonly #rooms: Rooms
  readonly #now: () => number
  readonly #open = new Map<string, Open>()
  readonly #elsewhere = new Map<string, Elsewhere>()
  /** Views that are over, of which somebody may go on with the address. */
  readonly #over = new Map<string, { readonly asked: ViewAsked; readonly at: number }>()
  /** Names that were asked for and of which nobody knew anything: not asked again before the next sweep. */
  readonly #unknown = new Set<string>()
  #waiting: Entry[] = []
  #writing: Promise<void> = Promise.resolve()
  #sweeping: Promise<void> | undefined
  readonly #timer: NodeJS.Timeout

  constructor(rooms: Rooms) {
    this.#rooms = rooms
    this.#now = rooms.now ?? Date.now
    this.#timer = setInterval(() => {
      // While the store hangs, sweeps must not pile up.
      this.#sweeping ??= this.sweep().finally(() => {
        this.#sweeping = undefined
      })
    }, SWEEP)
    this.#timer.unref()
  }

  /** Views that go on and are kept here. */
  get open(): number {
    return this.#open.size
  }

  /**
   * Before a picture is given out; of a view that goes on by the same right, here or at another node, nothing more is written, and whoever comes
   * while it is being written waits as well. By another right it is another view: what was seen by either must not be lost. While the journal is
   * away pictures go on all the same, since a flood is then most likely on, and the entry is written when it is back.
   */
  began(asked: ViewAsked): Promise<void> {
    return this.#begin(asked, true)
  }

  /** @param judged the right to see it was judged just now; else it is the one of an address that somebody goes on with */
  async #begin(by: ViewAsked, judged: boolean): Promise<void> {
    const name = nameOf(by)
    let asked = by
    // A store that hangs must not hold up the picture: what it did not take by then is written when it can.
    const patience = pause(this.#rooms.patience ?? PATIENCE, undefined, { ref: false })
    if (!this.#saw(name)) await Promise.race([this.#learn(name), patience])
    // The right may have been judged anew at another node since.
    if (!judged) asked = (await Promise.race([this.#quietly(this.#rooms.shared.asked(name)), patience])) ?? by
    const before = this.#saw(name)
    if (before && (!judged || rightOf(knownOf(before).asked) === rightOf(asked))) {
      await Promise.race([before.begun, patience])
      return
    }
    if (before) this.#endForAnother(name, before)
    this.#over.delete(name)
    const view = randomBytes(12).toString('base64url')
    const at = this.#now()
    const { id, name: title, grid } = asked.camera
    const own: ViewAsked = { ...asked, camera: { id, name: title, grid } }
    const begun = this.#write(beginningOf({ view, asked: own }))
    const open: Open = { asked: own, view, from: at, seen: at, last: at, told: false, begun }
    this.#open.set(name, open)
    if (asked.selfRaised)
      this.#rooms.log.warn(
        { view, camera: id, incident: asked.incident, by: asked.who.name },
        'a camera beyond a clearance opens at an incident that its viewer reported: review it first',
      )
    const told = this.#tell(name, open)
    // The keeper of the view before learns by the note that it keeps it no more.
    const passed = before && 'shared' in before ? told.then(() => this.#quietly(this.#rooms.shared.note(name, view, at))) : told
    await Promise.race([Promise.all([begun, passed]), patience])
  }

  /** Asks the other nodes whether one of them keeps the view. */
  async #learn(name: string): Promise<void> {
    const shared = await this.#quietly(this.#rooms.shared.find(name))
    if (!shared || shared.keeper === this.#rooms.shared.node || this.#open.has(name) || this.#elsewhere.has(name)) return
    // Its keeper may be writing still. The same entry twice is one.
    const begun = this.#now() - shared.from < YOUNG ? this.#write(beginningOf(shared)) : Promise.resolve()
    this.#elsewhere.set(name, { shared, begun, last: 0, news: false })
  }

  /** Whoever keeps it: should its keeper write another end, the first one counts. Its place among the nodes goes to the view that follows. */
  #endForAnother(name: string, before: Open | Elsewhere): void {
    this.#open.delete(name)
    this.#elsewhere.delete(name)
    this.#writing = Promise.all([this.#writing, this.#write(endOf(knownOf(before), this.#now()))]).then(() => undefined)
  }

  /** Something of the view was asked for. Who goes on with the address of one that is over begins another. */
  seen(viewer: string, key: string): void {
    const name = nameOf({ viewer, key })
    if (this.#saw(name)) return
    const over = this.#over.get(name)
    if (over) void this.#begin(over.asked, false)
    else if (!this.#unknown.has(name)) {
      this.#unknown.add(name)
      void this.#quietly(this.#look(name))
    }
  }

  /** Notes that a view that goes on was asked for; undefined when none of this name is known here. */
  #saw(name: string): Open | Elsewhere | undefined {
    const open = this.#open.get(name)
    if (open) open.seen = open.last = this.#now()
    const elsewhere = open ? undefined : this.#elsewhere.get(name)
    if (elsewhere) Object.assign(elsewhere, { last: this.#now(), news: true })
    return open ?? elsewhere
  }

  /** Asks the other nodes whose view it is. */
  async #look(name: string): Promise<void> {
    const asked = await this.#rooms.shared.asked(name)
    if (asked) await this.#begin(asked, false)
  }

  /** Tells and hears of other nodes, writes the end of views that are over, and what waited for the journal. */
  async sweep(): Promise<void> {
    this.#unknown.clear()
    await this.#quietly(this.#giveOver().then(() => this.#takeOver()))
    await Promise.all([...this.#elsewhere].map(([name, view]) => this.#quietly(this.#pass(name, view))))
    for (const [name, open] of this.#open) if (!open.told) await this.#tell(name, open)
    const notes = await this.#quietly(this.#rooms.shared.notes())
    for (const [name, open] of this.#open) {
      const note = notes?.get(name)
      if (note && note.view !== open.view) await this.#quietly(this.#hearOfAnother(name, open))
      if (this.#open.get(name) !== open) continue
      this.#hear(open, note)
      // While nobody can say whether others still give out its bytes, it goes on as far as we know.
      const mayGoOn = notes === undefined && open.note !== undefined
      if (!mayGoOn && this.#now() - open.seen > OVER[open.asked.kind]) this.#end(name, open)
    }
    for (const [name, { at }] of this.#over) if (this.#now() - at > ADDRESS) this.#over.delete(name)
    if (this.#waiting.length) await this.#flush()
    await this.#writing
  }

  /** We stood still, or could not reach the store, for so long that another node keeps our views now, or has ended them. */
  async #giveOver(): Promise<void> {
    if (!(await this.#rooms.shared.isBelievedGone())) return
    for (const [name, { asked, view, from, last, told }] of this.#open) {
      // Of what nobody was told nobody keeps book but us.
      if (!told) continue
      this.#open.delete(name)
      const news = this.#now() - last <= OVER[asked.kind]
      this.#elsewhere.set(name, { shared: { view, keeper: '', asked, from }, begun: Promise.resolve(), last, news })
    }
  }

  /** Goes on with the book of nodes that have gone. */
  async #takeOver(): Promise<void> {
    for (const { name, shared, last } of await this.#rooms.shared.beat(this.#now())) {
      const { asked, view, from } = shared
      const here = this.#elsewhere.get(name)?.last ?? 0
      this.#elsewhere.delete(name)
      const open: Open = { asked, view, from, seen: this.#now(), last: Math.max(last, here), told: false, begun: Promise.resolve() }
      this.#open.set(name, open)
      await this.#tell(name, open)
    }
  }

  /** Tells the keeper of a view that we are asked for it. When it has ended it meanwhile, another begins here. */
  async #pass(name: string, view: Elsewhere): Promise<void> {
    if (!view.news) {
      if (this.#now() - view.last > OVER.recorded) this.#elsewhere.delete(name)
      return
    }
    view.news = false
    const { shared } = this.#rooms
    if ((await shared.find(name))?.view === view.shared.view) return shared.note(name, view.shared.view, view.last)
    this.#elsewhere.delete(name)
    return this.#begin(view.shared.asked, false)
  }

  /** Takes the note of another node: that it is a new one is known by our clock, however theirs goes. */
  #hear(open: Open, note: Note | undefined): void {
    if (note?.view !== open.view || note.at === open.note) return
    Object.assign(open, { note: note.at, seen: this.#now(), last: Math.max(open.last, Math.min(note.at, this.#now())) })
  }

  /** A note of another view of this name: it went on by another right at another node, which has written the end of ours; or the note is an old one. */
  async #hearOfAnother(name: string, { view, asked, last }: Open): Promise<void> {
    const shared = await this.#rooms.shared.find(name)
    if (!shared) return
    if (shared.view === view) {
      await this.#rooms.shared.clear(name)
      return
    }
    this.#open.delete(name)
    this.#elsewhere.set(name, { shared, begun: Promise.resolve(), last, news: this.#now() - last <= OVER[asked.kind] })
  }

  async #tell(name: string, open: Open): Promise<void> {
    const { asked, view, from } = open
    const { shared } = this.#rooms
    open.told = (await this.#quietly(shared.tell(name, { view, keeper: shared.node, asked, from }).then(() => true))) ?? false
  }

  /** Ends all that is kept here. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
    const notes = this.#open.size > 0 ? await this.#quietly(this.#rooms.shared.notes()) : undefined
    for (const [name, open] of this.#open) {
      this.#hear(open, notes?.get(name))
      this.#end(name, open)
    }
    await this.#writing
    if (this.#waiting.length) await this.#flush()
    for (const lost of this.#waiting.splice(0)) this.#tellLost(lost)
    await this.#quietly(this.#rooms.shared.leave())
  }

  /** While the store is away every node keeps its own book. */
  #quietly<T>(asked: Promise<T>): Promise<T | undefined> {
    return asked.catch((error) => {
      if (!(error instanceof JournalUnavailable))
        this.#rooms.log.error({ err: error }, 'views of cameras could not be shared between nodes')
      return undefined
    })
  }

  #tellLost({ type, who, data }: Entry): void {
    this.#rooms.log.warn({ type, view: data.view, camera: data.camera, by: who.name }, 'the journal is away: this view is in no journal')
  }

  #end(name: string, open: Open): void {
    const { asked, view, last } = open
    this.#open.delete(name)
    this.#over.set(name, { asked, at: this.#now() })
    this.#writing = Promise.all([
      this.#writing,
      this.#write(endOf(open, last)),
      this.#quietly(this.#rooms.shared.end(name, { view, asked }, ADDRESS)),
    ]).then(() => undefined)
  }

  async #write(entry: Entry): Promise<void> {
    const { type, who, area, data } = entry
    try {
      await this.#rooms.dispatcher.audit(type, `${type === 'camera.viewed' ? 'viewed' : 'view'}-${data.view}`, who, area, data)
    } catch (error) {
      if (!(error instanceof JournalUnavailable)) {
        this.#rooms.log.error({ err: error, view: data.view }, 'a view of a camera could not be written')
        return
      }
      this.#waiting.push(entry)
      if (this.#waiting.length > WAITING) {
        this.#tellLost(this.#waiting.shift() as Entry)
      }
    }
  }

  async #flush(): Promise<void> {
    const entries = this.#waiting
    this.#waiting = []
    // In order, since an end belongs to a beginning; what fails again waits again.
    for (const entry of entries) await this.#write(entry)
  }
}
