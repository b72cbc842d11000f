/** One whole answer of a media server's API, asked as its streams are: for whoever reads its lists. */
import { readAddress } from './camera-connection.ts'
import { CameraFailure, type FailureCode } from './camera-failure.ts'
import { AnswerTooLarge, openCameraHttp } from './camera-http.ts'
import type { CameraNetworks } from './camera-networks.ts'

const MOST_BYTES = 32 * 1024 * 1024

/** Why there is no answer. `server-refused`: it answers with an error, or sends elsewhere; `not-http`: with something else. */
export type NoAnswer =
  | 'bad-address'
  | 'unknown-host'
  | 'address-refused'
  | 'no-connection'
  | 'no-answer'
  | 'server-refused'
  | 'too-large'
  | 'not-http'

const WHY: Partial<Record<FailureCode, NoAnswer>> = {
  'unsupported-address': 'bad-address',
  dns: 'unknown-host',
  'address-refused': 'address-refused',
  timeout: 'no-answer',
  auth: 'server-refused',
  'not-found': 'server-refused',
  'camera-error': 'server-refused',
  redirect: 'server-refused',
  protocol: 'not-http',
}

/** The body of a 200, at most 32 MiB; the server has 8 s to begin it and 8 s to end it. */
export async function askMediaServer(
  url: URL,
  headers: Readonly<Record<string, string>>,
  networks: CameraNetworks,
): Promise<Buffer | NoAnswer> {
  try {
    const reach = { networks, signal: new AbortController().signal }
    const http = await openCameraHttp(readAddress(url.href, ['http', 'https']), reach, { ...headers, accept: 'application/json' })
    try {
      return await http.read(http.base, MOST_BYTES)
    } finally {
      http.close()
    }
  } catch (error) {
    if (error instanceof AnswerTooLarge) return 'too-large'
    if (error instanceof CameraFailure) return WHY[error.code] ?? 'no-connection'
    throw error
  }
}
