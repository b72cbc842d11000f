/** How large the sentence above the map is set: as large as lets it keep its lines, and not to and fro with every second of a countdown. Pure. */

export type LedeSize = 'large' | 'middle' | 'small'
/** rem, as in tokens.css. */
export const LEDE_REM: Readonly<Record<LedeSize, number>> = { large: 1.62, middle: 1.36, small: 1.08 }
/** To be set larger again a text must have got clearly shorter. */
const CLEARLY = 0.85

/** Width in em, taken from Noto Sans and Inter bold, rather too much than too little. */
export function ems(text: string): number {
  let sum = 0
  for (const c of text) sum += c === '\u2009' ? 0.2 : c === ' ' ? 0.28 : /[0-9]/.test(c) ? 0.66 : c < '\u2e80' ? 0.6 : 1
  return sum
}

/** `width`: rem of the line. One line if it fits large or middle, else two of middle, else small. */
export function ledeSize(text: string, width: number, before: LedeSize): LedeSize {
  const wide = ems(text)
  const fits = (size: LedeSize, lines: number): boolean => {
    const larger = LEDE_REM[size] > LEDE_REM[before]
    return wide * LEDE_REM[size] <= width * lines * (larger ? CLEARLY : 1) - (lines - 1)
  }
  if (fits('large', 1)) return 'large'
  return fits('middle', 2) ? 'middle' : 'small'
}
