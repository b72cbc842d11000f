/** The journal in a Redis Stream with dense ids of our own. */
import { randomBytes } from 'node:crypto'
import { shanghaiDate } from '@orchid/shared/kernel/time'
import { callArguments, idOf, outcomes, type Prepared, prepare, storedEntries } from './append-call.ts'
import { bodyHash } from './body-hash.ts'
import { decode, type RawEntry } from './codec.ts'
import { Follower } from './follow.ts'
import { GroupCommit } from './group-commit.ts'
import { GuardedConnection } from './guarded-connection.ts'
import {
  type Append,
  type Entry,
  type FollowHandlers,
  type Journal,
  type JournalHead,
  JournalUnavailable,
  JournalUnusable,
  type Verdict,
} from './journal.ts'
import { keysOf } from './keys.ts'
import { COMMAND_TIMEOUT, connect, parseRedisUrl, type RedisTarget } from './redis-url.ts'
import { Script } from './script.ts'
import { Sealing } from './sealing.ts'
import { snapshotsOf } from './snapshots.ts'
import { checkKeeping, ready } from './startup-checks.ts'
import { storeOf } from './store.ts'

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

const APPEND = new Script('append')
const RENEW_EPOCH = new Script('renew-epoch')

/** Connects, checks that Redis keeps what it is given, and opens the journal. Rejects with an Error of one clear sentence. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const target = parseRedisUrl(options.url)
  const redis = connect(target)
  try {
    await ready(redis)
    await checkKeeping(redis, options.log)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  const journal = new RedisJournal(new GuardedConnection(redis, options.log), target, options)
  try {
    await journal.checkSecret(options.secret)
  } catch (error) {
    await journal.close()
    throw error
  }
  return journal
}

class RedisJournal implements Journal {
  readonly #connection: GuardedConnection
  readonly #target: RedisTarget
  readonly #city: string
  readonly #keys: ReturnType<typeof keysOf>
  readonly #sealing: Sealing
  readonly #waitReplicas: number
  readonly #group: GroupCommit
  readonly #followers = new Set<Follower>()
  /** Calls of append.lua that are not answered yet, oldest first. */
  readonly #onTheWay = new Set<Promise<unknown>>()
  readonly snapshots: Journal['snapshots']
  readonly store: Journal['store']

  constructor(connection: GuardedConnection, target: RedisTarget, { city, secret, waitReplicas = 0 }: JournalOptions) {
    this.#connection = connection
    this.#target = target
    this.#city = city
    this.#keys = keysOf(city)
    this.#sealing = new Sealing(secret)
    this.#waitReplicas = waitReplicas
    // Two waits for replicas behind each other would outlast the time a command may take.
    this.#group = new GroupCommit((prepared) => this.#commit(prepared), waitReplicas > 0 ? 1 : 2)
    this.snapshots = snapshotsOf(connection, this.#keys.snapshot)
    this.store = storeOf(connection, this.#keys)
  }

  /** The journal remembers a fingerprint of the secret it is written with: with another, repeated requests would look like misused ids. */
  async checkSecret(secret: Buffer): Promise<void> {
    const own = bodyHash(secret, 'the secret of this journal')
    const read = () => this.#connection.ask((redis) => redis.hget(this.#keys.meta, 'secret'))
    let known = await read()
    if (known === null) {
      // Of two nodes that come to a new journal at once, only one may write its own.
      await this.#connection.ask((redis) => redis.hsetnx(this.#keys.meta, 'secret', own))
      known = await read()
    }
    if (known !== own)
      throw new JournalUnusable(
        'This journal was written with another DATA_DIR/journal.key. Put that file back, from the backup or from another node of the same Redis.',
      )
  }

  get awaySince(): number | undefined {
    return this.#connection.awaySince
  }

  async append(appends: readonly Append[]): Promise<Verdict[]> {
    return this.#group.append(appends.map((append) => prepare(append, this.#sealing)))
  }

  async tick(): Promise<void> {
    await this.#commit([])
  }

  async #commit(prepared: readonly Prepared[]): Promise<(Verdict | Error)[]> {
    const { journal, meta, heads, private: sealedFields, privateKeys, ids } = this.#keys
    const keys = [journal, meta, heads, sealedFields, privateKeys, ...ids]
    const { args, mark } = callArguments(this.#city, prepared)
    const asked = this.#connection.ask(async (redis) => {
      if (this.#waitReplicas === 0) return APPEND.run(redis, keys, args)
      const { answer, confirmed } = await APPEND.runAndWait(redis, keys, args, { replicas: this.#waitReplicas, ms: COMMAND_TIMEOUT / 2 })
      if (confirmed >= this.#waitReplicas) return answer
      throw new JournalUnavailable(`only ${confirmed} of ${this.#waitReplicas} replicas confirmed in time`)
    })
    const settled = asked.catch(() => undefined)
    this.#onTheWay.add(settled)
    const verdicts = outcomes(await asked.finally(() => this.#onTheWay.delete(settled)), prepared)
    for (const follower of this.#followers) follower.offer(storedEntries(prepared, verdicts, mark))
    return verdicts
  }

  async lookup(sender: string, id: string, hash: string): Promise<{ status: 'duplicate' | 'id-reused'; seq: number } | undefined> {
    const field = idOf({ sender, id })
    const found = await this.#connection.ask((redis) => Promise.all(this.#keys.ids.map((key) => redis.hget(key, field))))
    const stored = found.find((value) => value !== null)
    if (!stored) return undefined
    const [seq = '0', known] = stored.split(':')
    return { status: known === hash ? 'duplicate' : 'id-reused', seq: Number(seq) }
  }

  async head(): Promise<JournalHead> {
    for (;;) {
      const [epoch, seq, mark, day] = await this.#connection.ask((redis) => redis.hmget(this.#keys.meta, 'epoch', 'seq', 'mark', 'day'))
      if (epoch) return { epoch, seq: Number(seq ?? 0), mark: mark ?? '', ...(day && { day: shanghaiDate(Number(day)) }) }
      // A journal that never was, or was emptied: it gets an epoch of its own, so that nobody takes it for another.
      await this.renewEpoch('')
    }
  }

  async read(afterSeq: number, limit: number): Promise<Entry[]> {
    const raw = await this.#connection.ask((redis) => redis.xrange(this.#keys.journal, `${afterSeq + 1}-0`, '+', 'COUNT', limit))
    return (raw as RawEntry[]).map(decode)
  }

  follow(afterSeq: number, handlers: FollowHandlers): { close(): Promise<void> } {
    const follower = new Follower(this.#target, {
      key: this.#keys.journal,
      afterSeq,
      handlers,
      ownAppend: () => this.#onTheWay.values().next().value,
    })
    this.#followers.add(follower)
    return {
      close: () => {
        this.#followers.delete(follower)
        return follower.close()
      },
    }
  }

  async renewEpoch(expected: string): Promise<string> {
    const fresh = randomBytes(8).toString('hex')
    return (await this.#connection.ask((redis) => RENEW_EPOCH.run(redis, [this.#keys.meta], [expected, fresh]))) as string
  }

  async openPrivate(subject: string): Promise<Record<string, unknown> | undefined> {
    const { privateKeys, private: sealedFields } = this.#keys
    const [key, text] = await this.#connection.ask((redis) =>
      Promise.all([redis.hget(privateKeys, subject), redis.hget(sealedFields, subject)]),
    )
    return key && text ? this.#sealing.open(subject, key, text) : undefined
  }

  async close(): Promise<void> {
    this.#connection.close()
  }
}
