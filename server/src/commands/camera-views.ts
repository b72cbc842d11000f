/** Keeps book of who looks at which camera: an entry in the journal before the picture is given out, another when nothing of it is asked for any more. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Identity } from '@orchid/shared/domain/access/roles'
import type { CameraViewBegan, CameraViewed } from '@orchid/shared/domain/cameras/view-events'
import { JournalUnavailable } from '../journal/journal.ts'
import type { Dispatcher } from './dispatch.ts'

/** A view is over when nothing was asked for this long: a live player asks several times a second, a still picture comes every ten seconds. */
const OVER = { live: 10_000, still: 25_000, recorded: 60_000 } as const
/** Milliseconds for which an address may still be good when its view is over. */
const ADDRESS = 5 * 60_000
/** Milliseconds between two looks for views that are over. */
const SWEEP = 2_000
/** Milliseconds a picture waits for its entry. */
const PATIENCE = 1_000
/** Entries that wait for a journal that is away; beyond them the oldest are told to the log only. */
const WAITING = 10_000

export interface ViewAsked {
  readonly who: Identity
  /** Name of the session or token. */
  readonly viewer: string
  /** Tells the views of one viewer apart. */
  readonly key: string
  readonly camera: { readonly id: string; readonly name: string; readonly grid: string }
  readonly kind: 'live' | 'still' | 'recorded'
  readonly purpose?: string
  readonly incident?: string
  readonly breakGlass?: true
  readonly selfRaised?: true
}

interface Open {
  readonly asked: ViewAsked
  readonly view: string
  readonly from: number
  seen: number
}

type Entry = { readonly who: Identity; readonly area: string } & (
  | { readonly type: 'camera.view-began'; readonly data: Omit<CameraViewBegan['data'], 'by'> }
  | { readonly type: 'camera.viewed'; readonly data: Omit<CameraViewed['data'], 'by'> }
)

interface Rooms {
  readonly dispatcher: Pick<Dispatcher, 'audit'>
  readonly log: { warn(o: object, m: string): void; error(o: object, m: string): void }
  readonly now?: () => number
}

export class CameraViews {
  readonly #rooms: Rooms
  readonly #now: () => number
  readonly #open = new Map<string, Open>()
  /** Views that are over, of which somebody may go on with the address. */
  readonly #over = new Map<string, { readonly asked: ViewAsked; readonly at: number }>()
  #waiting: Entry[] = []
  #writing: Promise<void> = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  constructor(rooms: Rooms) {
    this.#rooms = rooms
    this.#now = rooms.now ?? Date.now
    this.#timer = setInterval(() => void this.sweep(), SWEEP)
    this.#timer.unref()
  }

  /** Views that go on. */
  get open(): number {
    return this.#open.size
  }

  /**
   * Before a picture is given out; of a view that goes on nothing more is written. While the journal is away pictures go on all the same,
   * since a flood is then most likely on, and the entry is written when it is back.
   */
  async began(asked: ViewAsked): Promise<void> {
    const name = `${asked.viewer}\0${asked.key}`
    const known = this.#open.get(name)
    if (known) {
      known.seen = this.#now()
      return
    }
    this.#over.delete(name)
    const view = randomBytes(12).toString('base64url')
    const at = this.#now()
    this.#open.set(name, { asked, view, from: at, seen: at })
    const { who, camera, kind, purpose, incident, breakGlass, selfRaised } = asked
    if (selfRaised)
      this.#rooms.log.warn(
        { view, camera: camera.id, incident, by: who.name },
        'a camera beyond a clearance opens at an incident that its viewer reported: review it first',
      )
    const written = this.#write({
      ...{ type: 'camera.view-began', who, area: camera.grid },
      data: {
        ...{ view, camera: camera.id, name: camera.name, grid: camera.grid, role: who.role, kind },
        ...(purpose !== undefined && { purpose }),
        ...(incident !== undefined && { incident }),
        ...(breakGlass && { breakGlass }),
        ...(selfRaised && { selfRaised }),
      },
    })
    // A journal that hangs must not hold up the picture: what it did not take by then is written when it can.
    await Promise.race([written, pause(PATIENCE, undefined, { ref: false })])
  }

  /** Something of the view was asked for. Who goes on with the address of one that is over begins another. */
  seen(viewer: string, key: string): void {
    const name = `${viewer}\0${key}`
    const open = this.#open.get(name)
    if (open) open.seen = this.#now()
    const over = open ? undefined : this.#over.get(name)
    if (over) void this.began(over.asked)
  }

  /** Writes the end of views that are over, and what waited for the journal. */
  async sweep(): Promise<void> {
    const now = this.#now()
    for (const [name, open] of this.#open) if (now - open.seen > OVER[open.asked.kind]) this.#end(name, open)
    for (const [name, { at }] of this.#over) if (now - at > ADDRESS) this.#over.delete(name)
    if (this.#waiting.length) await this.#flush()
    await this.#writing
  }

  /** Ends all. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const [name, open] of this.#open) this.#end(name, open)
    await this.#writing
    if (this.#waiting.length) await this.#flush()
    for (const lost of this.#waiting.splice(0)) this.#tellLost(lost)
  }

  #tellLost({ type, who, data }: Entry): void {
    this.#rooms.log.warn({ type, view: data.view, camera: data.camera, by: who.name }, 'the journal is away: this view is in no journal')
  }

  #end(name: string, { asked, view, from, seen }: Open): void {
    const { who, camera, breakGlass } = asked
    this.#open.delete(name)
    this.#over.set(name, { asked, at: this.#now() })
    const data = { view, camera: camera.id, grid: camera.grid, from, until: seen, ...(breakGlass && { breakGlass }) }
    this.#writing = Promise.all([this.#writing, this.#write({ type: 'camera.viewed', who, area: camera.grid, data })]).then(() => undefined)
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
