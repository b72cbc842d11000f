/** The journal in a Redis Stream with dense ids of our own. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decode, payload, type RawEntry } from './codec.ts'
import { follow } from './follow.ts'
import { GroupCommit } from './group-commit.ts'
import {
  type Append,
  type FollowHandlers,
  type Journal,
  type JournalHead,
  JournalUnavailable,
  type Snapshot,
  type Store,
  type Verdict,
} from './journal.ts'
import { keysOf } from './keys.ts'
import { COMMAND_TIMEOUT, type Connection, connect, parseRedisUrl, type RedisTarget } from './redis-url.ts'
import { Sealing } from './sealing.ts'

/** How long a start waits for Redis. */
const READY_WITHIN = 15_000

export interface JournalOptions {
  /** REDIS_URL in one of its forms. */
  readonly url: string
  /** 6-digit code of the city. */
  readonly city: string
  /** 32 bytes from `readSecret`. */
  readonly secret: Buffer
  /** Replicas that must confirm before an append counts as stored. */
  readonly waitReplicas?: number
  readonly log: { warn(o: object, m: string): void }
}

/** Scripts are read from the sources: tsc copies no Lua. `dist/journal` and `src/journal` are equally deep. */
function script(name: string): { text: string; sha: string } {
  const beside = fileURLToPath(new URL(`./lua/${name}.lua`, import.meta.url))
  const text = readFileSync(
    existsSync(beside) ? beside : fileURLToPath(new URL(`../../src/journal/lua/${name}.lua`, import.meta.url)),
    'utf8',
  )
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
const APPEND = script('append')
const RENEW_EPOCH = script('renew-epoch')

/** Connects, checks that Redis keeps what it is given, and opens the journal. Rejects with an Error of one clear sentence. */
export async function openJournal({ url, city, secret, waitReplicas = 0, log }: JournalOptions): Promise<Journal> {
  const target = parseRedisUrl(url)
  const redis = connect(target)
  try {
    await ready(redis)
    await checkKeeping(redis, log)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return new RedisJournal(redis, target, { city, secret, waitReplicas })
}

async function ready(redis: Connection): Promise<void> {
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

/** Refuses a Redis that may throw entries away; warns when it may lose the newest at a crash. */
async function checkKeeping(redis: Connection, log: JournalOptions['log']): Promise<void> {
  let config: Record<string, string>
  try {
    const answer = (await (redis as unknown as { config(...args: string[]): Promise<string[]> }).config(
      'GET',
      'maxmemory-policy',
      'appendfsync',
      'appendonly',
    )) as string[]
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
  if (config.appendonly !== 'yes' || config.appendfsync !== 'always') {
    log.warn(
      { appendonly: config.appendonly, appendfsync: config.appendfsync },
      'REDIS MAY LOSE ACKNOWLEDGED EVENTS AT A CRASH: set appendonly yes and appendfsync always',
    )
  }
}

class RedisJournal implements Journal {
  readonly #redis: Connection
  readonly #target: RedisTarget
  readonly #city: string
  readonly #keys: ReturnType<typeof keysOf>
  readonly #sealing: Sealing
  readonly #waitReplicas: number
  readonly #group = new GroupCommit((appends) => this.#commit(appends))
  #awaySince: number | undefined

  constructor(
    redis: Connection,
    target: RedisTarget,
    { city, secret, waitReplicas }: { city: string; secret: Buffer; waitReplicas: number },
  ) {
    this.#redis = redis
    this.#target = target
    this.#city = city
    this.#keys = keysOf(city)
    this.#sealing = new Sealing(secret)
    this.#waitReplicas = waitReplicas
    redis.on('close', () => {
      this.#awaySince ??= Date.now()
    })
    redis.on('ready', () => {
      this.#awaySince = undefined
    })
  }

  get awaySince(): number | undefined {
    return this.#awaySince
  }

  append(appends: readonly Append[]): Promise<Verdict[]> {
    return this.#group.append(appends)
  }

  async tick(): Promise<void> {
    await this.#commit([])
  }

  async #commit(appends: readonly Append[]): Promise<Verdict[]> {
    const argv: (string | number)[] = [this.#city, randomBytes(8).toString('hex'), randomBytes(8).toString('hex'), appends.length]
    for (const append of appends) {
      const versioned = new Set(append.expect.map(([subject]) => subject))
      const sealed = append.private && this.#sealing.seal(append.private.subject, append.private.fields)
      argv.push(
        append.recordedAt ?? '',
        idOf(append),
        append.bodyHash,
        append.private?.subject ?? '',
        sealed?.wrappedKey ?? '',
        sealed?.ciphertext ?? '',
        append.expect.length,
      )
      for (const [subject, version] of append.expect) argv.push(subject, version)
      argv.push(append.events.length)
      for (const event of append.events)
        argv.push(versioned.has(event.subject) ? event.subject : '', event.numbered ? '1' : '', payload(event, append))
    }
    const { journal, meta, heads, private: sealedFields, privateKeys, ids } = this.#keys
    const keys = [journal, meta, heads, sealedFields, privateKeys, ...ids]
    const answer = await this.#ask(async (redis) => {
      const stored = await evaluate(redis, APPEND, keys, argv)
      if (this.#waitReplicas > 0) {
        const confirmed = await redis.wait(this.#waitReplicas, COMMAND_TIMEOUT / 2)
        if (confirmed < this.#waitReplicas)
          throw new JournalUnavailable(`only ${confirmed} of ${this.#waitReplicas} replicas confirmed in time`)
      }
      return stored as [number, ...RawVerdict[]]
    })
    const [head, ...verdicts] = answer
    return verdicts.map((verdict, i) => verdictOf(verdict, (appends[i] as Append).events.length, head))
  }

  async lookup(sender: string, id: string, hash: string): Promise<{ status: 'duplicate' | 'id-reused'; seq: number } | undefined> {
    const field = idOf({ sender, id })
    const found = await this.#ask((redis) => Promise.all(this.#keys.ids.map((key) => redis.hget(key, field))))
    const stored = found.find((value) => value !== null)
    if (!stored) return undefined
    const [seq = '0', known] = stored.split(':')
    return { status: known === hash ? 'duplicate' : 'id-reused', seq: Number(seq) }
  }

  async head(): Promise<JournalHead> {
    const [epoch, seq, mark, day] = await this.#ask((redis) => redis.hmget(this.#keys.meta, 'epoch', 'seq', 'mark', 'day'))
    if (!epoch) {
      // A journal that never was, or was emptied: it gets an epoch of its own, so that nobody takes it for another.
      await this.renewEpoch('')
      return this.head()
    }
    return {
      epoch,
      seq: Number(seq ?? 0),
      mark: mark ?? '',
      ...(day && { day: new Date(Number(day) * 86_400_000).toISOString().slice(0, 10) }),
    }
  }

  async read(afterSeq: number, limit: number) {
    const raw = (await this.#ask((redis) => redis.xrange(this.#keys.journal, `${afterSeq + 1}-0`, '+', 'COUNT', limit))) as RawEntry[]
    return raw.map(decode)
  }

  follow(afterSeq: number, handlers: FollowHandlers): { close(): Promise<void> } {
    return follow(this.#target, this.#keys.journal, afterSeq, handlers)
  }

  async renewEpoch(expected: string): Promise<string> {
    return (await this.#ask((redis) =>
      evaluate(redis, RENEW_EPOCH, [this.#keys.meta], [expected, randomBytes(8).toString('hex')]),
    )) as string
  }

  async openPrivate(subject: string): Promise<Record<string, unknown> | undefined> {
    const [key, text] = await this.#ask((redis) =>
      Promise.all([redis.hget(this.#keys.privateKeys, subject), redis.hget(this.#keys.private, subject)]),
    )
    return key && text ? this.#sealing.open(subject, key, text) : undefined
  }

  readonly snapshots = {
    save: async ({ epoch, seq, mark, signature, data }: Snapshot): Promise<void> => {
      await this.#ask((redis) => redis.hset(this.#keys.snapshot, { epoch, seq, mark, signature, data: Buffer.from(data) }))
    },
    load: async (): Promise<Snapshot | undefined> => {
      const [epoch, seq, mark, signature, data] = await this.#ask((redis) =>
        redis.hmgetBuffer(this.#keys.snapshot, 'epoch', 'seq', 'mark', 'signature', 'data'),
      )
      if (!epoch || !seq || !mark || !signature || !data) return undefined
      return { epoch: epoch.toString(), seq: Number(seq.toString()), mark: mark.toString(), signature: signature.toString(), data }
    },
  }

  readonly store: Store = {
    get: async (key) => (await this.#ask((redis) => redis.get(this.#keys.store + key))) ?? undefined,
    set: async (key, value, ttlMs) =>
      void (await this.#ask((redis) =>
        ttlMs === undefined ? redis.set(this.#keys.store + key, value) : redis.set(this.#keys.store + key, value, 'PX', Math.ceil(ttlMs)),
      )),
    del: async (key) => void (await this.#ask((redis) => redis.del(this.#keys.store + key))),
    hget: async (hash, field) => (await this.#ask((redis) => redis.hget(this.#keys.store + hash, field))) ?? undefined,
    hset: async (hash, field, value) => void (await this.#ask((redis) => redis.hset(this.#keys.store + hash, field, value))),
    hdel: (hash, field) => this.#ask((redis) => redis.hdel(this.#keys.store + hash, field)),
    hgetall: (hash) => this.#ask((redis) => redis.hgetall(this.#keys.store + hash)),
    lease: async (name, owner, ttlMs) => {
      const key = this.#keys.lease + name
      if ((await this.#ask((redis) => redis.set(key, owner, 'PX', ttlMs, 'NX'))) === 'OK') return true
      if ((await this.#ask((redis) => redis.get(key))) !== owner) return false
      return (await this.#ask((redis) => redis.pexpire(key, ttlMs))) === 1
    },
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
  }

  /** Every failure of Redis becomes one of ours: what it says inside is nobody's business outside. */
  async #ask<T>(command: (redis: Connection) => Promise<T>): Promise<T> {
    try {
      const answer = await command(this.#redis)
      this.#awaySince = undefined
      return answer
    } catch (error) {
      if (error instanceof JournalUnavailable) throw error
      if ((error as Error).message.includes('LOADING-OVER'))
        throw new RangeError('recordedAt may be given only to a journal that is empty or still being loaded')
      this.#awaySince ??= Date.now()
      throw new JournalUnavailable(`Redis did not answer as it should (${(error as NodeJS.ErrnoException).code ?? (error as Error).name})`)
    }
  }
}

type RawVerdict =
  | [kind: 's', seq: number, recordedAt: string]
  | [kind: 'd' | 'r', seq: number]
  | [kind: 'c', subject: string, version: number]

function verdictOf(raw: RawVerdict, events: number, head: number): Verdict {
  switch (raw[0]) {
    case 's':
      return { status: 'stored', seqs: Array.from({ length: events }, (_, i) => raw[1] + i), recordedAt: Number(raw[2]) }
    case 'd':
      return { status: 'duplicate', seq: raw[1] }
    case 'r':
      return { status: 'id-reused', seq: raw[1] }
    default:
      return { status: 'conflict', subject: raw[1], version: raw[2], head }
  }
}

const idOf = ({ sender, id }: { sender: string; id: string }): string => `${sender}\0${id}`

async function evaluate(
  redis: Connection,
  { text, sha }: { text: string; sha: string },
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args)
  } catch (error) {
    // A script that Redis does not know was certainly not run: sending it whole is no blind repetition.
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
    return redis.eval(text, keys.length, ...keys, ...args)
  }
}
