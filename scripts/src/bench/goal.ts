/** One line of the result: what was measured, against which limit or peer of the same run, and whether the goal is met. */

export interface Goal {
  readonly id: string
  readonly what: string
  /** Measured, with its unit. */
  readonly value: number
  readonly unit: string
  /** Limit or peer measured in the same run; absent where the goal is an absolute figure. */
  readonly against?: { readonly what: string; readonly value: number; readonly unit: string }
  /** value / against.value. */
  readonly ratio?: number
  /** The goal in words, e.g. `≥ 0.8 ×`. */
  readonly goal: string
  readonly met: boolean
  /** Share of all CPU that other people's processes used while this was measured, 0–1. */
  readonly busy: number
  /** What a reader must know beside the figure. */
  readonly note?: string
}

/** Further figures that no goal judges. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
}

export interface Result {
  readonly goals: readonly Goal[]
  readonly figures: readonly Figure[]
}

/** Other processes may use this share of the CPU in a quiet window. */
export const QUIET = 0.1

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** A figure with as many digits as a reader can use. */
export const figure = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)

/** The goals as an aligned table for a terminal. */
export function table(goals: readonly Goal[]): string {
  const rows = goals.map((g) => [
    g.id,
    g.what,
    `${figure(g.value)} ${g.unit}`,
    g.against ? `${figure(g.against.value)} ${g.against.unit} (${g.against.what})` : '',
    g.ratio === undefined ? '' : `${g.ratio.toFixed(2)} ×`,
    g.goal,
    g.met ? 'met' : 'NOT MET',
    `${(g.busy * 100).toFixed(0)} %${g.busy > QUIET ? ' busy' : ''}`,
  ])
  const head = ['goal', 'what', 'measured', 'limit or peer', 'ratio', 'wanted', '', 'others']
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  const notes = goals.flatMap((g) => (g.note ? [`${g.id}: ${g.note}`] : []))
  return [line(head), line(widths.map((w) => '-'.repeat(w))), ...rows.map(line), ...notes].join('\n')
}
