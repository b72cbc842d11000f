/** Accounts, tokens and the wall's address of the demo city: fresh random secrets, kept in DATA_DIR/demo-access.json. */
import { randomBytes } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AccessStore } from '@orchid/server/commands/access-store'
import type { Role } from '@orchid/shared/domain/access/roles'

const CITY = '330781'
const MAJIAN = '330781109'

export interface DemoAccess {
  readonly accounts: readonly { account: string; password: string; role: Role; area: string }[]
  readonly tokens: readonly { name: string; token: string; role: Role; area: string }[]
  readonly wallUrl: string
}

const ACCOUNTS: readonly { account: string; role: Role; area: string }[] = [
  { account: 'duty-officer', role: 'duty-officer', area: CITY },
  { account: 'duty-leader', role: 'duty-leader', area: CITY },
  { account: 'commander', role: 'commander', area: CITY },
  { account: 'majian-officer', role: 'township-officer', area: MAJIAN },
  { account: 'majian-grid-worker', role: 'grid-worker', area: `${MAJIAN}001001` },
  { account: 'auditor', role: 'auditor', area: CITY },
  { account: 'security-admin', role: 'security-admin', area: CITY },
  { account: 'system-admin', role: 'system-admin', area: CITY },
]
/** The simulator reports and, as duty officer, accepts and closes. */
const TOKENS: readonly { name: string; role: Role; area: string }[] = [
  { name: 'intake', role: 'intake', area: CITY },
  { name: 'intake-majian', role: 'intake', area: MAJIAN },
  { name: 'viewer', role: 'viewer', area: CITY },
  { name: 'viewer-majian', role: 'viewer', area: MAJIAN },
  { name: 'simulator', role: 'duty-officer', area: CITY },
  { name: 'hydrology', role: 'intake', area: CITY },
]

/** `grid`: code of an existing grid of 马涧镇 for the grid worker. `address`: where browsers find the server, without a path. */
export async function makeDemoAccess(store: AccessStore, dataDir: string, address: string, grid: string): Promise<DemoAccess> {
  const accounts = ACCOUNTS.map((a) => ({
    ...a,
    password: randomBytes(12).toString('base64url'),
    ...(a.role === 'grid-worker' && { area: grid }),
  }))
  for (const account of accounts) await store.addAccount(account)
  const tokens = []
  for (const token of TOKENS) tokens.push({ ...token, token: await store.addToken(token) })
  const code = await store.addPairing({ name: 'wall-demo', area: CITY, reusable: true })
  const access: DemoAccess = { accounts, tokens, wallUrl: `${address}/wall#pair=${code}` }
  await write(dataDir, access)
  return access
}

const fileOf = (dataDir: string): string => join(dataDir, 'demo-access.json')

/** Whole or not at all, readable by the owner alone. */
async function write(dataDir: string, access: DemoAccess): Promise<void> {
  const fresh = `${fileOf(dataDir)}.${process.pid}`
  await writeFile(fresh, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, fileOf(dataDir))
}
