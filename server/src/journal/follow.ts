/** Follows the journal's tail on a connection of its own, for as long as it takes. */
import { decode, type RawEntry } from './codec.ts'
import { type FollowHandlers, JournalUnavailable } from './journal.ts'
import { type Connection, connect, type RedisTarget } from './redis-url.ts'

const BLOCK = 1_000
const COUNT = 1_000
const RETRY = 200

/** Gives batches in order from after `afterSeq`. A gap is the reader's to notice: seq is dense. */
export function follow(target: RedisTarget, key: string, afterSeq: number, handlers: FollowHandlers): { close(): Promise<void> } {
  let last = `${afterSeq}-0`
  let closed = false
  let away = false
  // Blocks for a second: the time-out of commands must be longer than that.
  const connection: Connection = connect(target, { commandTimeout: BLOCK + 1_500 })
  connection.on('error', () => undefined) // each failed read below tells of it

  const run = async (): Promise<void> => {
    while (!closed && connection.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 10))
    while (!closed) {
      try {
        const answer = (await connection.xread('COUNT', COUNT, 'BLOCK', BLOCK, 'STREAMS', key, last)) as [string, RawEntry[]][] | null
        if (closed) return
        if (away) {
          away = false
          handlers.onBack()
        }
        const entries = answer?.[0]?.[1]
        if (!entries?.length) continue
        last = (entries.at(-1) as RawEntry)[0]
        handlers.onEvents(entries.map(decode))
      } catch (error) {
        if (closed) return
        // No answer, though the connection stands: a fresh one is the only way to find out whether there is a Redis behind it.
        if ((error as Error).name !== 'ReplyError' && connection.status === 'ready') connection.disconnect(true)
        if (!away) {
          away = true
          handlers.onAway(new JournalUnavailable(`the tail cannot be read: ${(error as Error).name}`))
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY))
      }
    }
  }
  const running = run()
  return {
    async close() {
      closed = true
      connection.disconnect()
      await running
    },
  }
}
