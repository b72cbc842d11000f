/** Answers for playlists, init segments and segments in the shape of HTTP, for the routes and for the shared socket alike. */
import type { KeptPictures } from './dvr.ts'
import { GatewayFull, GatewayStopping, type NotPlaying } from './gateway.ts'
import { mediaRoot, type PlayUrls } from './play-urls.ts'
import { playlistName, recordedName } from './playlist.ts'
import type { Streams } from './streams.ts'

export interface HlsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface HlsRequest {
  /** Path with query, `/media/hls/<camera>/<token>/<file>[?_HLS_msn=n]`. */
  readonly path: string
  /** As given to `PlayUrls.sign`. */
  readonly viewer: string
  /** Aborts when the asker has gone. */
  readonly signal?: AbortSignal
}

export type ServeHls = (request: HlsRequest) => Promise<HlsAnswer>

const problem = (status: number, code: string, detail: string, more: object = {}): HlsAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...(status === 503 && { 'retry-after': '1' }) },
  body: Buffer.from(JSON.stringify({ type: 'about:blank', title: code, status, code, detail, ...more })),
})

const good = (type: string, body: Buffer): HlsAnswer => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body,
})

const notPlaying = (why: NotPlaying): HlsAnswer => problem(503, 'not-playing', `The camera is ${why.state}.`, why)

/** What is not allowed is 403 whether or not such a camera exists. `kept`: what is kept on disk. `seen` is told of whatever is asked of a view: who it belongs to, and the name of its picture and view. */
export function createHlsServer(
  streams: Pick<Streams, 'playlist' | 'file'>,
  playUrls: PlayUrls,
  { kept, seen = () => undefined }: { kept?: Pick<KeptPictures, 'playlist' | 'file'>; seen?: (viewer: string, key: string) => void } = {},
): ServeHls {
  const route = new RegExp(
    `^${mediaRoot}/([A-Za-z0-9._-]{1,40}(?:~sub|~\\d{1,15}-\\d{1,15})?)/([A-Za-z0-9._-]{1,120})/([A-Za-z0-9.-]{1,40})(?:\\?(.{0,200}))?$`,
  )
  const gone = (): HlsAnswer => problem(404, 'not-found', 'That part of the stream is not, or no longer, kept.')
  return async ({ path, viewer, signal }) => {
    const match = route.exec(path)
    if (!match) return problem(404, 'not-found', 'There is no such media path.')
    const [, camera, token, name, query] = match as unknown as [string, string, string, string, string | undefined]
    const refused = (): HlsAnswer | undefined => {
      const claim = playUrls.verify(camera, token, viewer)
      if (!claim) return problem(403, 'not-allowed', 'The play address has expired or was made for somebody else; ask to play again.')
      seen(viewer, `${camera} ${claim.viewId}`)
      return undefined
    }
    const refusal = refused()
    if (refusal) return refusal
    try {
      if (name === playlistName) {
        const msn = new URLSearchParams(query).get('_HLS_msn') ?? undefined
        const playlist = await streams.playlist(camera, { _HLS_msn: msn }, signal)
        // It may have waited for seconds.
        return refused() ?? ('text' in playlist ? good('application/vnd.apple.mpegurl', Buffer.from(playlist.text)) : notPlaying(playlist))
      }
      if (name === recordedName) {
        const [from, to] = ['from', 'to'].map((end) => Number(new URLSearchParams(query).get(end)))
        const text = from && to ? await kept?.playlist(camera, { from, to }) : undefined
        return refused() ?? (text === undefined ? gone() : good('application/vnd.apple.mpegurl', Buffer.from(text)))
      }
      const data = name.startsWith('rec-') ? await kept?.file(camera, name) : await streams.file(camera, name)
      return data ? good('video/mp4', data) : gone()
    } catch (error) {
      if (error instanceof GatewayStopping) return problem(503, error.code, 'The server is being stopped.', { state: 'connecting' })
      if (error instanceof GatewayFull)
        return problem(503, 'gateway-full', 'Too many cameras are open; try again in a moment.', {
          state: 'connecting',
          reason: 'gateway-full',
        })
      throw error
    }
  }
}
