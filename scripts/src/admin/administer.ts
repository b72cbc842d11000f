/** What an administrator may do from the machine itself: the city's areas, accounts, tokens, walls, a new epoch. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AccessStore } from '@orchid/server/commands/access-store'
import { ROLES, type Role } from '@orchid/shared/domain/access/roles'
import { type Crs, isAreaCode } from '@orchid/shared/kernel/geo'
import { type CityFile, CRS_NAMES, type Definition, readCityFile } from './city-file.ts'

/** What the person typed cannot be done; the message tells why and how. */
export class Usage extends Error {}

export const USAGE = `npm run admin -- account add <account> <role> <area>   asks for a password; without a terminal it makes one
npm run admin -- token add <name> <role> <area>        prints the token once
npm run admin -- token revoke <name>                   dead within 5 s
npm run admin -- wall add <name> [area]                prints an address that works once, within 15 minutes
npm run admin -- city load <file.geojson> <crs>        areas, grids and rivers; crs: WGS84, GCJ02, BD09 or CGCS2000
npm run admin -- epoch renew                           after a restore: every screen takes everything anew

roles  ${ROLES.join(', ')}
area   a code of 6 (city), 9 (township), 12 (village) or 15 digits (grid)`

const NAME = /^[A-Za-z0-9._-]{1,64}$/

export interface Surroundings {
  /** 6-digit code: every area must lie in it. */
  readonly city: string
  /** Where browsers reach the server, without a trailing slash. */
  readonly address: string
  /** Begins another epoch of the journal and gives it. */
  renewEpoch(): Promise<string>
  /** Stores what defines the city; each as often as its id is new. Gives how many were new. */
  define(definitions: readonly Definition[]): Promise<number>
  /** Undefined when nobody is there to be asked. */
  askPassword(): Promise<string | undefined>
}

/** Does what the words say and gives the lines to print. Throws Usage with a sentence when they say nothing that can be done. */
export async function administer(access: AccessStore, words: readonly string[], around: Surroundings): Promise<string[]> {
  const [what, how, name = ''] = words
  const act = ACTS[`${what} ${how}`]
  if (!act || words.length < act.least || words.length > act.most) throw new Usage(USAGE)
  if (words.length > 2 && what !== 'city' && !NAME.test(name))
    throw new Usage(`"${name}" is not a name: 1 to 64 of letters, digits, dot, dash and underscore.`)
  return act.run(access, words, around)
}

interface Act {
  readonly least: number
  readonly most: number
  run(access: AccessStore, words: readonly string[], around: Surroundings): Promise<string[]>
}

const ACTS: Readonly<Record<string, Act>> = {
  'account add': {
    least: 5,
    most: 5,
    async run(access, [, , account = '', role = '', area = ''], { city, askPassword }) {
      const place = { role: roleOf(role), area: areaOf(area, city) }
      const asked = await askPassword()
      const password = asked ?? randomBytes(18).toString('base64url')
      if (password.length < 12) throw new Usage('A password needs at least 12 characters.')
      await access.addAccount({ account, password, ...place })
      return [
        `Account ${account} is ${place.role} of ${place.area}.`,
        ...(asked === undefined ? [`Its password, shown only now: ${password}`] : []),
      ]
    },
  },
  'token add': {
    least: 5,
    most: 5,
    async run(access, [, , name = '', role = '', area = ''], { city }) {
      const place = { role: roleOf(role), area: areaOf(area, city) }
      const token = await access.addToken({ name, ...place })
      return [`Token ${name} is ${place.role} of ${place.area}; an older one of this name is dead. Shown only now:`, token]
    },
  },
  'token revoke': {
    least: 3,
    most: 3,
    async run(access, [, , name = '']) {
      if ((await access.revokeToken(name)) === 0) throw new Usage(`There is no token named ${name}.`)
      return [`Token ${name} is revoked; what it opened is shut within 5 s.`]
    },
  },
  'wall add': {
    least: 3,
    most: 4,
    async run(access, [, , name = '', area], { city, address }) {
      const code = await access.addPairing({ name, area: areaOf(area ?? city, city) })
      return ['Open this address on the wall; it works once, within 15 minutes:', `${address}/wall#pair=${code}`]
    },
  },
  'city load': {
    least: 4,
    most: 4,
    async run(_access, [, , file = '', crs = ''], { city, define }) {
      const known = CRS_NAMES.find((name) => name === crs)
      if (!known) throw new Usage(`"${crs}" is no coordinate system; there are: ${CRS_NAMES.join(', ')}.`)
      const { definitions, refused } = read(file, known, city)
      if (refused.length > 0)
        throw new Usage(`Nothing was loaded; ${refused.length} features cannot be taken:\n${refused.slice(0, 50).join('\n')}`)
      const stored = await define(definitions)
      return [`${definitions.length} definitions read, ${stored} of them new or changed. A running server shows them at once.`]
    },
  },
  'epoch renew': {
    least: 2,
    most: 2,
    async run(_access, _words, { renewEpoch }) {
      return [`The journal is in epoch ${await renewEpoch()} now: every node folds it anew, every screen takes everything anew.`]
    },
  },
}

function read(file: string, crs: Crs, city: string): CityFile {
  try {
    return readCityFile(readFileSync(file, 'utf8'), { crs, city, now: Date.now() })
  } catch (error) {
    throw new Usage(`${file} cannot be loaded: ${(error as Error).message}`)
  }
}

function roleOf(text: string): Role {
  const role = ROLES.find((known) => known === text)
  if (!role) throw new Usage(`"${text}" is no role; there are: ${ROLES.join(', ')}.`)
  return role
}

function areaOf(text: string, city: string): string {
  if (!isAreaCode(text) || !text.startsWith(city))
    throw new Usage(`"${text}" is no area of this city: a code of 6, 9, 12 or 15 digits that begins with ${city}.`)
  return text
}
