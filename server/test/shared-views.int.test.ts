/** The book of views where several nodes give out the bytes of one view: real Redis, and clocks that the test moves. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CameraViews, type ViewAsked } from '../src/commands/camera-views.ts'
import { SharedViews } from '../src/commands/shared-views.ts'
import { JournalUnavailable, type Store } from '../src/journal/journal.ts'
import { cameraOf, gridsOf, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Ground, type Product, startGround, startProduct } from './product.ts'

let ground: Ground
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground?.close())

interface Written {
  readonly node: string
  readonly type: string
  readonly view: string
  readonly until?: number
  readonly breakGlass?: true
}
let now = 0
let written: Written[] = []
/** Ids of entries that any node asked the journal to take; it takes each once. */
let ids: string[] = []
let names = 0
const nodes: CameraViews[] = []
beforeEach(() => {
  now = 1_000_000
  written = []
  ids = []
})
afterEach(() => Promise.all(nodes.splice(0).map((node) => node.close())))

function node(name: string, { skew = 0, store = ground.journal.store }: { skew?: number; store?: Store } = {}): CameraViews {
  const views = new CameraViews({
    dispatcher: {
      audit: async (type, id, _who, _area, data) => {
        ids.push(id)
        if (ids.indexOf(id) < ids.length - 1) return
        written.push({
          node: name,
          type: type.slice(7),
          view: data.view as string,
          ...(data.until !== undefined && { until: data.until as number }),
          ...(data.breakGlass === true && { breakGlass: true }),
        })
      },
    },
    shared: new SharedViews(store),
    log: { warn: (_, message) => expect.fail(message), error: (_, message) => expect.fail(message) },
    now: () => now + skew,
    // These are about who writes what, however long a busy machine takes over it.
    patience: 20_000,
  })
  nodes.push(views)
  return views
}
/** Its process is gone without a word. */
const kill = (views: CameraViews): void => {
  nodes.splice(nodes.indexOf(views), 1)
  Object.assign(views, { sweep: async () => undefined })
}
const asked = (): ViewAsked => ({
  who: { name: 'officer', role: 'duty-officer', area: '330781' },
  viewer: 'session-a',
  key: `cam view-${++names}`,
  camera: { id: 'cam', name: '桥头', grid: gridsOf()[0] as string },
  kind: 'live',
})
const types = (): string[] => written.map(({ node: at, type }) => `${at} ${type}`)
/** Both are asked nothing for so long, with their sweeps. */
async function pass(seconds: number, ...views: CameraViews[]): Promise<void> {
  for (let i = 0; i < seconds; i += 2) {
    now += 2_000
    for (const one of views) await one.sweep()
  }
}
const seen = async (views: CameraViews, view: ViewAsked): Promise<void> => {
  views.seen(view.viewer, view.key)
  // The first time it asks the other nodes: on the same connection, so it is answered before we are.
  for (let i = 0; i < 4; i++) await ground.journal.store.hgetall('nothing')
}

test('given an address of one node whose bytes come over another, the view goes on as long as they do, and ends once with the last of them', async () => {
  const [a, b] = [node('a'), node('b', { skew: -3_000 })]
  const view = asked()
  await a.began(view)
  for (let i = 0; i < 15; i++) {
    await seen(b, view)
    await pass(2, b, a)
  }
  expect(types()).toEqual(['a view-began'])
  const last = now - 2_000
  await pass(14, a, b)
  expect(types()).toEqual(['a view-began', 'a viewed'])
  const [began, viewed] = written as [Written, Written]
  expect(viewed.view).toBe(began.view)
  // By the clock of the node that was asked, which goes 3 s behind here.
  expect(viewed.until).toBe(last - 3_000)
  await pass(20, a, b)
  expect(written).toHaveLength(2)
})

test('given a renewal over another node, nothing more is written, and the first node ends it', async () => {
  const [a, b] = [node('a'), node('b')]
  const view = asked()
  await a.began(view)
  await pass(6, a, b)
  await b.began(view)
  await pass(8, b, a)
  expect(types()).toEqual(['a view-began'])
  await pass(12, a, b)
  expect(types()).toEqual(['a view-began', 'a viewed'])
})

test('given a view that is over, who goes on with its address over another node begins another there', async () => {
  const [a, b] = [node('a'), node('b')]
  const view = asked()
  await a.began(view)
  await pass(14, a, b)
  await seen(b, view)
  await until(() => written.length === 3, 3_000, 'nothing began')
  await seen(a, view)
  await pass(4, a, b)
  expect(types()).toEqual(['a view-began', 'a viewed', 'b view-began'])
  expect(new Set(written.map((entry) => entry.view)).size).toBe(2)
  await pass(14, a, b)
  expect(types().at(-1)).toBe('b viewed')
})

