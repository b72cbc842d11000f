/** Finding cameras by words: what is looked at, and what counts more. */

/** Texts of one camera, made ready by `plainText`. */
export interface Searchable {
  readonly id: string
  readonly name: string
  /** Readings of the name without tones, first letters and whole: `mjxdc`, `majianxiaducun`. */
  readonly initials: string
  readonly reading: string
  /** Id and GB/T 28181 code. */
  readonly codes: readonly string[]
  /** Township, village, grid, department, kind of site, roles of people. */
  readonly around: string
}

/** Full-width forms become plain ones and capitals small, so that it does not matter how something was typed. */
export const plainText = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Words of a question: at most 8, each once. */
export const wordsIn = (question: string): string[] =>
  [
    ...new Set(
      plainText(question)
        .split(/[\s,，、;；]+/)
        .filter(Boolean),
    ),
  ].slice(0, 8)

/** How far a word is from naming the camera: 0 its very code, then its name, its reading, its surroundings; undefined when it has nothing to do with it. */
function distanceOf(word: string, { name, initials, reading, codes, around }: Searchable): number | undefined {
  if (codes.includes(word)) return 0
  if (name.startsWith(word)) return 1
  if (name.includes(word)) return 2
  if (codes.some((code) => code.includes(word))) return 3
  if (/^[a-z0-9]+$/.test(word)) {
    if (initials.startsWith(word)) return 3
    if (initials.includes(word) || reading.includes(word)) return 4
  }
  return around.includes(word) ? 5 : undefined
}

/** The cameras to which all words lead, the nearest first, then by name and id. Words are texts, never patterns. */
export function find<S extends Searchable>(words: readonly string[], all: Iterable<S>): S[] {
  const found: { one: S; far: number }[] = []
  for (const one of all) {
    let far = 0
    for (const word of words) {
      const step = distanceOf(word, one)
      if (step === undefined) {
        far = -1
        break
      }
      far += step
    }
    if (far >= 0) found.push({ one, far })
  }
  const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return found.sort((a, b) => a.far - b.far || inOrder(a.one.name, b.one.name) || inOrder(a.one.id, b.one.id)).map(({ one }) => one)
}
