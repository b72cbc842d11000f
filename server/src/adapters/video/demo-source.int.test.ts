/** What a killed process left of its demo cameras goes at the next start; what lives stays. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clearLeftOvers } from './demo-source.ts'

test('given files of a process that ended and of one that runs, only the first go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orchid-cleared-'))
  try {
    const ended = spawnSync('true').pid
    const [left, running, other] = [`orchid-demo-${ended}-abc123`, `orchid-demo-${process.pid}-abc123`, `orchid-demo-${ended}`]
    for (const name of [left, running, other]) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'backdrop.yuv'), 'x')
    }
    await clearLeftOvers(folder)
    expect((await readdir(folder)).sort()).toEqual([running, other].sort())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
