/** Pictures out of key frames: one short decoding each, few at the same time, none twice. */
import { Readable } from 'node:stream'
import { sampleHeight, sampleWidth } from '@orchid/shared/domain/cameras/picture'
import { startFfmpeg } from './ffmpeg-process.ts'

/** One frame that can be decoded by itself. */
export interface KeyFrame {
  /** Init segment and fragment, as one MP4. */
  readonly mp4: Buffer
  /** Names this very frame among those of its stream. */
  readonly id: string
  /** Epoch milliseconds of its arrival. */
  readonly at: number
}

export interface StillPictures {
  /** A JPEG of the frame, in its own size. Undefined when it cannot be decoded. Calls for the same frame share one decoding. */
  jpeg(stream: string, frame: KeyFrame): Promise<Buffer | undefined>
  /** 32 × 18 grey values 0–255 of the frame, for judging it. Undefined when it cannot be decoded. */
  luma(frame: KeyFrame): Promise<Buffer | undefined>
}

/** Decodings at the same time. */
const SLOTS = 2
/** Milliseconds a decoding may take. */
const PATIENCE = 5_000
const MOST_BYTES = 8 * 1024 * 1024
/** Of so many streams the last picture is kept. */
const KEPT = 64
const JPEG = ['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe', 'pipe:1']
const LUMA = ['-frames:v', '1', '-vf', `scale=${sampleWidth}:${sampleHeight}:flags=area,format=gray`, '-f', 'rawvideo', 'pipe:1']
const LUMA_BYTES = sampleWidth * sampleHeight

export function createStillPictures(ffmpeg = 'ffmpeg'): StillPictures {
  const kept = new Map<string, { id: string; picture: Promise<Buffer | undefined> }>()
  let running = 0
  const waiting: (() => void)[] = []

  async function decode({ mp4 }: KeyFrame, output: readonly string[]): Promise<Buffer | undefined> {
    if (running >= SLOTS) await new Promise<void>((turn) => waiting.push(turn))
    running++
    try {
      const input = ['-v', 'error', '-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0']
      const child = startFfmpeg(ffmpeg, [...input, ...output], { bytes: Readable.from([mp4]) })
      const chunks: Buffer[] = []
      let bytes = 0
      child.stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MOST_BYTES) child.kill()
        else chunks.push(chunk)
      })
      const timer = setTimeout(() => child.kill(), PATIENCE)
      const { code } = await child.exited
      clearTimeout(timer)
      return code === 0 && bytes > 0 ? Buffer.concat(chunks) : undefined
    } finally {
      running--
      waiting.shift()?.()
    }
  }

  return {
    jpeg(stream, frame) {
      const known = kept.get(stream)
      if (known?.id === frame.id) return known.picture
      const picture = decode(frame, JPEG)
      kept.delete(stream)
      kept.set(stream, { id: frame.id, picture })
      const [oldest] = kept.keys()
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
      return picture
    },
    async luma(frame) {
      const grey = await decode(frame, LUMA)
      return grey?.length === LUMA_BYTES ? grey : undefined
    },
  }
}
