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
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  if (year < 1000 || hour > 23 || minute > 59 || second > 59) return undefined
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  if (at.getUTCFullYear() !== year || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined
  const millis = m[7] ? Math.floor(Number(`0.${m[7]}`) * 1000) : 0
  let offset = 0
  if (m[9] !== undefined) {
    const [oh, om] = [Number(m[9]), Number(m[10])]
    if (oh > 23 || om > 59) return undefined
    offset = (m[8]?.startsWith('-') ? -1 : 1) * (oh * 60 + om) * 60_000
  }
  return at.getTime() + millis - offset
}
