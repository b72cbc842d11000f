/** Builds the benchmark's page from the sources of the product, and serves it with the city's rows. */
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folder } from '../processes.ts'
import { cityRows } from './city.ts'

/** `dist/bench/map` and `src/bench/map` are equally deep. */
const WEB = fileURLToPath(new URL('../../../../web/', import.meta.url))
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

async function build(into: string): Promise<void> {
  const args = [
    join(WEB, 'node_modules/vite/bin/vite.js'),
    'build',
    'bench/map',
    '--config',
    'vite.config.ts',
    '--outDir',
    into,
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ]
  const child = spawn(process.execPath, args, { cwd: WEB, stdio: ['ignore', 2, 2] })
  const code = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', done)
  })
  if (code !== 0) throw new Error(`the page was not built: vite ended with ${code}`)
}

export interface ServedPage {
  /** Address of the page, with a slash at its end. */
  readonly base: string
  stop(): Promise<void>
}

export async function servePage(): Promise<ServedPage> {
  const files = folder('map-page')
  await build(files)
  const city = Buffer.from(JSON.stringify(cityRows()))
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    if (path === '/city.json') {
      response.setHeader('content-type', 'application/json').end(city)
      return
    }
    const file = join(files, path === '/' ? 'index.html' : path)
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    createReadStream(file)
      .once('error', () => response.writeHead(404).end())
      .pipe(response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const at = server.address()
  if (typeof at !== 'object' || !at) throw new Error('the page has no address')
  return {
    base: `http://127.0.0.1:${at.port}/`,
    stop: () => new Promise((closed) => server.close(() => closed())),
  }
}
