/** Goals of the map: the product's canvas layer against stock Leaflet `L.canvas`, by turns in one run, each in a fresh browser. */
import { type Figure, type Goal, median, type Result } from './goal.ts'
import type { Effort } from './ingest.ts'
import { quietly } from './machine.ts'
import { servePage } from './map/page.ts'
import { type Run, runSide, type Size } from './map/run.ts'

/** The common screen, and the wall the product is made for. On the first one both sides may reach all frames the screen has. */
const SIZES: readonly Size[] = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
]

interface Pair {
  readonly ours: Run
  readonly stock: Run
  readonly busy: number
}

export async function runMap(effort: Effort): Promise<Result> {
  const page = await servePage()
  try {
    const results: Result[] = []
    for (const size of SIZES) results.push(judge(await measure(page.base, size, effort), `${size.width}×${size.height}`))
    return { goals: results.flatMap((result) => result.goals), figures: results.flatMap((result) => result.figures) }
  } finally {
    await page.stop()
  }
}

async function measure(base: string, size: Size, effort: Effort): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round < effort.rounds; round++) {
    const { value, busy } = await quietly(effort.tries, async () => {
      // Who goes first changes each round.
      const names = round % 2 ? (['stock', 'ours'] as const) : (['ours', 'stock'] as const)
      const runs = [await runSide(names[0], base, size, effort.seconds), await runSide(names[1], base, size, effort.seconds)] as const
      return names[0] === 'ours' ? { ours: runs[0], stock: runs[1] } : { ours: runs[1], stock: runs[0] }
    })
    pairs.push({ ...value, busy })
  }
  return pairs
}

function judge(pairs: readonly Pair[], id: string): Result {
  const busy = Math.max(...pairs.map((pair) => pair.busy))
  const compared = (what: string, unit: string, wanted: number, most: boolean, of: (run: Run) => number): Goal => {
    const value = median(pairs.map((pair) => of(pair.ours)))
    const peer = median(pairs.map((pair) => of(pair.stock)))
    // Nothing against nothing is as good as equal; something against nothing is infinitely worse.
    const ratio = peer === 0 ? (value === 0 ? 1 : Number.POSITIVE_INFINITY) : value / peer
    const each = pairs.map((pair) => (of(pair.stock) === 0 ? '–' : (of(pair.ours) / of(pair.stock)).toFixed(2)))
    return {
      id,
      what,
      value,
      unit,
      against: { what: 'L.canvas', value: peer, unit },
      ratio,
      goal: `${most ? '≤' : '≥'} ${wanted} ×`,
      met: most ? ratio <= wanted : ratio >= wanted,
      busy,
      note: `${what}: × ${each.join(', ')} in the rounds`,
    }
  }
  const absolute = (what: string, unit: string, goal: string, value: number, met: boolean): Goal => ({
    id,
    what,
    value,
    unit,
    goal,
    met,
    busy,
  })
  const nearest = Math.max(...pairs.map((pair) => pair.ours.nearest ?? Number.POSITIVE_INFINITY))
  const lost = pairs.filter(({ ours }) => ours.sums.sent !== ours.sums.shown).length
  const figures: Figure[] = (['ours', 'stock'] as const).flatMap((side) => {
    const of = (value: (run: Run) => number): number => median(pairs.map((pair) => value(pair[side])))
    const perSecond = (phase: 'idle' | 'pan' | 'zoom', part: 'frames' | 'longMs') => of((run) => (run[phase][part] / run[phase].ms) * 1000)
    return (['idle', 'pan', 'zoom'] as const).flatMap((phase) => [
      { what: `${id} ${side}, ${phase}: frames`, value: perSecond(phase, 'frames'), unit: '/s' },
      { what: `${id} ${side}, ${phase}: long tasks`, value: perSecond(phase, 'longMs'), unit: 'ms/s' },
    ])
  })
  figures.push({
    what: `${id} ours: pixels that a whole redraw changes`,
    value: Math.max(...pairs.map((pair) => pair.ours.unfaithful ?? 0)),
    unit: 'pixels',
  })
  return {
    goals: [
      compared('Chrome CPU with updates', 'cores', 0.5, true, (run) => run.idleCores),
      compared('long tasks while panning', 'ms/s', 0.35, true, (run) => (run.pan.longMs / run.pan.ms) * 1000),
      compared(
        'frames while panning and zooming',
        '/s',
        1.15,
        false,
        (run) => ((run.pan.frames + run.zoom.frames) / (run.pan.ms + run.zoom.ms)) * 1000,
      ),
      compared('heap beside the rows', 'MB', 0.35, true, (run) => run.heap / 1024 / 1024),
      compared('first draw', 'ms', 0.8, true, (run) => run.firstDraw),
      absolute('nearest camera', 'µs', '≤ 50 µs', nearest, nearest <= 50),
      absolute('runs with a lost update', `of ${pairs.length}`, '0', lost, lost === 0),
    ],
    figures,
  }
}
