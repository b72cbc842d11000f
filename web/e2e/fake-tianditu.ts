/** A fake of the foreign server t0.tianditu.gov.cn: answers GetTile as it does, refuses a wrong key as it does, and fails as told. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { plainPng } from './tiles.ts'

export interface FakeTianditu {
  readonly url: string
  /** Paths with query of every request. */
  readonly asked: string[]
  /** What it does instead of answering; undefined answers. */
  fault: ((response: ServerResponse) => void) | undefined
  close(): Promise<void>
}

export async function startFakeTianditu(key: string, tile: Uint8Array = plainPng(240)): Promise<FakeTianditu> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (fake.fault) return fake.fault(response)
    const { searchParams, pathname } = new URL(request.url ?? '', 'http://fake')
    if (searchParams.get('tk') !== key)
      return response
        .writeHead(403, { 'content-type': 'application/json' })
        .end('{"msg":"非法Key","resolve":"请到天地图API控制台重新申请Key","code":301003}')
    const wanted = { SERVICE: 'WMTS', REQUEST: 'GetTile', VERSION: '1.0.0', TILEMATRIXSET: 'w', FORMAT: 'tiles', STYLE: 'default' }
    const right = Object.entries(wanted).every(([name, value]) => searchParams.get(name) === value)
    if (!right || pathname !== `/${searchParams.get('LAYER')}_w/wmts`) return response.writeHead(400).end()
    response.writeHead(200, { 'content-type': 'image/png' }).end(tile)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fake: FakeTianditu = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fault: undefined,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return fake
}
