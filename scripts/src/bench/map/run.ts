/** One run of the script on one side in a fresh browser: draw, rest with updates, four drags, sixteen wheel steps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../goal.ts'
import { type Chrome, startChrome } from './chrome.ts'

export type SideName = 'ours' | 'stock'

/** Of a wall; the map fills it. */
export interface Size {
  readonly width: number
  readonly height: number
}
/** A hand sends about as many moves a second. */
const MOVE_EVERY = 16
const DRAGS = [
  [-0.3, 0],
  [0.3, 0],
  [0, -0.3],
  [0, 0.3],
] as const
const DRAG_MOVES = 40
/** The page is loaded this often; the last one goes on. */
const DRAWS = 3
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
  /** Pixels that painting anew visibly changes after all the partial painting. */
  readonly unfaithful: number | undefined
}

export async function runSide(side: SideName, base: string, size: Size, idleSeconds: number): Promise<Run> {
  const chrome = await startChrome(size.width, size.height)
  try {
    return await script(chrome, `${base}?side=${side}`, size, idleSeconds)
  } finally {
    await chrome.close()
  }
}

async function script(chrome: Chrome, address: string, size: Size, idleSeconds: number): Promise<Run> {
  const { page } = chrome
  const call = <T>(what: string): Promise<T> => page.evaluate<T>(`bench.${what}()`)
  const draws: number[] = []
  let before = 0
  for (let i = 0; i < DRAWS; i++) {
    await page.goto(address)
    await page.evaluate('new Promise((done) => { const ask = () => (globalThis.bench ? done() : setTimeout(ask, 20)); ask() })')
    before = await chrome.heap()
    draws.push(await call<number>('draw'))
  }
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
  const pan = await measured(() => drags(chrome, size))
  const zoom = await measured(() => wheel(chrome, size))
  await call('stop')
  await sleep(300)
  const sums = await call<Run['sums']>('sums')
  const nearest = await call<number | undefined>('nearest')
  const heap = (await chrome.heap()) - before
  // Last, because reading pixels back changes how a canvas is kept.
  const unfaithful = await call<number | undefined>('unfaithful')
  return { firstDraw: median(draws), heap, idleCores, idle, pan, zoom, sums, nearest, unfaithful }
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

async function drags(chrome: Chrome, { width, height }: Size): Promise<void> {
  const hand = new Hand(chrome)
  const [midX, midY] = [width / 2, height / 2]
  const held = { button: 'left', buttons: 1, clickCount: 1 }
  for (const [across, down] of DRAGS) {
    await hand.do('mousePressed', midX, midY, held, MOVE_EVERY)
    let [x, y]: [number, number] = [midX, midY]
    for (let i = 1; i <= DRAG_MOVES; i++) {
      x = Math.round(midX + (across * width * i) / DRAG_MOVES)
      y = Math.round(midY + (down * height * i) / DRAG_MOVES)
      await hand.do('mouseMoved', x, y, { button: 'left', buttons: 1 }, MOVE_EVERY)
    }
    await hand.do('mouseReleased', x, y, { ...held, buttons: 0 }, 200)
  }
  await hand.rest()
}

async function wheel(chrome: Chrome, { width, height }: Size): Promise<void> {
  const hand = new Hand(chrome)
  for (let i = 0; i < WHEEL_STEPS; i++)
    await hand.do('mouseWheel', width / 2, height / 2, { deltaX: 0, deltaY: i < WHEEL_STEPS / 2 ? -120 : 120 }, WHEEL_EVERY)
  await hand.rest()
}
