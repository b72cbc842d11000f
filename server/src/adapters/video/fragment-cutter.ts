/** Cuts the fragmented MP4 that ffmpeg writes to its stdout into one init segment and its fragments, where the bytes lie, reading only the boxes it needs. */

export interface InitSegment {
  readonly data: Buffer
  /** Sample entry of the video track, as in the file: `avc1`, `hvc1`, `hev1`, ... */
  readonly sampleEntry: string
  /** RFC 6381 codec string, where it can be told (`avc1.42C01E`); otherwise the sample entry. */
  readonly codec: string
}

export interface Fragment {
  /** One moof and its mdat: playable after the init segment. What it points to is never written to again. */
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
/**
 * Fragments lie one behind another in blocks of this size, as they arrived. A block is used once: whoever is still sent a fragment of it keeps
 * it, and nobody else writes to it. It is small beside the seconds a ring keeps, and large beside a fragment.
 */
const blockBytes = 128 * 1024

/** Four letters as a number. */
const letters = (type: string): number => Buffer.from(type, 'latin1').readUInt32BE(0)
const [FTYP, MOOV, MOOF, MDAT] = [letters('ftyp'), letters('moov'), letters('moof'), letters('mdat')]
const [TRAF, TFHD, TRUN] = [letters('traf'), letters('tfhd'), letters('trun')]

interface TrackDefaults {
  readonly timescale: number
  readonly duration: number
  readonly flags: number
}

/**
 * Feed chunks in order; they are copied and may be overwritten afterwards. `onInit` comes once and before any `onFragment`. Throws
 * MalformedMp4 on bytes that are no such stream.
 */
export class FragmentCutter {
  readonly #onInit: (init: InitSegment) => void
  readonly #onFragment: (fragment: Fragment) => void
  /** What arrived and is not handed on yet lies from `#from` to `#end`; what lies before belongs to those who got it. */
  #block = Buffer.alloc(0)
  #from = 0
  #end = 0
  /** Where the box that is being read begins; behind `#from` when it is the mdat of a moof. */
  #at = 0
  #ftyp: Buffer | undefined
  #track: TrackDefaults | undefined
  #avc = false

  constructor(on: { init(init: InitSegment): void; fragment(fragment: Fragment): void }) {
    this.#onInit = on.init
    this.#onFragment = on.fragment
  }

  push(chunk: Buffer): void {
    this.#makeRoom(chunk.length)
    this.#end += chunk.copy(this.#block, this.#end)
    while (this.#end - this.#at >= 8) {
      const size = this.#block.readUInt32BE(this.#at)
      const type = this.#block.readUInt32BE(this.#at + 4)
      // Size 0 (to the end) and 1 (64 bit) never occur in what our ffmpeg is asked to write.
      if (size < 8) throw new MalformedMp4(`box ${this.#name()} of size ${size}`)
      if (size > (type === MDAT || type === MOOF ? maxFragmentBytes : maxInitBytes))
        throw new MalformedMp4(`box ${this.#name()} is too large: ${size} bytes`)
      if (this.#end - this.#at < size) return
      this.#box(type, this.#at + size)
    }
  }

  #name(): string {
    return this.#block.toString('latin1', this.#at + 4, this.#at + 8)
  }

