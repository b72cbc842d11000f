/** How the pages are built: one chunk per screen, shared rules straight from their source, nothing inlined (the server's CSP forbids it), texts compressed beforehand. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const server = process.env.BASE_URL ?? 'http://127.0.0.1:7760'

/** Beside each text its compressed forms, which the server sends as they are: made anew for each visitor they cost it more than all the rest of a page. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  // Others still change what is in the bundle until it is written.
  writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /\.(js|css|svg|html)$/.test(one))) {
      const text = readFileSync(join(dir, name))
      writeFileSync(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }))
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
    }
  },
}

export default defineConfig({
  plugins: [vue(), compressed],
  resolve: { conditions: ['@orchid/source', ...defaultClientConditions] },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
  server: {
    proxy: {
      '/api': server,
      '/socket.io': { target: server, ws: true },
      '/media': { target: server, ws: true },
    },
  },
})
