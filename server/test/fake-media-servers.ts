/** Fakes of WVP-GB28181-pro, MediaMTX and ZLMediaKit: only their lists, in the shapes read in their sources. None of the three runs here. */
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
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    asked.push(url.pathname + url.search)
    const body = answer(url, request, response)
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
