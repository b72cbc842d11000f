/** Tables that are too large for the socket, read whole from the real server: all of the session's area, or the part that was asked for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { emptyHeld } from '../src/live/cursor-rule.ts'
import { fetchWholeTables } from '../src/live/whole-tables.ts'
import { test } from './city.ts'

const TOWNSHIP = '330781109'
const NAMES = ['grids', 'gridTallies', 'townshipTallies'] as const
const plain = globalThis.fetch

/** In a browser the page's own address and cookie say whom is asked and by whom; here the viewer's token does. */
test.beforeAll(() => {
  const { tokens } = JSON.parse(readFileSync(join(process.env.E2E_DATA_DIR ?? '', 'demo-access.json'), 'utf8'))
  const authorization = `Bearer ${tokens.find(({ name }: { name: string }) => name === 'viewer').token}`
  globalThis.fetch = (path, init) => plain(`${process.env.E2E_BASE}${path}`, { ...init, headers: { authorization } })
})
test.afterAll(() => {
  globalThis.fetch = plain
})

async function whole(area: string | undefined): Promise<Record<string, string[]>> {
  const held = emptyHeld(NAMES)
  expect(await fetchWholeTables(held, area, new AbortController().signal)).toEqual({ outcome: 'held' })
  expect(held.cursor).toBeGreaterThan(0)
  return Object.fromEntries([...held.tables].map(([name, rows]) => [name, [...rows.keys()].sort()]))
}

test('a screen of one township fetches that township and nothing else', async () => {
  const city = await whole(undefined)
  expect(city.grids).toHaveLength(776)
  expect(city.townshipTallies).toHaveLength(16)
  const part = await whole(TOWNSHIP)
  for (const name of NAMES) expect(part[name]).toEqual(city[name]?.filter((key) => key.startsWith(TOWNSHIP)))
  expect(part.townshipTallies).toEqual([TOWNSHIP])
})
