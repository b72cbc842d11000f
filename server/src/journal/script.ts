/** Lua scripts of this room: read once, called by their digest, sent whole when Redis does not know them yet. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inServer } from '../place.ts'
import type { Connection } from './redis-url.ts'

export class Script {
  readonly #text: string
  readonly #sha: string

  /** Scripts are read from the sources: nothing copies Lua. */
  constructor(name: string) {
    this.#text = readFileSync(inServer(`src/journal/lua/${name}.lua`), 'utf8')
    this.#sha = createHash('sha1').update(this.#text).digest('hex')
  }

  /** Runs it. Every key it touches must be in `keys`. */
  async run(redis: Connection, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha, keys.length, ...keys, ...args)
    } catch (error) {
      // A script that Redis does not know was certainly not run: sending it whole is no blind repetition.
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
      return redis.eval(this.#text, keys.length, ...keys, ...args)
    }
  }

  /**
   * Runs it and then waits, on the same connection (in a cluster: the same node), until `replicas` have it; gives how many have.
   */
  async runAndWait(
    redis: Connection,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
    { replicas, ms }: { replicas: number; ms: number },
  ): Promise<{ answer: unknown; confirmed: number }> {
    const once = async (how: 'evalsha' | 'eval'): Promise<{ answer: unknown; confirmed: number }> => {
      const pipeline = redis.pipeline()
      const [ran, waited] = (await pipeline[how](how === 'eval' ? this.#text : this.#sha, keys.length, ...keys, ...args)
        .wait(replicas, ms)
        .exec()) as [[Error | null, unknown], [Error | null, number]]
      if (ran[0]) throw ran[0]
      if (waited[0]) throw waited[0]
      return { answer: ran[1], confirmed: waited[1] }
    }
    try {
      return await once('evalsha')
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
      return once('eval')
    }
  }
}
