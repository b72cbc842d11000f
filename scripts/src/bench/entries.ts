/** Entries of the patrol log as a benchmark sends them: 593 bytes each, every id another, grids by turns. */

export const ENTRY_BYTES = 593
/** Length of an id, the longest allowed; it ends in a counter. */
const ID = 64
const VISIT = '走访独居老人，查看用电用气和取暖安全，提醒夜间关好门窗，登记家属联系方式，约定下周再来。'
const CATEGORY = '日常巡查走访'
const HAZARD = '河堤外侧发现管涌，水量比上午大，已拉警戒线，请求派人带沙袋和反滤料，通知下游住户准备转移。'

export interface Entry {
  readonly id: string
  readonly kind: 'person' | 'hazard' | 'dispute'
  readonly grid: string
  readonly occurredAt: string
  readonly title: string
  readonly category: string
  readonly position: { readonly lng: number; readonly lat: number; readonly crs: 'WGS84' }
  readonly level?: 'red' | 'yellow' | 'green'
}

/** What differs between entries of one run; `where` are grid codes with a position inside each. */
export interface EntrySource {
  readonly prefix: string
  readonly where: readonly { readonly grid: string; readonly centroid: readonly [number, number] }[]
}

/** Degrees that always take the same number of characters, whatever zeros the grid's own end in. */
const digits = (degrees: number): number => Number(`${degrees.toFixed(6)}01`)

const counter = (prefix: string, n: number): string => String(n).padStart(ID - prefix.length - 1, '0')

/** Entry number `n` of a run, whose JSON is exactly 593 bytes of UTF-8. */
export function entry({ prefix, where }: EntrySource, n: number, over?: Pick<Entry, 'kind' | 'level'>): Entry {
  const { grid, centroid } = where[n % where.length] as EntrySource['where'][number]
  const made = (title: string, category: string): Entry => ({
    id: `${prefix}-${counter(prefix, n)}`,
    kind: over?.kind ?? 'person',
    ...(over?.level && { level: over.level }),
    grid,
    occurredAt: new Date().toISOString().replace('Z', '+00:00'),
    title,
    category,
    position: { lng: digits(centroid[0]), lat: digits(centroid[1]), crs: 'WGS84' },
  })
  const title = (over?.kind === 'hazard' ? HAZARD : VISIT).repeat(2).slice(0, 80)
  const left = ENTRY_BYTES - Buffer.byteLength(JSON.stringify(made(title, '')))
  return made(title, CATEGORY.repeat(40).slice(0, Math.floor(left / 3)) + 'x'.repeat(left % 3))
}

/** Bodies of `size` entries whose ids are counted up in place, so that a sender spends its time on sending. */
export class Bodies {
  readonly #templates: { body: Buffer; places: number[] }[]
  readonly #size: number
  readonly #prefix: string
  #next = 0

  constructor(source: EntrySource, size: number, kinds: readonly Entry['kind'][] = ['person']) {
    this.#size = size
    this.#prefix = source.prefix
    this.#templates = Array.from({ length: 8 }, (_, t) => {
      const entries = Array.from({ length: size }, (_, i) => entry(source, t * size + i, { kind: kinds[i % kinds.length] ?? 'person' }))
      const body = Buffer.from(JSON.stringify(size === 1 ? entries[0] : entries))
      const places: number[] = []
      for (let at = body.indexOf(`"${source.prefix}-`); at >= 0; at = body.indexOf(`"${source.prefix}-`, at + 1))
        places.push(at + source.prefix.length + 2)
      return { body, places }
    })
  }

  /** The next body; the buffer is the caller's. */
  next(): Buffer {
    const { body, places } = this.#templates[((this.#next / this.#size) % this.#templates.length) | 0] as { body: Buffer; places: number[] }
    const copy = Buffer.from(body)
    for (const at of places) copy.write(counter(this.#prefix, this.#next++), at, 'latin1')
    return copy
  }
}
