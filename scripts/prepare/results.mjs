/** Reads what the test runners counted. A file of tests that could not even run counts as one failure. */
import { existsSync, readFileSync, rmSync } from 'node:fs'

const report = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined)
/** An old report must not pass for a new one. */
export const forget = (file) => rmSync(file, { force: true })

/** `{passed, failed}` of Vitest's JSON report; undefined when it wrote none. */
export function vitestCounts(file) {
  const all = report(file)
  if (!all) return undefined
  const broken = all.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: all.numPassedTests, failed: all.numFailedTests + broken.length }
}

/** `{passed, failed}` of Playwright's JSON report; undefined when it wrote none. A test that passed only at a second try has passed. */
export function playwrightCounts(file) {
  const all = report(file)
  if (!all) return undefined
  return { passed: all.stats.expected + all.stats.flaky, failed: all.stats.unexpected + all.errors.length }
}
