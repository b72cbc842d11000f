/** The last minutes on disk: real pictures, found by their time, cleaned by age and budget, found again after a restart. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dvr, openDvr } from './dvr.ts'
import type { Gateway } from './gateway.ts'
import { makeClip } from './testing/clip.ts'
import { type ClipCamera, startClipCamera } from './testing/clip-camera.ts'
import { openGateway } from './testing/open-gateway.ts'
import { decode, until } from './testing/run-ffmpeg.ts'

const log = { error: (_: object, message: string) => expect.fail(message) }
let folder: string
let camera: ClipCamera
let gateway: Gateway
let dvr: Dvr
const always = { from: 0, to: Number.MAX_SAFE_INTEGER }
const names = (playlist: string): string[] => playlist.split('\n').filter((line) => line.endsWith('.m4s'))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-dvr-'))
  dvr = await openDvr({ folder, budgetBytes: 1e9, chunkSeconds: 0.5, log })
  camera = await startClipCamera(await makeClip('moving', { fps: 10, gop: 5, seconds: 5 }))
  ;({ gateway } = openGateway((id) => (id === 'weir' ? { backend: 'gateway', url: camera.address('weir') } : undefined), {
    onSegment: (id, segment, init) => dvr.add(id, segment, init),
  }))
  gateway.open('weir')
})
afterAll(async () => {
  await gateway?.stop()
  await camera?.kill()
  await dvr?.settled()
  await rm(folder, { recursive: true, force: true })
})

test('given a camera that is kept, a span of the past plays: every chunk decodes and bears its time', async () => {
  await until(() => names(dvr.playlist('weir', always) ?? '').length >= 5, 15_000, 'nothing was kept')
  const { from, to } = dvr.kept('weir', always) as { from: number; to: number }
  expect(to).toBeLessThanOrEqual(Date.now() + 500)
  const playlist = dvr.playlist('weir', { from: from + 700, to }) as string
  expect(playlist).toContain('#EXT-X-ENDLIST')
  const times = [...playlist.matchAll(/DATE-TIME:(\S+)/g)].map(([, time]) => Date.parse(time as string))
  expect(times.length).toBe(names(playlist).length)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  // It begins with the chunk that holds the moment asked for, and says where in it that is.
  expect(times[0]).toBeLessThanOrEqual(from + 700)
  const offset = Number(/TIME-OFFSET=([\d.]+)/.exec(playlist)?.[1]) * 1000
  expect(Math.abs((times[0] as number) + offset - (from + 700))).toBeLessThanOrEqual(1)
  const init = (await dvr.file('weir', /URI="([^"]+)"/.exec(playlist)?.[1] as string)) as Buffer
  for (const name of names(playlist)) {
    const { frames } = await decode(Buffer.concat([init, (await dvr.file('weir', name)) as Buffer]))
    expect(frames).toBeGreaterThanOrEqual(5)
  }
  expect(dvr.playlist('weir', { from: from - 60_000, to: from - 30_000 })).toBeUndefined()
  expect(dvr.playlist('other', always)).toBeUndefined()
  for (const bad of ['../journal.key', 'rec-../../x.m4s', '.part', 'rec-0-0-0-0.m4s']) expect(await dvr.file('weir', bad)).toBeUndefined()
})

test('given a restart, what was kept is found again; then age and budget clean, oldest first, and a camera no longer chosen leaves nothing', async () => {
  await gateway.stop()
  await dvr.settled()
  const before = names(dvr.playlist('weir', always) as string)
  const again = await openDvr({ folder, budgetBytes: 1e9, log })
  expect(names(again.playlist('weir', always) as string)).toEqual(before)

  const { to } = again.kept('weir', always) as { to: number }
  await again.sweep(() => 1_000, to)
  const young = names(again.playlist('weir', always) as string)
  expect(young.length).toBeLessThan(before.length)
  expect(before.slice(-young.length)).toEqual(young)

  const poor = await openDvr({ folder, budgetBytes: 1, log })
  await poor.sweep(() => 1e9, to)
  expect(poor.playlist('weir', always)).toBeUndefined()
  expect(await readdir(folder)).toEqual([])

  const third = await openDvr({ folder, budgetBytes: 1e9, log })
  await third.sweep(() => undefined, to)
  expect(await readdir(folder)).toEqual([])
})

test('given chunk after chunk is written, an init segment that is read meanwhile is whole each time', async () => {
  const busy = await openDvr({ folder, budgetBytes: 1e9, chunkSeconds: 0, log })
  const init = { data: Buffer.alloc(756, 1), sampleEntry: 'avc1', codec: 'avc1' }
  const segment = (n: number) => ({ msn: n, generation: 7, at: n * 1_000, data: Buffer.alloc(100), duration: 1, keyframe: true })
  const all = 200
  for (let n = 0; n < all; n++) busy.add('gate', segment(n), init)
  let written = false
  const done = busy.settled().finally(() => {
    written = true
  })
  const lengths = new Set<number | undefined>()
  while (!written) {
    lengths.add((await busy.file('gate', 'rec-init-7.mp4'))?.length)
    await nextTurn()
  }
  await done
  // Undefined: before the first chunk.
  expect([...lengths].filter((length) => length !== undefined)).toEqual([756])
  expect(names(busy.playlist('gate', always) as string)).toHaveLength(all - 1)
})
