/**
 * The page of the video benchmark, put by the runner into an empty page of the server whose pictures it plays: the product's own player
 * (`ours`), or hls.js over plain HTTP (`plain`). Every frame shown tells by its number which one it is.
 */
import Hls from 'hls.js/light'
import { createPlayer } from '../../src/video/player.ts'

/** As in the server's testing/clip.ts. */
const [BITS, SIDE] = [10, 32]

interface Playing {
  readonly video: HTMLVideoElement
  /** Epoch milliseconds and number of each frame shown. */
  readonly frames: [at: number, number: number][]
  /** Epoch milliseconds and state, at each change; ours only. */
  readonly states: [at: number, state: string][]
  /** Milliseconds from the wish to play to the first frame. */
  readonly first: Promise<number>
  stop(): void
}
const playing: Playing[] = []

/** The number in a frame's upper left corner; undefined when it has none. */
function reader(): (video: HTMLVideoElement) => number | undefined {
  const squares = BITS + 2
  const canvas = document.createElement('canvas')
  canvas.width = squares * 4
  canvas.height = 4
  const drawing = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  return (video) => {
    drawing.drawImage(video, 0, 0, squares * SIDE, SIDE, 0, 0, squares * 4, 4)
    const { data } = drawing.getImageData(0, 0, squares * 4, 4)
    const light = Array.from({ length: squares }, (_, i) => (data[(squares * 4 * 2 + i * 4 + 2) * 4] ?? 0) > 128)
    if (!light[0] || !light[squares - 1]) return undefined
    return light.slice(1, -1).reduce((sum, one, i) => sum + (one ? 2 ** i : 0), 0)
  }
}

function begin(start: (video: HTMLVideoElement, states: Playing['states']) => () => void): number {
  const video = document.createElement('video')
  video.muted = true
  video.width = 640
  video.height = 360
  document.body.append(video)
  const [frames, states]: [Playing['frames'], Playing['states']] = [[], []]
  const read = reader()
  let ended = false
  const begun = performance.now()
  const first = new Promise<number>((resolve) => {
    const shown = (): void => {
      if (ended) return
      if (frames.length === 0) resolve(performance.now() - begun)
      frames.push([Date.now(), read(video) ?? -1])
      video.requestVideoFrameCallback(shown)
    }
    video.requestVideoFrameCallback(shown)
  })
  const end = start(video, states)
  const stop = (): void => {
    ended = true
    end()
    video.remove()
  }
  return playing.push({ video, frames, states, first, stop }) - 1
}

const at = (index: number): Playing => playing[index] as Playing
Object.assign(globalThis, {
  bench: {
    ours: (camera: string): number =>
      begin((video, states) => {
        const player = createPlayer(camera, video, ({ state }) => {
          if (states.at(-1)?.[1] !== state) states.push([Date.now(), state])
        })
        return () => player.destroy()
      }),
    plain: (url: string, settings: object): number =>
      begin((video) => {
        const hls = new Hls({ enableWorker: false, ...settings })
        hls.loadSource(url)
        hls.attachMedia(video)
        video.play().catch(() => undefined)
        return () => hls.destroy()
      }),
    first: (index: number): Promise<number> => at(index).first,
    frames: (index: number): Playing['frames'] => at(index).frames,
    states: (index: number): Playing['states'] => at(index).states,
    stop: (index: number): void => at(index).stop(),
  },
})
