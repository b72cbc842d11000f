/** Reads sockets into the same memory again and again: by itself Node takes new memory for each read, and clearing that away costs more than the pictures. */
import type { OnReadOpts } from 'node:net'

/** Gets what came, in order. The bytes are only there during the call. It must not throw. */
export type Take = (bytes: Buffer) => void

/** One for all: on Linux what is read goes to its taker before anything else is read. */
const memory = Buffer.allocUnsafeSlow(64 * 1024)

/** An option of `net.connect`; the socket then has no `data`. */
export const passing = (take: Take): OnReadOpts => ({
  buffer: memory,
  callback(length) {
    take(memory.subarray(0, length))
    return true
  },
})
