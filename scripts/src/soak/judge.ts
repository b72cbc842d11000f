/** What the samples of a long-open wall say: grown or not. Pure. */
import { median } from '../bench/goal.ts'
import { type Line, told, wanted } from '../chaos/report.ts'

/** One look at the wall after a forced collection. */
export interface Sample {
  /** Seconds since the run began. */
  readonly at: number
  /** Bytes that live: objects, what the engine keeps for them, and typed arrays. */
  readonly heap: number
  readonly nodes: number
  readonly listeners: number
  /** Open connections of the wall to the server that were upgraded to websockets. */
  readonly sockets: number
  /** Video elements and media sources that live, whether they stand in the page or not. */
  readonly videos: number
  readonly mediaSources: number
}

export interface Seen {
  readonly samples: readonly Sample[]
  /** Texts of both walls at the end, by panel: the one left open and one just opened. */
  readonly panels: readonly { readonly name: string; readonly old: string; readonly fresh: string }[]
  readonly reports: number
  readonly restarts: number
  readonly cuts: number
  readonly scenes: number
  readonly errors: readonly string[]
}

/** Bytes by which the last third may exceed the first. */
const GROWTH = 3 * 1024 * 1024
/** A page breathes: a tooltip, a tile between two cameras. More than this share is a leak. */
const BREATH = 0.02

const MB = 1024 * 1024

/** Least squares: bytes an hour. */
export function slopePerHour(samples: readonly Sample[]): number {
  const n = samples.length
  const meanAt = samples.reduce((sum, s) => sum + s.at, 0) / n
  const meanHeap = samples.reduce((sum, s) => sum + s.heap, 0) / n
  const above = samples.reduce((sum, s) => sum + (s.at - meanAt) * (s.heap - meanHeap), 0)
  const below = samples.reduce((sum, s) => sum + (s.at - meanAt) ** 2, 0)
  return below === 0 ? 0 : (above / below) * 3600
}

export function judge({ samples, panels, reports, restarts, cuts, scenes, errors }: Seen): Line[] {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const parts = [samples.slice(0, third), samples.slice(-third)] as const
  const of = (field: keyof Sample): readonly [number, number] => [
    median(parts[0].map((s) => s[field])),
    median(parts[1].map((s) => s[field])),
  ]
  const [heapBefore, heapAfter] = of('heap')
  const alike = (what: string, field: 'nodes' | 'listeners', [before, after]: readonly [number, number]): Line =>
    wanted(
      what,
      `${Math.round(before)} → ${Math.round(after)}`,
      after <= before * (1 + BREATH) + 5,
      `no more than ${BREATH * 100} % above (${field})`,
    )
  const sockets = of('sockets')
  /** One more is a player that is being exchanged. */
  const held = (what: string, [before, after]: readonly [number, number]): Line =>
    wanted(what, `${before} → ${after}`, after <= before + 1, 'at most one more')
  return [
    told('samples', samples.length),
    told('reports taken', reports),
    told('restarts, cuts, changes of scene', `${restarts}, ${cuts}, ${scenes}`),
    told('heap, first and last third', `${(heapBefore / MB).toFixed(2)} → ${(heapAfter / MB).toFixed(2)} MB`),
    told('slope', `${(slopePerHour(samples) / MB).toFixed(2)} MB an hour`),
    wanted('heap grown by', `${((heapAfter - heapBefore) / MB).toFixed(2)} MB`, heapAfter - heapBefore <= GROWTH, `≤ ${GROWTH / MB} MB`),
    alike('nodes', 'nodes', of('nodes')),
    alike('listeners', 'listeners', of('listeners')),
    wanted('websockets', `${sockets[0]} → ${sockets[1]}`, sockets[0] === sockets[1] && sockets[1] > 0, 'as many'),
    held('video elements', of('videos')),
    held('media sources', of('mediaSources')),
    ...panels.map(({ name, old, fresh }) =>
      wanted(`the old wall's ${name}`, old === fresh ? 'as on a fresh one' : `${old} ≠ ${fresh}`, old === fresh, 'the same'),
    ),
    wanted('faults on the page', errors.length ? `${errors.length}: ${errors[0]}` : 0, errors.length === 0, '0'),
  ]
}
