import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import type { CameraSource } from './backends/backend.ts'
import { type Gateway, GatewayFull } from './gateway.ts'
import { builtProgram } from './testing/built-program.ts'
import { demo, isAlive, joined, openGateway, zombies } from './testing/open-gateway.ts'
import { startRtspResponder } from './testing/rtsp-responder.ts'
import { decode, run, until } from './testing/run-ffmpeg.ts'

const gateways: Gateway[] = []
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
})
function open(...given: Parameters<typeof openGateway>) {
  const opened = openGateway(...given)
  gateways.push(opened.gateway)
  return opened
}

const lastMsn = (text: string): number => Number(/(\d+)\.m4s\n$/.exec(text)?.[1])
async function playlistOf(gateway: Gateway, id: string, msn?: number): Promise<string> {
  const playlist = await gateway.playlist(id, { _HLS_msn: msn === undefined ? undefined : String(msn) })
  if (!('text' in playlist)) throw new Error(`${id} is not playing: ${JSON.stringify(playlist)}`)
  return playlist.text
}
/** User and system time of a process in seconds. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

describe('a demo camera', () => {
  test('plays: segments advance as they are drawn, and every frame decodes', async () => {
    const { gateway, reported } = open(demo)
    const first = await playlistOf(gateway, 'river-1')
    expect(reported).toEqual([{ id: 'river-1', state: 'live', lastFrameAt: expect.any(Number) }])
    let text = first
    let seconds = 0
    // What a busy machine held up comes faster afterwards: then the next stretch is looked at. A camera that is too fast is so in all three.
    for (let stretch = 0; stretch < 3 && seconds <= 2; stretch++) {
      const from = lastMsn(text)
      const begun = performance.now()
      for (let step = 1; step <= 12; step++) text = await playlistOf(gateway, 'river-1', from + step)
      seconds = (performance.now() - begun) / 1000
      expect(lastMsn(text)).toBeGreaterThanOrEqual(from + 12)
    }
    // Twelve quarter seconds in about three: neither faster nor much slower than life.
    expect(seconds).toBeGreaterThan(2)
    expect(seconds).toBeLessThan(6)
    const frames = (text.match(/\.m4s/g)?.length ?? 0) * 2
    expect(await decode(joined(gateway, 'river-1', text))).toEqual({ codec: 'h264', width: 640, frames })
    expect(gateway.steps('river-1').map(({ step }) => step)).toEqual(['queue', 'source', 'draw', 'picture'])
  })

  test('keeps drawing whatever its name holds', async () => {
    const names = ["%{pts}:'\\;[x]", '梅江镇\n“桥”', '', ' '.repeat(5), '𠮷🚒', 'a'.repeat(500)]
    const { gateway } = open((id) => ({ backend: 'demo', title: names[Number(id)] as string, place: names[Number(id)] as string }))
    for (const id of names.keys()) expect(lastMsn(await playlistOf(gateway, String(id)))).toBeGreaterThan(0)
  })

  test('moves: two moments of each kind of scene differ', async () => {
    const kinds = ['road', 'river', 'place', 'shelter'] as const
    const { gateway } = open((id) => ({ backend: 'demo', title: id, place: '', siteKind: id as (typeof kinds)[number] }))
    await Promise.all(
      kinds.map(async (id) => {
        const text = await playlistOf(gateway, id, lastMsn(await playlistOf(gateway, id)) + 2)
        const later = await until(
          async () => ((await playlistOf(gateway, id, lastMsn(text) + 2)).length > 0 ? playlistOf(gateway, id) : undefined),
          5000,
          'more',
        )
        const frames = await run(
          'ffmpeg',
          ['-i', 'pipe:0', '-vf', 'scale=32:18', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
          joined(gateway, id, later),
        )
        const size = 32 * 18
        const [first, last] = [frames.subarray(0, size), frames.subarray(frames.length - size)]
        expect(Math.max(...first.map((value, index) => Math.abs(value - (last[index] ?? 0))))).toBeGreaterThan(4)
      }),
    )
  }, 15_000)
})

test('sixteen demo cameras play at once', async () => {
  const { gateway } = open(demo)
  const ids = Array.from({ length: 16 }, (_, index) => `cam-${index}`)
  for (const id of ids) gateway.touch(id)
  await until(() => gateway.status().every(({ state }) => state === 'live'), 30_000, 'all live')
  const pids = gateway.status().map(({ pid }) => pid as number)
  expect(new Set(pids).size).toBe(16)
  const before = await Promise.all(ids.map((id) => playlistOf(gateway, id)))
  const cpuBefore = await Promise.all(pids.map(cpuSeconds))
  await new Promise((resolve) => setTimeout(resolve, 4000))
  const cpu = (await Promise.all(pids.map(cpuSeconds))).map((after, index) => after - (cpuBefore[index] ?? 0))
  const after = await Promise.all(ids.map((id) => playlistOf(gateway, id)))
  const advanced = after.map((text, index) => lastMsn(text) - lastMsn(before[index] as string))
  console.log(
    `sixteen demo cameras: ${((cpu.reduce((sum, one) => sum + one, 0) / 16 / 4) * 100).toFixed(1)} % of a core each; segments in 4 s: ${advanced.join(' ')}`,
  )
  // Sixteen segments are due in four seconds; a crowded machine may draw late, but none may stand still.
  for (const count of advanced) expect(count).toBeGreaterThanOrEqual(8)
  expect(gateway.status().every(({ state, starts }) => state === 'live' && starts === 1)).toBe(true)
}, 60_000)

describe('faults', () => {
  test('a killed ffmpeg is told at once and started again; numbers go on', async () => {
    const { gateway, reported } = open(demo)
    const before = lastMsn(await playlistOf(gateway, 'cam'))
    const { pid } = gateway.status()[0] as { pid: number }
    process.kill(pid, 'SIGKILL')
    await until(() => reported.at(-1)?.state === 'offline', 1000, 'offline')
    expect(reported.at(-1)).toMatchObject({ reason: 'ended', step: 'picture' })
    await until(() => reported.at(-1)?.state === 'live', 6000, 'live again')
    expect(reported.map(({ state }) => state)).toEqual(['live', 'offline', 'live'])
    const text = await playlistOf(gateway, 'cam')
    expect(lastMsn(text)).toBeGreaterThan(before)
    expect(text).toContain('#EXT-X-DISCONTINUITY\n')
    expect(await isAlive(pid)).toBe(false)
  })

  test('a silent ffmpeg is told as stalled within three seconds and replaced; its end leaves no process', async () => {
    const { gateway, reported } = open(demo)
    await playlistOf(gateway, 'cam')
    const { pid } = gateway.status()[0] as { pid: number }
    process.kill(pid, 'SIGSTOP')
    const begun = performance.now()
    await until(() => reported.at(-1)?.state === 'stalled', 4000, 'stalled')
    expect(performance.now() - begun).toBeGreaterThan(1500)
    expect(performance.now() - begun).toBeLessThan(3000)
    await until(() => reported.at(-1)?.state === 'live', 6000, 'live again')
    await until(async () => !(await isAlive(pid)), 2000, 'the old one is gone')
  }, 15_000)

  test('while our own event loop stands still, no camera is blamed', async () => {
    const { gateway, reported } = open(demo)
    await playlistOf(gateway, 'cam')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(reported.map(({ state }) => state)).toEqual(['live'])
  }, 15_000)

  test('a missing ffmpeg and an unknown camera have their own reasons', async () => {
    const missing = open(demo, { ffmpeg: '/nonexistent/ffmpeg' })
    expect(await missing.gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason: 'no-ffmpeg' })
    const unknown = open(() => undefined)
    expect(await unknown.gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason: 'unknown-camera', step: 'source' })
  })

  test('kill -9 of our process takes its ffmpeg with it', async () => {
    // What the other process cannot clear away any more lies in a folder of this test.
    const folder = await mkdtemp(join(tmpdir(), 'orchid-orphan-'))
    const built = await builtProgram('adapters/video/gateway.ts', await mkdtemp(join(folder, 'program-')))
    const child = spawn(process.execPath, ['--input-type=module', '-e', opensCamera, pathToFileURL(built).href], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const pid = await until(() => /^pid (\d+)$/m.exec(out)?.[1], 20_000, 'a camera is live in the other process')
    expect(await isAlive(Number(pid))).toBe(true)
    child.kill('SIGKILL')
    await until(async () => !(await isAlive(Number(pid))), 4000, 'ffmpeg ends')
    await rm(folder, { recursive: true, force: true })
  }, 30_000)
})

describe('coming and going', () => {
  test('200 quick openings and closings leave no process, no zombie and nothing open', async () => {
    const { gateway } = open(demo, { idleMs: 0 })
    const seen = new Set<number>()
    for (let turn = 0; turn < 200; turn++) {
      const handle = gateway.open(`cam-${turn % 5}`)
      // Every phase of a start is met by some of the closings.
      await new Promise((resolve) => setTimeout(resolve, (turn * 7) % 40))
      for (const { pid } of gateway.status()) if (pid !== undefined) seen.add(pid)
      handle.close()
      handle.close()
    }
    await gateway.stop()
    expect(gateway.status()).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
    for (const pid of seen) expect(await isAlive(pid)).toBe(false)
    expect(await zombies()).toBe(0)
  }, 60_000)

  test('bursts of 200 pairs within a tenth of a second leave no ffmpeg, no connection and no memory behind', async () => {
    const camera = await startRtspResponder()
    // Begins a picture and never goes on.
    const sockets = new Set<Socket>()
    const web = createServer((_request, response) => void response.write(Buffer.from('464c56010100000009000000000900000000000000', 'hex')))
    web.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const sources: Readonly<Record<string, (id: string) => CameraSource>> = {
      demo,
      rtsp: (id) => ({ backend: 'gateway', url: camera.address(id, 'h264') }),
      http: () => ({ backend: 'gateway', url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/x.flv` }),
    }
    const { gateway } = open((id) => sources[id.slice(0, 4)]?.(id), { idleMs: 0 })
    const heap: number[] = []
    const seen = new Set<number>()
    for (let round = 0; round < 5; round++) {
      for (let step = 0; step < 10; step++) {
        const handles = Array.from({ length: 20 }, (_, pair) => gateway.open(`${['demo', 'rtsp', 'http'][pair % 3]}-${(step + pair) % 24}`))
        // Some are closed before they do anything, some while their ffmpeg starts.
        for (const handle of handles.splice(0, 12)) handle.close()
        await new Promise((resolve) => setTimeout(resolve, 10))
        for (const pid of await children()) seen.add(pid)
        for (const handle of handles) handle.close()
      }
      await until(async () => (await children()).length === 0, 8000, 'no process is left')
      await until(() => camera.connections + sockets.size === 0, 2000, 'no connection is left')
      heap.push(collected())
    }
    expect(gateway.status()).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
    // A stream that stayed would cost some kilobytes: 600 of them are far above this.
    expect(heap.at(-1) as number).toBeLessThan((heap[1] as number) + 1_000_000)
    await camera.close()
    web.close()
  }, 60_000)

  test('two holders share one source; the last one to go closes it after the idle time', async () => {
    const { gateway } = open(demo, { idleMs: 300 })
    const [one, two] = [gateway.open('cam'), gateway.open('cam')]
    await playlistOf(gateway, 'cam')
    expect(gateway.status()).toMatchObject([{ references: 2, starts: 1 }])
    one.close()
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(gateway.status()).toMatchObject([{ references: 1, state: 'live' }])
    const { pid } = gateway.status()[0] as { pid: number }
    two.close()
    await until(() => gateway.status().length === 0, 2000, 'closed')
    await until(async () => !(await isAlive(pid)), 2000, 'its process is gone')
  })

  test('requests alone keep a camera open', async () => {
    const { gateway } = open(demo, { idleMs: 600 })
    let msn = lastMsn(await playlistOf(gateway, 'cam'))
    for (let turn = 0; turn < 8; turn++) msn = lastMsn(await playlistOf(gateway, 'cam', msn + 1))
    expect(gateway.status()).toMatchObject([{ references: 0, starts: 1, state: 'live' }])
    await until(() => gateway.status().length === 0, 3000, 'closed')
  })

  test('what was opened ahead of need, or for a still, starts before others of its kind once somebody wants to watch it', async () => {
    const asked: string[] = []
    const answer = new Map<string, () => void>()
    const openSource = (id: string) => {
      asked.push(id)
      return new Promise<undefined>((resolve) => answer.set(id, () => resolve(undefined)))
    }
    const { gateway } = open(demo, { openSource })
    for (const id of ['one', 'two', 'three', 'four']) gateway.touch(id)
    await until(() => asked.length === 4, 1000, 'as many as start at once')
    const [still] = [gateway.keyFrame('still'), gateway.open('ahead', { priority: 2 }), gateway.open('shown', { priority: 2 })]
    gateway.touch('shown')
    gateway.touch('alarm', { priority: 0 })
    void gateway.playlist('still', {})
    for (const id of ['one', 'two', 'three', 'four']) answer.get(id)?.()
    await until(() => asked.length === 8, 1000, 'the next four')
    expect(asked.slice(4)).toEqual(['alarm', 'still', 'shown', 'ahead'])
    for (const done of answer.values()) done()
    expect((await still).frame).toBeUndefined()
  })

  test('the last quarter of places is for live pictures: stills and recordings are refused there', async () => {
    const { gateway } = open(demo, { maxOpen: 4 })
    const span = { from: 0, to: 1000 }
    for (const id of ['a', 'b', 'c']) gateway.touch(gateway.nameOf(id, 'main', span))
    expect(() => gateway.touch(gateway.nameOf('d', 'main', span))).toThrow(GatewayFull)
    await expect(gateway.keyFrame('d')).rejects.toThrow(GatewayFull)
    expect(gateway.touch('d')).toMatchObject({ state: 'connecting' })
    // A still of what is open already costs no place.
    expect((await gateway.keyFrame('d')).frame).toBeDefined()
  })

  test('more cameras than allowed are refused, and stop refuses all', async () => {
    const { gateway } = open(demo, { maxOpen: 2 })
    gateway.touch('a')
    gateway.touch('b')
    gateway.touch('a')
    expect(() => gateway.touch('c')).toThrow(expect.objectContaining({ statusCode: 503, code: 'gateway-full' }))
    await gateway.stop()
    // Not full: a wall would go on saying so until the server is back.
    expect(() => gateway.touch('a')).toThrow(expect.objectContaining({ statusCode: 503, code: 'stopping' }))
  })
})

test('ffmpeg runs as nobody where we are root, gains no rights, writes no file and no core', async () => {
  const { gateway } = open(demo)
  await playlistOf(gateway, 'cam')
  const { pid } = gateway.status()[0] as { pid: number }
  const [status, limits] = await Promise.all(['status', 'limits'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1')))
  const user = process.getuid?.() === 0 ? 65534 : process.getuid?.()
  expect(status).toMatch(new RegExp(`^Uid:\t${user}\t${user}\t`, 'm'))
  if (user === 65534) expect(status).toMatch(/^Groups:\s*$/m)
  expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  for (const [name, most] of [
    ['Max file size', 0],
    ['Max core file size', 0],
    ['Max data size', 2 ** 30],
    ['Max open files', 256],
  ])
    expect(limits).toMatch(new RegExp(`^${name} +${most} +${most} `, 'm'))
})

/** Opens a camera with the gateway of that address, and says the process of its pictures. */
const opensCamera = `
const { createGateway } = await import(process.argv[1])
const gateway = createGateway({
  log: { info() {}, error() {} }, cameraNetworks: '', onState() { for (const { pid } of gateway.status()) console.log('pid ' + pid) },
  openSource: async () => ({ backend: 'demo', title: 'x', place: 'y' }),
})
gateway.touch('cam')
setInterval(() => gateway.touch('cam'), 1000)
`

/** Processes that this one started and that are not gone. */
async function children(): Promise<number[]> {
  const text = await readFile(`/proc/self/task/${process.pid}/children`, 'latin1')
  return text.split(' ').filter(Boolean).map(Number)
}

/** Bytes on the heap once everything that can go is gone. */
function collected(): number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  gc()
  return process.memoryUsage().heapUsed
}
