/** How a wall is set up: rows of type, and where bezels stand. Kept in the wall's own browser; the address (`?rows=&seams=`) wins over it. */

export interface WallSetup {
  /** Rows of 1 rem that make up the height of the wall. */
  readonly rows: number
  /** Bezels between displays as percent of the width from the left, rising. */
  readonly seams: readonly number[]
}

/** 54 rows: 1 rem is 40 px of 2160. 41 make everything a third larger; the wall then drops panels by rank. */
export const ROWS = { usual: 54, large: 41, least: 30, most: 72 } as const
export const NO_SEAMS: readonly number[] = []
const KEPT = 'orchid.wall'
const SEAMS = 15

function readRows(value: unknown): number | undefined {
  const rows = typeof value === 'string' && value.trim() ? Number(value) : value
  return typeof rows === 'number' && rows >= ROWS.least && rows <= ROWS.most ? Math.round(rows) : undefined
}

function readSeams(value: unknown): number[] | undefined {
  const list = typeof value === 'string' ? value.split(',').filter(Boolean).map(Number) : value
  if (!Array.isArray(list) || list.length > SEAMS) return undefined
  if (!list.every((seam) => typeof seam === 'number' && seam > 0 && seam < 100)) return undefined
  return [...new Set(list as number[])].sort((a, b) => a - b)
}

/** From a query string and what was kept (JSON or null). What cannot be read counts as not given; never throws. */
export function readSetup(search: string, kept: string | null): WallSetup {
  const query = new URLSearchParams(search)
  let before: Partial<Record<keyof WallSetup, unknown>> = {}
  try {
    const parsed: unknown = JSON.parse(kept ?? '{}')
    if (typeof parsed === 'object' && parsed) before = parsed
  } catch {
    // Somebody else's text under our name is as good as none.
  }
  return {
    rows: readRows(query.get('rows')) ?? readRows(before.rows) ?? ROWS.usual,
    seams: readSeams(query.get('seams') ?? undefined) ?? readSeams(before.seams) ?? NO_SEAMS,
  }
}

/** The seams between `n` equal displays side by side, in percent with one decimal. */
export const equalSeams = (n: number): number[] =>
  Array.from({ length: Math.max(0, n - 1) }, (_, i) => Math.round(((i + 1) / n) * 1000) / 10)

/** The set-up of this browser. A browser that keeps nothing (private window) has the usual one. */
export function wallSetup(): WallSetup {
  let kept: string | null = null
  try {
    kept = localStorage.getItem(KEPT)
  } catch {
    // Storage is switched off.
  }
  return readSetup(location.search, kept)
}

/** False when this browser keeps nothing: the address must then carry the set-up. */
export function keepSetup(setup: WallSetup): boolean {
  try {
    localStorage.setItem(KEPT, JSON.stringify(setup))
    return true
  } catch {
    return false
  }
}

/** The same set-up as part of an address, e.g. `rows=41&seams=33.3,66.7`. */
export const setupQuery = ({ rows, seams }: WallSetup): string => `rows=${rows}${seams.length ? `&seams=${seams.join(',')}` : ''}`
