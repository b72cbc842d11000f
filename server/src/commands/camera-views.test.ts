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
