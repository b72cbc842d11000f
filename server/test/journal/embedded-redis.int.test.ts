/** The private Redis: safe settings, one on a directory, found again, started again, gone when stopped. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/journal/embedded-redis.ts'
import { until } from '../http.ts'
import { straight } from '../redis.ts'

const quiet = { warn: () => undefined }
const opened: { dataDir: string; redis: Set<EmbeddedRedis> }[] = []

afterEach(async () => {
  for (const { dataDir, redis } of opened.splice(0)) {
    // At once: whoever is not stopping yet would start it again.
    await Promise.all([...redis].map((one) => one.stop()))
    expect(serversOn(dataDir)).toEqual([])
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
})

function place(): { dataDir: string; start: () => Promise<EmbeddedRedis>; pid: () => number } {
  const dataDir = mkdtempSync(join(tmpdir(), 'orchid-embedded-'))
  const redis = new Set<EmbeddedRedis>()
  opened.push({ dataDir, redis })
  return {
    dataDir,
    async start() {
      const one = await startEmbeddedRedis({ dataDir, log: quiet })
      redis.add(one)
      return one
    },
    pid: () => Number(readFileSync(join(dataDir, 'redis', 'redis.pid'), 'utf8')),
  }
}

/** Processes that work in a data directory's Redis folder. */
function serversOn(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === join(dataDir, 'redis') && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      } catch {
        return false
      }
    })
    .map(Number)
}

const set = (url: string, value: string) => straight(url, (redis) => redis.set('k', value))
const get = (url: string) => straight(url, (redis) => redis.get('k'))

test('writes to disk before it answers, never evicts, and can be reached by nobody else', async () => {
  const { dataDir, start } = place()
  const { url } = await start()
  const settings = await straight(url, async (redis) => {
    const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'port']
    return Promise.all(names.map(async (name) => ((await redis.call('CONFIG', 'GET', name)) as string[])[1]))
  })
  expect(settings).toEqual(['yes', 'always', 'noeviction', '0'])
  expect(statSync(join(dataDir, 'redis')).mode & 0o777).toBe(0o700)
  expect(statSync(url.slice('unix://'.length)).mode & 0o777).toBe(0o700)
})

test('five starts at once make one server', async () => {
  const { dataDir, start } = place()
  const all = await Promise.all(Array.from({ length: 5 }, start))
  expect(new Set(all.map((redis) => redis.pid())).size).toBe(1)
  expect(serversOn(dataDir)).toEqual([all[0]?.pid()])
})

test('one that outlived us is found again with what it holds', async () => {
  const { dataDir, start, pid } = place()
  const { url } = await start()
  await set(url, 'kept')
  const before = pid()
  const again = await start()
  expect([again.pid(), again.url, await get(again.url)]).toEqual([before, url, 'kept'])
  expect(serversOn(dataDir)).toHaveLength(1)
})

test('a start that was killed half-way does not keep the next ones out', async () => {
  const { dataDir, start } = place()
  await (await start()).stop()
  const { pid } = spawnSync('true')
  writeFileSync(join(dataDir, 'redis', 'start.lock'), String(pid))
  const all = await Promise.all(Array.from({ length: 4 }, start))
  expect(new Set(all.map((redis) => redis.pid())).size).toBe(1)
  expect(serversOn(dataDir)).toHaveLength(1)
  expect(readdirSync(join(dataDir, 'redis')).filter((name) => name.includes('lock'))).toEqual([])
})

test('a pid file that now names another program is not taken for it', async () => {
  const { dataDir, start, pid } = place()
  const first = await start()
  await set(first.url, 'kept')
  await first.stop()
  writeFileSync(join(dataDir, 'redis', 'redis.pid'), String(process.pid))
  const again = await start()
  expect(pid()).not.toBe(process.pid)
  expect(await get(again.url)).toBe('kept')
})

test('kill -9: it is started again by itself, at the same address, with everything that was acknowledged', async () => {
  const { start } = place()
  const { url, pid } = await start()
  for (let i = 0; i < 3; i++) {
    await set(url, `value ${i}`)
    const before = pid()
    process.kill(before, 'SIGKILL')
    await until(() => pid() !== before, 5_000, 'it was not started again')
    expect(await get(url)).toBe(`value ${i}`)
  }
})

test('a start while the last server is still shutting down keeps its socket, and stopped is gone', async () => {
  const { dataDir, start, pid } = place()
  for (let i = 0; i < 8; i++) {
    const first = await start()
    await set(first.url, `value ${i}`)
    process.kill(pid(), 'SIGTERM')
    await until(() => !existsSync(join(dataDir, 'redis', 'redis.pid')), 5_000, 'it does not end')
    const next = await start()
    expect(await get(next.url)).toBe(`value ${i}`)
    await Promise.all([first.stop(), next.stop()])
    expect(serversOn(dataDir)).toEqual([])
  }
})

test('a DATA_DIR too deep for a socket address is served all the same', async () => {
  const { dataDir } = place()
  const deep = join(dataDir, 'x'.repeat(60), 'y'.repeat(60))
  const redis = await startEmbeddedRedis({ dataDir: deep, log: quiet })
  try {
    await set(redis.url, 'deep')
    expect(Buffer.byteLength(redis.url.slice('unix://'.length))).toBeLessThanOrEqual(107)
    expect(existsSync(join(deep, 'redis', 'redis.pid'))).toBe(true)
  } finally {
    await redis.stop()
    rmSync(join(redis.url.slice('unix://'.length), '..'), { recursive: true, force: true })
  }
})

test('a damaged file is told in one sentence with what to do, and kept as it is', async () => {
  const { dataDir, start } = place()
  const first = await start()
  await straight(first.url, async (redis) => {
    for (let i = 0; i < 50; i++) await redis.set(`k${i}`, 'x'.repeat(50))
  })
  await first.stop()
  const folder = join(dataDir, 'redis', 'appendonlydir')
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.incr.aof')) as string)
  const bytes = readFileSync(file)
  bytes.fill(0x21, 1_000, 1_200)
  writeFileSync(file, bytes)
  await expect(start()).rejects.toThrow(/redis-server ended.*redis-check-aof/s)
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

test('without redis-server on the machine the sentence says what to install', async () => {
  const { dataDir } = place()
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  try {
    await expect(startEmbeddedRedis({ dataDir, log: quiet })).rejects.toThrow(/redis-server is not installed.*apt-get install/)
  } finally {
    process.env.PATH = path
  }
})
