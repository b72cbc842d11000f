/** Accounts, tokens and walls made at the terminal are the ones that the server accepts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccessStore } from '@orchid/server/commands/access-store'
import { type EmbeddedRedis, startEmbeddedRedis } from '@orchid/server/journal/embedded-redis'
import type { Journal } from '@orchid/server/journal/journal'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { administer, Usage } from './administer.ts'

const log = { warn: () => undefined }
let dataDir: string
let redis: EmbeddedRedis
let journal: Journal
let access: AccessStore
const act = (words: string, password?: string): Promise<string[]> =>
  administer(access, words.split(' ').filter(Boolean), {
    city: '330781',
    address: 'https://wall.example',
    renewEpoch: async () => journal.renewEpoch((await journal.head()).epoch),
    define: async (definitions) => definitions.length,
    askPassword: async () => password,
  })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'orchid-admin-'))
  redis = await startEmbeddedRedis({ dataDir, log })
  journal = await openJournal({ url: redis.url, city: '330781', secret: await readSecret(dataDir), log })
  access = new AccessStore(journal.store)
})

afterAll(async () => {
  await journal?.close()
  await redis?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

describe('an account', () => {
  test('signs in with the password that was typed', async () => {
    const lines = await act('account add zhang duty-officer 330781', 'a long pass phrase')
    expect(lines.join()).not.toContain('a long pass phrase')
    expect((await access.signIn('zhang', 'a long pass phrase'))?.identity).toEqual({ name: 'zhang', role: 'duty-officer', area: '330781' })
  })

  test('gets a password of its own where nobody can be asked, shown once', async () => {
    const password = /: (\S+)$/.exec((await act('account add li auditor 330781')).at(-1) ?? '')?.[1] ?? ''
    expect((await access.signIn('li', password))?.identity.role).toBe('auditor')
  })

  test('is refused a short password', async () => {
    await expect(act('account add wang auditor 330781', 'too short')).rejects.toThrow(Usage)
    expect(await access.signIn('wang', 'too short')).toBeUndefined()
  })
})

describe('a token', () => {
  test('is known until it is revoked', async () => {
    const token = (await act('token add gauges intake 330781109')).at(-1) ?? ''
    expect(await access.token(token)).toEqual({ name: 'gauges', role: 'intake', area: '330781109' })
    await act('token revoke gauges')
    expect(await access.token(token)).toBeUndefined()
  })

  test('that is not there cannot be revoked', async () => {
    await expect(act('token revoke nobody')).rejects.toThrow('no token named nobody')
  })
})

test('a wall opens once by its address, from anywhere', async () => {
  const code = new URL((await act('wall add hall')).at(-1) ?? '').hash.replace('#pair=', '')
  expect((await access.pairWall(code, false))?.identity).toEqual({ name: 'hall', role: 'wall', area: '330781' })
  expect(await access.pairWall(code, false)).toBeUndefined()
})

test.each([
  '',
  'account',
  'account add zhang',
  'account remove zhang auditor 330781',
  'account add zhang king 330781',
  'account add zhang auditor 110000',
  'account add zhang auditor 3307811',
  'account add zhang/../x auditor 330781',
  'wall add hall 330781 more',
])('"%s" is answered with what is wrong', async (words) => {
  await expect(act(words, 'a long pass phrase')).rejects.toThrow(Usage)
})

test('an epoch is renewed after a restore', async () => {
  const { epoch } = await journal.head()
  const [line] = await act('epoch renew')
  const after = await journal.head()
  expect(after.epoch).not.toBe(epoch)
  expect(line).toContain(after.epoch)
})
