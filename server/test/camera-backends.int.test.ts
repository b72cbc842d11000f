/** Streams of media servers (fakes of them): live and recorded, with credentials that go to their server alone and show nowhere. */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AddressedSource, Opening } from '../src/adapters/video/backends/backend.ts'
import { backendOf } from '../src/adapters/video/backends/backends.ts'
import { type MediaServers, readMediaServers } from '../src/adapters/video/backends/media-servers.ts'
import { parseCameraNetworks } from '../src/adapters/video/camera-networks.ts'
import { joined, openingGateways } from '../src/adapters/video/testing/open-gateway.ts'
import { decode, until } from '../src/adapters/video/testing/run-ffmpeg.ts'
import { buildApp } from '../src/app.ts'
import type { Config } from '../src/config.ts'
import { cameraOf, gridsOf } from './city.ts'
import { type FakeServer, fakeMediaMtxStreams, fakeWvpPlay, fakeZlmStreams } from './fake-media-servers.ts'
import { startProduct } from './product.ts'

const SECRET = 'Pw-Hidden'
const fakes: FakeServer[] = []
const opening = openingGateways()
let folder: string
let hls: ReturnType<typeof spawn>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-mtx-'))
  hls = spawn('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10', '-pix_fmt', 'yuv420p', '-c:v', 'libx264'],
    ...['-preset', 'ultrafast', '-g', '10', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '6', '-hls_segment_type', 'fmp4'],
    ...['-hls_fmp4_init_filename', 'init.mp4', '-hls_segment_filename', join(folder, 'p%d.seg'), join(folder, 'main_stream.m3u8')],
  ])
  const playlist = () => readFile(join(folder, 'main_stream.m3u8'), 'utf8').catch(() => '')
  await until(async () => (await playlist()).split('#EXTINF').length > 2, 10_000, 'a playlist')
}, 20_000)
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.close()))
})
afterAll(async () => {
  hls.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const up = async (fake: Promise<FakeServer>): Promise<FakeServer> => {
  fakes.push(await fake)
  return fake
}
const open = (backend: AddressedSource['backend'], url: string, servers: MediaServers = []) =>
  opening(() => ({ backend, url }), { servers })
/** Plays, decodes, and shows the secret nowhere. */
async function plays({ gateway, reported, logged }: ReturnType<typeof open>): Promise<void> {
  const playlist = await gateway.playlist('cam', {})
  if (!('text' in playlist)) throw new Error(`not playing: ${JSON.stringify(playlist)} ${logged}`)
  expect(await decode(joined(gateway, 'cam', playlist.text))).toMatchObject({ codec: 'h264', width: 320 })
  const [status] = gateway.status()
  const command = await readFile(`/proc/${status?.pid}/cmdline`, 'latin1')
  for (const place of [command, JSON.stringify(reported), logged.join(), JSON.stringify(status)]) expect(place).not.toContain(SECRET)
}
async function refused(opened: ReturnType<typeof open>, reason: string): Promise<void> {
  expect(await opened.gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason })
  expect(JSON.stringify(opened.reported) + opened.logged.join()).not.toContain(SECRET)
}
const reach = (more: Partial<Opening> = {}): Opening => ({
  ...{
    id: 'cam',
    quality: 'main',
    networks: parseCameraNetworks('127.0.0.0/8'),
    signal: new AbortController().signal,
    font: async () => undefined,
  },
  ...more,
})
const day = (clock: string): number => Date.parse(`2026-06-01T${clock}+08:00`)
const span = { from: day('07:00:00'), to: day('10:00:00') }
/** First bytes of what was recorded from a moment on. */
async function recorded(backend: AddressedSource['backend'], url: string, servers: MediaServers, from = '08:40:00'): Promise<Buffer> {
  const source: AddressedSource = { backend, url }
  const feed = await backendOf(source).open(source, reach({ servers, recorded: { from: day(from), to: day('08:41:00') } }))
  expect(feed.input).toContain('-re')
  expect(feed.recordedAt).toBe(day(from))
  for await (const chunk of feed.bytes as AsyncIterable<Buffer>) {
    await feed.close()
    return chunk
  }
  throw new Error('nothing came')
}

describe('MediaMTX', () => {
  const server = async () => up(fakeMediaMtxStreams(folder, 'gate/1', `user:${SECRET}`))
  test('live behind a login of the settings, with its question for cookies and its sessions', async () => {
    const { address } = await server()
    await plays(open('mediamtx', `${address}/gate/1`, [{ address, credential: `user:${SECRET}` }]))
  })
  test('a login in the sealed address goes before; a wrong one is told', async () => {
    const { address } = await server()
    await plays(open('mediamtx', `${address.replace('//', `//user:${SECRET}@`)}/gate/1`, [{ address, credential: 'user:other' }]))
    await refused(open('mediamtx', `${address}/gate/1`, [{ address, credential: `${SECRET}:x` }]), 'auth')
    await refused(open('mediamtx', `${address}/gate/2`, [{ address, credential: `user:${SECRET}` }]), 'not-found')
  })
  test('recordings: listed and played, and none is no fault', async () => {
    const { address } = await server()
    const servers = [{ address, playback: address, credential: `user:${SECRET}` }]
    const source: AddressedSource = { backend: 'mediamtx', url: `${address}/gate/1` }
    expect(await backendOf(source).recordings?.(source, span, reach({ servers }))).toEqual([
      { from: day('08:00:00'), to: day('08:01:00') + 500 },
    ])
    const other = { ...source, url: `${address}/gate/2` }
    expect(await backendOf(other).recordings?.(other, span, reach({ servers }))).toEqual([])
    expect((await recorded('mediamtx', source.url, servers)).toString('latin1', 4, 8)).toBe('ftyp')
    expect(fakes[0]?.asked.at(-1)).toBe('/get?path=gate%2F1&start=2026-06-01T00%3A40%3A00.000Z&duration=60&format=fmp4')
  })
})

describe('ZLMediaKit', () => {
  test('live by MPEG-TS; a stream it does not have is told', async () => {
    const { address } = await up(fakeZlmStreams('live/weir', SECRET))
    await plays(open('zlmediakit', `${address}/live/weir`, [{ address, credential: SECRET }]))
    await refused(open('zlmediakit', `${address}/live/none`, [{ address, credential: SECRET }]), 'not-found')
    await refused(open('zlmediakit', `${address}/live`), 'unsupported-address')
  })
  test('recordings: files of the days, each ends where the next begins; the one of the time wanted is played from that time on', async () => {
    const { address } = await up(fakeZlmStreams('live/weir', SECRET))
    const source: AddressedSource = { backend: 'zlmediakit', url: `${address}/live/weir` }
    const servers = [{ address, credential: SECRET }]
    expect(await backendOf(source).recordings?.(source, span, reach({ servers }))).toEqual([
      { from: day('08:00:00'), to: day('08:30:00') },
      { from: day('08:30:00') },
    ])
    await expect(backendOf(source).recordings?.(source, span, reach({ servers: [{ address, credential: 'wrong' }] }))).rejects.toThrow(
      'source: auth',
    )
    const asked = () => (fakes[0]?.asked ?? []).filter((path) => /loadMP4File|seekRecordStamp|live\.ts/.test(path))
    expect((await recorded('zlmediakit', source.url, servers))[0]).toBe(0x47)
    const [load, seek, again, played, ...more] = asked() as [string, string, string, string, ...string[]]
    expect(more).toEqual([])
    const query = (path: string) => new URL(path, address).searchParams
    expect(query(load).get('file_path')).toBe('/www/record/live/weir/2026-06-01/2026-06-01-08-30-00-0.mp4')
    // Ten minutes into the file; asked until the stream is there, and before it is played.
    expect([seek, again].map((path) => query(path).get('stamp'))).toEqual(['600000', '600000'])
    expect(played).toBe(`/${query(load).get('app')}/${query(load).get('stream')}.live.ts`)
    // Another opening has a stream of its own; the start of a file needs no move.
    expect((await recorded('zlmediakit', source.url, servers, '08:00:00'))[0]).toBe(0x47)
    const [second, first] = asked().slice(4) as [string, string]
    expect(query(second).get('stream')).not.toBe(query(load).get('stream'))
    expect(first).toContain('.live.ts')
  })
})

describe('WVP-GB28181-pro', () => {
  test('live: asked to play a channel, pulled from the media server it names', async () => {
    const zlm = await up(fakeZlmStreams('rtp/5', SECRET))
    const { address } = await up(fakeWvpPlay(5, { ts: `${zlm.address}/rtp/5.live.ts`, flv: 'http://x/y.flv' }, SECRET))
    await plays(open('wvp', `${address}/channel/5`, [{ address, credential: SECRET }]))
    await plays(open('wvp', `${address.replace('//', `//:${SECRET}@`)}/channel/5`))
    await refused(open('wvp', `${address}/channel/6`, [{ address, credential: SECRET }]), 'not-found')
    await refused(open('wvp', `${address}/channel/5`), 'auth')
    await refused(open('wvp', `${address}/5`, [{ address, credential: SECRET }]), 'unsupported-address')
  })
  test.each([
    ['outside CAMERA_NETWORKS', { ts: 'http://169.254.169.254/rtp/5.live.ts' }, 'address-refused'],
    ['of another kind', { ts: 'file:///etc/passwd' }, 'unsupported-address'],
    ['that is missing', {}, 'unsupported-address'],
  ])('an address %s is refused', async (_what, stream, reason) => {
    const { address } = await up(fakeWvpPlay(5, stream, SECRET))
    await refused(open('wvp', `${address}/channel/5`, [{ address, credential: SECRET }]), reason)
  })
  test('recordings: listed in Shanghai time, and played back', async () => {
    const zlm = await up(fakeZlmStreams('rtp/5', SECRET))
    const wvp = await up(fakeWvpPlay(5, { ts: `${zlm.address}/rtp/5.live.ts` }, SECRET))
    const source: AddressedSource = { backend: 'wvp', url: `${wvp.address}/channel/5` }
    const servers = [{ address: wvp.address, credential: SECRET }]
    expect(await backendOf(source).recordings?.(source, span, reach({ servers }))).toEqual([{ from: day('08:00:00'), to: day('09:00:00') }])
    expect((await recorded('wvp', source.url, servers))[0]).toBe(0x47)
    expect(wvp.asked).toEqual([
      '/api/common/channel/playback/query?channelId=5&startTime=2026-06-01+07%3A00%3A00&endTime=2026-06-01+10%3A00%3A00',
      '/api/common/channel/playback?channelId=5&startTime=2026-06-01+08%3A40%3A00&endTime=2026-06-01+08%3A41%3A00',
    ])
  })
})

test('the product plays them: the row names the backend, the sealed address the stream, the file the credential', async () => {
  const zlm = await up(fakeZlmStreams('rtp/5', SECRET))
  const { address } = await up(fakeWvpPlay(5, { ts: `${zlm.address}/rtp/5.live.ts` }, SECRET))
  const file = join(folder, 'media-servers.json')
  await writeFile(file, JSON.stringify([{ address, credential: SECRET }]), { mode: 0o600 })
  const product = await startProduct({ config: { mediaServersFile: file } })
  try {
    const token = await product.token('system-admin')
    const { gbCode: _, ...camera } = cameraOf('330781101').data as { gbCode: string }
    const data = { ...camera, id: 'gb-5', grid: gridsOf()[0], backend: 'wvp', subStream: true, source: `${address}/channel/5` }
    const registered = await product.call('/api/commands/camera.register', { method: 'POST', token, body: { id: 'r1', data } })
    expect(registered.status).toBe(201)
    const officer = await product.token('duty-officer')
    const play = await product.call('/api/cameras/gb-5/play', { method: 'POST', token: officer, body: { quality: 'sub' } })
    expect([play.status, play.json.url]).toEqual([200, expect.stringMatching(/^\/media\/hls\/gb-5~sub\//)])
    const playlist = await product.call(play.json.url, { token: officer })
    expect([playlist.status, playlist.text]).toEqual([200, expect.stringContaining('#EXTM3U')])
    expect((await product.call('/api/cameras/gb-5/play', { method: 'POST', token: officer, body: { quality: 'high' } })).status).toBe(400)
    const span = 'from=2026-06-01T07:00:00%2B08:00&to=2026-06-01T10:00:00%2B08:00'
    const listed = await product.call(`/api/cameras/gb-5/recordings?${span}`, { token: officer })
    expect([listed.status, listed.json]).toEqual([
      200,
      { recordings: [{ from: '2026-06-01T00:00:00.000Z', to: '2026-06-01T01:00:00.000Z' }] },
    ])
    const wanted = { from: '2026-06-01T08:40:00+08:00', to: '2026-06-01T08:41:00+08:00' }
    const replay = await product.call('/api/cameras/gb-5/play', { method: 'POST', token: officer, body: { recorded: wanted } })
    const past = await product.call(replay.json.url, { token: officer })
    // The pictures carry the time they were made.
    expect([past.status, /PROGRAM-DATE-TIME:(.*)/.exec(past.text)?.[1]]).toEqual([200, expect.stringMatching(/^2026-06-01T00:40:0/)])
    expect(
      (await product.call('/api/cameras/gb-5/recordings?from=2026-06-01T10:00:00Z&to=2026-06-01T09:00:00Z', { token: officer })).json.code,
    ).toBe('span')
    const other = 'no-server'
    const plain = { ...data, id: other, backend: 'gateway', source: 'rtsp://127.0.0.1:1/x' }
    await product.call('/api/commands/camera.register', { method: 'POST', token, body: { id: 'r2', data: plain } })
    expect((await product.call(`/api/cameras/${other}/recordings?${span}`, { token: officer })).json.code).toBe('no-recordings')
    for (const { text } of [registered, play, playlist, listed, replay, past]) expect(text).not.toContain(SECRET)
  } finally {
    await product.close()
  }
  await chmod(file, 0o644)
  await expect(buildApp({ cameraNetworks: '', mediaServersFile: file } as Config)).rejects.toThrow('can be read by others')
  await expect(buildApp({ cameraNetworks: '', mediaServersFile: '/nonexistent' } as Config)).rejects.toThrow('ENOENT')
})

describe('MEDIA_SERVERS', () => {
  test('is read, its addresses without the last slash', () => {
    expect(readMediaServers('[{"address":"http://10.1.1.6:8888/hls/","credential":"a:b","playback":"http://10.1.1.6:9996/"}]')).toEqual([
      { address: 'http://10.1.1.6:8888/hls', credential: 'a:b', playback: 'http://10.1.1.6:9996' },
    ])
  })
  test.each([
    ['{', 'not JSON'],
    ['{}', 'no array'],
    ['[1]', 'entry 1: no object'],
    ['[{"address":"http://10.1.1.6"},{"address":"10.1.1.6"}]', 'entry 2: address'],
    [`[{"address":"http://user:${SECRET}@10.1.1.6"}]`, 'entry 1: address'],
    ['[{"address":"http://10.1.1.6","secret":"x"}]', 'entry 1: unknown field "secret"'],
    ['[{"address":"http://10.1.1.6","playback":1}]', 'entry 1: playback'],
    ['[{"address":"http://10.1.1.6","credential":5}]', 'entry 1: credential'],
  ])('%s is refused by a sentence', (text, words) => {
    expect(() => readMediaServers(text)).toThrow(words)
    expect(() => readMediaServers(text)).not.toThrow(SECRET)
  })
})
