/** Which tests there are: `x.test.ts` (pure, quick) and `x.int.test.ts` (real Redis, sockets, ffmpeg); browser journeys run under Playwright. */
import { defineConfig } from 'vitest/config'

const room = (name: string) => ({
  // Shared rules come from their source, so that a test never sees an old build. Only this condition: more would pick browser builds.
  ssr: { resolve: { conditions: ['@orchid/source'] } },
  test: {
    name,
    root: `./${name}`,
    include: ['{src,test,prepare}/**/*.test.ts'],
    pool: 'forks' as const,
    // Files share a process: taking in the server's modules for each anew was a third of all the work.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
  },
})

export default defineConfig({
  test: {
    projects: ['shared', 'server', 'scripts', 'web'].map(room),
    // Twice the cores: many tests wait for a clock.
    maxWorkers: 4,
    reporters: ['default'],
  },
})
