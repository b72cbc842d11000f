/** Short clips for cameras of tests and benchmarks, encoded by ffmpeg and cut into access units. Every frame carries its own number as a row of light and dark squares. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Clip {
  readonly codec: 'h264' | 'h265'
  readonly fps: number
  /** Frames between two key frames. */
  readonly gop: number
  /** NAL units of each frame, without start codes. */
  readonly frames: readonly (readonly Buffer[])[]
}

/** Squares of the number, from the lowest bit on, along the upper edge from the left; one more on each side is always light. */
export const NUMBER_BITS = 10
/** Pixels of a square's side in a picture of `CLIP_WIDTH` × `CLIP_HEIGHT`. */
export const NUMBER_SIDE = 32
export const CLIP_WIDTH = 640
export const CLIP_HEIGHT = 360

/** What a clip shows. `moving`: test pattern. `street`: still but for one small thing that crosses. `night`: dark with few lamps, one of which moves. `still`: one picture encoded again and again. */
export type Scene = 'moving' | 'street' | 'night' | 'still' | 'black'

const drawNumber = Array.from({ length: NUMBER_BITS + 2 }, (_, i) => {
  const at = `drawbox=x=${i * NUMBER_SIDE}:y=0:w=${NUMBER_SIDE}:h=${NUMBER_SIDE}:t=fill`
  return i === 0 || i === NUMBER_BITS + 1
    ? `${at}:color=white`
    : `${at}:color=black,${at}:color=white:enable='mod(floor(n/${2 ** (i - 1)}),2)'`
}).join(',')

const size = `${CLIP_WIDTH}x${CLIP_HEIGHT}`
const SCENES: Readonly<Record<Scene, { source: string; filter: string }>> = {
  moving: { source: `testsrc2=s=${size}`, filter: drawNumber },
  street: {
    source: `color=c=0x707870:s=${size}`,
    filter: 'drawbox=x=80:y=120:w=160:h=200:color=0x505860:t=fill,drawbox=x=400:y=90:w=140:h=230:color=0x888070:t=fill',
  },
  night: {
    source: `color=c=0x0a0c10:s=${size}`,
    filter: 'drawbox=x=100:y=80:w=10:h=10:color=0xe0c080:t=fill,drawbox=x=460:y=70:w=10:h=10:color=0xe0c080:t=fill',
  },
  still: { source: `testsrc2=s=${size}`, filter: 'loop=loop=-1:size=1:start=0' },
  black: { source: `color=c=black:s=${size}`, filter: 'null' },
}
/** Something that walks: drawbox cannot be moved by time, an overlay can. */
const WALKER: Partial<Record<Scene, string>> = { street: 'color=c=0x303038:s=20x56', night: 'color=c=0xf0f0e0:s=14x8' }

/**
 * Encodes a clip of `seconds` at `fps`, which is repeated by whoever plays it: it begins with a key frame. Rejects when ffmpeg fails.
 * Without B frames, as surveillance cameras send.
 */
export async function makeClip(
  scene: Scene,
  { codec = 'h264', fps = 25, gop = fps, seconds = 20 }: { codec?: Clip['codec']; fps?: number; gop?: number; seconds?: number } = {},
): Promise<Clip> {
  const { source, filter } = SCENES[scene]
  const walker = WALKER[scene]
  const inputs = ['-f', 'lavfi', '-i', `${source}:r=${fps}`, ...(walker ? ['-f', 'lavfi', '-i', `${walker}:r=${fps}`] : [])]
  const graph = walker ? `[0:v]${filter}[back];[back][1:v]overlay=x='mod(t*40,${CLIP_WIDTH})':y=250` : filter
  const encoder =
    codec === 'h264'
      ? [
          '-c:v',
          'libx264',
          '-preset',
          'veryfast',
          '-tune',
          'zerolatency',
          '-profile:v',
          'main',
          '-x264-params',
          `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0`,
        ]
      : [
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-x265-params',
          `log-level=none:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:repeat-headers=1`,
        ]
  const format = codec === 'h264' ? ['-bsf:v', 'dump_extra=freq=keyframe', '-f', 'h264'] : ['-f', 'hevc']
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      '-v',
      'error',
      '-nostdin',
      ...inputs,
      '-filter_complex',
      graph,
      '-t',
      String(seconds),
      '-pix_fmt',
      'yuv420p',
      ...encoder,
      '-b:v',
      '700k',
      '-maxrate',
      '900k',
      '-bufsize',
      '900k',
      ...format,
      'pipe:1',
    ],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  )
  return { codec, fps, gop, frames: framesOf(stdout, codec) }
}

/** Annex B bytes as frames. A frame ends with its first slice: each picture here has one. */
function framesOf(bytes: Buffer, codec: Clip['codec']): Buffer[][] {
  const frames: Buffer[][] = []
  let units: Buffer[] = []
  for (let from = bytes.indexOf('000001', 0, 'hex'); from >= 0; ) {
    const next = bytes.indexOf('000001', from + 3, 'hex')
    let end = next < 0 ? bytes.length : next
    // The fourth zero of a long start code is not the unit's.
    while (end > from + 3 && bytes[end - 1] === 0) end--
    const unit = bytes.subarray(from + 3, end)
    const isSlice = codec === 'h264' ? [1, 5].includes((unit[0] ?? 0) & 31) : (unit[0] ?? 0) >> 1 < 32
    const isDelimiter = codec === 'h264' ? ((unit[0] ?? 0) & 31) === 9 : (unit[0] ?? 0) >> 1 === 35
    if (!isDelimiter) units.push(unit)
    if (isSlice) {
      // Several slices of one picture follow each other; the first bit after the header says whether this one begins it.
      const begins = ((unit[codec === 'h264' ? 1 : 2] ?? 0) & 0x80) !== 0
      if (!begins && frames.length) (frames.at(-1) as Buffer[]).push(...units)
      else frames.push(units)
      units = []
    }
    from = next
  }
  return frames
}
