/** What the title bar and the banner say about link and sources. Pure. */
import type { SourceRow } from '@orchid/shared/domain/sources/projections'

export interface SourceFigures {
  readonly live: number
  readonly all: number
  readonly rejectedToday: number
  /** Lost sources, the longest lost first. */
  readonly lost: readonly { readonly name: string; readonly since: number }[]
}

/** `since` of a lost source is when it was last heard, not when its loss was noticed. */
export function sourceFigures(rows: Iterable<SourceRow>): SourceFigures {
  const all = [...rows]
  return {
    live: all.filter((row) => row.state === 'live').length,
    all: all.length,
    rejectedToday: all.reduce((sum, row) => sum + row.rejectedToday, 0),
    lost: all
      .filter((row) => row.state === 'lost')
      .map(({ name, heardAt }) => ({ name, since: heardAt }))
      .sort((a, b) => a.since - b.since),
  }
}
