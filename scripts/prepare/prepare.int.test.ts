/** Two commands at once prepare one after the other, and what is unchanged is not done again. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprint } from './unchanged.mjs'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orchid-prepare-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('two commands never prepare at the same time', async () => {
  const log = join(dir, 'log')
  const lock = JSON.stringify(new URL('./lock.mjs', import.meta.url).href)
  writeFileSync(
    join(dir, 'one.mjs'),
    `import { appendFileSync } from 'node:fs'
import { alone } from ${lock}
await alone(async () => {
  appendFileSync(${JSON.stringify(log)}, 'in ')
  await new Promise((done) => setTimeout(done, 150))
  appendFileSync(${JSON.stringify(log)}, 'out ')
})
`,
  )
  await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, [join(dir, 'one.mjs')])))
  expect(readFileSync(log, 'utf8')).toBe('in out in out in out ')
})

test('a fingerprint tells files, their names and what is missing apart', () => {
  const prints = [
    fingerprint(['LICENSE']),
    fingerprint(['LICENSE', 'CHANGELOG.md']),
    fingerprint(['LICENSE', 'nothing-here']),
    fingerprint(['scripts/prepare']),
    fingerprint(['LICENSE'], 'more'),
  ]
  expect(new Set(prints).size).toBe(prints.length - 1)
  expect(prints[2]).toBe(prints[0])
  expect(fingerprint(['scripts/prepare'])).toBe(prints[3])
})
