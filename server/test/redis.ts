/** Commands straight to a Redis, past the product: for doing harm to it and for looking into it. */
import { type Connection, connect, parseRedisUrl } from '../src/journal/redis-url.ts'
import { until } from './http.ts'

/** Runs `what` on a connection of its own. */
export async function straight<T>(url: string, what: (redis: Connection) => Promise<T>): Promise<T> {
  const redis = connect(parseRedisUrl(url))
  redis.on('error', () => undefined) // told by the wait below
  try {
    await until(() => redis.status === 'ready', 5_000, `no Redis at ${url}`)
    return await what(redis)
  } finally {
    redis.disconnect()
  }
}
