/** Bundles the two programs, packages and all: from its 1,100 files a server took half as much CPU again to start. */
import { defineConfig } from 'vite'

/** They look for files of their own beside their code. */
const APART = ['@fastify/swagger-ui', '@node-rs/argon2']

export default defineConfig({
  ssr: { noExternal: true, external: APART, resolve: { conditions: ['@orchid/source', 'module', 'node', 'default'] } },
  build: {
    ssr: true,
    outDir: 'dist/bundle',
    target: 'node20',
    // A stack in a log names functions and lines that can be read there.
    minify: false,
    copyPublicDir: false,
    rolldownOptions: {
      input: { main: 'src/main.ts', 'gateway-main': 'src/gateway-main.ts' },
      output: { chunkFileNames: '[name].js' },
    },
  },
})
