/** A folder as a gateway of our own leaves it, read by a server whose streams have moved to gateway processes. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDvr } from './dvr.ts'
import { type KeptBefore, keptBefore } from './kept-before.ts'

const START = Date.UTC(2026, 10, 28, 6, 0)
const log = { error: (_: object, message: string) => expect.fail(message) }
let folder = ''
let minutes: number | undefined
let ready = true
let kept: KeptBefore
/** What the processes keep: nothing before five minutes later. */
const LATER = { from: START + 300_000, to: START + 360_000 }
const keeping = {
  kept: (_: string, { to }: { to: number }) => (to > LATER.from ? LATER : undefined),
  playlist: () => 'of the processes',
  file: async () => Buffer.from('theirs'),
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-kept-'))
  minutes = 30
  ready = true
  const name = [START, 60_000, 1, 3].map((n) => n.toString(36)).join('-')
  await mkdir(join(folder, 'cam-dam'))
  await writeFile(join(folder, 'cam-dam', `rec-${name}.m4s`), 'own')
  const dvr = await openDvr({ folder, budgetBytes: 1_000, log })
  kept = keptBefore({ dvr, keeping, keepMs: () => (ready ? () => minutes && minutes * 60_000 : undefined), log })
})
afterEach(async () => {
  await kept.close()
  await rm(folder, { recursive: true, force: true })
})
const files = async (): Promise<number> => (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.m4s')).length

test('what was kept before is found and played until its time is past, and only then goes', async () => {
  const span = { from: START + 10_000, to: START + 40_000 }
  ready = false
  await kept.sweep(START + 3_600_000)
  ready = true
  await kept.sweep(START + 20 * 60_000)
  expect(await files()).toBe(1)
  expect(await kept.kept('dam', span)).toEqual(span)
  const name = /^rec-.*m4s$/m.exec((await kept.playlist('dam', span)) ?? '')?.[0] ?? ''
  expect(String(await kept.file('dam', name))).toBe('own')
  await kept.sweep(START + 32 * 60_000)
  expect(await files()).toBe(0)
  expect(await kept.kept('dam', span)).toBeUndefined()
})

test('what the processes keep since is theirs', async () => {
  const span = { from: LATER.from, to: LATER.to }
  expect(await kept.kept('dam', span)).toEqual(LATER)
  expect(await kept.playlist('dam', span)).toBe('of the processes')
  expect(String(await kept.file('dam', 'rec-1.m4s'))).toBe('theirs')
})

test('a camera that is no longer to be kept loses what was kept of it', async () => {
  minutes = undefined
  await kept.sweep(START + 61_000)
  expect(await files()).toBe(0)
})
