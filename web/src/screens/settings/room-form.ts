/** The set-up page's form: what was typed, and what follows from it. */
import { type ComputedRef, computed, reactive, ref, watch } from 'vue'
import { equalSeams, ROWS, type WallSetup, wallSetup } from '../../ui/wall-setup.ts'
import { farthestSeat, heightFromDiagonal, type Room, ratioOf, recommendedRows, type TextSize, textSizes } from './reading-distance.ts'

/** Fields as the inputs give them: a number, or an empty text. */
type Typed = number | ''

export interface Verdict {
  readonly room: Room
  readonly ratio: number
  readonly recommended: number
  readonly sizes: readonly TextSize[]
  /** Metres, rounded down to what the room can be told. */
  readonly farthest: number
  readonly notSquare: boolean
  readonly tooLow: boolean
}

const positive = (value: Typed): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)
/** Shapes may differ by this much before somebody must have measured wrongly. */
const SQUARE = 0.04

export function useRoomForm() {
  const before = wallSetup()
  const ratio = window.devicePixelRatio || 1
  const form = reactive({
    width: '' as Typed,
    height: '' as Typed,
    diagonal: '' as Typed,
    seat: '' as Typed,
    pixelsWide: Math.round(screen.width * ratio) as Typed,
    pixelsHigh: Math.round(screen.height * ratio) as Typed,
    displays: (before.seams.length + 1) as Typed,
    seams: before.seams.join(', '),
  })
  const rows = ref(before.rows)

  const room = computed<Room | undefined>(() => {
    const [width, seat, diagonal] = [positive(form.width), positive(form.seat), positive(form.diagonal)]
    const height = positive(form.height) ?? (width && diagonal ? heightFromDiagonal(width, diagonal) : undefined)
    return width && seat && height && height > 0 ? { width, height, seat } : undefined
  })
  watch(room, (is) => {
    if (is) rows.value = recommendedRows(is)
  })
  watch(
    () => form.displays,
    (n) => {
      form.seams = equalSeams(positive(n) ?? 1).join(', ')
    },
  )

  const verdict: ComputedRef<Verdict | undefined> = computed(() => {
    if (!room.value) return undefined
    const [wide, high] = [positive(form.pixelsWide), positive(form.pixelsHigh)]
    const { width, height } = room.value
    return {
      room: room.value,
      ratio: ratioOf(room.value),
      recommended: recommendedRows(room.value),
      sizes: textSizes(room.value, rows.value),
      farthest: Math.floor(farthestSeat(height, rows.value) * 10) / 10,
      notSquare: wide !== undefined && high !== undefined && Math.abs(wide / high / (width / height) - 1) > SQUARE,
      tooLow: high !== undefined && high < 1080,
    }
  })

  /** Undefined while the seams cannot be read. */
  const setup = computed<WallSetup | undefined>(() => {
    const seams = form.seams
      .split(/[,，\s]+/)
      .filter(Boolean)
      .map(Number)
    return seams.every((seam) => seam > 0 && seam < 100) ? { rows: rows.value, seams: seams.sort((a, b) => a - b) } : undefined
  })

  return { form, rows, choices: [ROWS.usual, ROWS.large], verdict, setup }
}
