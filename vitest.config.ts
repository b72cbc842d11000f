/** Which tests there are: `x.test.ts` (pure, quick) and `x.int.test.ts` (real Redis, sockets, ffmpeg); browser journeys run under Playwright. */
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const flags: string[] = JSON.parse(readFileSync(new URL('server/node-flags.json', import.meta.url), 'utf8'))

/** Those that wait longest for a clock begin first: the others fill their pauses. */
const LONG = [
  'gateway.int',
  'gateway-processes',
  'sources.int',
  'pull-kinds',
  'rtsp-camera',
  'scope',
  'camera-rounds',
  'faults',
  'redis-modes',
  'live.int',
  'live-state',
  'camera-lists',
  'cursor-rule.int',
  'new-day',
  'basemap',
  'dead-wire',
  'session.int',
  'media.int',
  'camera-pull',
  'embedded-redis',
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.includes(`/${name}.`))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  // Shared rules come from their source, so that a test never sees an old build. Only this condition: more would pick browser builds.
  ssr: { resolve: { conditions: ['@orchid/source'] } },
  test: {
    include: ['{shared,server,scripts,web}/{src,test,prepare}/**/*.test.ts'],
    pool: 'forks',
    // Files share a process: taking in the server's modules for each anew was a third of all the work.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    // The server's flags: less collecting of what is short-lived.
    execArgv: flags,
    // Many tests wait for a clock, not for a core.
    maxWorkers: 7,
    sequence: { sequencer: LongFirst },
    reporters: ['default'],
  },
})
