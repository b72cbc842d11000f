/** Pulls foreign HLS: we fetch playlist, keys, maps and segments, all from the one checked host, and ffmpeg gets the bytes. */
import { createDecipheriv } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Feed, Opening } from './backends/backend.ts'
import { byteFeed, containerOf } from './byte-feed.ts'
import type { CameraAddress } from './camera-connection.ts'
import { CameraFailure } from './camera-failure.ts'
import { type CameraHttp, openCameraHttp } from './camera-http.ts'
import {
  type ForeignSegment,
  type MediaPlaylist,
  maxPlaylistBytes,
  readPlaylist,
  type SegmentMap,
  UnreadablePlaylist,
  type Variant,
} from './hls-playlist-reader.ts'

/** A playlist may lie about its pieces: silence beyond this is silence. */
const longestPieceMs = 10_000
const maxSegmentBytes = 32 * 1024 * 1024
/** How far behind the newest segment is still no reason to leave some out. */
const mostBehind = 4

export interface HlsOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Put behind the addresses of playlists that have no query of their own. */
  readonly query?: string
}

/** Rejects with CameraFailure; another host, wherever a playlist names one, is `redirect`. */
export async function openHls(camera: CameraAddress, opening: Opening, options: HlsOptions = {}): Promise<Feed> {
  return pullHls(await openCameraHttp(camera, opening, options.headers), opening, options)
}

/** The same over a connection that is there already; it is closed with the feed, or when there is none. */
export async function pullHls(http: CameraHttp, opening: Opening, { query = '' }: HlsOptions = {}): Promise<Feed> {
  try {
    const puller = new Puller(http, query, opening)
    await puller.begin()
    return byteFeed({
      container: puller.container,
      bytes: puller.bytes(),
      pieceMs: Math.min(puller.targetDuration * 1000, longestPieceMs),
      close: () => http.close(),
    })
  } catch (error) {
    http.close()
    throw error
  }
}

class Puller {
  container: 'mpegts' | 'mp4' = 'mpegts'
  targetDuration = 0
  readonly #http: CameraHttp
  readonly #query: string
  readonly #opening: Opening
  #url: URL
  #playlist: MediaPlaylist | undefined
  #next = 0
  #first: Buffer | undefined
  #map: SegmentMap | undefined
  #keys = new Map<string, Buffer>()

  constructor(http: CameraHttp, query: string, opening: Opening) {
    this.#http = http
    this.#query = query
    this.#opening = opening
    this.#url = this.#playlistUrl(http.base.href, http.base)
  }

