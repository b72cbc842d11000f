/** Makes a bare Debian 12 with Node and npm ready: Debian parts, Node packages, programs and pages. Node's own modules only. */
import { pathToFileURL } from 'node:url'
import { bundles, pages, programs } from './prepare/build.mjs'
import { main, Sorry } from './prepare/command.mjs'
import { debianParts } from './prepare/debian.mjs'
import { alone } from './prepare/lock.mjs'
import { nodePackages } from './prepare/node-packages.mjs'
import { say } from './prepare/progress.mjs'

/** Engines.node of package.json: what the parts were proven with. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) throw new Sorry(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`)
}

/** Settles both, then throws the first trouble: what runs beside must not be torn in the middle. */
export async function together(...works) {
  const trouble = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected')
  if (trouble) throw trouble.reason
}

/** Everything that `npm start` needs; says something only where something is to be done. */
export async function prepare() {
  checkNode()
  await alone(() =>
    together(
      debianParts('start'),
      nodePackages().then(() => together(programs(), bundles(), pages())),
    ),
  )
}

/** Everything that `npm test` needs; `builds` needs the Node packages alone, and the Debian parts take longer. */
export async function prepareTests(builds) {
  checkNode()
  await alone(() => together(debianParts('test'), nodePackages().then(builds)))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  main(async () => {
    await prepare()
    say('Everything is ready.')
  })
