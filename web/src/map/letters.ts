/** Kinds of words on the map and how large they are. */

export type NameKind = 'township' | 'village' | 'grid' | 'count' | 'river' | 'neighbour'

/** Size of the letters in rem; the styles of MapMarks.vue say the same. */
export const LETTERS: Readonly<Record<NameKind | 'callout', number>> = {
  township: 0.86,
  village: 0.8,
  grid: 0.8,
  count: 0.8,
  river: 1,
  neighbour: 0.8,
  callout: 0.98,
}
