/** Accounts, tokens, sessions and wall pairing, kept beside the journal. Secrets are stored only as hashes; every look-up is cached for 2 s. */
import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Identity, Role } from '@orchid/shared/domain/access/roles'
import { type Journal, JournalUnavailable } from '../journal/journal.ts'

const HOUR = 3_600_000
const SESSION = 12 * HOUR
const WALL_SESSION = 60 * 24 * HOUR
/** A revoked token or session must be dead within 5 s; two of these fit. */
const CACHE = 2_000
const CACHE_SIZE = 20_000

const secret = (): string => randomBytes(32).toString('base64url')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

interface Account extends Omit<Identity, 'name'> {
  readonly account: string
  readonly password: string
  /** Another one each time the account is made anew: sessions of before end with it. */
  readonly stamp: string
}

/** Beside the identity, for sessions that somebody signed in to. */
interface Session {
  readonly account?: { readonly name: string; readonly stamp: string }
}

interface Pairing {
  readonly name: string
  readonly area: string
  /** Demo codes only: works again and again, from loopback. */
  readonly reusable?: true
  /** Epoch milliseconds. */
  readonly expiresAt?: number
}

export class AccessStore {
  readonly #store: Journal['store']
  readonly #cache = new Map<string, { identity: Identity | undefined; until: number }>()
  #decoy: string | undefined

  constructor(store: Journal['store']) {
    this.#store = store
  }

  /** Makes or replaces an account; its sessions of before end within 5 s. Password: at least 12 characters, else RangeError. */
  async addAccount({ account, password, role, area }: { account: string; password: string; role: Role; area: string }): Promise<void> {
    if (password.length < 12) throw new RangeError('a password needs at least 12 characters')
    const row: Account = { account, role, area, password: await hash(password), stamp: secret() }
    await this.#store.hset('accounts', account, JSON.stringify(row))
  }

  /** Makes a token and gives it; it is never readable again. A token of the same name is replaced: its sender stays the same. */
  async addToken({ name, role, area }: { name: string; role: Role; area: string }): Promise<string> {
    await this.revokeToken(name)
    const token = secret()
    await this.#store.hset('tokens', sha256(token), JSON.stringify({ name, role, area }))
    return token
  }

  /** Ends every token of that name. Gives how many there were. */
  async revokeToken(name: string): Promise<number> {
    const all = Object.entries(await this.#store.hgetall('tokens')).filter(([, json]) => (JSON.parse(json) as Identity).name === name)
    for (const [key] of all) await this.#store.hdel('tokens', key)
    this.#cache.clear()
    return all.length
  }

  /** Makes a code that a wall trades for its session; single use and 15 min unless said otherwise. */
  async addPairing({
    name,
    area,
    reusable,
    ttlMs = HOUR / 4,
  }: {
    name: string
    area: string
    reusable?: true
    ttlMs?: number
  }): Promise<string> {
    const code = secret()
    const pairing: Pairing = { name, area, ...(reusable ? { reusable } : { expiresAt: Date.now() + ttlMs }) }
    await this.#store.hset('pairing', sha256(code), JSON.stringify(pairing))
    return code
  }

  /** Who a bearer token belongs to. Rejects with JournalUnavailable when it is not known here and Redis is away. */
  token(token: string): Promise<Identity | undefined> {
    const key = sha256(token)
    return this.#cached(`token:${key}`, async () => parse(await this.#store.hget('tokens', key)))
  }

  /** Who a session belongs to. */
  session(sid: string): Promise<Identity | undefined> {
    const key = `session:${sha256(sid)}`
    return this.#cached(key, async () => {
      const json = await this.#store.get(key)
      const { account } = (json ? JSON.parse(json) : {}) as Session
      if (account && (await this.#account(account.name))?.stamp !== account.stamp) return undefined
      return parse(json)
    })
  }

  /** Checks account and password; the answer takes as long for an unknown account as for a wrong password. */
  async signIn(account: string, password: string): Promise<{ sid: string; identity: Identity; maxAgeMs: number } | undefined> {
    const row = await this.#account(account)
    this.#decoy ??= await hash(secret())
    if (!(await verify(row?.password ?? this.#decoy, password)) || !row) return undefined
    return this.#begin({ name: row.account, role: row.role, area: row.area }, SESSION, { name: account, stamp: row.stamp })
  }

  /** Trades a pairing code for a wall's session; reusable codes work only from loopback. */
  async pairWall(code: string, fromLoopback: boolean): Promise<{ sid: string; identity: Identity; maxAgeMs: number } | undefined> {
    const key = sha256(code)
    const json = await this.#store.hget('pairing', key)
    if (!json) return undefined
    const { name, area, reusable, expiresAt } = JSON.parse(json) as Pairing
    if (reusable && !fromLoopback) return undefined
    // Only one of two walls that trade the same code at once may win.
    if (!reusable && (await this.#store.hdel('pairing', key)) === 0) return undefined
    if (expiresAt !== undefined && expiresAt < Date.now()) return undefined
    return this.#begin({ name, role: 'wall', area }, WALL_SESSION)
  }

  async signOut(sid: string): Promise<void> {
    const key = `session:${sha256(sid)}`
    await this.#store.del(key)
    this.#cache.delete(key)
  }

  async #account(name: string): Promise<Account | undefined> {
    const json = await this.#store.hget('accounts', name)
    return json ? (JSON.parse(json) as Account) : undefined
  }

  async #begin(identity: Identity, maxAgeMs: number, account?: Session['account']) {
    const sid = secret()
    await this.#store.set(`session:${sha256(sid)}`, JSON.stringify({ ...identity, ...(account && { account }) }), maxAgeMs)
    return { sid, identity, maxAgeMs }
  }

  /** While Redis is away, somebody known a moment ago is still let in to look: the wall must go on telling what it knows. */
  async #cached(key: string, read: () => Promise<Identity | undefined>): Promise<Identity | undefined> {
    const known = this.#cache.get(key)
    if (known && known.until > Date.now()) return known.identity
    try {
      const identity = await read()
      if (this.#cache.size >= CACHE_SIZE) this.#cache.clear()
      this.#cache.set(key, { identity, until: Date.now() + CACHE })
      return identity
    } catch (error) {
      if (error instanceof JournalUnavailable && known?.identity) return known.identity
      throw error
    }
  }
}

const parse = (json: string | undefined): Identity | undefined => {
  if (!json) return undefined
  const { name, role, area } = JSON.parse(json) as Identity
  return { name, role, area }
}
