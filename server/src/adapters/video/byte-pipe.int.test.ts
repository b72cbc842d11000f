import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type BytePipe, openBytePipe } from './byte-pipe.ts'

/** Runs a shell command whose stdout is the pipe. */
function run(command: string, pipe: BytePipe): void {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', pipe.far, 'inherit'] })
  pipe.far.destroy()
  child.unref()
}

test('what programs write at the same time arrives whole, in order, and each with its own reader', async () => {
  const counts = [60_000, 50_000, 40_000]
  const read = counts.map((): Buffer[] => [])
  const pipes = await Promise.all(read.map((chunks) => openBytePipe((bytes) => chunks.push(Buffer.from(bytes)))))
  for (const [i, count] of counts.entries()) run(`seq 1 ${count}`, pipes[i] as BytePipe)
  await Promise.all(pipes.map(({ ended }) => ended))
  for (const [i, count] of counts.entries())
    expect(Buffer.concat(read[i] as Buffer[]).toString()).toBe(Array.from({ length: count }, (_, n) => `${n + 1}\n`).join(''))
})

test('every reader is handed the same memory', async () => {
  const memories = new Set<ArrayBufferLike>()
  const [one, two] = await Promise.all([1, 2].map(() => openBytePipe((bytes) => memories.add(bytes.buffer))))
  run('seq 1 200000', one as BytePipe)
  run('seq 1 200000', two as BytePipe)
  await Promise.all([one?.ended, two?.ended])
  expect(memories.size).toBe(1)
})

test('it ends when its reader closes it: the program writes to nobody', async () => {
  let heard = 0
  const pipe = await openBytePipe(() => {
    heard++
    pipe.close()
  })
  const child = spawn('yes', { stdio: ['ignore', pipe.far, 'ignore'] })
  pipe.far.destroy()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await pipe.ended
  await gone
  expect(heard).toBe(1)
})

test('leaves no name behind in the file system', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orchid-test-'))
  vi.stubEnv('TMPDIR', folder)
  try {
    const pipe = await openBytePipe(() => undefined)
    expect(await readdir(folder)).toEqual([])
    pipe.far.destroy()
    await pipe.ended
  } finally {
    vi.unstubAllEnvs()
    await rmdir(folder)
  }
})
