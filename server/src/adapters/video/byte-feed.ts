/** Feeds ffmpeg through its stdin: it opens no connection at all, and the container is named to it, never guessed. */
import { Readable } from 'node:stream'
import type { Feed } from './backends/backend.ts'
import type { CameraFailure } from './camera-failure.ts'
import { failureOf } from './camera-http.ts'
import { watchFlv } from './flv-watch.ts'

export type Container = 'flv' | 'mpegts' | 'mp4'

/** What the first bytes say; undefined when they are none of the containers we pull. At least 12 bytes tell for sure. */
export function containerOf(head: Buffer): Container | undefined {
  if (head.toString('latin1', 0, 3) === 'FLV') return 'flv'
  if (/^(ftyp|styp|moof|moov)$/.test(head.toString('latin1', 4, 8))) return 'mp4'
  return head[0] === 0x47 && (head.length <= 188 || head[188] === 0x47) ? 'mpegts' : undefined
}

export interface ByteSource {
  readonly container: Container
  /** Throws CameraFailure where the source fails; its end is the end of the source. */
  readonly bytes: AsyncIterable<Buffer>
  /** Comes in pieces of that many milliseconds, or all at once: ffmpeg reads it no faster than life. */
  readonly pieceMs?: number
  close(): void
}

export function byteFeed({ container, bytes, pieceMs, close }: ByteSource): Feed {
  let failure: CameraFailure | undefined
  let tell: (failure: CameraFailure) => void = () => undefined
  let closed = false
  const failed = new Promise<CameraFailure>((resolve) => {
    tell = resolve
  })
  const fail = (error: unknown) => {
    if (closed || failure) return
    failure = failureOf(error, 'picture')
    tell(failure)
  }
  async function* watched(): AsyncGenerator<Buffer> {
    try {
      // Its end is the end of ffmpeg's stdin: what it still holds is shown.
      yield* container === 'flv' ? watchFlv(bytes) : bytes
    } catch (error) {
      fail(error)
    }
  }
  const readable = Readable.from(watched(), { objectMode: false, highWaterMark: 256 * 1024 })
  readable.on('error', fail)
  return {
    input: [
      ...['-protocol_whitelist', 'pipe', '-flags', 'low_delay'],
      ...['-analyzeduration', '100000', '-probesize', '200000', '-f', container],
      ...(pieceMs === undefined ? [] : ['-re']),
      ...['-i', 'pipe:0'],
    ],
    bytes: readable,
    ...(pieceMs !== undefined && { pieceMs }),
    failed,
    get failure() {
      return failure
    },
    close() {
      closed = true
      readable.destroy()
      close()
    },
  }
}

/** The same feed, whose pictures were made from that instant on. */
export const recordedFeed = (feed: Feed, recordedAt: number): Feed => ({
  ...feed,
  recordedAt,
  get failure() {
    return feed.failure
  },
})
