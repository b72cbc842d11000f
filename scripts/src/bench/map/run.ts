/** One run of the script on one side in a fresh browser: draw, rest with updates, four drags, sixteen wheel steps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Chrome, startChrome } from './chrome.ts'

export type SideName = 'ours' | 'stock'

/** Of the wall the benchmark stands for; the map fills it. */
const WIDTH = 1920
const HEIGHT = 1080
const MIDDLE = { x: WIDTH / 2, y: HEIGHT / 2 } as const
/** A hand sends about as many moves a second. */
const MOVE_EVERY = 16
const DRAGS = [
  [-0.3, 0],
  [0.3, 0],
  [0, -0.3],
  [0, 0.3],
] as const
const DRAG_MOVES = 40
const WHEEL_STEPS = 16
const WHEEL_EVERY = 250

interface Reading {
  readonly ms: number
  readonly frames: number
  readonly longMs: number
}
export interface Run {
  /** Milliseconds. */
  readonly firstDraw: number
  /** Bytes that the map adds to the rows it shows. */
  readonly heap: number
  /** Cores that all processes of the browser use while the map rests and is updated. */
  readonly idleCores: number
  readonly idle: Reading
  readonly pan: Reading
  readonly zoom: Reading
  readonly sums: { readonly sent: number; readonly shown: number }
  /** Microseconds. */
  readonly nearest: number | undefined
  /** Pixels that painting anew changes after all the partial painting. */
  readonly unfaithful: number | undefined
}

export async function runSide(side: SideName, base: string, idleSeconds: number): Promise<Run> {
  const chrome = await startChrome(WIDTH, HEIGHT)
  try {
    return await script(chrome, `${base}?side=${side}`, idleSeconds)
  } finally {
    await chrome.close()
  }
}

async function script(chrome: Chrome, address: string, idleSeconds: number): Promise<Run> {
  const { page } = chrome
  const call = <T>(what: string): Promise<T> => page.evaluate<T>(`bench.${what}()`)
  await page.goto(address)
  await page.evaluate('new Promise((done) => { const ask = () => (globalThis.bench ? done() : setTimeout(ask, 20)); ask() })')
  const before = await chrome.heap()
  const firstDraw = await call<number>('draw')
  const measured = async (work: () => Promise<unknown>): Promise<Reading> => {
    await call('begin')
    await work()
    return call<Reading>('end')
  }

  await call('start')
  await sleep(500)
  const cpu = chrome.cpu()
  const since = performance.now()
  // Counting frames costs as much as drawing some: it begins afterwards.
  await sleep(idleSeconds * 1000)
  const idleCores = (chrome.cpu() - cpu) / ((performance.now() - since) / 1000)
  const idle = await measured(() => sleep((idleSeconds * 1000) / 2))
  const pan = await measured(() => drags(chrome))
  const zoom = await measured(() => wheel(chrome))
  await call('stop')
  await sleep(300)
  const sums = await call<Run['sums']>('sums')
  const nearest = await call<number | undefined>('nearest')
  const heap = (await chrome.heap()) - before
  // Last, because reading pixels back changes how a canvas is kept.
  const unfaithful = await call<number | undefined>('unfaithful')
  return { firstDraw, heap, idleCores, idle, pan, zoom, sums, nearest, unfaithful }
}

/** The hand does not wait for the page: events go out at their time, and the phase ends when all were taken. */
class Hand {
  readonly #answers: Promise<unknown>[] = []
  readonly #chrome: Chrome
  constructor(chrome: Chrome) {
    this.#chrome = chrome
  }

  async do(type: string, x: number, y: number, more: object, then: number): Promise<void> {
    const due = performance.now() + then
    this.#answers.push(this.#chrome.cdp.send('Input.dispatchMouseEvent', { type, x, y, ...more }))
    await sleep(Math.max(0, due - performance.now()))
  }

  async rest(): Promise<void> {
    await Promise.all(this.#answers)
  }
}

async function drags(chrome: Chrome): Promise<void> {
  const hand = new Hand(chrome)
  const held = { button: 'left', buttons: 1, clickCount: 1 }
  for (const [across, down] of DRAGS) {
    await hand.do('mousePressed', MIDDLE.x, MIDDLE.y, held, MOVE_EVERY)
    let [x, y]: [number, number] = [MIDDLE.x, MIDDLE.y]
    for (let i = 1; i <= DRAG_MOVES; i++) {
      x = Math.round(MIDDLE.x + (across * WIDTH * i) / DRAG_MOVES)
      y = Math.round(MIDDLE.y + (down * WIDTH * i) / DRAG_MOVES)
      await hand.do('mouseMoved', x, y, { button: 'left', buttons: 1 }, MOVE_EVERY)
    }
    await hand.do('mouseReleased', x, y, { ...held, buttons: 0 }, 200)
  }
  await hand.rest()
}

async function wheel(chrome: Chrome): Promise<void> {
  const hand = new Hand(chrome)
  for (let i = 0; i < WHEEL_STEPS; i++)
    await hand.do('mouseWheel', MIDDLE.x, MIDDLE.y, { deltaX: 0, deltaY: i < WHEEL_STEPS / 2 ? -120 : 120 }, WHEEL_EVERY)
  await hand.rest()
}
