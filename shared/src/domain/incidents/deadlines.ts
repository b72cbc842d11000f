/** Deadlines by level. Sample figures (DOMAIN: red 15 min / 24 h, yellow 2 h / 72 h, green 8 h / 7 d), to become configuration of a city. */
import { DAY } from '../../kernel/time.ts'
import type { Level } from '../patrol/events.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Milliseconds within which an incident must be accepted, and resolved after its report. */
export const DEADLINES: Readonly<Record<Level, { readonly accept: number; readonly resolve: number }>> = {
  red: { accept: 15 * MINUTE, resolve: DAY },
  yellow: { accept: 2 * HOUR, resolve: 3 * DAY },
  green: { accept: 8 * HOUR, resolve: 7 * DAY },
}
