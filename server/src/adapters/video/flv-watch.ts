/** Looks into passing FLV: a new sequence header is a changed picture, and a codec ffmpeg cannot read from FLV is told as such. */
import { CameraFailure } from './camera-failure.ts'

const maxTagBytes = 8 * 1024 * 1024
const videoTag = 9
const h264 = 7

/** Hands the bytes on as they are. Throws CameraFailure `changed`, `codec` or `protocol` instead of the bytes that show it. */
export async function* watchFlv(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Joined only when there is enough: a large tag in small pieces would be copied again and again.
  let pieces: Buffer[] = []
  let have = 0
  let wanted = 13
  let headed = false
  let sequence: Buffer | undefined
  for await (const chunk of bytes) {
    pieces.push(chunk)
    have += chunk.length
    // Header of 9 bytes and the size of no tag before; then tags.
    if (have < wanted) continue
    const waiting = pieces.length === 1 ? chunk : Buffer.concat(pieces)
    let at = 0
    wanted = 11
    if (!headed) {
      at = 13
      headed = true
    }
    while (waiting.length - at >= 11) {
      const size = waiting.readUIntBE(at + 1, 3)
      if (size > maxTagBytes) throw new CameraFailure('protocol', 'picture')
      const end = at + 11 + size + 4
      if (end > waiting.length) {
        wanted = end - at
        break
      }
      if ((waiting[at] as number) % 32 === videoTag && size >= 2) {
        const body = waiting.subarray(at + 11, at + 11 + size)
        const [kind, packet] = body as unknown as [number, number]
        // The high bit marks the enhanced format, which names its codec by four letters.
        if (kind & 0x80 || (kind & 0x0f) !== h264) throw new CameraFailure('codec', 'picture')
        if (packet === 0) {
          if (sequence && !sequence.equals(body)) throw new CameraFailure('changed', 'picture')
          sequence ??= Buffer.from(body)
        }
      }
      at = end
      wanted = 11
    }
    if (at > 0) yield waiting.subarray(0, at)
    have = waiting.length - at
    pieces = have > 0 ? [waiting.subarray(at)] : []
  }
}
