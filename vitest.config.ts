/** Which tests there are: `x.test.ts` (pure, quick) and `x.int.test.ts` (real Redis, sockets, ffmpeg); browser journeys run under Playwright. */
import { defineConfig } from 'vitest/config'

/** Rooms whose tests hold nothing of the process: they share one, which saves a start for each file. */
const SHARING = new Set(['shared', 'web'])

const room = (name: string) => ({
  // Shared rules come from their source, so that a test never sees an old build. Only this condition: more would pick browser builds.
  ssr: { resolve: { conditions: ['@orchid/source'] } },
  test: {
    name,
    root: `./${name}`,
    include: ['{src,test,prepare}/**/*.test.ts'],
    pool: 'forks' as const,
    isolate: !SHARING.has(name),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
  },
})

export default defineConfig({
  test: {
    projects: ['shared', 'server', 'scripts', 'web'].map(room),
    // One more than cores: many tests wait for a clock.
    maxWorkers: 3,
    reporters: ['default'],
  },
})