test('given the node that keeps a view stops in good order while another gives out its bytes, its end is written and another view begins', async () => {
  const [a, b] = [node('a'), node('b')]
  const view = asked()
  await a.began(view)
  await seen(b, view)
  await pass(2, b)
  await a.close()
  nodes.splice(nodes.indexOf(a), 1)
  await seen(b, view)
  await pass(2, b)
  expect(types()).toEqual(['a view-began', 'a viewed', 'b view-began'])
})

describe('given the node that keeps a view dies', () => {
  test('another that gives out its bytes goes on with it and ends it', async () => {
    const [a, b] = [node('a'), node('b')]
    const view = asked()
    await a.began(view)
    await a.sweep()
    kill(a)
    for (let i = 0; i < 12; i++) {
      await seen(b, view)
      await pass(2, b)
    }
    expect(types()).toEqual(['a view-began'])
    const last = now - 2_000
    await pass(14, b)
    expect(types()).toEqual(['a view-began', 'b viewed'])
    expect(written[1]).toMatchObject({ view: written[0]?.view, until: last })
  })
  test('its views of which nothing is asked any more end when it was last known to live, written by one of the others', async () => {
    const [a, b, c] = [node('a'), node('b'), node('c')]
    const view = asked()
    await a.began(view)
    await pass(4, a, b, c)
    const alive = now
    kill(a)
    await pass(40, b, c)
    expect(types().map((type) => type.slice(2))).toEqual(['view-began', 'viewed'])
    expect(written[1]).toMatchObject({ view: written[0]?.view, until: alive })
  })
})

describe('given the node that keeps a view cannot reach the store for so long that another keeps it', () => {
  /** It gives out bytes all the while. */
  async function cutOff(a: CameraViews, b: CameraViews, view: ViewAsked, seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i += 2) {
      a.seen(view.viewer, view.key)
      await pass(2, b)
    }
  }
  const begin = async () => {
    const [a, b] = [node('a'), node('b')]
    const view = asked()
    await a.began(view)
    await pass(2, a, b)
    return { a, b, view }
  }
  test('back again it tells the other what it gives out, which ends it once with the last of that', async () => {
    const { a, b, view } = await begin()
    await cutOff(a, b, view, 18)
    for (let i = 0; i < 12; i++) {
      a.seen(view.viewer, view.key)
      await pass(2, a, b)
    }
    expect(types()).toEqual(['a view-began'])
    const last = now - 2_000
    await pass(14, a, b)
    expect(types()).toEqual(['a view-began', 'b viewed'])
    expect(written[1]).toMatchObject({ view: written[0]?.view, until: last })
    await pass(80, a, b)
    expect(written).toHaveLength(2)
  })
  test('and the other has ended it, what goes on is another view, with its own beginning and end', async () => {
    const { a, b, view } = await begin()
    await cutOff(a, b, view, 40)
    expect(types()).toEqual(['a view-began', 'b viewed'])
    a.seen(view.viewer, view.key)
    await pass(2, a, b)
    expect(types()).toEqual(['a view-began', 'b viewed', 'a view-began'])
    await pass(14, a, b)
    expect(types().slice(3)).toEqual(['a viewed'])
    expect(written[3]?.view).toBe(written[2]?.view)
    expect(written[3]?.view).not.toBe(written[0]?.view)
  })
})

describe('given another right for a view, judged by another node than the one that keeps it', () => {
  const glass = { breakGlass: true, purpose: '查看', incident: 'i1' } as const
  test('the view ends, another begins there, and what the first node gives out from then on belongs to that one', async () => {
    const [a, b] = [node('a'), node('b')]
    const view = asked()
    await a.began(view)
    await pass(6, a, b)
    await b.began({ ...view, ...glass })
    expect(types()).toEqual(['a view-began', 'b viewed', 'b view-began'])
    expect(written[1]?.view).toBe(written[0]?.view)
    for (let i = 0; i < 10; i++) {
      a.seen(view.viewer, view.key)
      await pass(2, a, b)
    }
    expect(types()).toHaveLength(3)
    const last = now - 2_000
    await pass(14, a, b)
    expect(types().slice(3)).toEqual(['b viewed'])
    expect(written[3]).toMatchObject({ view: written[2]?.view, until: last })
    expect(await ground.journal.store.hgetall('camera-views-seen')).toEqual({})
    expect(a.open + b.open).toBe(0)
  })
  test('what a keeper gives out that was cut off meanwhile is seen by that right, be the view over by then', async () => {
    const [a, b] = [node('a'), node('b')]
    const view = asked()
    await a.began(view)
    await pass(2, a, b)
    for (let i = 0; i < 5; i++) {
      a.seen(view.viewer, view.key)
      await pass(2, b)
    }
    await b.began({ ...view, ...glass })
    for (let i = 0; i < 6; i++) {
      a.seen(view.viewer, view.key)
      await pass(2, b)
    }
    a.seen(view.viewer, view.key)
    await pass(4, a, b)
    const began = written.filter(({ type }) => type === 'view-began')
    expect(began.map(({ node: at, breakGlass }) => [at, breakGlass])).toEqual([
      ['a', undefined],
      ['b', true],
      ['a', true],
    ])
  })
})

