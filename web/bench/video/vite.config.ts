/** One script without a page: the runner puts it into pages of the servers under test. */
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  resolve: { conditions: ['@orchid/source', ...defaultClientConditions] },
  build: { lib: { entry: 'bench/video/main.ts', formats: ['iife'], name: 'videoBench', fileName: () => 'video.js' } },
})
