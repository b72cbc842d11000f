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

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-](\d\d):(\d\d))$/

/** Epoch milliseconds of an RFC 3339 time with offset, or undefined when it is malformed or names a day or hour that does not exist. */
export function parseRfc3339(text: string): number | undefined {
  const m = RFC3339.exec(text)
  if (!m) return undefined
  const [year, month, day, hour, minute, second] = [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6])]
  if (year < 1000 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  // A day that its month does not have lands in the next one.
  if (day > 28 && new Date(at).getUTCDate() !== day) return undefined
  const millis = m[7] ? Math.floor(Number(`0.${m[7]}`) * 1000) : 0
  let offset = 0
  if (m[9] !== undefined) {
    const [oh, om] = [Number(m[9]), Number(m[10])]
    if (oh > 23 || om > 59) return undefined
    offset = (m[8]?.startsWith('-') ? -1 : 1) * (oh * 60 + om) * 60_000
  }
  return at + millis - offset
}