test('given a view that another node begins at this moment, whoever asks here waits until it is in the book', async () => {
  const [a, b] = [node('a'), node('b')]
  const view = asked()
  await a.began(view)
  await b.began(view)
  expect(ids).toEqual([`view-${written[0]?.view}`, `view-${written[0]?.view}`])
  expect(types()).toEqual(['a view-began'])
})

test('a note that comes when its view has just ended does not outlive it', async () => {
  const { store } = ground.journal
  let ends: (() => Promise<void>) | undefined
  const slow: Store = {
    ...store,
    hset: async (hash, field, value) => {
      if (hash === 'camera-views-seen') await ends?.()
      await store.hset(hash, field, value)
    },
  }
  const [a, b] = [node('a'), node('b', { store: slow })]
  const view = asked()
  await a.began(view)
  await seen(b, view)
  now += 11_000
  ends = () => a.sweep()
  await b.sweep()
  expect(types()).toEqual(['a view-began', 'a viewed'])
  expect(await store.hgetall('camera-views-seen')).toEqual({})
})

test('a view that begins at the moment another of its name ends keeps its place among the nodes', async () => {
  const { store } = ground.journal
  let begins: (() => Promise<void>) | undefined
  const slow: Store = {
    ...store,
    set: async (key, value, ttlMs) => {
      await store.set(key, value, ttlMs)
      if (key.startsWith('camera-view-over:')) await begins?.()
    },
  }
  const [a, b] = [node('a', { store: slow }), node('b')]
  const view = asked()
  await a.began(view)
  now += 11_000
  begins = () => b.began({ ...view, breakGlass: true, purpose: '查看', incident: 'i1' })
  await a.sweep()
  const began = written.filter(({ type }) => type === 'view-began')
  expect(began).toHaveLength(2)
  const place = (await store.hgetall('camera-views'))[`${view.viewer} ${view.key}`] ?? '{}'
  expect(JSON.parse(place)).toMatchObject({ view: began[1]?.view })
})

test('a node that fails while it takes views over takes them over when it can', async () => {
  const { store } = ground.journal
  let told = 0
  const failing: Store = {
    ...store,
    hset: async (hash, field, value) => {
      if (hash === 'camera-views' && ++told === 2) throw new JournalUnavailable('away')
      await store.hset(hash, field, value)
    },
  }
  const [a, b] = [node('a'), node('b', { store: failing })]
  for (const view of [asked(), asked()]) await a.began(view)
  await pass(2, a, b)
  kill(a)
  await pass(40, b)
  expect(types().slice(2).sort()).toEqual(['b viewed', 'b viewed'])
})

test('while the store does not know a name, nothing is written of it', async () => {
  const b = node('b')
  await seen(b, asked())
  await pass(4, b)
  expect(written).toEqual([])
})

test('two servers: the address is given out by one, the playlist by the other; stopping both leaves one view with its end', async () => {
  const a: Product = await startProduct({ on: ground })
  const b: Product = await startProduct({ on: ground })
  const views = async (of: Product) =>
    (
      await of.call('/api/tables/cameraViews?all=1', {
        token: await ground.access.addToken({ name: `auditor-${++names}`, role: 'auditor', area: '330781' }),
      })
    ).json.rows
  try {
    const officer = await a.token('commander')
    const camera = (cameraOf(TOWNSHIPS[0]).data as { id: string }).id
    const play = await a.call(`/api/cameras/${camera}/play`, { method: 'POST', token: officer, body: { purpose: '例行查看' } })
    expect((await b.call(play.json.url, { token: officer })).text).toContain('#EXTM3U')
    expect(await ground.journal.store.hgetall('camera-views')).toSatisfy((all: object) => Object.keys(all).length === 1)
    await b.close()
    await a.close()
    const c = await startProduct({ on: ground })
    try {
      const found = await views(c)
      expect(found).toHaveLength(1)
      expect(found[0][1]).toMatchObject({ camera, by: 'commander-330781', kind: 'live', until: expect.any(Number) })
      expect(await ground.journal.store.hgetall('camera-views')).toEqual({})
    } finally {
      await c.close()
    }
  } finally {
    await Promise.allSettled([a.close(), b.close()])
  }
})
