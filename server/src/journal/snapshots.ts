/** The newest snapshot of the tables, whole in one key: a reader never sees half of one. */
import type { GuardedConnection } from './guarded-connection.ts'
import type { Journal } from './journal.ts'

export const snapshotsOf = (connection: GuardedConnection, key: string): Journal['snapshots'] => ({
  save: async ({ epoch, seq, mark, signature, data }) =>
    void (await connection.ask((redis) =>
      redis.hset(key, { epoch, seq, mark, signature, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength) }),
    )),
  load: async () => {
    const [epoch, seq, mark, signature, data] = await connection.ask((redis) =>
      redis.hmgetBuffer(key, 'epoch', 'seq', 'mark', 'signature', 'data'),
    )
    if (!epoch || !seq || !mark || !signature || !data) return undefined
    return { epoch: `${epoch}`, seq: Number(`${seq}`), mark: `${mark}`, signature: `${signature}`, data }
  },
})
