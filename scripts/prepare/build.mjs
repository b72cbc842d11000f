/** Builds what runs: the three Node packages by tsc, the server's bundles and the pages by Vite, side by side. */
import { run } from './command.mjs'
import { tool } from './node-packages.mjs'
import { inRoot } from './place.mjs'
import { step } from './progress.mjs'
import { fingerprint, unlessDone } from './unchanged.mjs'

const tsc = tool('.', 'typescript/bin/tsc')
export const compiled = ['shared', 'server', 'scripts']
const compilerInputs = [
  'tsconfig.base.json',
  'pnpm-lock.yaml',
  ...compiled.flatMap((room) => [`${room}/tsconfig.json`, `${room}/package.json`, `${room}/src`]),
]
const bundleInputs = [
  'tsconfig.base.json',
  'pnpm-lock.yaml',
  ...['shared', 'server'].flatMap((room) => [`${room}/tsconfig.json`, `${room}/package.json`, `${room}/src`]),
  'server/vite.config.ts',
]
const pageInputs = [
  'tsconfig.base.json',
  'pnpm-lock.yaml',
  'shared/package.json',
  'shared/src',
  'web/index.html',
  'web/package.json',
  'web/vite.config.ts',
  'web/tsconfig.json',
  'web/public',
  'web/src',
]

/** Compiles without checking types, which `npm test` does: a start must not take longer than it needs. `named` wraps the work where there is some. */
export const programs = (named = step) =>
  unlessDone(
    'programs',
    fingerprint(compilerInputs),
    ['shared/dist/kernel/event.js', 'server/dist/main.js', 'scripts/dist/demo/load.js'],
    () => named('programs', () => run(process.execPath, [tsc, '-b', '--noCheck', ...compiled])),
  )

const vite = (room) => run(process.execPath, [tool(room, 'vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: inRoot(room) })

/** The server and the gateway process as they are started. */
export const bundles = (named = step) =>
  unlessDone('bundles', fingerprint(bundleInputs), ['server/dist/bundle/main.js', 'server/dist/bundle/gateway-main.js'], () =>
    named('bundles', () => vite('server')),
  )

export const pages = (named = step) =>
  unlessDone('pages', fingerprint(pageInputs), ['web/dist/index.html'], () => named('pages', () => vite('web')))
