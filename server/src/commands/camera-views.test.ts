import { afterEach, expect, test } from 'vitest'
import { JournalUnavailable, type Store } from '../journal/journal.ts'
import { CameraViews, type ViewAsked } from './camera-views.ts'
import { SharedViews } from './shared-views.ts'

let now = 0
let views: CameraViews
let written: string[] = []
const asked: ViewAsked = {
  who: { name: 'officer', role: 'duty-officer', area: '330781' },
  viewer: 'session-a',
  key: 'cam view-0001',
  camera: { id: 'cam', name: '桥头', grid: '330781109201001' },
  kind: 'live',
}
/** Nothing is shared: one node alone, and its store is away. */
const away = new Proxy({} as Store, { get: () => () => Promise.reject(new JournalUnavailable('away')) })
const shared = () => new SharedViews(away)
const begin = async (): Promise<void> => {
  now = 0
  written = []
  views = new CameraViews({
    shared: shared(),
    dispatcher: { audit: async (type) => void written.push(type) },
    log: { warn: (_, message) => expect.fail(message), error: (_, message) => expect.fail(message) },
    now: () => now,
  })
  await views.began(asked)
}
afterEach(() => views.close())

test('what the journal did not take by the end is told to the log, each view by itself', async () => {
  now = 0
  const told: object[] = []
  views = new CameraViews({
    shared: shared(),
    dispatcher: { audit: () => Promise.reject(new JournalUnavailable('away')) },
    log: { warn: (what) => void told.push(what), error: (_, message) => expect.fail(message) },
    now: () => now,
  })
  await views.began(asked)
  await views.close()
  const line = { camera: 'cam', by: 'officer', view: expect.any(String) }
  expect(told).toEqual([
    { ...line, type: 'camera.view-began' },
    { ...line, type: 'camera.viewed' },
  ])
})

test('a view beyond a clearance at an incident that its viewer reported is told to the log as it begins', async () => {
  now = 0
  const told: object[] = []
  views = new CameraViews({
    shared: shared(),
    dispatcher: { audit: async () => undefined },
    log: { warn: (what) => void told.push(what), error: (_, message) => expect.fail(message) },
    now: () => now,
  })
  await views.began({ ...asked, incident: 'i1', purpose: '查看', breakGlass: true })
  expect(told).toEqual([])
  await views.began({ ...asked, key: 'cam view-0002', incident: 'i1', purpose: '查看', breakGlass: true, selfRaised: true })
  expect(told).toEqual([{ camera: 'cam', incident: 'i1', by: 'officer', view: expect.any(String) }])
})

test('who goes on with the address of a view that is over is written again, for as long as the address may be good', async () => {
  await begin()
  now += 11_000
  await views.sweep()
  expect(written).toEqual(['camera.view-began', 'camera.viewed'])
  now += 60_000
  views.seen('session-b', asked.key)
  views.seen(asked.viewer, asked.key)
  views.seen(asked.viewer, asked.key)
  await new Promise(setImmediate)
  expect(written).toEqual(['camera.view-began', 'camera.viewed', 'camera.view-began'])
  now += 11_000
  await views.sweep()
  expect(written.at(-1)).toBe('camera.viewed')
  now += 301_000
  await views.sweep()
  views.seen(asked.viewer, asked.key)
  expect(written).toHaveLength(4)
})

test('given a view that goes on by another right, what was seen by either is in the book with its end', async () => {
  now = 0
  const book: Record<string, unknown>[] = []
  views = new CameraViews({
    shared: shared(),
    dispatcher: { audit: async (type, _id, _who, _area, data) => void book.push({ type: type.slice(7), ...data }) },
    log: { warn: () => undefined, error: (_, message) => expect.fail(message) },
    now: () => now,
  })
  const glass = { breakGlass: true, purpose: '查看' } as const
  // Its clearance is raised; then another 特急, which the viewer raised; then somebody else accepts that one; then it is open again.
  const asks = [asked, { ...asked, ...glass, incident: 'i1' }, { ...asked, ...glass, incident: 'i2', selfRaised: true as const }]
  for (const ask of [...asks, { ...asked, ...glass, incident: 'i2' }, asked]) {
    for (let renewal = 0; renewal < 2; renewal++) await views.began(ask)
    now += 1_000
    views.seen(asked.viewer, asked.key)
  }
  now += 11_000
  await views.sweep()
  const told = book
    .filter(({ type }) => type === 'view-began')
    .map(({ incident, breakGlass, selfRaised }) => [incident, breakGlass, selfRaised])
  expect(told).toEqual([
    [undefined, undefined, undefined],
    ['i1', true, undefined],
    ['i2', true, true],
    ['i2', true, undefined],
    [undefined, undefined, undefined],
  ])
  const ends = book.filter(({ type }) => type === 'viewed')
  expect(ends.map(({ from, until, breakGlass }) => [from, until, breakGlass])).toEqual([
    [0, 1_000, undefined],
    [1_000, 2_000, true],
    [2_000, 3_000, true],
    [3_000, 4_000, true],
    [4_000, 5_000, undefined],
  ])
})

test('whoever asks while the beginning of a view is being written waits for it as well', async () => {
  now = 0
  let take = (): void => undefined
  const taken = new Promise<void>((resolve) => {
    take = resolve
  })
  views = new CameraViews({
    shared: shared(),
    dispatcher: { audit: () => taken },
    log: { warn: (_, message) => expect.fail(message), error: (_, message) => expect.fail(message) },
    now: () => now,
  })
  const given: number[] = []
  const all = [1, 2, 3].map((n) => views.began(asked).then(() => given.push(n)))
  await new Promise(setImmediate)
  const late = views.began(asked).then(() => given.push(4))
  await new Promise(setImmediate)
  expect(given).toEqual([])
  take()
  await Promise.all([...all, late])
  expect(given).toHaveLength(4)
})
