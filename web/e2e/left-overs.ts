/** What a run that was killed left behind: its private redis-servers, which outlive a server that had no time to stop them, and its folders. */
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders of a run are called after the process that makes them. */
export const folderOf = (pid: number): string => `orchid-e2e-${pid}-`
const FOLDER = /^orchid-e2e-(\d+)-\w{6}$/
const END_WITHIN = 5_000

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** One that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Pids of redis-servers that work inside a folder. */
async function redisIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const at = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      return at.startsWith(`${folder}/`) && (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).includes('redis-server')
    }),
  )
  return pids.filter((_, i) => found[i]).map(Number)
}

/** Ends the redis-servers that work inside a folder and removes it. */
export async function removeWithRedis(folder: string): Promise<void> {
  const until = Date.now() + END_WITHIN
  for (const pid of await redisIn(folder)) signal(pid, 'SIGTERM')
  for (let left = await redisIn(folder); left.length; left = await redisIn(folder)) {
    if (Date.now() > until) for (const pid of left) signal(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Ends and removes what runs whose process is gone left in `temporary`. Those of runs that go on are left alone. */
export async function endLeftOvers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const owner = Number(FOLDER.exec(name)?.[1])
    if (!owner || alive(owner)) continue
    await removeWithRedis(join(temporary, name))
  }
}
