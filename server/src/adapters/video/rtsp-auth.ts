/** Answers an RTSP camera's Basic or Digest challenge (RFC 2617, RFC 7616: MD5 and SHA-256), so that ffmpeg never holds the password. */
import { createHash, randomBytes } from 'node:crypto'

export interface Credentials {
  readonly user: string
  readonly password: string
}

interface Challenge {
  readonly scheme: 'basic' | 'digest'
  readonly parameters: Readonly<Record<string, string>>
}

function parseChallenge(header: string): Challenge | undefined {
  const match = /^\s*(basic|digest)\b(.*)$/is.exec(header)
  if (!match) return undefined
  const parameters: Record<string, string> = Object.create(null)
  for (const [, name, quoted, bare] of (match[2] as string).matchAll(/([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi))
    parameters[(name as string).toLowerCase()] = quoted === undefined ? (bare as string) : quoted.replace(/\\(.)/g, '$1')
  return { scheme: (match[1] as string).toLowerCase() as Challenge['scheme'], parameters }
}

const hashes: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256' }
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Makes the Authorization header for one request after another, counting nonces. */
export class Authorizer {
  readonly #credentials: Credentials
  readonly #challenge: Challenge
  #count = 0

  private constructor(credentials: Credentials, challenge: Challenge) {
    this.#credentials = credentials
    this.#challenge = challenge
  }

  /** Takes the strongest challenge we can answer; undefined when there is none. */
  static answering(headers: readonly string[], credentials: Credentials): Authorizer | undefined {
    const known = headers.map(parseChallenge).filter((challenge) => challenge !== undefined)
    const algorithm = (challenge: Challenge) => (challenge.parameters.algorithm ?? 'MD5').toLowerCase()
    const digests = known.filter(
      (challenge) => challenge.scheme === 'digest' && challenge.parameters.nonce !== undefined && hashes[algorithm(challenge)],
    )
    const best =
      digests.find((challenge) => algorithm(challenge) === 'sha-256') ??
      digests[0] ??
      known.find((challenge) => challenge.scheme === 'basic')
    return best && new Authorizer(credentials, best)
  }

  header(method: string, uri: string): string {
    const { user, password } = this.#credentials
    if (this.#challenge.scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const { realm = '', nonce = '', qop, opaque, algorithm } = this.#challenge.parameters
    const hash = (text: string) =>
      createHash(hashes[(algorithm ?? 'MD5').toLowerCase()] as string)
        .update(text)
        .digest('hex')
    const identity = hash(`${user}:${realm}:${password}`)
    const request = hash(`${method}:${uri}`)
    const fields = [`username=${quote(user)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(uri)}`]
    if (qop?.split(/[\s,]+/).includes('auth')) {
      const count = (++this.#count).toString(16).padStart(8, '0')
      const own = randomBytes(8).toString('hex')
      fields.push(
        'qop=auth',
        `nc=${count}`,
        `cnonce="${own}"`,
        `response="${hash(`${identity}:${nonce}:${count}:${own}:auth:${request}`)}"`,
      )
    } else fields.push(`response="${hash(`${identity}:${nonce}:${request}`)}"`)
    if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`)
    if (algorithm !== undefined) fields.push(`algorithm=${algorithm}`)
    return `Digest ${fields.join(', ')}`
  }
}
