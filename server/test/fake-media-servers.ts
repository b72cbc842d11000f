/** Fakes of WVP-GB28181-pro, MediaMTX and ZLMediaKit: their lists, streams and recordings, in the shapes read in their sources. None of the three runs here. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeServer {
  /** `http://127.0.0.1:<port>` */
  readonly address: string
  /** Paths asked for, with their queries. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

export async function fakeServer(answer: (url: URL, request: IncomingMessage, response: ServerResponse) => unknown): Promise<FakeServer> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    asked.push(url.pathname + url.search)
    const body = await answer(url, request, response)
    if (body !== undefined)
      response.setHeader('content-type', 'application/json').end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** `/api/common/channel/list` in pages; a wrong API key is answered as WVP does, with a code and status 200. */
export const fakeWvp = (channels: readonly object[], apiKey: string) =>
  fakeServer((url, { headers }) => {
    if (headers['api-key'] !== apiKey) return { code: 401, msg: `请登录后重新请求 ${headers['api-key']}` }
    const [page, count] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('count'))]
    const list = channels.slice((page - 1) * count, page * count)
    return { code: 0, msg: '成功', data: { total: channels.length, list, pageNum: page, pageSize: count } }
  })

/** `/v3/paths/list` in pages from 0, with HTTP Basic. */
export const fakeMediaMtx = (names: readonly string[], login: string) =>
  fakeServer((url, { headers }, response) => {
    if (headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`) {
      response.writeHead(401).end()
      return undefined
    }
    const [page, size] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('itemsPerPage'))]
    const items = names.slice(page * size, (page + 1) * size).map((name) => ({ name, confName: name, ready: true, tracks: ['H264'] }))
    return { itemCount: names.length, pageCount: Math.ceil(names.length / size), items }
  })

/** `/index/api/getMediaList`: each stream once for every protocol, with the address it comes from, password and all. */
export const fakeZlm = (streams: readonly { app: string; stream: string }[], secret: string) =>
  fakeServer((url) =>
    url.searchParams.get('secret') === secret
      ? {
          code: 0,
          data: streams.flatMap((stream) =>
            ['rtsp', 'rtmp', 'hls'].map((schema) => ({
              schema,
              vhost: '__defaultVhost__',
              ...stream,
              originUrl: 'rtsp://admin:origin-pw@10.9.9.9/1',
            })),
          ),
        }
      : { code: -100, msg: 'Incorrect secret' },
  )

/** A picture at the speed of life until the asker goes; `container` as ffmpeg names it. */
export function sendPicture(
  response: ServerResponse,
  container: 'mpegts' | 'flv' | 'mp4',
  codec: 'libx264' | 'libx265' = 'libx264',
): undefined {
  const child = spawn('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10', '-pix_fmt', 'yuv420p'],
    ...['-c:v', codec, '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '10', '-x265-params', 'log-level=none', '-f', container],
    ...(container === 'mp4' ? ['-movflags', 'empty_moov+default_base_moof+frag_keyframe'] : []),
    'pipe:1',
  ])
  child.stdout.pipe(response)
  response.on('close', () => child.kill('SIGKILL'))
}

/**
 * Streams and recordings of one MediaMTX in one fake: HLS of a folder that ffmpeg writes, sessions and the question for cookies as newer versions
 * have them, `/list` and `/get` of its playback server.
 */
export const fakeMediaMtxStreams = (folder: string, stream: string, login: string) =>
  fakeServer(async (url, { headers }, response) => {
    if (headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="mediamtx"' }).end()
    const query = url.searchParams
    if (url.pathname === '/list')
      return query.get('path') === stream
        ? [{ start: '2026-06-01T08:00:00+08:00', duration: 60.5, url: 'http://elsewhere/get' }]
        : void response.writeHead(404).end('{"status":"error","error":"no segments found"}')
    if (url.pathname === '/get') return sendPicture(response, 'mp4')
    if (!url.pathname.startsWith(`/${stream}/`)) return void response.writeHead(404).end()
    const name = url.pathname.slice(stream.length + 2)
    if (name === 'index.m3u8') {
      if (query.get('cookieCheck') !== '1') return void response.writeHead(302, { location: 'index.m3u8?cookieCheck=1' }).end()
      return '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.42c00c"\nmain_stream.m3u8?session=s1\n'
    }
    if (query.get('session') !== 's1') return void response.writeHead(400).end()
    const file = await readFile(`${folder}/${name}`).catch(() => undefined)
    if (!file) return void response.writeHead(404).end()
    return void response.end(
      name.endsWith('.m3u8') ? file.toString().replace(/^(\w+\.mp4|\w+\.seg)$|(?<=URI=")([^"]+)/gm, '$&?session=s1') : file,
    )
  })

/** `<app>/<stream>.live.ts`, live and of loaded files, and the list of one day's files; a loaded file can be moved only when it is asked for again. */
export const fakeZlmStreams = (stream: string, secret: string) => {
  /** Streams made of files, and whether they are there yet. */
  const loaded = new Map<string, boolean>()
  const files = ['2026-06-01-08-30-00-0.mp4', '08-00-00.mp4', '.tmp']
  return fakeServer((url, _request, response) => {
    const query = url.searchParams
    const name = `${query.get('app')}/${query.get('stream')}`
    if (url.pathname.startsWith('/index/api/') && query.get('secret') !== secret)
      return { code: -100, msg: `Incorrect secret ${query.get('secret')}` }
    switch (url.pathname) {
      case '/index/api/getMP4RecordFile':
        return {
          code: 0,
          data: {
            rootPath: `/www/record/${stream}/${query.get('period')}/`,
            paths: query.get('period') === '2026-06-01' ? files : [],
          },
        }
      case '/index/api/loadMP4File':
        if (!files.some((file) => query.get('file_path') === `/www/record/${stream}/2026-06-01/${file}`))
          return { code: -1, msg: 'open mp4 file failed' }
        loaded.set(name, false)
        return { code: 0 }
      case '/index/api/seekRecordStamp': {
        const isThere = loaded.get(name)
        if (isThere !== undefined) loaded.set(name, true)
        return isThere ? { code: 0, result: 0, msg: 'success' } : { code: -500, msg: 'can not find the stream' }
      }
    }
    if (url.pathname === `/${stream}.live.ts` || loaded.has(url.pathname.slice(1, -'.live.ts'.length)))
      return sendPicture(response, 'mpegts')
    return void response.writeHead(404).end('{"code":-500,"msg":"stream not found"}')
  })
}

/** Answers to play, playback and its query for one channel; `stream` is the address it names. */
export const fakeWvpPlay = (channel: number, stream: object, apiKey: string) =>
  fakeServer((url, { headers }) => {
    if (headers['api-key'] !== apiKey) return { code: 401, msg: `请登录后重新请求 ${headers['api-key']}` }
    if (url.searchParams.get('channelId') !== String(channel)) return { code: 100, msg: '通道不存在' }
    const data: Readonly<Record<string, unknown>> = {
      '/api/common/channel/play': stream,
      '/api/common/channel/playback': { ...stream, startTime: url.searchParams.get('startTime') },
      '/api/common/channel/playback/query': [{ startTime: '2026-06-01 08:00:00', endTime: '2026-06-01 09:00:00', fileSize: '1' }],
    }
    return { code: 0, msg: '成功', data: data[url.pathname] }
  })
