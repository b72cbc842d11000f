/** The rule of the rooms holds for every source of this checkout, and would notice each kind of breach. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readSource, readSources } from './imports.ts'
import { breaches } from './rules.ts'

const breach = (path: string, text: string): string[] => breaches([readSource(path, text)])

test('every source keeps to its room', () => {
  const sources = readSources(fileURLToPath(new URL('../../..', import.meta.url)))
  expect(sources.length).toBeGreaterThan(100)
  expect(breaches(sources)).toEqual([])
})

describe('is noticed', () => {
  test.each([
    ['an adapter that imports another adapter', 'server/src/adapters/http/a.ts', "import { b } from '../live/b.ts'"],
    ['a projection that imports a command', 'server/src/projections/a.ts', "import { b } from '../commands/b.ts'"],
    ['the kernel importing a domain', 'shared/src/kernel/a.ts', "export { b } from '../domain/areas/events.ts'"],
    ["a domain running a neighbour's rules", 'shared/src/domain/cameras/a.ts', "import { b } from '../patrol/decide.ts'"],
    ['shared code that imports the server', 'shared/src/domain/cameras/a.ts', "import { b } from '@orchid/server/journal/journal'"],
    ['a feature that imports another feature', 'web/src/features/patrol/a.ts', "import { b } from '../incidents/b.ts'"],
    ['a page that imports the server', 'web/src/live/a.ts', "import type { B } from '@orchid/server/app'"],
    ['the simulator looking into the server', 'scripts/src/simulator/a.ts', "import { b } from '@orchid/server/config'"],
    ['Redis outside the journal', 'server/src/commands/a.ts', "import { Redis } from 'ioredis'"],
    ['HTTP outside its adapter', 'server/src/adapters/live/a.ts', "import type { FastifyInstance } from 'fastify'"],
    ['a child process outside its places', 'server/src/journal/a.ts', "import { spawn } from 'node:child_process'"],
    [
      'a map library in a screen',
      'web/src/screens/wall/A.vue',
      '<template><p /></template>\n<script setup lang="ts">\nimport L from \'leaflet\'\n</script>',
    ],
    ['a library loaded late', 'web/src/screens/wall/a.ts', "const charts = () => import('echarts/core')"],
    ['the clock in shared code', 'shared/src/kernel/a.ts', 'export const now = () => Date.now()'],
    ['today in shared code', 'shared/src/kernel/a.ts', 'export const now = () => new Date()'],
    ['chance in shared code', 'shared/src/kernel/a.ts', 'export const any = Math.random'],
    ['the process in shared code', 'shared/src/kernel/a.ts', 'export const home = process.env.HOME'],
    ['a name that says nothing', 'shared/src/kernel/helpers.ts', ''],
    ['a file outside every room', 'server/src/extra/a.ts', ''],
  ])('%s', (_, path, text) => {
    expect(breach(path, text)).toHaveLength(1)
  })

  test('a circle of two files', () => {
    const a = readSource('server/src/journal/a.ts', "import { b } from './b.ts'")
    const b = readSource('server/src/journal/b.ts', "import { a } from './a.ts'")
    expect(breaches([a, b])).toEqual(['a circle of imports: server/src/journal/a.ts → server/src/journal/b.ts → server/src/journal/a.ts'])
  })

  test('the line in a Vue file', () => {
    expect(breach('web/src/ui/A.vue', "<template>\n  <p />\n</template>\n<script>\nimport L from 'leaflet'\n</script>")).toEqual([
      'web/src/ui/A.vue:5: leaflet does not belong in ui',
    ])
  })
})

describe('is no breach', () => {
  test.each([
    ['a date made from a number', 'shared/src/kernel/a.ts', 'export const day = (ms: number) => new Date(ms)'],
    [
      'a time window called window',
      'shared/src/kernel/a.ts',
      'export const width = (window: { from: number; to: number }) => window.to - window.from',
    ],
    [
      'a property called process',
      'shared/src/kernel/a.ts',
      'export interface Step { process: string }\nexport const of = (s: Step) => s.process',
    ],
    ["a neighbour's rows as a type", 'shared/src/domain/cameras/a.ts', "import type { B } from '../patrol/projections.ts'"],
    ['two files that know only their types', 'server/src/journal/b.ts', "import type { A } from './b.ts'"],
  ])('%s', (_, path, text) => {
    expect(breach(path, text)).toEqual([])
  })
})
