/** Numbers, times and durations as the screens print them: thin spaces, tabular figures, Shanghai time, server time only. Pure. */

export type Lang = 'zh-CN' | 'en'

/** Between groups of figures, and between figures and Chinese. */
export const THIN = '\u2009'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SHANGHAI = 8 * HOUR

const two = (n: number): string => String(n).padStart(2, '0')

/** `1 284`, with thin spaces and a true minus. */
export const count = (n: number): string => `${n < 0 ? '−' : ''}${String(Math.abs(Math.round(n))).replace(/\B(?=(\d{3})+(?!\d))/g, THIN)}`

/** Share of a whole in percent with one decimal, or undefined when the whole is empty. */
export const percent = (part: number, whole: number): string | undefined => (whole > 0 ? ((part / whole) * 100).toFixed(1) : undefined)

/** `14:32:08` in Shanghai at `ms` (epoch milliseconds). */
export function clock(ms: number): string {
  const s = Math.floor((ms + SHANGHAI) / SECOND)
  return `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

/** `14:32` in Shanghai. */
export const clockShort = (ms: number): string => clock(ms).slice(0, 5)

const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六']

/** `2026年11月24日 星期二`; English: `Tuesday 24 November 2026`. */
export function date(ms: number, lang: Lang): string {
  const day = new Date(ms + SHANGHAI)
  if (lang === 'en') return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(day).replace(',', '')
  return `${day.getUTCFullYear()}年${day.getUTCMonth() + 1}月${day.getUTCDate()}日 ${WEEKDAYS[day.getUTCDay()]}`
}

/** Time left or overdue in figures: `04:12` below an hour, `1:42` with unit above, whole days from two days on. Sign is not printed. */
export function countdown(ms: number, lang: Lang): { value: string; unit: string } {
  const left = Math.abs(ms)
  const en = lang === 'en'
  if (left < HOUR) return { value: `${two(Math.floor(left / MINUTE))}:${two(Math.floor(left / SECOND) % 60)}`, unit: '' }
  if (left < 2 * DAY) return { value: `${Math.floor(left / HOUR)}:${two(Math.floor(left / MINUTE) % 60)}`, unit: en ? 'h' : '时' }
  return { value: String(Math.floor(left / DAY)), unit: en ? 'd' : '天' }
}

/** A duration in words: `2 分 41 秒`, `1 时 48 分`, `3 天 4 时`. Spaces are thin. */
export function duration(ms: number, lang: Lang): string {
  const s = Math.floor(Math.abs(ms) / SECOND)
  const [d, h, m, sec] = lang === 'en' ? ['d', 'h', 'min', 's'] : ['天', '时', '分', '秒']
  const say = (a: number, au: string | undefined, b: number, bu: string | undefined): string =>
    b > 0 ? `${a}${THIN}${au}${THIN}${b}${THIN}${bu}` : `${a}${THIN}${au}`
  if (s < 60) return `${s}${THIN}${sec}`
  if (s < 3600) return say(Math.floor(s / 60), m, s % 60, sec)
  if (s < 48 * 3600) return say(Math.floor(s / 3600), h, Math.floor(s / 60) % 60, m)
  return say(Math.floor(s / 86_400), d, Math.floor(s / 3600) % 24, h)
}

/** A duration in its one greatest unit: `41 秒`, `12 分`, `5 时`, `6 天`. */
export function span(ms: number, lang: Lang): string {
  const [d, h, m, s] = lang === 'en' ? ['d', 'h', 'min', 's'] : ['天', '时', '分', '秒']
  const left = Math.abs(ms)
  if (left < MINUTE) return `${Math.floor(left / SECOND)}${THIN}${s}`
  if (left < HOUR) return `${Math.floor(left / MINUTE)}${THIN}${m}`
  if (left < DAY) return `${Math.floor(left / HOUR)}${THIN}${h}`
  return `${Math.floor(left / DAY)}${THIN}${d}`
}

/** How old a value is: `5 分钟前`, and after an hour the clock time at which it was true. */
export function age(at: number, now: number, lang: Lang): string {
  const old = Math.max(0, now - at)
  if (old >= HOUR) return old < DAY ? clockShort(at) : `${new Date(at + SHANGHAI).toISOString().slice(5, 10)} ${clockShort(at)}`
  if (old < MINUTE) return lang === 'en' ? 'just now' : '刚刚'
  const minutes = Math.floor(old / MINUTE)
  return lang === 'en' ? `${minutes}${THIN}min ago` : `${minutes}${THIN}分钟前`
}
