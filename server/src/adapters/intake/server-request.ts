/** One JSON answer of a media server: its name resolved once, the address checked, redirects not followed, size and time bounded. */
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIP } from 'node:net'

const ANSWER_WITHIN = 10_000
const MOST_BYTES = 32 * 1024 * 1024

/** Why a list could not be had. The message holds neither address nor credential. */
export class PullFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Which addresses may be spoken to: the same rule as for cameras. */
export interface Networks {
  allows(address: string, port: number): boolean
}

/** Gives the parsed body of a 200. Rejects with PullFailed. */
export async function askServer(url: URL, headers: Readonly<Record<string, string>>, networks: Networks): Promise<unknown> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const address = isIP(host) ? host : await resolved(host)
  if (!networks.allows(address, port)) throw new PullFailed('address-refused', 'The address of the server lies outside CAMERA_NETWORKS.')
  const secure = url.protocol === 'https:'
  const timeout = AbortSignal.timeout(ANSWER_WITHIN)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = (secure ? tlsRequest : plainRequest)({
        ...{ host: address, port, path: url.pathname + url.search, signal: timeout, agent: false },
        headers: { ...headers, host: url.host, accept: 'application/json' },
        ...(secure && !isIP(host) && { servername: host }),
      })
      asked.on('response', resolve)
      asked.on('error', reject)
      asked.end()
    })
    if (answer.statusCode !== 200) {
      answer.destroy()
      throw new PullFailed('server-refused', `The server answered with status ${answer.statusCode}.`)
    }
    const parts: Buffer[] = []
    let size = 0
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length
      if (size > MOST_BYTES) throw new PullFailed('too-large', `One answer of the server has more than ${MOST_BYTES / 1024 / 1024} MiB.`)
      parts.push(part)
    }
    return parsed(Buffer.concat(parts))
  } catch (error) {
    if (error instanceof PullFailed) throw error
    if (timeout.aborted) throw new PullFailed('no-answer', `The server did not answer within ${ANSWER_WITHIN / 1000} s.`)
    throw new PullFailed('no-connection', 'The server cannot be reached.')
  }
}

async function resolved(host: string): Promise<string> {
  try {
    return (await lookup(host)).address
  } catch {
    throw new PullFailed('unknown-host', 'The name of the server is not known.')
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new PullFailed('not-json', 'The server did not answer with JSON.')
  }
}
