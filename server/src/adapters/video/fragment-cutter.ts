/** Cuts the fragmented MP4 that ffmpeg writes to its stdout into one init segment and its fragments, reading only the boxes it needs. */

export interface InitSegment {
  readonly data: Buffer
  /** Sample entry of the video track, as in the file: `avc1`, `hvc1`, `hev1`, ... */
  readonly sampleEntry: string
  /** RFC 6381 codec string, where it can be told (`avc1.42C01E`); otherwise the sample entry. */
  readonly codec: string
}

export interface Fragment {
  /** One moof and its mdat: playable after the init segment. */
  readonly data: Buffer
  /** Seconds. */
  readonly duration: number
  /** Its first picture can be decoded without an earlier one. */
  readonly keyframe: boolean
  /** The H.264 sequence parameter set its first picture brings along, one character a byte. Another one is another picture size or profile. */
  readonly parameters?: string
}

export class MalformedMp4 extends Error {}

/** A fragment above this is not video of a camera: the stream is refused before it fills the memory. */
export const maxFragmentBytes = 8 * 1024 * 1024
const maxInitBytes = 256 * 1024
const nonSyncSample = 0x0001_0000

interface TrackDefaults {
  readonly timescale: number
  readonly duration: number
  readonly flags: number
}

/** Feed chunks in order; `onInit` comes once and before any `onFragment`. Throws MalformedMp4 on bytes that are no such stream. */
export class FragmentCutter {
  readonly #onInit: (init: InitSegment) => void
  readonly #onFragment: (fragment: Fragment) => void
  #pending: Buffer[] = []
  #pendingBytes = 0
  #wanted = 8
  #ftyp: Buffer | undefined
  #moof: Buffer | undefined
  #track: TrackDefaults | undefined
  #avc = false

  constructor(on: { init(init: InitSegment): void; fragment(fragment: Fragment): void }) {
    this.#onInit = on.init
    this.#onFragment = on.fragment
  }

  push(chunk: Buffer): void {
    this.#pending.push(chunk)
    this.#pendingBytes += chunk.length
    while (this.#pendingBytes >= this.#wanted) {
      const bytes = this.#pending.length === 1 ? (this.#pending[0] as Buffer) : Buffer.concat(this.#pending)
      this.#pending = [bytes]
      const size = bytes.readUInt32BE(0)
      const type = bytes.toString('latin1', 4, 8)
      // Size 0 (to the end) and 1 (64 bit) never occur in what our ffmpeg is asked to write.
      if (size < 8) throw new MalformedMp4(`box ${type} of size ${size}`)
      if (size > (type === 'mdat' || type === 'moof' ? maxFragmentBytes : maxInitBytes))
        throw new MalformedMp4(`box ${type} is too large: ${size} bytes`)
      if (bytes.length < size) {
        this.#wanted = size
        return
      }
      this.#pending = bytes.length === size ? [] : [bytes.subarray(size)]
      this.#pendingBytes = bytes.length - size
      this.#wanted = 8
      this.#box(type, bytes.subarray(0, size))
    }
  }

