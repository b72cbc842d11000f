/** The peer: HLS as everybody makes it, by the same ffmpeg into files, served by plain static HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, folder } from '../processes.ts'

export interface Recipe {
  /** Before `-i`. */
  readonly input: readonly string[]
  /** After the copy. */
  readonly output: readonly string[]
  /** Of hls.js. */
  readonly player: object
}

/** What careful people set: quick input analysis, 1 s segments, a player at the live edge. No `nobuffer`: it throws away the first key frame, and the peer would wait for the next one. */
export const TUNED: Recipe = {
  input: ['-flags', 'low_delay', '-analyzeduration', '100000', '-probesize', '200000'],
  output: ['-hls_time', '1', '-hls_list_size', '6', '-hls_flags', 'delete_segments+program_date_time'],
  player: { liveSyncDurationCount: 1, liveMaxLatencyDurationCount: 4, maxBufferLength: 4, backBufferLength: 4 },
}
/** What one gets without setting anything: 2 s segments, hls.js as it comes. */
export const DEFAULTS: Recipe = { input: [], output: ['-hls_flags', 'delete_segments'], player: {} }

export interface PlainHls {
  readonly base: string
  /** Starts ffmpeg for a camera; gives the address of the playlist, whose first answer waits until there is one. */
  open(source: string, recipe: Recipe): string
  closeStreams(): Promise<void>
  stop(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = { m3u8: 'application/vnd.apple.mpegurl', ts: 'video/mp2t' }

export async function startPlainHls(): Promise<PlainHls> {
  const files = folder('plain-hls')
  const running = new Set<ChildProcess>()
  let count = 0
  const server = createServer((request, response) => {
    const [, stream = '', name = ''] = (request.url ?? '').split('/')
    if (stream === 'healthz') return void response.setHeader('content-type', 'application/json').end('{}')
    const file = join(files, basename(stream), basename(name))
    const send = async (): Promise<void> => {
      for (let waited = 0; name.endsWith('.m3u8') && !existsSync(file) && waited < 20_000; waited += 5) await sleep(5)
      response.setHeader('content-type', TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain').setHeader('cache-control', 'no-store')
      createReadStream(file)
        .once('error', () => response.writeHead(404).end())
        .pipe(response)
    }
    void send()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const at = server.address()
  const base = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`
  const closeStreams = async (): Promise<void> => {
    await Promise.all([...running].map((child) => end(child, 'SIGKILL')))
    running.clear()
  }
  return {
    base,
    open(source, { input, output }) {
      const stream = String(++count)
      mkdirSync(join(files, stream))
      const args = [
        '-v',
        'error',
        '-nostdin',
        ...input,
        '-rtsp_transport',
        'tcp',
        '-i',
        source,
        '-an',
        '-c',
        'copy',
        '-f',
        'hls',
        ...output,
        'index.m3u8',
      ]
      running.add(spawn('ffmpeg', args, { cwd: join(files, stream), stdio: ['ignore', 'ignore', 'ignore'] }))
      return `${base}/${stream}/index.m3u8`
    },
    closeStreams,
    async stop() {
      await closeStreams()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
