/** The still picture of a tile that may not play: the newest key frame the server has, with the time it was made, fetched anew from time to time. */
import type { Why } from './player.ts'

export interface Still {
  /** Address of the picture in this page; good until the next one comes. */
  readonly url: string
  /** Epoch milliseconds at which the picture was made, by the server's clock. */
  readonly at: number
}
/** `waiting`: asked for the first time. `none`: the server has none, with its reason. */
export type StillView = { readonly is: 'waiting' } | { readonly is: 'none'; readonly reason?: string } | ({ readonly is: 'still' } & Still)

const EVERY = 10_000
const ANSWER_WITHIN = 8_000

/** When the picture was made: without it a picture is worth nothing and is not shown. */
export function madeAt(headers: { get(name: string): string | null }): number | undefined {
  const exact = headers.get('orchid-frame-at')
  const at = exact === null ? Date.parse(headers.get('last-modified') ?? '') : /^\d+$/.test(exact) ? Number(exact) : Date.parse(exact)
  return Number.isFinite(at) ? at : undefined
}

/** Tells `onView` of each still picture of a camera, at once and then every 10 s, until the returned function is called. `why`: what it is looked at for now. */
export function watchStill(camera: string, why: () => Why | undefined, onView: (view: StillView) => void): () => void {
  const ended = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let shown: string | undefined
  const forget = (): void => {
    if (shown) URL.revokeObjectURL(shown)
    shown = undefined
  }
  const none = (reason?: string): void => {
    forget()
    onView({ is: 'none', ...(reason && { reason }) })
  }
  async function look(): Promise<void> {
    try {
      const query = new URLSearchParams({ ...why() }).toString()
      const answer = await fetch(`/api/cameras/${encodeURIComponent(camera)}/snapshot.jpg${query && `?${query}`}`, {
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.any([ended.signal, AbortSignal.timeout(ANSWER_WITHIN)]),
      })
      const at = answer.ok ? madeAt(answer.headers) : undefined
      if (at === undefined) {
        const why = answer.ok ? undefined : ((await answer.json().catch(() => undefined)) as { reason?: string; code?: string } | undefined)
        if (!ended.signal.aborted) none(why?.reason ?? why?.code)
      } else {
        const url = URL.createObjectURL(await answer.blob())
        if (ended.signal.aborted) return URL.revokeObjectURL(url)
        const before = shown
        shown = url
        onView({ is: 'still', url, at })
        // The one before is on the screen until the new one is drawn.
        if (before) setTimeout(() => URL.revokeObjectURL(before), 2_000)
      }
    } catch {
      if (!ended.signal.aborted) none('timeout')
    }
    if (!ended.signal.aborted) timer = setTimeout(() => void look(), EVERY)
  }
  onView({ is: 'waiting' })
  void look()
  return () => {
    ended.abort()
    clearTimeout(timer)
    forget()
  }
}
