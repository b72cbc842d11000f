/** Shanghai days and strict RFC 3339 times, without reading any clock. China has had no summer time since 1991: UTC+8 always. */

const HOUR = 3_600_000
export const DAY = 24 * HOUR
const SHANGHAI = 8 * HOUR

/** Number of the Shanghai day since 1970-01-01 that holds `ms` (epoch milliseconds). */
export const shanghaiDay = (ms: number): number => Math.floor((ms + SHANGHAI) / DAY)

/** Epoch milliseconds at which the Shanghai day of this number begins. */
export const shanghaiDayStart = (day: number): number => day * DAY - SHANGHAI

/** `YYYY-MM-DD` of a Shanghai day number. */
export const shanghaiDate = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10)

/** Hour 0–23 in Shanghai at `ms`. */
export const shanghaiHour = (ms: number): number => Math.floor(((((ms + SHANGHAI) % DAY) + DAY) % DAY) / HOUR)

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/

/** The number that two digits of a text make. Every reported entry has its time read twice: cutting it up took longer than its rules. */
const two = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528

/** Milliseconds of a fraction of a second whose digits stand from 20 to `end`. */
function milliseconds(text: string, end: number): number {
  let ms = 0
  for (let at = 20, worth = 100; at < end && worth >= 1; at++, worth /= 10) ms += (text.charCodeAt(at) - 48) * worth
  return ms
}

/** The day read last, as text, and its beginning in UTC: entries come in order, so nearly all are of one day, and asking for it takes longer than all the rest. */
let lastDay = { text: '', begins: 0 }

/** Epoch milliseconds at which the day that a text begins with (`YYYY-MM-DD`) begins in UTC, or undefined when there is no such day. */
function dayBegins(text: string): number | undefined {
  if (lastDay.text && text.startsWith(lastDay.text)) return lastDay.begins
  const year = two(text, 0) * 100 + two(text, 2)
  const month = two(text, 5)
  const day = two(text, 8)
  if (year < 1000 || month < 1 || month > 12 || day < 1) return undefined
  const begins = Date.UTC(year, month - 1, day)
  // A day that its month does not have lands in the next one.
  if (new Date(begins).getUTCDate() !== day) return undefined
  lastDay = { text: text.slice(0, 10), begins }
  return begins
}

const LOWER_Z = 122
const MINUS = 45

/** Epoch milliseconds of an RFC 3339 time with offset, or undefined when it is malformed or names a day or hour that does not exist. */
export function parseRfc3339(text: string): number | undefined {
  if (!RFC3339.test(text)) return undefined
  const day = dayBegins(text)
  const hour = two(text, 11)
  const minute = two(text, 14)
  const second = two(text, 17)
  if (day === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const zulu = (text.charCodeAt(text.length - 1) | 32) === LOWER_Z
  const end = text.length - (zulu ? 1 : 6)
  const at = day + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds(text, end)
  if (zulu) return at
  const offsetHours = two(text, end + 1)
  const offsetMinutes = two(text, end + 4)
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  return at - (text.charCodeAt(end) === MINUS ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000
}
