/** What a run found, as lines with what was wanted of each. Pure. */

export interface Line {
  readonly what: string
  readonly found: string
  /** Empty where a figure is only told. */
  readonly wanted: string
  readonly holds: boolean
}

export const told = (what: string, found: string | number): Line => ({ what, found: String(found), wanted: '', holds: true })

export const wanted = (what: string, found: string | number, holds: boolean, as: string): Line => ({
  what,
  found: String(found),
  wanted: as,
  holds,
})

/** All of `of` must be `right`. */
export const every = (what: string, right: number, of: number): Line => wanted(what, `${right} of ${of}`, right === of, 'all')

export const none = (what: string, count: number): Line => wanted(what, count, count === 0, '0')

/** Milliseconds within a limit. */
export const within = (what: string, ms: number, limit: number, more = ''): Line =>
  wanted(what, `${Math.round(ms)} ms${more}`, ms <= limit, `≤ ${limit} ms`)

const wide = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - text.length))

/** Aligned columns for a terminal. */
export function table(lines: readonly Line[]): string {
  const what = Math.max(...lines.map((line) => line.what.length))
  const found = Math.max(...lines.map((line) => line.found.length))
  const limit = Math.max(...lines.map((line) => line.wanted.length))
  return lines
    .map((line) =>
      `${wide(line.what, what)}  ${wide(line.found, found)}  ${wide(line.wanted, limit)}  ${line.wanted ? (line.holds ? 'holds' : 'FAILS') : ''}`.trimEnd(),
    )
    .join('\n')
}
