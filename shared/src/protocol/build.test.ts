import { expect, test } from 'vitest'
import { buildOf } from './build.ts'

const page = (script: string, style: string): string => `<!doctype html><html><head>
  <script type="module" crossorigin src="/assets/${script}.js"></script>
  <link rel="modulepreload" crossorigin href="/assets/vue-CEWp590B.js">
  <link rel="stylesheet" crossorigin href="/assets/${style}.css"></head></html>`

test('the build of a page changes with its script and with its style', () => {
  const build = buildOf(page('index-B1c_d-2e', 'index-CzVE'))
  expect(build).toBe('index-B1c_d-2e index-CzVE')
  expect(buildOf(page('index-other', 'index-CzVE'))).not.toBe(build)
  expect(buildOf(page('index-B1c_d-2e', 'index-other'))).not.toBe(build)
})

test('a page that was not built has none', () => {
  expect(buildOf('<script type="module" src="/src/main.ts"></script>')).toBeUndefined()
})
