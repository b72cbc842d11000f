/** The stage of the video benchmark: the product with cameras registered, a page that plays them, and the peer beside it. */
import { AccessStore } from '@orchid/server/commands/access-store'
import { CITY, openPrepared, type Product, startProduct } from '../product.ts'
import { type PlainHls, startPlainHls } from './plain-hls.ts'

export interface Stage {
  readonly product: Product
  readonly plain: PlainHls
  /** Code that pairs a page with a wall, again and again. */
  readonly pairing: string
  /** Registers cameras of the product's own gateway; gives their ids. */
  register(sources: readonly string[]): Promise<string[]>
  stop(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  // The round past the unwatched cameras would knock at the demo city's addresses meanwhile.
  const product = await startProduct({ CAMERA_NETWORKS: '127.0.0.0/8', CAMERA_ROUND_MINUTES: '0', CAMERA_PICTURES_PER_MINUTE: '0' })
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
      await product.stop()
    },
  }
}
