/**
 * WVP-GB28181-pro: asked to play a channel, it names the address at one of its media servers, which must lie in CAMERA_NETWORKS like any
 * other. Nothing is told to stop: WVP ends a stream that nobody reads, and somebody else may read it. Tried against a fake only.
 */

import { recordedFeed } from '../byte-feed.ts'
import { readAddress } from '../camera-connection.ts'
import { CameraFailure } from '../camera-failure.ts'
import { openHttp } from '../http-pull.ts'
import type { AddressedSource, Backend, Reach } from './backend.ts'
import { addressAt, servedStream } from './media-servers.ts'
import { type Answer, askForJson, dataOf, objectOf, textOf } from './server-answer.ts'

const SHANGHAI = 8 * 3_600_000

/** `yyyy-mm-dd hh:mm:ss` in Shanghai time, as WVP writes and reads it. */
const clockOf = (ms: number): string => new Date(ms + SHANGHAI).toISOString().slice(0, 19).replace('T', ' ')
const msOf = (text: string): number => Date.parse(`${text.trim().replace(' ', 'T')}+08:00`)

/** Asks about the channel that the address names as `<base>/channel/<id>`. */
async function ask(url: string, call: string, query: Readonly<Record<string, string>>, reach: Reach): Promise<unknown> {
  const { base, path, credential, fingerprint } = servedStream(url, reach.servers)
  const channel = /^(.*\/)?channel\/([^/]+)$/.exec(path)
  if (!channel) throw new CameraFailure('unsupported-address', 'source')
  const asked = new URLSearchParams({ channelId: decodeURIComponent(channel[2] as string), ...query })
  // Its tokens are JWTs, its API keys are not.
  const headers: Record<string, string> = credential
    ? { [credential.split('.').length === 3 ? 'access-token' : 'api-key']: credential }
    : {}
  return dataOf(
    await askForJson(addressAt(base, `${channel[1] ?? ''}api/common/channel/${call}?${asked}`, { fingerprint }), reach, headers),
  )
}

/** MPEG-TS carries H.264 and H.265; the others are for servers that do not offer it. */
const addressIn = (stream: Answer): string => ['ts', 'flv', 'fmp4', 'hls'].map((kind) => textOf(stream[kind])).find(Boolean) ?? ''

export const wvp: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const { recorded } = opening
    const stream = recorded
      ? await ask(url, 'playback', { startTime: clockOf(recorded.from), endTime: clockOf(recorded.to) }, opening)
      : await ask(url, 'play', {}, opening)
    const feed = await openHttp(readAddress(addressIn(objectOf(stream)), ['http', 'https']), opening)
    return recorded ? recordedFeed(feed, recorded.from) : feed
  },

  async recordings({ url }, { from, to }, reach) {
    const data = await ask(url, 'playback/query', { startTime: clockOf(from), endTime: clockOf(to) }, reach)
    const list = Array.isArray(data) ? data : objectOf(data).recordList
    if (!Array.isArray(list)) throw new CameraFailure('protocol', 'source')
    return list
      .map((entry) => ({ from: msOf(textOf(objectOf(entry).startTime)), to: msOf(textOf(objectOf(entry).endTime)) }))
      .filter((recording) => Number.isFinite(recording.from) && Number.isFinite(recording.to))
      .sort((a, b) => a.from - b.from)
  },
}
