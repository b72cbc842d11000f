/** How large the wall's texts are to the eye of the one who sits farthest away. Pure; lengths in metres unless the name says otherwise. */
import { ROWS } from '../../ui/wall-setup.ts'

export interface Room {
  /** Width and height of the lit area. */
  readonly width: number
  readonly height: number
  /** From the wall to the farthest reader. */
  readonly seat: number
}

/** The least angle at which a character reads without effort, in minutes of arc (ISO 9241-3, NUREG-0700). */
export const LEAST = 16
/** Height of the inked part of a character in em: measured in Chromium, for Chinese the lower of two. */
export const INK = { latin: 0.73, cjk: 0.89 } as const
/** Texts of the wall in rem, as in tokens.css. */
export const TEXTS = { floor: 0.8, sub: 0.95, body: 1.02, lede: 1.62, clock: 2.5, kpi: 3.1 } as const
export type TextName = keyof typeof TEXTS

/** Below this ratio of width to distance a 16:9 wall needs larger type. */
const NEAR_ENOUGH = 0.8 - 1e-9
const INCH = 0.0254

/** The height of a wall whose diagonal is given in inches; NaN when the diagonal is not longer than the width. */
export const heightFromDiagonal = (width: number, inches: number): number => Math.sqrt((inches * INCH) ** 2 - width ** 2)

/** Angle in minutes of arc under which `height` is seen from `distance`. */
export const arcmin = (height: number, distance: number): number => ((Math.atan(height / distance) * 180) / Math.PI) * 60

export interface TextSize {
  readonly name: TextName
  readonly rem: number
  /** Font size in millimetres on the wall. */
  readonly mm: number
  /** Minutes of arc. */
  readonly latin: number
  readonly cjk: number
  readonly legible: boolean
}

export function textSizes({ height, seat }: Room, rows: number): TextSize[] {
  return (Object.keys(TEXTS) as TextName[]).map((name) => {
    const size = (height / rows) * TEXTS[name]
    const [latin, cjk] = [arcmin(size * INK.latin, seat), arcmin(size * INK.cjk, seat)]
    return { name, rem: TEXTS[name], mm: size * 1000, latin, cjk, legible: Math.min(latin, cjk) >= LEAST }
  })
}

/** Wider walls are no easier to read: what counts is the width a 16:9 wall of the same height would have. */
export const ratioOf = ({ height, seat }: Room): number => (height * 16) / 9 / seat

/** Rows of type for this room. */
export const recommendedRows = (room: Room): number => (ratioOf(room) < NEAR_ENOUGH ? ROWS.large : ROWS.usual)

/** The farthest seat from which every text of the wall has `LEAST` minutes of arc. */
export const farthestSeat = (height: number, rows: number): number =>
  ((height / rows) * TEXTS.floor * INK.latin) / Math.tan(((LEAST / 60) * Math.PI) / 180)
