/** `npm test`: prepares the machine, then types, lint, unit, integration and browser tests; the last line is `N passed, N failed`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundles, compiled, pages, programs } from './prepare/build.mjs'
import { main, run } from './prepare/command.mjs'
import { ending } from './prepare/lifetime.mjs'
import { tool } from './prepare/node-packages.mjs'
import { inRoot, tools } from './prepare/place.mjs'
import { say, step } from './prepare/progress.mjs'
import { forget, playwrightCounts, vitestCounts } from './prepare/results.mjs'
import { prepareTests } from './prepare.mjs'

const began = performance.now()
const total = { passed: 0, failed: 0 }
const reports = join(tools, 'reports')
const unit = join(reports, 'vitest.json')
const browser = join(reports, 'playwright.json')
const node = (script, args, options) => run(process.execPath, [script, ...args], options)

/** Runs a step; its failure is shown, counted, and hides no later step. `counts` tells of real tests; without it only a failure counts, as one. */
async function check(name, work, counts) {
  let trouble
  await step(name, work).catch((error) => {
    trouble = error
  })
  if (ending.aborted) return
  const counted = counts?.()
  if (counted) say(`  ${name}: ${counted.passed} passed, ${counted.failed} failed`)
  total.passed += counted?.passed ?? 0
  // A runner may fail for another reason than a test, such as a process left behind.
  total.failed += trouble ? Math.max(1, counted?.failed ?? 0) : (counted?.failed ?? 0)
  if (counts && !trouble && !counted?.passed) {
    total.failed += 1
    trouble = { message: 'it ran no test' }
  }
  if (trouble) process.stderr.write(`\n--- ${name}\n${(trouble.output ?? '').trim()}\n${trouble.message}\n---\n\n`)
}

const vitest = () =>
  node(tool('.', 'vitest/vitest.mjs'), ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unit}`], {
    env: { ...process.env, NO_COLOR: '1' },
  })
const playwright = () =>
  node(tool('web', '@playwright/test/cli.js'), ['test', '--reporter=line,json'], {
    cwd: inRoot('web'),
    env: { ...process.env, NO_COLOR: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: browser, PLAYWRIGHT_FORCE_TTY: '0' },
  })

/** What nobody waits for takes the time that tests leave, which is theirs first. */
const beside = (script, args) => node(script, args, { beside: true })

/** A type fault still leaves programs to test. */
async function builds() {
  const quietly = (_, work) => work()
  await Promise.all([
    check('programs compiled', () => programs(quietly)),
    check('server bundled', () => bundles(quietly)),
    check('pages built', () => pages(quietly)),
  ])
}

async function statics() {
  const tsc = tool('.', 'typescript/bin/tsc')
  await check('types of the programs', () => beside(tsc, ['-b', ...compiled]))
  await check("types of the pages' modules", () => beside(tsc, ['-b', 'web/tsconfig.modules.json']))
  await check('types of the pages', () => beside(tool('web', 'vue-tsc/bin/vue-tsc.js'), ['-p', 'web']))
  await check('types of the server tests', () => beside(tsc, ['-p', 'server/test']))
  await check('format and lint', () =>
    beside(tool('.', '@biomejs/biome/bin/biome'), ['ci', '--colors=off', '--diagnostic-level=error', '--max-diagnostics=50', '.']),
  )
}

async function tests() {
  await check('unit and integration tests', vitest, () => vitestCounts(unit))
  // By themselves: they measure what a person would see, and two cores are soon full.
  if (!ending.aborted) await check('browser tests', playwright, () => playwrightCounts(browser))
}

main(async () => {
  mkdirSync(reports, { recursive: true })
  forget(unit)
  forget(browser)
  await prepareTests(builds)
  await Promise.all([tests(), statics()])
  if (ending.aborted) return 1
  say(`  everything took ${((performance.now() - began) / 1000).toFixed(0)} s`)
  say(`${total.passed} passed, ${total.failed} failed`)
  return total.failed ? 1 : 0
})
