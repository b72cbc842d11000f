/** Runs ffmpeg and ffprobe for tests: makes clips, reads streams. */
import { spawn } from 'node:child_process'

/** Resolves with stdout; rejects with stderr when the program fails. `input` goes to stdin. */
export function run(program: 'ffmpeg' | 'ffprobe', args: readonly string[], input?: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-v', 'error', ...args])
    const out: Buffer[] = []
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(out)) : reject(new Error(`${program} ended with ${code}: ${err}`))))
    // ffprobe may stop reading early.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** Frames that really decode, and the codec, of a whole MP4 in memory. */
export async function decode(mp4: Buffer): Promise<{ codec: string; width: number; frames: number }> {
  const text = await run(
    'ffprobe',
    ['-count_frames', '-select_streams', 'v:0', '-show_entries', 'stream=codec_name,width,nb_read_frames', '-of', 'json', 'pipe:0'],
    mp4,
  )
  const { streams } = JSON.parse(text.toString()) as { streams: { codec_name: string; width: number; nb_read_frames: string }[] }
  const stream = streams[0]
  if (!stream) throw new Error('no video stream')
  return { codec: stream.codec_name, width: stream.width, frames: Number(stream.nb_read_frames) }
}

/** Resolves when `check` gives something true; rejects after `ms`. */
export async function until<T>(check: () => T | Promise<T>, ms: number, what: string): Promise<NonNullable<T>> {
  const end = performance.now() + ms
  for (;;) {
    const value = await check()
    if (value) return value as NonNullable<T>
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
