/** The web app: files with a hash in their name for ever, everything else afresh, and one page for every screen. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import fastifyStatic from '@fastify/static'
import { buildOf } from '@orchid/shared/protocol/build'
import type { FastifyInstance } from 'fastify'

const SCREENS = ['/', '/wall', '/console', '/phone', '/replay', '/settings', '/settings/*', '/sign-in']

/** `folder`: absolute path of the built web app; without it the screens answer 404 and the API works. Gives the build of the pages. */
export async function pages(app: FastifyInstance, folder: string): Promise<string | undefined> {
  if (!existsSync(`${folder}/index.html`)) {
    app.log.warn({ folder }, 'the web app is not built; only the API is served')
    return undefined
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    // Beside each text lie its compressed forms: sent in its place, not for themselves.
    preCompressed: true,
    globIgnore: ['**/*.{gz,br}'],
    cacheControl: false,
    setHeaders: (reply, path) =>
      void reply.header('cache-control', path.startsWith(`${folder}/assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache'),
  })
  for (const screen of SCREENS) app.get(screen, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'))
  return buildOf(await readFile(`${folder}/index.html`, 'utf8'))
}
