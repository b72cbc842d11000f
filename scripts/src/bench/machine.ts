/** How busy the machine is with other people's work, and waiting for a window in which it is not. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { QUIET } from './goal.ts'

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    // A process that ended between listing and reading is simply no longer there.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100

/** Fields of /proc/<pid>/stat after the command's name, from `state` on. */
const stat = (pid: number | string): string[] => {
  const text = read(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** CPU seconds a process has used itself, user and system. */
export function cpuSeconds(pid: number): number {
  const fields = stat(pid)
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** Process that started this one; 0 when it is gone. */
export const parentOf = (pid: number): number => Number(stat(pid)[1] ?? 0)

/** Highest resident memory of a process so far, in bytes. */
export const peakMemory = (pid: number | 'self'): number => Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024

/** A process and its descendants that live, with the names of their programs. */
export function family(root: number): { pid: number; program: string }[] {
  const all = new Map<number, { parent: number; program: string }>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const text = read(`/proc/${name}/stat`)
    if (text) all.set(Number(name), { parent: parentOf(Number(name)), program: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')) })
  }
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = all.get(at)?.parent) if (at === root) return true
    return false
  }
  return [...all].flatMap(([pid, { program }]) => (belongs(pid) ? [{ pid, program }] : []))
}

/** Memory a process would free if it ended (proportional set size), in bytes. */
export const memoryShare = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024

/** Counts the ticks of this process and its descendants from now on, by looking often: what a descendant used is lost to us once it ended and somebody else waited for it, as with a browser's renderers. */
class OwnTicks {
  #sum = 0
  #last = new Map<number, number>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#look(true)
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY)
    this.#timer.unref()
  }

  stop(): number {
    clearInterval(this.#timer)
    this.#look()
    return this.#sum
  }

  /** `first`: what was used before counts for nothing. Later newcomers are descendants that were started meanwhile. */
  #look(first = false): void {
    const seen = new Map<number, number>()
    for (const { pid } of family(process.pid)) {
      const fields = stat(pid)
      if (fields.length < 15) continue
      const ticks = Number(fields[11]) + Number(fields[12])
      if (!first) this.#sum += ticks - (this.#last.get(pid) ?? 0)
      seen.set(pid, ticks)
    }
    this.#last = seen
  }
}

/** Milliseconds. A process that begins and ends between two looks counts as others'. */
const LOOK_EVERY = 100

/** Ticks so far in which some process or a neighbour of this virtual machine had a CPU. Interrupts are nobody's and not counted. */
function usedTicks(): number {
  const [user, nice, system, , , , , steal] = (/^cpu +(.*)$/m.exec(read('/proc/stat'))?.[1] ?? '').split(' ').map(Number) as number[]
  return (user ?? 0) + (nice ?? 0) + (system ?? 0) + (steal ?? 0)
}

/** Starts to watch; the returned function ends that and gives the share (0–1) of all CPU that processes other than ours have used since. */
export function watchOthers(): () => number {
  const before = { used: usedTicks(), at: performance.now() }
  const own = new OwnTicks()
  return () => {
    const ticks = own.stop()
    const all = ((performance.now() - before.at) / 1000) * TICKS * cpus().length
    return Math.max(0, usedTicks() - before.used - ticks) / all
  }
}

/** Waits until the others are quiet for a second, at most `ms`. Whether they became quiet. */
async function becomesQuiet(ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; ; ) {
    const others = watchOthers()
    await sleep(1000)
    if (others() <= QUIET) return true
    if (performance.now() > end) return false
  }
}

export interface Measured<T> {
  readonly value: T
  /** Share of CPU used by others meanwhile. */
  readonly busy: number
}

/** Measures in a quiet window; up to `tries` times, then gives the quietest try. */
export async function quietly<T>(tries: number, measure: () => Promise<T>): Promise<Measured<T>> {
  let best: Measured<T> | undefined
  for (let i = 0; i < tries; i++) {
    await becomesQuiet(5_000)
    const others = watchOthers()
    const value = await measure()
    const busy = others()
    if (!best || busy < best.busy) best = { value, busy }
    if (busy <= QUIET) break
    process.stderr.write(`  others used ${(busy * 100).toFixed(0)} % of the CPU meanwhile (try ${i + 1} of ${tries})\n`)
  }
  return best as Measured<T>
}

export const machine = () => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? '',
  node: process.version,
  load: loadavg()[0] ?? 0,
})
