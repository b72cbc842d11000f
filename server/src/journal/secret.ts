/** The node's secret, outside Redis: key of body hashes and of sealing, in DATA_DIR/journal.key. Nodes of one Redis must share it. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Reads the 32 bytes, making them on first use (mode 0600). Throws RangeError when the file is not 32 bytes long. */
export async function readSecret(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'journal.key')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, randomBytes(32), { mode: 0o600 })
  try {
    // Of two processes that start at once, only one may win.
    await link(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(fresh)
  }
  const secret = await readFile(file)
  if (secret.length !== 32)
    throw new RangeError(`${file} must hold 32 bytes; restore it from the backup, since sealed fields cannot be read without it`)
  return secret
}
