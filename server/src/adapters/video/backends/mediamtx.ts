/** MediaMTX: its HLS is fetched by us; its playback server lists and gives what it recorded. Tried against a fake only. */

import { recordedFeed } from '../byte-feed.ts'
import { CameraFailure } from '../camera-failure.ts'
import { openHls } from '../hls-pull.ts'
import { openHttp } from '../http-pull.ts'
import type { AddressedSource, Backend, Reach, Span } from './backend.ts'
import { addressAt, servedStream } from './media-servers.ts'
import { askForJson, objectOf, textOf } from './server-answer.ts'

const playbackPort = '9996'

/** Address of a call of the playback server. */
function playbackAt(url: string, { servers }: Reach, call: 'list' | 'get', query: Readonly<Record<string, string>>) {
  const { base, path, playback, credential: login, fingerprint } = servedStream(url, servers)
  const own = new URL(base)
  own.port = playbackPort
  const asked = new URLSearchParams({ path: decodeURI(path), ...query })
  return addressAt(playback ?? own.origin, `${call}?${asked}`, { login, fingerprint })
}

const iso = (ms: number): string => new Date(ms).toISOString()

export const mediamtx: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const { recorded } = opening
    if (recorded) {
      const duration = String((recorded.to - recorded.from) / 1000)
      const feed = await openHttp(playbackAt(url, opening, 'get', { start: iso(recorded.from), duration, format: 'fmp4' }), opening)
      return recordedFeed(feed, recorded.from)
    }
    const { base, path, credential: login, fingerprint } = servedStream(url, opening.servers)
    // Its newer versions send who asks first to the same address with this query; afterwards a session stands in every address.
    return openHls(addressAt(base, `${path}/index.m3u8`, { login, fingerprint }), opening, { query: 'cookieCheck=1' })
  },

  async recordings({ url }, { from, to }: Span, reach) {
    let list: unknown
    try {
      list = await askForJson(playbackAt(url, reach, 'list', { start: iso(from), end: iso(to) }), reach)
    } catch (error) {
      // It says "not found" where it has nothing of that time.
      if (error instanceof CameraFailure && error.code === 'not-found') return []
      throw error
    }
    if (!Array.isArray(list)) throw new CameraFailure('protocol', 'source')
    return list.flatMap((entry) => {
      const { start, duration } = objectOf(entry)
      const begun = Date.parse(textOf(start))
      return Number.isFinite(begun) && typeof duration === 'number' ? [{ from: begun, to: begun + Math.round(duration * 1000) }] : []
    })
  },
}
