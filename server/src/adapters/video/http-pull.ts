/** Pulls a picture that comes as one long HTTP answer: HTTP-FLV, MPEG-TS or fragmented MP4; a playlist is left to the puller of HLS. */
import type { IncomingMessage } from 'node:http'
import type { Feed, Opening } from './backends/backend.ts'
import { byteFeed, containerOf } from './byte-feed.ts'
import type { CameraAddress } from './camera-connection.ts'
import { CameraFailure } from './camera-failure.ts'
import { failureOf, openCameraHttp } from './camera-http.ts'
import { type HlsOptions, pullHls } from './hls-pull.ts'

/** Rejects with CameraFailure. */
export async function openHttp(camera: CameraAddress, opening: Opening, options: HlsOptions = {}): Promise<Feed> {
  const http = await openCameraHttp(camera, opening, options.headers)
  let handedOn = false
  try {
    const answer = await http.get(http.base)
    const { head, rest } = await beginning(answer)
    const container = containerOf(head)
    const isPlaylist = head.toString('latin1', 0, 7) === '#EXTM3U'
    if (!container && !isPlaylist) throw new CameraFailure('protocol', 'describe')
    handedOn = true
    if (!container) {
      answer.destroy()
      return await pullHls(http, opening, options)
    }
    return byteFeed({
      container,
      bytes: rest,
      // What was recorded comes as fast as it can be sent.
      ...(opening.recorded && { pieceMs: 0 }),
      close: () => http.close(),
    })
  } finally {
    if (!handedOn) http.close()
  }
}

/** The first bytes, at least 12 where there are as many, and all of it from the start. */
async function beginning(answer: IncomingMessage): Promise<{ head: Buffer; rest: AsyncIterable<Buffer> }> {
  const chunks = (answer as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  const timer = setTimeout(() => answer.destroy(new CameraFailure('timeout', 'describe')), 8000)
  try {
    while (head.length < 12) {
      const { done, value } = await chunks.next()
      if (done) throw new CameraFailure('ended', 'describe')
      head = Buffer.concat([head, value])
    }
  } catch (error) {
    throw failureOf(error, 'describe')
  } finally {
    clearTimeout(timer)
  }
  async function* rest(): AsyncGenerator<Buffer> {
    yield head
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return { head, rest: rest() }
}
