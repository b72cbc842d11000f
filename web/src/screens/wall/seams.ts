/** Columns that give way to bezels: a gap is moved onto each seam, so that no text and no picture lies across it. Pure; all lengths in one unit. */

export interface Columns {
  readonly widths: readonly number[]
  readonly gap: number
  /** Left edge of the first column. */
  readonly start: number
  /** Index of the column that takes what the others leave, and the least it needs. */
  readonly elastic: number
  readonly least: number
}

export interface Snapped {
  readonly widths: readonly number[]
  /** Seams that no gap could be moved to; they run through the elastic column. */
  readonly missed: readonly number[]
}

type Anchor = readonly [gap: number, seam: number]

/** New widths with these gaps on these seams; undefined when a column would get too little. */
function widthsFor({ widths, gap, start, elastic, least }: Columns, anchors: readonly Anchor[]): number[] | undefined {
  const right = start + widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  const next: number[] = []
  let from = start
  for (const [last, seam] of [...anchors, [widths.length - 1, right + gap / 2] as Anchor]) {
    const part = widths.slice(next.length, last + 1)
    const room = seam - gap / 2 - from - gap * (part.length - 1)
    const wanted = part.reduce((sum, width) => sum + width, 0)
    const at = elastic - next.length
    if (at >= 0 && at < part.length) {
      const rest = room - (wanted - (part[at] as number))
      if (rest < least) return undefined
      next.push(...part.map((width, i) => (i === at ? rest : width)))
    } else {
      if (room < wanted - 0.01) return undefined
      next.push(...part.map((width) => (width * room) / wanted))
    }
    from = seam + gap / 2
  }
  return next
}

function* choices(gaps: number, seams: readonly number[], from = 0): Generator<Anchor[]> {
  const [seam, ...rest] = seams
  if (seam === undefined) {
    yield []
    return
  }
  for (let gap = from; gap < gaps; gap++) for (const others of choices(gaps, rest, gap + 1)) yield [[gap, seam], ...others]
  yield* choices(gaps, rest, from)
}

/** As many seams as possible get a gap; among equals the columns move least. `seams` rise, in the same unit and from the same origin as `start`. */
export function snap(columns: Columns, seams: readonly number[]): Snapped {
  let best: { anchors: readonly Anchor[]; widths: readonly number[]; moved: number } | undefined
  for (const anchors of choices(columns.widths.length - 1, seams)) {
    if (best && anchors.length < best.anchors.length) continue
    const widths = widthsFor(columns, anchors)
    if (!widths) continue
    const moved = widths.reduce((sum, width, i) => sum + Math.abs(width - (columns.widths[i] as number)), 0)
    if (!best || anchors.length > best.anchors.length || moved < best.moved) best = { anchors, widths, moved }
  }
  const held = new Set(best?.anchors.map(([, seam]) => seam))
  return { widths: best?.anchors.length ? best.widths : columns.widths, missed: seams.filter((seam) => !held.has(seam)) }
}

/** How far a box must move so that no seam runs through it: to the nearer side, keeping `gap` to the seam. 0 when none does. */
export function clearShift({ left, right }: { left: number; right: number }, seams: readonly number[], gap: number): number {
  const seam = seams.find((x) => x > left - gap && x < right + gap)
  if (seam === undefined) return 0
  const [toLeft, toRight] = [seam - gap - right, seam + gap - left]
  return -toLeft <= toRight ? toLeft : toRight
}
