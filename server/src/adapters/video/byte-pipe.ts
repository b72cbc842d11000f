/** A pipe out of a program of ours into one function, read as `passing-bytes.ts` does; the pipes Node makes by itself cannot be. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passing, type Take } from './passing-bytes.ts'

export interface BytePipe {
  /** What the program gets as its stdout. Hand it on, then destroy it here. */
  readonly far: Socket
  /** Settles when everybody has closed the far end and all was read, or after `close`. */
  readonly ended: Promise<void>
  close(): void
}

/** `take` gets what is written. Rejects where there is no room for a socket. */
export async function openBytePipe(take: Take): Promise<BytePipe> {
  // Node makes no pair of sockets: one end meets the other at a name that only our own user can reach, and that is gone at once.
  // Without waiting for the disk, since somebody waits for the picture: starting the process holds us up far longer.
  const folder = mkdtempSync(join(tmpdir(), 'orchid-pipe-'))
  const door = createServer({ pauseOnConnect: true })
  try {
    const path = join(folder, 'p')
    await new Promise<void>((open, fail) => door.once('error', fail).listen(path, open))
    const met = new Promise<Socket>((meet) => door.once('connection', meet))
    const near = connect({ path, onread: passing(take) })
    const ended = new Promise<void>((end) => near.once('close', () => end()))
    await new Promise<void>((done, fail) => near.once('connect', done).once('error', fail))
    // Its end is told by `ended`, however it comes.
    near.on('error', () => undefined)
    return { far: await met, ended, close: () => near.destroy() }
  } finally {
    door.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