  /** Reads the playlist and its first segment, which tells the container; of a probe the first bytes of it are enough. */
  async begin(): Promise<void> {
    let read = await this.#read(this.#url)
    if ('variants' in read) {
      const { uri } = chosen(read.variants, this.#opening.quality)
      this.#url = this.#playlistUrl(uri, this.#url)
      read = await this.#read(this.#url)
    }
    if ('variants' in read) throw new CameraFailure('protocol', 'describe')
    const playlist = read.media
    this.#playlist = playlist
    this.targetDuration = playlist.targetDuration
    const segment = playlist.segments.at(playlist.ended ? 0 : -2) ?? playlist.segments[0]
    if (!segment) throw new CameraFailure('silent', 'describe')
    this.#next = segment.msn
    this.#map = segment.map
    if (this.#opening.probing) {
      const head = await this.#http.beginning(this.#urlOf((segment.map ?? segment).uri))
      // What is encrypted tells nothing, and any byte of it is an answer.
      if (!segment.key && !['mpegts', 'mp4'].includes(containerOf(head) ?? '')) throw new CameraFailure('protocol', 'describe')
      return
    }
    this.#first = await this.#fetch(segment)
    const container = containerOf(segment.map ? await this.#mapOf(segment.map) : this.#first)
    if (container !== 'mpegts' && container !== 'mp4') throw new CameraFailure('protocol', 'describe')
    this.container = container
  }

  async *bytes(): AsyncGenerator<Buffer> {
    if (this.#map) yield await this.#mapOf(this.#map)
    if (this.#first) yield this.#first
    this.#first = undefined
    this.#next++
    for (;;) {
      const segment = await this.#wanted()
      if (!segment) return
      // Another map is another stream: the source is opened anew for it.
      if (segment.map?.uri !== this.#map?.uri) throw new CameraFailure('changed', 'picture')
      yield await this.#fetch(segment)
      this.#next = segment.msn + 1
    }
  }

  /** The next segment, waited for; undefined at the end of the stream. */
  async #wanted(): Promise<ForeignSegment | undefined> {
    for (;;) {
      const { segments, ended, targetDuration, canBlock } = this.#playlist as MediaPlaylist
      const newest = segments.at(-1)?.msn ?? -1
      // Numbers that fell far back began anew; what is no longer kept, or was lagged behind by far, is left out.
      const lost = newest + segments.length + 1 < this.#next
      const first = segments[0]?.msn ?? 0
      if (!ended && (lost || this.#next < first || newest - this.#next > mostBehind)) this.#next = Math.max(first, newest - 1)
      const segment = segments.find(({ msn }) => msn >= this.#next)
      if (segment) return segment
      if (ended) return undefined
      const url = new URL(this.#url)
      if (canBlock) url.searchParams.set('_HLS_msn', String(this.#next))
      else await delay(Math.max(200, targetDuration * 400), undefined, { signal: this.#http.signal })
      // Up to three pieces may pass before the next one is there (RFC 8216bis 6.2.5.2).
      const read = await this.#read(url, canBlock ? 3 * targetDuration * 1000 : undefined)
      if ('variants' in read) throw new CameraFailure('protocol', 'picture')
      // A server that answers a blocking question at once with nothing new is asked no faster than others.
      if (canBlock && (read.media.segments.at(-1)?.msn ?? -1) <= newest)
        await delay(Math.max(200, targetDuration * 200), undefined, { signal: this.#http.signal })
      this.#playlist = read.media
    }
  }

  async #read(url: URL, answerMs?: number): Promise<ReturnType<typeof readPlaylist>> {
    const text = (await this.#http.read(url, maxPlaylistBytes, { ...(answerMs && { answerMs }) })).toString('utf8')
    try {
      return readPlaylist(text)
    } catch (error) {
      if (error instanceof UnreadablePlaylist) throw new CameraFailure('protocol', 'describe')
      throw error
    }
  }

  async #fetch({ uri, range, key, msn }: ForeignSegment): Promise<Buffer> {
    const data = await this.#http.read(this.#urlOf(uri), maxSegmentBytes, range && { range })
    if (!key) return data
    const secret = this.#keys.get(key.uri) ?? (await this.#http.read(this.#urlOf(key.uri), 16))
    if (secret.length !== 16) throw new CameraFailure('protocol', 'describe')
    if (this.#keys.size >= 8) this.#keys.clear()
    this.#keys.set(key.uri, secret)
    const number = Buffer.alloc(16)
    number.writeBigUInt64BE(BigInt(msn), 8)
    const decipher = createDecipheriv('aes-128-cbc', secret, key.iv ?? number)
    try {
      return Buffer.concat([decipher.update(data), decipher.final()])
    } catch {
      throw new CameraFailure('protocol', 'describe')
    }
  }

  #mapOf({ uri, range }: SegmentMap): Promise<Buffer> {
    return this.#http.read(this.#urlOf(uri), maxPlaylistBytes, range && { range })
  }

  /** Throws CameraFailure `redirect` where an address leads away, before anything is asked. */
  #urlOf(uri: string, base = this.#url): URL {
    if (!URL.canParse(uri, base.href)) throw new CameraFailure('protocol', 'describe')
    const url = new URL(uri, base)
    if (url.origin !== this.#http.base.origin || url.username || url.password) throw new CameraFailure('redirect', 'describe')
    return url
  }

  #playlistUrl(uri: string, base: URL): URL {
    const url = this.#urlOf(uri, base)
    if (this.#query && !url.search) url.search = this.#query
    return url
  }
}

/** The best variant for the quality, of those that browsers can show where there is one. */
function chosen(variants: readonly Variant[], quality: Opening['quality']): Variant {
  const shown = variants.filter(({ foreign }) => !foreign)
  const sorted = [...(shown.length ? shown : variants)].sort((a, b) => a.bandwidth - b.bandwidth)
  return (quality === 'main' ? sorted.at(-1) : sorted[0]) as Variant
}
