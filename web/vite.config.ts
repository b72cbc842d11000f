/** How the pages are built: one chunk per screen, shared rules straight from their source, nothing inlined (the server's CSP forbids it). */
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig } from 'vite'

const server = process.env.BASE_URL ?? 'http://127.0.0.1:7760'

export default defineConfig({
  plugins: [vue()],
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
