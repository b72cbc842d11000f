/** The stage of the video benchmark: the product with cameras registered, a page that plays them, and the peer beside it. */
import { AccessStore } from '@orchid/server/commands/access-store'
import { startGateway } from '../processes.ts'
import { CITY, openPrepared, type Product, startProduct } from '../product.ts'
import { type PlainHls, startPlainHls } from './plain-hls.ts'

export interface Stage {
  readonly product: Product
  /** Of the process that holds the streams: the server's own, or a gateway's. */
  readonly gateway: number
  readonly plain: PlainHls
  /** Code that pairs a page with a wall, again and again. */
  readonly pairing: string
  /** Registers cameras of the product's own gateway; gives their ids. */
  register(sources: readonly string[]): Promise<string[]>
  stop(): Promise<void>
}

/** `processes`: the streams are held by a process of the gateway and not by the server. */
export async function setStage({ processes = false } = {}): Promise<Stage> {
  // The round past the unwatched cameras would knock at the demo city's addresses meanwhile.
  const env = { CAMERA_NETWORKS: '127.0.0.0/8', CAMERA_ROUND_MINUTES: '0', CAMERA_PICTURES_PER_MINUTE: '0' }
  const product = await startProduct({ ...env, ...(processes && { GATEWAY: 'processes' }) })
  const gateway = processes ? await startGateway(product.dataDir, product.redis.url, env) : undefined
  const plain = await startPlainHls()
  const journal = await openPrepared(product.dataDir, product.redis.url)
  const access = new AccessStore(journal.store)
  const pairing = await access.addPairing({ name: 'bench', area: CITY, reusable: true })
  const token = await access.addToken({ name: 'bench-admin', role: 'system-admin', area: CITY })
  await journal.close()
  const [{ grid, centroid }] = product.where as [Product['where'][number]]
  let count = 0
  return {
    product,
    gateway: gateway?.pid ?? product.server.pid,
    plain,
    pairing,
    async register(sources) {
      const ids: string[] = []
      for (const source of sources) {
        const id = `bench-video-${++count}`
        const data = {
          ...{
            id,
            name: `测试点位 ${count}`,
            position: centroid,
            siteKind: 'road',
            grid,
            people: [],
            backend: 'gateway',
            subStream: false,
          },
          source,
        }
        const answer = await fetch(`${product.server.base}/api/commands/camera.register`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ id: `register-${id}`, data }),
        })
        if (answer.status !== 201) throw new Error(`a camera was not registered: ${answer.status} ${await answer.text()}`)
        ids.push(id)
      }
      return ids
    },
    async stop() {
      await plain.stop()
      await gateway?.stop()
      await product.stop()
    },
  }
}