  /** Goes on in a new block where this one is full, taking along what is not handed on yet; the whole box that is being read will fit. */
  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#block.length) return
    const begun = this.#end - this.#at >= 8 ? this.#at - this.#from + this.#block.readUInt32BE(this.#at) : 0
    const block = Buffer.allocUnsafeSlow(Math.max(blockBytes, Math.max(begun, this.#end - this.#from) + bytes))
    this.#block.copy(block, 0, this.#from, this.#end)
    this.#end -= this.#from
    this.#at -= this.#from
    this.#from = 0
    this.#block = block
  }

  /** A whole box lies from `#at` to `to`. */
  #box(type: number, to: number): void {
    const at = this.#at
    const isBehindMoof = at > this.#from
    if (type === MDAT && isBehindMoof) {
      const from = this.#from
      this.#from = to
      this.#at = to
      const { duration, keyframe } = readMoof(this.#block, from, at, this.#track as TrackDefaults)
      const parameters = keyframe && this.#avc ? parametersOf(this.#block.subarray(at + 8, to)) : undefined
      this.#onFragment({ data: this.#block.subarray(from, to), duration, keyframe, ...(parameters && { parameters }) })
      return
    }
    switch (type) {
      case MDAT:
        throw new MalformedMp4('mdat without moof')
      case MOOF:
        if (!this.#track) throw new MalformedMp4('moof before moov')
        this.#from = at
        this.#at = to
        return
      case FTYP:
        this.#ftyp = Buffer.from(this.#block.subarray(at, to))
        break
      case MOOV: {
        if (!this.#ftyp) throw new MalformedMp4('moov before ftyp')
        const { init, track } = readMoov(this.#ftyp, this.#block.subarray(at, to))
        this.#track = track
        this.#avc = init.sampleEntry === 'avc1'
        this.#onInit(init)
        break
      }
      default:
      // sidx, styp, free, mfra: nothing a player of ours needs.
    }
    if (isBehindMoof) {
      // Between a moof and its mdat: taken out, so that the two lie side by side.
      this.#block.copyWithin(at, to, this.#end)
      this.#end -= to - at
    } else {
      this.#from = to
      this.#at = to
    }
  }
}

/** Position of the first box of a type among those that lie from `at` to `end`; -1 when there is none. */
function findBox(bytes: Buffer, type: number, at: number, end: number): number {
  for (let next = at; next + 8 <= end; ) {
    const size = bytes.readUInt32BE(next)
    if (size < 8 || next + size > end) throw new MalformedMp4('box reaches beyond its parent')
    if (bytes.readUInt32BE(next + 4) === type) return next
    next += size
  }
  return -1
}

/** The inside of the first box at a path of types below a container whose own head is already cut off. */
function find(body: Buffer, ...path: string[]): Buffer | undefined {
  const [head, ...rest] = path as [string, ...string[]]
  const at = findBox(body, letters(head), 0, body.length)
  if (at < 0) return undefined
  const inside = body.subarray(at + 8, at + body.readUInt32BE(at))
  return rest.length ? find(inside, ...rest) : inside
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

/** `from`, `to`: where the moof lies. */
function readMoof(bytes: Buffer, from: number, to: number, track: TrackDefaults): { duration: number; keyframe: boolean } {
  const within = (at: number, most: number): number => {
    if (at + 4 > most) throw new MalformedMp4('moof is cut short')
    return bytes.readUInt32BE(at)
  }
  const boxIn = (type: number, at: number, end: number): number => {
    const found = findBox(bytes, type, at, end)
    if (found < 0) throw new MalformedMp4('moof without traf or tfhd')
    return found
  }
  const traf = boxIn(TRAF, from + 8, to)
  const trafEnd = traf + bytes.readUInt32BE(traf)
  let { duration, flags } = track
  const tfhd = boxIn(TFHD, traf + 8, trafEnd)
  const tfhdEnd = tfhd + bytes.readUInt32BE(tfhd)
  const tfhdFlags = within(tfhd + 8, tfhdEnd) & 0xff_ffff
  // Version and flags, then the track's number.
  let at = tfhd + 16
  if (tfhdFlags & 0x01) at += 8
  if (tfhdFlags & 0x02) at += 4
  if (tfhdFlags & 0x08) {
    duration = within(at, tfhdEnd)
    at += 4
  }
  if (tfhdFlags & 0x10) at += 4
  if (tfhdFlags & 0x20) flags = within(at, tfhdEnd)
  let ticks = 0
  let firstFlags: number | undefined
  for (let trun = findBox(bytes, TRUN, traf + 8, trafEnd); trun >= 0; ) {
    const end = trun + bytes.readUInt32BE(trun)
    const trunFlags = within(trun + 8, end) & 0xff_ffff
    const samples = within(trun + 12, end)
    let cursor = trun + 16
    if (trunFlags & 0x001) cursor += 4
    if (trunFlags & 0x004) {
      firstFlags ??= within(cursor, end)
      cursor += 4
    }
    // Where samples say nothing of themselves there is nothing to read, however many are claimed.
    if (!(trunFlags & 0xf00)) {
      ticks += samples * duration
      firstFlags ??= flags
    } else
      for (let index = 0; index < samples; index++) {
        if (trunFlags & 0x100) {
          ticks += within(cursor, end)
          cursor += 4
        } else ticks += duration
        if (trunFlags & 0x200) cursor += 4
        if (trunFlags & 0x400) {
          firstFlags ??= within(cursor, end)
          cursor += 4
        }
        if (trunFlags & 0x800) cursor += 4
        firstFlags ??= flags
        if (cursor > end) throw new MalformedMp4('moof is cut short')
      }
    trun = findBox(bytes, TRUN, end, trafEnd)
  }
  return { duration: ticks / track.timescale, keyframe: ((firstFlags ?? flags) & nonSyncSample) === 0 }
}
