/** One JSON answer of a media server. What fails here fails while the address of the pictures is asked for. */
import type { CameraAddress } from '../camera-connection.ts'
import { CameraFailure } from '../camera-failure.ts'
import { openCameraHttp } from '../camera-http.ts'
import type { Reach } from './backend.ts'

const mostBytes = 4 * 1024 * 1024

export type Answer = Readonly<Record<string, unknown>>

export const objectOf = (value: unknown): Answer => (typeof value === 'object' && value !== null ? (value as Answer) : {})
export const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The parsed body of a 200. Rejects with CameraFailure of step `source`. */
export async function askForJson(
  camera: CameraAddress,
  { step: _, ...reach }: Reach,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  try {
    const http = await openCameraHttp(camera, reach, { accept: 'application/json', ...headers })
    try {
      return JSON.parse((await http.read(http.base, mostBytes)).toString('utf8'))
    } finally {
      http.close()
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new CameraFailure('protocol', 'source')
    throw error instanceof CameraFailure ? new CameraFailure(error.code, 'source') : error
  }
}

/** The data of an answer of WVP or ZLMediaKit; both say code 0 when all is well. Throws CameraFailure. */
export function dataOf(answer: unknown): unknown {
  const { code, msg, data } = objectOf(answer)
  if (code === 0) return data
  const words = textOf(msg)
  if (code === 401 || code === 403 || code === -100) throw new CameraFailure('auth', 'source')
  if (code === 404 || /不存在|not found|未找到/i.test(words)) throw new CameraFailure('not-found', 'source')
  throw new CameraFailure(/超时|time ?out/i.test(words) ? 'timeout' : 'camera-error', 'source')
}
