/** Random histories against the running product: whatever is reported, decided, cut and come back, each screen shows exactly the journal in its area. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { Tables } from '@orchid/shared/kernel/projection'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gridsOf, TOWNSHIPS } from './city.ts'
import { entry, sleep, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { type Chance, chance, SEED } from './random.ts'
import { Relay } from './relay.ts'
import { compared, Screen } from './screen.ts'

const HISTORIES = 8
const STEPS = 40
const VILLAGE = `${TOWNSHIPS[0]}001`
const GRID = `${TOWNSHIPS[1]}002001`
const AREAS = ['330781', ...TOWNSHIPS, VILLAGE, GRID]

let product: Product
let relay: Relay
let officer: string

beforeAll(async () => {
  product = await startProduct()
  relay = await Relay.open(product.port)
  officer = await product.token('duty-officer')
})
afterAll(async () => {
  await relay?.close()
  await product?.close()
})

/** A screen of some area and tables. One in three has the whole city's session and narrows it by itself. */
async function randomScreen(c: Chance): Promise<{ screen: Screen; area: string }> {
  const area = c.pick(AREAS)
  const own = c.next() < 0.67
  const tables = c.some(PROJECTIONS.filter((p) => p.right === undefined && (p.scope === 'area' || area.length === 6)).map((p) => p.name))
  const token = await product.token('viewer', own ? area : undefined)
  const options = { token, tables: tables.length ? tables : ['incidents'], ...(own ? { scope: area } : { area }) }
  return { screen: new Screen(relay.base, options), area }
}

/** What may happen in a city. */
async function happen(c: Chance, incidents: string[]): Promise<void> {
  const dice = c.next()
  if (dice < 0.15 && incidents.length) {
    const incident = c.pick(incidents)
    const name = c.pick(['incident.accept', 'incident.close'])
    const body = { id: `c-${c.next()}`, data: { incident, ...(name === 'incident.close' && { opinion: '已办' }) } }
    const { status } = await product.call(`/api/commands/${name}`, { method: 'POST', token: officer, body })
    expect([201, 409]).toContain(status)
    return
  }
  // Now and then so many at once that bounded tables let old rows fall.
  const count = dice > 0.97 ? 150 : c.int(1, 6)
  const home = c.pick(AREAS)
  const body = Array.from({ length: count }, () =>
    entry(c.pick(gridsOf(home)), { kind: c.pick(['person', 'person', 'hazard', 'dispute']), level: c.pick(['red', 'yellow', 'green']) }),
  )
  const answer = await product.call('/api/patrol/events', { method: 'POST', token: officer, body })
  expect(answer.status).toBe(201)
}

test(`${HISTORIES} random histories (seed ${SEED})`, async () => {
  const folded = new Tables(PROJECTIONS)
  for (let history = 0; history < HISTORIES; history++) {
    const c = chance(history)
    const screens = await Promise.all(Array.from({ length: 6 }, () => randomScreen(c)))
    try {
      const { json } = await product.call('/api/tables/incidents?all=1', { token: officer })
      const incidents = json.rows.map(([id]: [string]) => id)
      for (let step = 0; step < STEPS; step++) {
        const { screen, area } = c.pick(screens)
        const dice = c.next()
        if (dice < 0.5) await happen(c, incidents)
        else if (dice < 0.6) screen.cut()
        else if (dice < 0.63) relay.cut()
        else if (dice < 0.7) void screen.watch()
        else if (dice < 0.75) {
          // A page that hangs: it takes nothing and acknowledges nothing, and then its link is made anew.
          screen.awake = false
          await happen(c, incidents)
          screen.awake = true
          screen.cut()
        } else if (dice < 0.8) {
          const other = await randomScreen(c)
          screens.push(other)
        } else if (dice < 0.85) await sleep(c.int(1, 60))
        else if (dice < 0.87) await compared(screen, product.journal, area, 12_000, folded)
      }
      for (const { screen, area } of screens) {
        await until(() => screen.modes.length, 5_000, 'a screen never opened')
        const { shown, expected } = await compared(screen, product.journal, area, 12_000, folded)
        expect(shown, `history ${history} of seed ${SEED}, area ${area}`).toEqual(expected)
        expect(screen.problems.filter((problem) => /fell|not asked|forbidden|invalid/.test(problem))).toEqual([])
      }
    } finally {
      for (const { screen } of screens) screen.close()
    }
  }
}, 90_000)
