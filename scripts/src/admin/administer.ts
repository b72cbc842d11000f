/** What an administrator may do from the machine itself: accounts, tokens and walls. */
import { randomBytes } from 'node:crypto'
import type { AccessStore } from '@orchid/server/commands/access-store'
import { ROLES, type Role } from '@orchid/shared/domain/access/roles'
import { isAreaCode } from '@orchid/shared/kernel/geo'

/** What the person typed cannot be done; the message tells why and how. */
export class Usage extends Error {}

export const USAGE = `npm run admin -- account add <account> <role> <area>   asks for a password; without a terminal it makes one
npm run admin -- token add <name> <role> <area>        prints the token once
npm run admin -- token revoke <name>                   dead within 5 s
npm run admin -- wall add <name> [area]                prints an address that works once, within 15 minutes
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
  /** Undefined when nobody is there to be asked. */
  askPassword(): Promise<string | undefined>
}

/** Does what the words say and gives the lines to print. Throws Usage with a sentence when they say nothing that can be done. */
export async function administer(access: AccessStore, words: readonly string[], around: Surroundings): Promise<string[]> {
  const [what, how, name = ''] = words
  const act = ACTS[`${what} ${how}`]
  if (!act || words.length < act.least || words.length > act.most) throw new Usage(USAGE)
  if (words.length > 2 && !NAME.test(name))
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
  'epoch renew': {
    least: 2,
    most: 2,
    async run(_access, _words, { renewEpoch }) {
      return [`The journal is in epoch ${await renewEpoch()} now: every node folds it anew, every screen takes everything anew.`]
    },
  },
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
