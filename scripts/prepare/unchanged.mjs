/** Skips what was done before: a hash of everything that went in is kept beside the tools, and compared at the next run. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot, tools } from './place.mjs'

const IGNORED = new Set(['node_modules', 'dist', 'e2e'])

/** Hash of files and folders (paths from the checkout; what is not there counts as absent), of this Node and of `more`. */
export function fingerprint(paths, more = '') {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${more}`)
  const take = (path) => {
    const entry = inRoot(path)
    let names
    try {
      names = readdirSync(entry)
    } catch (error) {
      if (error.code === 'ENOENT') return
      if (error.code !== 'ENOTDIR') throw error
      hash.update(`\0${path}\0`).update(readFileSync(entry))
      return
    }
    for (const name of names.sort()) if (!IGNORED.has(name)) take(join(path, name))
  }
  for (const path of paths) take(path)
  return hash.digest('hex')
}

/** Does `work` unless it was done for the same `print` and each of `results` (paths from the checkout) is still there. */
export async function unlessDone(name, print, results, work) {
  const stamp = join(tools, 'stamps', name)
  const same = existsSync(stamp) && readFileSync(stamp, 'utf8') === print
  if (same && results.every((path) => existsSync(inRoot(path)))) return
  // Half-done work must not look done.
  rmSync(stamp, { force: true })
  await work()
  mkdirSync(join(tools, 'stamps'), { recursive: true })
  writeFileSync(stamp, print)
}
