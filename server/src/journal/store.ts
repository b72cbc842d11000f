/** Small keyed state beside the journal, under the city's tag. */
import type { GuardedConnection } from './guarded-connection.ts'
import type { Store } from './journal.ts'
import type { Keys } from './keys.ts'
import { Script } from './script.ts'

const HDEL_IF = new Script('hdel-if')

export function storeOf(connection: GuardedConnection, keys: Keys): Store {
  const at = (key: string): string => keys.store + key
  return {
    get: async (key) => (await connection.ask((redis) => redis.get(at(key)))) ?? undefined,
    set: async (key, value, ttlMs) =>
      void (await connection.ask((redis) =>
        ttlMs === undefined ? redis.set(at(key), value) : redis.set(at(key), value, 'PX', Math.ceil(ttlMs)),
      )),
    del: async (key) => void (await connection.ask((redis) => redis.del(at(key)))),
    hget: async (hash, field) => (await connection.ask((redis) => redis.hget(at(hash), field))) ?? undefined,
    hset: async (hash, field, value) => void (await connection.ask((redis) => redis.hset(at(hash), field, value))),
    hdel: (hash, field) => connection.ask((redis) => redis.hdel(at(hash), field)),
    hdelIf: async (hash, field, value) => (await connection.ask((redis) => HDEL_IF.run(redis, [at(hash)], [field, value]))) === 1,
    hgetall: (hash) => connection.ask((redis) => redis.hgetall(at(hash))),
    lease: async (name, owner, ttlMs) => {
      const key = keys.lease + name
      if ((await connection.ask((redis) => redis.set(key, owner, 'PX', ttlMs, 'NX'))) === 'OK') return true
      if ((await connection.ask((redis) => redis.get(key))) !== owner) return false
      return (await connection.ask((redis) => redis.pexpire(key, ttlMs))) === 1
    },
  }
}
