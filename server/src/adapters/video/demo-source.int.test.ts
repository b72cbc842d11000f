/** What a killed process left of its demo cameras goes at the next start; what lives stays. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearLeftOvers } from './demo-source.ts'
import { ffmpegUser } from './ffmpeg-process.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-cleared-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function left(name: string): Promise<string> {
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, 'backdrop.yuv'), 'x')
  return name
}

test('given files of a process that ended, of an earlier one of our number and of one that runs, only the last stay', async () => {
  const running = spawn('sleep', ['60'])
  try {
    await left(`orchid-demo-${spawnSync('true').pid}-abc123`)
    await left(`orchid-demo-${process.pid}-abc123`)
    const stay = [await left(`orchid-demo-${running.pid}-abc123`), await left(`orchid-demo-${process.pid}`)]
    await clearLeftOvers(folder)
    expect((await readdir(folder)).sort()).toEqual(stay.sort())
  } finally {
    running.kill()
    await once(running, 'exit')
  }
})

test.runIf(ffmpegUser !== undefined)('given files that had been handed to ffmpeg, they go; those of another user stay', async () => {
  await chmod(folder, 0o1777)
  const ended = spawnSync('true').pid
  const others = await left(`orchid-demo-${ended}-other1`)
  await chown(join(folder, others), 1, 1)
  const handed = join(folder, await left(`orchid-demo-${ended}-ffmpeg`))
  await chown(join(handed, 'backdrop.yuv'), ffmpegUser as number, ffmpegUser as number)
  await chown(handed, ffmpegUser as number, ffmpegUser as number)
  await clearLeftOvers(folder)
  await expect.poll(() => readdir(folder)).toEqual([others])
})
