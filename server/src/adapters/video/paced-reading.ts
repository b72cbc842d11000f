/** Reads a stream in steps instead of at each of its frames: a read, and the write that follows it, cost the same for one frame and for five. */
import type { Readable } from 'node:stream'

/** Milliseconds in which a stream is read as it comes, because somebody waits for the first picture. */
const EAGER = 2_000

/** Call once what reads it listens already. What comes meanwhile waits in the kernel; when nothing is read any more, its writer waits too. `everyMs`: from one read to the next. */
export function paceReading(stream: Readable, everyMs: number): void {
  const eager = performance.now() + EAGER
  stream.on('data', () => {
    // Whoever paused it already will resume it.
    if (stream.isPaused() || performance.now() < eager) return
    stream.pause()
    setTimeout(() => {
      if (!stream.destroyed) stream.resume()
    }, everyMs)
  })
}
