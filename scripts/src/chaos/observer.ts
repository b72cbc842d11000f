/** Looks on while faults are injected: what walls show at odd moments, how far behind they are, how much memory the nodes take. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Sighting } from './check.ts'
import type { Crew } from './crew.ts'
import type { Ground } from './ground.ts'
import type { Ledger } from './ledger.ts'
import type { Wall } from './wall.ts'

const EVERY = 1_000
/** Sightings of one wall at the most, so that a long run stays within memory. */
const SIGHTINGS = 60
/** After a fault the walls get this long before a quiet time counts as such. */
const SETTLING = 1_500

export class Observer {
  readonly sightings: Sighting[] = []
  /** Highest resident memory of a node, in bytes. */
  memory = 0
  /** Furthest the slow wall ever was behind what was acknowledged, in entries. */
  slowBehind = 0
  readonly #crew: Crew
  readonly #ground: Ground
  readonly #ledger: Ledger
  readonly #timer: NodeJS.Timeout
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  readonly #sightEvery: number
  readonly #quiet: { readonly from: number; to: number }[] = []
  #ticks = 0

  constructor(crew: Crew, ground: Ground, ledger: Ledger, minutes: number) {
    this.#crew = crew
    this.#ground = ground
    this.#ledger = ledger
    this.#sightEvery = Math.max(2, Math.ceil((minutes * 60) / SIGHTINGS))
    this.#delay.enable()
    this.#timer = setInterval(() => this.#look(), EVERY)
  }

  /** From now on nothing is being injected, until `troubled`. */
  calm(): void {
    this.#quiet.push({ from: performance.now() + SETTLING, to: Number.POSITIVE_INFINITY })
  }

  troubled(): void {
    const last = this.#quiet.at(-1)
    if (last) last.to = Math.min(last.to, performance.now())
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
    this.troubled()
  }

  /** Longest time our own process could not look, in milliseconds: what we measure is no finer. */
  get ownDelay(): number {
    return this.#delay.max / 1e6
  }

  /** From acknowledgement to screen in quiet times, the 99th percentile over these walls, in milliseconds. */
  quietDelay(walls: readonly Wall[]): number {
    const delays: number[] = []
    for (const { advances } of walls) {
      let next = 0
      for (const [i, { seq }] of this.#ledger.all.entries()) {
        const at = this.#ledger.times[i] as number
        if (!this.#quiet.some(({ from, to }) => at >= from && at < to - 1_000)) continue
        while (next > 0 && (advances[next - 1]?.cursor ?? 0) >= seq) next--
        while (next < advances.length && (advances[next]?.cursor ?? 0) < seq) next++
        delays.push(Math.max(0, (advances[next]?.at ?? Number.POSITIVE_INFINITY) - at))
      }
    }
    return delays.sort((a, b) => a - b)[Math.floor(0.99 * delays.length)] ?? 0
  }

  #look(): void {
    const { walls, slow } = this.#crew
    for (const { pid } of this.#ground.nodes) this.memory = Math.max(this.memory, resident(pid))
    this.slowBehind = Math.max(this.slowBehind, this.#ledger.newest - slow.cursor)
    if (this.#ticks++ % this.#sightEvery) return
    for (const wall of [...walls, slow]) {
      const sighting = wall.sight()
      if (sighting) this.sightings.push(sighting)
    }
  }
}

function resident(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch (error) {
    // Killed between the two lines above.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0
    throw error
  }
}
