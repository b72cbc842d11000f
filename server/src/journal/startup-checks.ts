/** Before the journal opens: is Redis there, and does it keep what it is given? */
import type { Connection } from './redis-url.ts'

/** How long a start waits for Redis. */
const READY_WITHIN = 15_000

/** Waits for a connection that may be used. Rejects with an Error of one clear sentence after 15 s. */
export async function ready(redis: Connection): Promise<void> {
  let why = 'no answer'
  redis.on('error', (error) => {
    why = (error as NodeJS.ErrnoException).code ?? error.message
  })
  const until = Date.now() + READY_WITHIN
  while (redis.status !== 'ready') {
    if (Date.now() > until) throw new Error(`Redis cannot be reached (${why}). Check REDIS_URL and that Redis runs.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Refuses a Redis that may throw entries away; warns when it may lose the newest at a crash, or when that could not be checked. */
export async function checkKeeping(redis: Connection, log: { warn(o: object, m: string): void }): Promise<void> {
  let config: Record<string, string>
  try {
    const answer = (await redis.call('CONFIG', 'GET', '*a*')) as string[]
    config = Object.fromEntries(answer.flatMap((name, i) => (i % 2 === 0 ? [[name, answer[i + 1] as string]] : [])))
  } catch (error) {
    log.warn(
      { err: error },
      'REDIS SETTINGS COULD NOT BE CHECKED (CONFIG GET is not allowed): make sure of appendonly yes, appendfsync always, maxmemory-policy noeviction',
    )
    return
  }
  const policy = config['maxmemory-policy']
  if (policy && policy !== 'noeviction')
    throw new Error(`Redis has maxmemory-policy ${policy} and would throw journal entries away when memory is short. Set it to noeviction.`)
  if (config.appendonly !== 'yes' || config.appendfsync !== 'always')
    log.warn(
      { appendonly: config.appendonly, appendfsync: config.appendfsync },
      'REDIS MAY LOSE ACKNOWLEDGED EVENTS AT A CRASH: set appendonly yes and appendfsync always',
    )
}
