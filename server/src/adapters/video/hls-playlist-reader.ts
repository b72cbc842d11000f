/** Reads the playlists of foreign HLS (RFC 8216): only what is needed to pull a live stream, with bounds on everything a stranger may write. */

export interface ForeignSegment {
  /** Media sequence number. */
  readonly msn: number
  readonly uri: string
  /** Seconds. */
  readonly duration: number
  readonly range?: ByteRange
  readonly key?: SegmentKey
  readonly map?: SegmentMap
}

export interface ByteRange {
  readonly from: number
  readonly bytes: number
}

export interface SegmentKey {
  readonly uri: string
  readonly iv: Buffer | undefined
}

export interface SegmentMap {
  readonly uri: string
  readonly range?: ByteRange
}

export interface MediaPlaylist {
  /** Seconds. */
  readonly targetDuration: number
  readonly segments: readonly ForeignSegment[]
  readonly ended: boolean
  /** It may be asked for with the number of a segment that is not there yet. */
  readonly canBlock: boolean
}

export interface Variant {
  readonly uri: string
  /** Bits per second. */
  readonly bandwidth: number
  /** Names only codecs that are not H.264 video. */
  readonly foreign: boolean
}

/** What is no playlist, or one we cannot play. */
export class UnreadablePlaylist extends Error {}

export const maxPlaylistBytes = 1024 * 1024
const maxSegments = 20_000

/** `NAME=value` and `NAME="value"` pairs of a tag. */
function attributesOf(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null)
  for (const [, name, quoted, bare] of text.matchAll(/([A-Z0-9-]{1,40})=(?:"([^"]{0,2000})"|([^",]{0,200}))/g))
    found[name as string] = quoted ?? bare ?? ''
  return found
}

/** `<bytes>[@<from>]`; without a start it follows the range before it. */
function rangeOf(text: string, after: number): ByteRange {
  const match = /^(\d{1,12})(?:@(\d{1,15}))?$/.exec(text)
  if (!match) throw new UnreadablePlaylist('byte range')
  return { bytes: Number(match[1]), from: match[2] === undefined ? after : Number(match[2]) }
}

/** Throws UnreadablePlaylist. */
export function readPlaylist(text: string): { readonly variants: readonly Variant[] } | { readonly media: MediaPlaylist } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
  if (lines[0] !== '#EXTM3U') throw new UnreadablePlaylist('no playlist')
  return lines.some((line) => line.startsWith('#EXT-X-STREAM-INF:')) ? { variants: readVariants(lines) } : { media: readMedia(lines) }
}

function readVariants(lines: readonly string[]): Variant[] {
  const variants: Variant[] = []
  let waiting: Omit<Variant, 'uri'> | undefined
  for (const line of lines) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      const { BANDWIDTH = '0', CODECS } = attributesOf(line)
      waiting = { bandwidth: Number(BANDWIDTH) || 0, foreign: CODECS !== undefined && !/\bavc[13]\b/.test(CODECS) }
    } else if (line && !line.startsWith('#') && waiting) {
      variants.push({ ...waiting, uri: line })
      waiting = undefined
    }
  }
  if (variants.length === 0 || variants.length > 100) throw new UnreadablePlaylist('variants')
  return variants
}

function readMedia(lines: readonly string[]): MediaPlaylist {
  const segments: ForeignSegment[] = []
  let msn = 0
  let targetDuration = 0
  let duration: number | undefined
  let range: ByteRange | undefined
  let end = 0
  let key: SegmentKey | undefined
  let map: SegmentMap | undefined
  let ended = false
  let canBlock = false
  for (const line of lines) {
    const [tag = '', value = ''] = line.startsWith('#') ? [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1)] : [undefined, line]
    if (tag === '#EXT-X-TARGETDURATION') targetDuration = Number(value)
    else if (tag === '#EXT-X-MEDIA-SEQUENCE') msn = Number(value)
    else if (tag === '#EXT-X-ENDLIST') ended = true
    else if (tag === '#EXT-X-SERVER-CONTROL') canBlock = attributesOf(value)['CAN-BLOCK-RELOAD'] === 'YES'
    else if (tag === '#EXTINF') duration = Number.parseFloat(value)
    else if (tag === '#EXT-X-BYTERANGE') range = rangeOf(value, end)
    else if (tag === '#EXT-X-KEY') key = keyOf(attributesOf(value))
    else if (tag === '#EXT-X-MAP') {
      const { URI, BYTERANGE } = attributesOf(value)
      if (!URI) throw new UnreadablePlaylist('map')
      map = { uri: URI, ...(BYTERANGE !== undefined && { range: rangeOf(BYTERANGE, 0) }) }
    } else if (line && !line.startsWith('#')) {
      if (duration === undefined || !(duration >= 0 && duration < 600) || segments.length >= maxSegments)
        throw new UnreadablePlaylist('segment')
      segments.push({ msn: msn++, uri: line, duration, ...(range && { range }), ...(key && { key }), ...(map && { map }) })
      if (range) end = range.from + range.bytes
      range = undefined
      duration = undefined
    }
  }
  if (!(targetDuration > 0 && targetDuration < 600) || !Number.isSafeInteger(msn)) throw new UnreadablePlaylist('target duration')
  return { targetDuration, segments, ended, canBlock }
}

function keyOf({ METHOD, URI, IV, KEYFORMAT = 'identity' }: Readonly<Record<string, string>>): SegmentKey | undefined {
  if (METHOD === 'NONE') return undefined
  if (METHOD !== 'AES-128' || KEYFORMAT !== 'identity' || !URI) throw new UnreadablePlaylist('key')
  if (IV !== undefined && !/^0x[0-9a-f]{1,32}$/i.test(IV)) throw new UnreadablePlaylist('key')
  return { uri: URI, iv: IV === undefined ? undefined : Buffer.from(IV.slice(2).padStart(32, '0'), 'hex') }
}