  #box(type: string, box: Buffer): void {
    switch (type) {
      case 'ftyp':
        this.#ftyp = Buffer.from(box)
        return
      case 'moov': {
        if (!this.#ftyp) throw new MalformedMp4('moov before ftyp')
        const { init, track } = readMoov(this.#ftyp, box)
        this.#track = track
        this.#avc = init.sampleEntry === 'avc1'
        this.#onInit(init)
        return
      }
      case 'moof':
        if (!this.#track) throw new MalformedMp4('moof before moov')
        this.#moof = Buffer.from(box)
        return
      case 'mdat': {
        if (!this.#moof || !this.#track) throw new MalformedMp4('mdat without moof')
        const moof = this.#moof
        this.#moof = undefined
        const { duration, keyframe } = readMoof(moof, this.#track)
        const parameters = keyframe && this.#avc ? parametersOf(box.subarray(8)) : undefined
        this.#onFragment({ data: Buffer.concat([moof, box]), duration, keyframe, ...(parameters && { parameters }) })
        return
      }
      default:
        // sidx, styp, free, mfra: nothing a player of ours needs.
        return
    }
  }
}

function* boxesOf(parent: Buffer, headerBytes: number): Generator<{ type: string; body: Buffer }> {
  let at = headerBytes
  while (at + 8 <= parent.length) {
    const size = parent.readUInt32BE(at)
    if (size < 8 || at + size > parent.length) throw new MalformedMp4('box reaches beyond its parent')
    yield { type: parent.toString('latin1', at + 4, at + 8), body: parent.subarray(at + 8, at + size) }
    at += size
  }
}

/** First box at a path of types below a container whose own header is already cut off. */
function find(body: Buffer, ...path: string[]): Buffer | undefined {
  const [head, ...rest] = path
  for (const box of boxesOf(body, 0)) if (box.type === head) return rest.length ? find(box.body, ...rest) : box.body
  return undefined
}

function need(body: Buffer, ...path: string[]): Buffer {
  const box = find(body, ...path)
  if (!box) throw new MalformedMp4(`no ${path.join('/')}`)
  return box
}

function readMoov(ftyp: Buffer, moov: Buffer): { init: InitSegment; track: TrackDefaults } {
  try {
    const body = moov.subarray(8)
    const media = need(body, 'trak', 'mdia')
    const mdhd = need(media, 'mdhd')
    const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12)
    if (timescale === 0) throw new MalformedMp4('time scale 0')
    const trex = need(body, 'mvex', 'trex')
    // stsd: version and flags (4), entry count (4), then the first sample entry.
    const entry = need(media, 'minf', 'stbl', 'stsd').subarray(8)
    const sampleEntry = entry.toString('latin1', 4, 8)
    return {
      init: { data: Buffer.concat([ftyp, moov]), sampleEntry, codec: codecOf(sampleEntry, entry) },
      track: { timescale, duration: trex.readUInt32BE(12), flags: trex.readUInt32BE(20) },
    }
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedMp4('moov is cut short')
    throw error
  }
}

/** Looks at the units before the first slice; each stands behind its length in four bytes, as our ffmpeg writes them. */
function parametersOf(samples: Buffer): string | undefined {
  let at = 0
  while (at + 5 <= samples.length) {
    const length = samples.readUInt32BE(at)
    const kind = (samples[at + 4] as number) & 31
    if (kind === 7 && at + 4 + length <= samples.length) return samples.toString('latin1', at + 4, at + 4 + length)
    if (kind >= 1 && kind <= 5) return undefined
    at += 4 + length
  }
  return undefined
}

function codecOf(sampleEntry: string, entry: Buffer): string {
  if (sampleEntry !== 'avc1') return sampleEntry
  // A visual sample entry has 86 bytes before its child boxes.
  const avcC = find(entry.subarray(86, entry.readUInt32BE(0)), 'avcC')
  return avcC && avcC.length >= 4 ? `avc1.${avcC.toString('hex', 1, 4).toUpperCase()}` : sampleEntry
}

function readMoof(moof: Buffer, track: TrackDefaults): { duration: number; keyframe: boolean } {
  try {
    const traf = need(moof.subarray(8), 'traf')
    let { duration, flags } = track
    const tfhd = need(traf, 'tfhd')
    const tfhdFlags = tfhd.readUIntBE(1, 3)
    let at = 8
    if (tfhdFlags & 0x01) at += 8
    if (tfhdFlags & 0x02) at += 4
    if (tfhdFlags & 0x08) {
      duration = tfhd.readUInt32BE(at)
      at += 4
    }
    if (tfhdFlags & 0x10) at += 4
    if (tfhdFlags & 0x20) flags = tfhd.readUInt32BE(at)
    let ticks = 0
    let firstFlags: number | undefined
    for (const { type, body } of boxesOf(traf, 0)) {
      if (type !== 'trun') continue
      const trunFlags = body.readUIntBE(1, 3)
      const samples = body.readUInt32BE(4)
      let cursor = 8
      if (trunFlags & 0x001) cursor += 4
      if (trunFlags & 0x004) {
        firstFlags ??= body.readUInt32BE(cursor)
        cursor += 4
      }
      for (let index = 0; index < samples; index++) {
        if (trunFlags & 0x100) {
          ticks += body.readUInt32BE(cursor)
          cursor += 4
        } else ticks += duration
        if (trunFlags & 0x200) cursor += 4
        if (trunFlags & 0x400) {
          firstFlags ??= body.readUInt32BE(cursor)
          cursor += 4
        }
        if (trunFlags & 0x800) cursor += 4
        firstFlags ??= flags
      }
    }
    return { duration: ticks / track.timescale, keyframe: ((firstFlags ?? flags) & nonSyncSample) === 0 }
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedMp4('moof is cut short')
    throw error
  }
}
