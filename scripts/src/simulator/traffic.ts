/** What the simulated city sends, and how long until the next: four streams, each with a chance of its own, so that a seed repeats all of them. */
import { shanghaiHour } from '@orchid/shared/kernel/time'
import { pick, type Random, seeded } from '../city/random.ts'
import { positionIn } from '../demo/place.ts'
import { hazard, matter, RHYTHM, visit } from '../demo/titles.ts'

const SECOND = 1_000
const MINUTE = 60_000

/** What the simulator must know of a grid, as the table gives it. */
export type Where = Parameters<typeof positionIn>[0] & { readonly code: string }

/** An entry of the patrol log before it has an id and a time. */
export interface Draft {
  readonly kind: string
  readonly grid: string
  readonly title: string
  readonly category?: string
  readonly level?: string
  readonly position?: { readonly lng: number; readonly lat: number; readonly crs: string }
  /** Only a bad one brings its time along. */
  readonly occurredAt?: string
}

export interface Stream {
  readonly name: string
  /** Milliseconds from the last entry to the next, at the time of day `now` (epoch ms); finer hours are busier. */
  pause(now: number): number
  next(): Draft
}

const busyness = (now: number): number => RHYTHM[shanghaiHour(now)] as number

/** Gaps of chance events at so many a minute, never longer than `most`: a visitor at night sees life too. */
const chanceGap = (random: Random, perMinute: number, most: number): number =>
  Math.min(most, (-Math.log(1 - random()) * MINUTE) / perMinute)

/** The streams of a city with these grids. The same seed gives the same entries in the same order, whatever the time of day. */
export function streams(grids: readonly Where[], seed: number): Stream[] {
  const at = (random: Random, entry: Omit<Draft, 'grid'>): Draft => {
    const grid = pick(random, grids)
    return { ...entry, grid: grid.code, position: positionIn(grid, random) }
  }
  /** The first entry comes after `first` ms, so that a wall just opened soon shows one, or is first seen quiet. */
  const stream = (
    name: string,
    number: number,
    first: number,
    gap: (random: Random, now: number) => number,
    next: (random: Random) => Draft,
  ): Stream => {
    const random = seeded(seed * 8 + number)
    let begun = false
    return {
      name,
      pause: (now) => {
        const usual = gap(random, now)
        const pause = begun ? usual : first
        begun = true
        return pause
      },
      next: () => next(random),
    }
  }
  return [
    stream(
      'visit',
      1,
      SECOND,
      (random, now) => chanceGap(random, 7 + 38 * busyness(now), 10 * SECOND),
      (random) => at(random, visit(random)),
    ),
    stream(
      'matter',
      2,
      8 * SECOND,
      (random, now) => chanceGap(random, 0.4 + 0.8 * busyness(now), 3 * MINUTE),
      (random) => at(random, matter(random)),
    ),
    stream(
      'red',
      3,
      25 * SECOND,
      (random) => (10 + 10 * random()) * MINUTE,
      (random) => at(random, hazard(random, 'red')),
    ),
    stream(
      'bad',
      4,
      20 * SECOND,
      (random) => (4 + 2 * random()) * MINUTE,
      (random) => spoilt(at(random, visit(random)), random),
    ),
  ]
}

/** What goes wrong in the field: the server must refuse each of these. */
function spoilt(draft: Draft, random: Random): Draft {
  return pick(random, [
    { ...draft, grid: '330781999999999' },
    { ...draft, title: '' },
    { ...draft, occurredAt: '2026-02-30T08:00:00+08:00' },
    { ...draft, position: { lng: 120.155, lat: 30.274, crs: 'WGS84' } },
    { ...draft, title: `${draft.title} 00000000000` },
  ])
}
