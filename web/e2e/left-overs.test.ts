/** A run that was killed leaves nothing for long: the next one ends it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { test } from './city.ts'
import { endLeftOvers, folderOf } from './left-overs.ts'

/** Debian's redis-tools has it under another name only. */
const REDIS = existsSync('/usr/bin/redis-server') ? 'redis-server' : 'redis-check-rdb'

test('given a run whose process is gone, its redis-server is ended and its folder removed; that of a run that goes on is left', async () => {
  const place = await mkdtemp(join(tmpdir(), 'orchid-left-'))
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  const folders = await Promise.all([gone.pid ?? 0, process.pid].map((pid) => mkdtemp(join(place, folderOf(pid)))))
  const servers = await Promise.all(
    folders.map(async (folder) => {
      const dir = join(folder, 'redis')
      await mkdir(dir)
      const settings = ['--port', '0', '--unixsocket', join(dir, 'redis.sock'), '--dir', dir, '--save', '']
      const server = spawn(REDIS, settings, { argv0: 'redis-server', cwd: dir, stdio: 'ignore' })
      await expect.poll(() => existsSync(join(dir, 'redis.sock'))).toBe(true)
      return server
    }),
  )
  try {
    await endLeftOvers(place)
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, true])
    await expect.poll(() => servers.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([0, null])
  } finally {
    for (const server of servers) server.kill('SIGKILL')
    await rm(place, { recursive: true, force: true, maxRetries: 5 })
  }
})
