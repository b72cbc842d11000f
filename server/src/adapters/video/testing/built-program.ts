/** Sources of the server as they are now, built into one file, for tests that need a process of its own: Node reads no TypeScript, and a test must not see an old build. */
import { symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const SERVER = fileURLToPath(new URL('../../../../', import.meta.url))
/** Vitest's own. */
const vite = pathToFileURL(createRequire(createRequire(import.meta.url).resolve('vitest/package.json')).resolve('vite')).href

/** Builds `entry` (a path under `server/src`) into an empty folder, half a second of work; gives the module's path there. The folder may be removed at any time after. */
export async function builtProgram(entry: string, folder: string): Promise<string> {
  const { build } = await import(vite)
  await build({
    ...{ configFile: false, logLevel: 'warn', root: SERVER, ssr: { resolve: { conditions: ['@orchid/source'] } } },
    build: { ssr: join(SERVER, 'src', entry), outDir: folder, emptyOutDir: false, minify: false, copyPublicDir: false },
  })
  // By these it finds its packages and the server's own files.
  for (const name of ['node_modules', 'package.json']) await symlink(join(SERVER, name), join(folder, name))
  return join(folder, entry.replace(/.*\//, '').replace(/\.ts$/, '.js'))
}
