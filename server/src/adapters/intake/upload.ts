/** A body on its way in: kept in a file without a name, so that its size costs no memory and nothing of it is left behind. */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { TextDecoder } from 'node:util'
import { Turns } from './turns.ts'

/** Bytes of one request: 100,000 items of a GB/T 28181 catalog have some 90 MB. */
export const MOST_BYTES = 128 * 1024 * 1024
const CHUNK = 64 * 1024

/** The body is larger than `MOST_BYTES`. */
export class TooLarge extends Error {}

export interface Upload {
  readonly file: FileHandle
  readonly size: number
  /** Whether all of it is well-formed UTF-8. */
  readonly isUtf8: boolean
  /** First 64 KiB at most. */
  readonly head: Buffer
  /** Hex SHA-256 of the bytes. */
  readonly digest: string
  close(): Promise<void>
}

/** Rejects with TooLarge as soon as it is; then nothing is left. */
export async function receive(body: AsyncIterable<Buffer | string>, folder: string, most = MOST_BYTES): Promise<Upload> {
  const path = join(folder, `import-${randomBytes(8).toString('hex')}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    // The open file lives on; whatever happens to this process, its bytes are gone with it.
    await unlink(path)
    const hash = createHash('sha256')
    const utf8 = new TextDecoder('utf-8', { fatal: true })
    let [size, isUtf8, head] = [0, true, Buffer.alloc(0)]
    for await (const part of body) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      size += bytes.length
      if (size > most) throw new TooLarge(`the body has more than ${most} bytes`)
      hash.update(bytes)
      if (head.length < CHUNK) head = Buffer.concat([head, bytes.subarray(0, CHUNK - head.length)])
      isUtf8 &&= decodes(utf8, bytes)
      await file.write(bytes)
    }
    isUtf8 &&= decodes(utf8)
    return { file, size, isUtf8, head, digest: hash.digest('hex'), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

function decodes(decoder: TextDecoder, bytes?: Buffer): boolean {
  try {
    decoder.decode(bytes, { stream: bytes !== undefined })
    return true
  } catch {
    return false
  }
}

/** The bytes again from the start, piece by piece; between pieces others have their turn. */
export async function* pieces({ file, size }: Upload): AsyncGenerator<Buffer> {
  const turns = new Turns()
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
    await turns.give()
  }
}
