/** The loader hls.js fetches everything with: over the shared connection, always under the newest signed address. */
import type { HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration, LoaderContext, LoaderStats } from 'hls.js'
import type { MediaConnection } from './media-connection.ts'

/** What the server says of a camera that gives no picture now (503). */
export interface NotPlaying {
  readonly state: 'connecting' | 'live' | 'stalled' | 'offline' | 'codec'
  readonly reason?: string
  readonly step?: string
  readonly steps?: readonly { readonly step: string; readonly ms: number; readonly done: boolean }[]
  /** Epoch milliseconds by the server's clock. */
  readonly lastFrameAt?: number
}

export interface MediaSession {
  readonly connection: MediaConnection
  /** Newest signed address of the playlist, a path on this origin. */
  url(): string
  notPlaying(why: NotPlaying): void
  /** The signature is refused: it has expired or the session ended. */
  refused(): void
}

const newStats = (): LoaderStats => ({
  aborted: false,
  loaded: 0,
  retry: 0,
  total: 0,
  chunkCount: 0,
  bwEstimate: 0,
  loading: { start: 0, first: 0, end: 0 },
  parsing: { start: 0, end: 0 },
  buffering: { start: 0, first: 0, end: 0 },
})

/** Path and query to ask for: the playlist always under the newest signature; its segments inherit theirs from it. */
export function pathToAsk(asked: URL, newest: string): string {
  return asked.pathname.endsWith('/index.m3u8') ? newest + asked.search : asked.pathname + asked.search
}

function readNotPlaying(body: Uint8Array): NotPlaying | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null && 'state' in value ? (value as NotPlaying) : undefined
  } catch {
    return undefined
  }
}

export function mediaLoaderFor(session: MediaSession): HlsConfig['loader'] {
  return class MediaLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null
    stats = newStats()
    #abort = new AbortController()
    #timer: ReturnType<typeof setTimeout> | undefined

    load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      this.context = context
      const { stats } = this
      stats.loading.start = performance.now()
      const { signal } = this.#abort
      this.#timer = setTimeout(() => {
        this.abort()
        callbacks.onTimeout(stats, context, null)
      }, config.loadPolicy.maxLoadTimeMs)
      const path = pathToAsk(new URL(context.url, location.href), session.url())
      session.connection.request(path, signal).then(
        ({ status, body }) => {
          clearTimeout(this.#timer)
          if (signal.aborted) return
          stats.loading.first = stats.loading.end = performance.now()
          stats.loaded = stats.total = body.length
          if (status !== 200) {
            const why = status === 503 ? readNotPlaying(body) : undefined
            if (why) session.notPlaying(why)
            if (status === 403 || status === 401) session.refused()
            callbacks.onError({ code: status, text: `status ${status}` }, context, null, stats)
            return
          }
          const url = new URL(path, location.href).href
          const data = context.responseType === 'arraybuffer' ? body.buffer : new TextDecoder().decode(body)
          callbacks.onSuccess({ url, data, code: status }, stats, context, null)
        },
        (error: unknown) => {
          clearTimeout(this.#timer)
          if (!signal.aborted) callbacks.onError({ code: 0, text: error instanceof Error ? error.message : 'failed' }, context, null, stats)
        },
      )
    }

    abort(): void {
      clearTimeout(this.#timer)
      if (this.#abort.signal.aborted) return
      this.stats.aborted = true
      this.#abort.abort()
    }

    destroy(): void {
      this.abort()
      this.context = null
    }
  }
}
