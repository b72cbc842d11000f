/** Pictures judged by their key frames: on real streams of cameras that play clips, opened for the look and given back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { startPoller } from './picture-poller.ts'
import { createStillPictures } from './still-pictures.ts'
import { makeClip, type Scene } from './testing/clip.ts'
import { type ClipCamera, startClipCamera } from './testing/clip-camera.ts'
import { openGateway } from './testing/open-gateway.ts'
import { until } from './testing/run-ffmpeg.ts'

const SCENES: readonly Scene[] = ['moving', 'still', 'black']
const cameras = new Map<string, ClipCamera>()
let gateway: Gateway
beforeAll(async () => {
  for (const scene of SCENES) cameras.set(scene, await startClipCamera(await makeClip(scene, { fps: 10, gop: 10, seconds: 10 })))
  ;({ gateway } = openGateway((id) => {
    const url = cameras.get(id)?.address(id)
    return url === undefined ? undefined : { backend: 'gateway', url }
  }))
})
afterAll(async () => {
  await gateway?.stop()
  await Promise.all([...cameras.values()].map((camera) => camera.kill()))
})

test('given cameras nobody watches, each is opened, told as what it shows, and closed; one without a picture is left to its stream', async () => {
  const stills = createStillPictures()
  const seen = new Map<string, string>()
  const poller = startPoller({
    cameras: () => [...SCENES, 'nowhere'],
    urgent: () => false,
    keyFrame: (id) => gateway.keyFrame(id, { passing: true }),
    leave: (id, since) => gateway.leave(id, since),
    luma: (frame) => stills.luma(frame),
    report: async (id, state) => void seen.set(id, state),
    isOurs: async () => true,
    perMinute: 300,
    times: { look: 4_500, every: 500, frozen: 2_500, black: 1_000 },
    log: { error: (_, message) => expect.fail(message) },
  })
  await until(() => SCENES.every((scene) => seen.has(scene)), 20_000, 'a picture was not judged')
  await poller.stop()
  expect(Object.fromEntries(seen)).toEqual({ moving: 'live', still: 'frozen', black: 'black' })
  expect(poller.judged).toBeGreaterThanOrEqual(3)
  await until(() => gateway.openCameras().length === 0, 5_000, 'a camera opened for a look stayed open')
})

test('given somebody began to watch meanwhile, the look does not close it', async () => {
  const since = performance.now()
  await gateway.keyFrame('moving', { passing: true })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await gateway.playlist('moving', {})
  await gateway.leave('moving', since)
  expect(gateway.openCameras()).toEqual(['moving'])
  await gateway.close('moving')
})
