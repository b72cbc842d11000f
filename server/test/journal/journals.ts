/** Journals of their own for tests of the journal room: one private Redis for a file, and in it as many empty journals as wanted, a city each. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedRedis } from '../../src/journal/embedded-redis.ts'
import type { Append, Journal, Verdict } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/redis-journal.ts'

const quiet = { warn: () => undefined }

export interface Journals {
  readonly url: string
  readonly secret: Buffer
  /** An empty journal and the code of its city. */
  fresh(): Promise<{ journal: Journal; city: string }>
  /** The journal of a city once more, perhaps under another secret. */
  open(city: string, secret?: Buffer): Promise<Journal>
  close(): Promise<void>
}

export async function startJournals(): Promise<Journals> {
  const dataDir = mkdtempSync(join(tmpdir(), 'orchid-journal-'))
  const redis = await startEmbeddedRedis({ dataDir, log: quiet })
  const secret = randomBytes(32)
  const opened: Journal[] = []
  let city = 110_000
  const open = async (code: string, key = secret): Promise<Journal> => {
    const journal = await openJournal({ url: redis.url, city: code, secret: key, log: quiet })
    opened.push(journal)
    return journal
  }
  return {
    url: redis.url,
    secret,
    async fresh() {
      const code = String(++city)
      return { journal: await open(code), city: code }
    },
    open,
    async close() {
      for (const journal of opened) await journal.close()
      await redis.stop()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

let ids = 0
/** A request of one event; `subject` is versioned when it stands in `expect`. */
export const append = (more: Partial<Append> & { subject?: string; data?: unknown } = {}): Append => {
  const { subject = 'note:1', data = {}, ...rest } = more
  return {
    sender: 'tester',
    id: `a${++ids}`,
    bodyHash: 'h',
    expect: [],
    events: [{ type: 'noted', area: '110000', subject, data }],
    ...rest,
  }
}

/** The seqs of a verdict that must be `stored`. */
export function seqsOf(verdict: Verdict | undefined): readonly number[] {
  if (verdict?.status !== 'stored') throw new Error(`not stored: ${JSON.stringify(verdict)}`)
  return verdict.seqs
}
