/** What all nodes on one Redis know of the views that go on: which of them keeps book of each, whether others give out its bytes, and whose node has gone. */
import { randomBytes } from 'node:crypto'
import type { Store } from '../journal/journal.ts'
import type { ViewAsked } from './camera-views.ts'

/** A view that goes on, as its keeper tells it. */
export interface SharedView {
  readonly view: string
  /** The node that keeps book of it: it writes the end. */
  readonly keeper: string
  readonly asked: ViewAsked
  /** Epoch milliseconds. */
  readonly from: number
}

/** That another node than the keeper of `view` was asked for it last at `at`, epoch milliseconds. */
export interface Note {
  readonly view: string
  readonly at: number
}

/** A view whose keeper has gone. */
export interface Orphan {
  readonly name: string
  readonly shared: SharedView
  /** Epoch milliseconds until which somebody is known to have served it. */
  readonly last: number
}

/** Name of a view -> SharedView; name -> Note, as `<view> <at>`; keeper -> its last beat. */
const [OPEN, SEEN, KEEPERS] = ['camera-views', 'camera-views-seen', 'camera-view-keepers'] as const
const over = (name: string): string => `camera-view-over:${name}`
/** Our own readings without a new beat after which a node has gone: counted so, our standing still or Redis' blames nobody. */
const UNBELIEVED = 6
/** Milliseconds for which one node alone takes over the views of another. */
const TAKING_OVER = 60_000

/** Every call may reject with JournalUnavailable. */
export class SharedViews {
  /** Another one at each start: what an earlier run left is taken over like that of any node that has gone. */
  readonly node = randomBytes(9).toString('base64url')
  readonly #store: Store
  /** Others were told that this node lives. */
  #known = false
  readonly #heard = new Map<string, { beat: string; unchanged: number }>()

  constructor(store: Store) {
    this.#store = store
  }

  readonly #entry = async (name: string): Promise<SharedView | undefined> => parsed<SharedView>(await this.#store.hget(OPEN, name))

  /** The view of this name that somebody keeps. */
  async find(name: string): Promise<SharedView | undefined> {
    const entry = await this.#entry(name)
    const lives = entry && (entry.keeper === this.node || (await this.#store.hget(KEEPERS, entry.keeper)) !== undefined)
    return lives ? entry : undefined
  }

  async tell(name: string, view: SharedView): Promise<void> {
    if (!this.#known) await this.#live(view.from)
    await this.#store.hset(OPEN, name, JSON.stringify(view))
  }

  async #live(now: number): Promise<void> {
    await this.#store.hset(KEEPERS, this.node, String(now))
    this.#known = true
  }

  /** It is over. Whoever is asked for it within `ttlMs` learns whose it was. */
  async end(name: string, { view, asked }: Pick<SharedView, 'view' | 'asked'>, ttlMs: number): Promise<void> {
    const text = await this.#store.hget(OPEN, name)
    if (text === undefined || parsed<SharedView>(text)?.view !== view) return
    await this.#store.set(over(name), JSON.stringify(asked), ttlMs)
    // Another of this name may have begun meanwhile: the place is its own now.
    if (await this.#store.hdelIf(OPEN, name, text)) await this.clear(name)
  }

  /** What the view of this name was asked for, be it over. */
  asked = async (name: string): Promise<ViewAsked | undefined> =>
    (await this.#entry(name))?.asked ?? parsed<ViewAsked>(await this.#store.get(over(name)))

  /** Notes that a node was asked for the view, and that the name is this view's now. */
  async note(name: string, view: string, at: number): Promise<void> {
    await this.#store.hset(SEEN, name, `${view} ${at}`)
    // It may have ended meanwhile, and what was noted of it been cleared: this must not outlive it.
    if ((await this.#entry(name))?.view !== view) await this.clear(name)
  }

  /** Forgets what was noted of this name. */
  clear = (name: string): Promise<unknown> => this.#store.hdel(SEEN, name)

  /** What was noted of views that go on, by their names. What another version noted in another form counts as not noted. */
  notes = async (): Promise<ReadonlyMap<string, Note>> =>
    new Map(
      Object.entries(await this.#store.hgetall(SEEN)).flatMap(([name, text]) => {
        const [view = '', at] = text.split(' ')
        return at === undefined ? [] : [[name, { view, at: Number(at) }] as const]
      }),
    )

  /** Whether another node has taken this one for gone, and its views over, since its last beat. */
  async isBelievedGone(): Promise<boolean> {
    return this.#known && (await this.#store.hget(KEEPERS, this.node)) === undefined
  }

  /** Tells that this node lives, and gives the views of nodes that have gone: the caller tells that it keeps them. Called every few seconds. */
  async beat(now: number): Promise<Orphan[]> {
    await this.#live(now)
    const beats = await this.#store.hgetall(KEEPERS)
    const orphans: Orphan[] = []
    for (const node of this.#heard.keys()) if (!(node in beats)) this.#heard.delete(node)
    for (const [node, beat] of Object.entries(beats)) {
      if (node === this.node) continue
      const heard = this.#heard.get(node)
      const unchanged = heard?.beat === beat ? heard.unchanged + 1 : 0
      this.#heard.set(node, { beat, unchanged })
      if (unchanged < UNBELIEVED || !(await this.#store.lease(`views-of-${node}`, this.node, TAKING_OVER))) continue
      orphans.push(...(await this.#orphansOf(node, Number(beat))))
      await this.#store.hdel(KEEPERS, node)
    }
    return orphans
  }

  /** What stands in Redis without a keeper stays there until somebody goes on with its address. */
  async #orphansOf(node: string, beat: number): Promise<Orphan[]> {
    const orphans: Orphan[] = []
    const notes = await this.notes()
    for (const [name, text] of Object.entries(await this.#store.hgetall(OPEN))) {
      const shared = parsed<SharedView>(text)
      if (shared?.keeper !== node) continue
      const note = notes.get(name)
      orphans.push({ name, shared, last: Math.max(shared.from, beat, note?.view === shared.view ? note.at : 0) })
    }
    return orphans
  }

  /** This node ends. */
  leave = async (): Promise<void> => void (await this.#store.hdel(KEEPERS, this.node))
}

/** What another version may have told in another form counts as not told. */
function parsed<T extends object>(text: string | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}
