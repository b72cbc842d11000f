/** One whole run: the product is started, written to and watched; faults are injected until the time is over; then all is healed and judged. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { machine, watchOthers } from '../bench/machine.ts'
import { seeded } from '../city/random.ts'
import { type CatchUp, catchUp } from './catch-up.ts'
import { type Crew, makeCrew } from './crew.ts'
import { deck } from './faults.ts'
import { type Ground, makeGround } from './ground.ts'
import { type Ends, type Findings, judge } from './judge.ts'
import { Ledger } from './ledger.ts'
import { Observer } from './observer.ts'

const NODES = 2
const RESULTS = fileURLToPath(new URL('../../../bench-results/', import.meta.url))
/** Milliseconds for the last answers, and for the last rows to reach every wall. */
const LAST_ANSWERS = 30_000
const LAST_ROWS = 30_000
const ON_ITS_WAY = 500

export interface RunOptions {
  readonly minutes: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export interface Outcome extends Findings {
  /** Where the figures were written. */
  readonly file: string
}

export async function run({ minutes, seed, signal, say }: RunOptions): Promise<Outcome> {
  const at = new Date()
  const others = watchOthers()
  const ground = await makeGround(NODES)
  const ledger = new Ledger(join(ground.dataDir, 'acknowledged.ndjson'))
  let crew: Crew | undefined
  let observer: Observer | undefined
  try {
    crew = await makeCrew(ground, ledger, seed)
    const viewer = await ground.token('chaos-judge', 'viewer')
    const { epoch: epochBefore } = await ground.journal.head()
    observer = new Observer(crew, ground, ledger, minutes)
    const writing = Promise.all(crew.writers.map((writer) => writer.run()))
    writing.catch(() => undefined) // awaited below
    const dozing = doze(crew, seed, signal)
    const catchUps = await inject({ crew, ground, ledger, observer, minutes, seed, signal, say })
    await heal(crew, ground, writing, say)
    await dozing.end()
    const ends = await settle(crew, ground)
    observer.stop()
    const findings = await judge({ ground, crew, ledger, observer, catchUps, epochBefore, ends, viewer })
    const name = `chaos-${at.toISOString().replaceAll(':', '-').slice(0, 19)}`
    if (!findings.holds) keepEvidence(ground, name)
    mkdirSync(RESULTS, { recursive: true })
    const file = join(RESULTS, `${name}.json`)
    const result = { at: at.toISOString(), machine: machine(), busy: others(), minutes, seed, ...findings, catchUps }
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
    return { ...findings, file }
  } finally {
    observer?.stop()
    for (const writer of crew?.writers ?? []) {
      writer.stop()
      writer.giveUp()
    }
    await crew?.close()
    await ground.stop()
    ledger.close()
  }
}

interface Injection extends RunOptions {
  readonly crew: Crew
  readonly ground: Ground
  readonly ledger: Ledger
  readonly observer: Observer
}

/** One fault after the other until the time is over, each with a line when it begins and one when all walls show the present again. */
async function inject({ crew, ground, ledger, observer, minutes, seed, signal, say }: Injection): Promise<CatchUp[]> {
  const random = seeded(seed)
  const catchUps: CatchUp[] = []
  const targets = { nodes: ground.nodes, redis: ground.redis, links: crew.links, screens: crew.screens }
  const began = performance.now()
  const faults = deck(random)
  observer.calm()
  await sleep(3_000, undefined, { signal })
  while (performance.now() - began < minutes * 60_000) {
    const fault = faults.next().value
    const from = performance.now()
    observer.troubled()
    await fault.act(targets, random, (what) => say(what), signal)
    const lasted = performance.now() - from
    const caught = await catchUp(crew.walls, ledger, fault.returned, signal)
    catchUps.push(caught)
    say(
      `  over after ${(lasted / 1000).toFixed(1)} s; every wall shows the present ${Math.round(caught.ms)} ms later (last: ${caught.last})`,
    )
    observer.calm()
    await sleep(2_000 + random() * 3_000, undefined, { signal })
  }
  return catchUps
}

/** From time to time the slow wall does not even acknowledge. */
function doze({ slow }: Crew, seed: number, signal: AbortSignal): { end(): Promise<void> } {
  const random = seeded(seed + 1)
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const running = (async () => {
    for (;;) {
      await sleep(5_000 + random() * 10_000, undefined, { signal: stop })
      slow.doze()
      await sleep(5_000 + random() * 15_000, undefined, { signal: stop })
      slow.wake()
    }
  })().catch(() => undefined) // ends by being aborted
  return {
    async end() {
      over.abort()
      await running
      slow.link.rate = undefined
      slow.wake()
    },
  }
}

/** Everything works again, and whoever still waits for an answer gets one. */
async function heal(crew: Crew, ground: Ground, writing: Promise<unknown>, say: (line: string) => void): Promise<void> {
  say('all faults are over; waiting for the last answers and rows')
  await Promise.all(ground.nodes.map((node) => node.back()))
  for (const writer of crew.writers) writer.stop()
  const late = setTimeout(() => {
    for (const writer of crew.writers) writer.giveUp()
  }, LAST_ANSWERS)
  await writing
  clearTimeout(late)
}

/** What every wall and control shows once the last rows had their time to arrive. */
async function settle({ walls, slow, relay, controls }: Crew, { journal }: Ground): Promise<Ends> {
  const { seq: head } = await journal.head()
  const all = [...walls, slow]
  for (const until = performance.now() + LAST_ROWS; performance.now() < until; await sleep(50))
    if (all.every((wall) => wall.cursor >= head && wall.sight()) && relay.cursor >= head) break
  // Rows that the relay has just sent must not count as lost.
  let cursor: number
  do {
    cursor = relay.cursor
    await sleep(ON_ITS_WAY)
  } while (relay.cursor > cursor)
  return { head, walls: all.flatMap((wall) => wall.sight() ?? []), controls: controls.map((control) => control.sight(cursor)) }
}

/** What was acknowledged and what the processes said, for whoever looks into a failed run. */
function keepEvidence({ dataDir, nodes }: Ground, name: string): void {
  const folder = join(RESULTS, name)
  mkdirSync(folder, { recursive: true })
  const files = [join(dataDir, 'acknowledged.ndjson'), join(dataDir, 'redis', 'redis.log'), ...nodes.map((node) => node.logFile)]
  for (const file of files) if (existsSync(file)) copyFileSync(file, join(folder, `${basename(dirname(file))}-${basename(file)}`))
}
