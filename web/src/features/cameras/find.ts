/** Asks the server for cameras by words or by a spot, and saves and removes sets and favourites. */
import type { CameraState } from '@orchid/shared/domain/cameras/events'
import type { RemoveFavourites, SaveFavourites } from '@orchid/shared/domain/cameras/favourites'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import type { RemoveCameraSet, SaveCameraSet } from '@orchid/shared/domain/cameras/set-commands'
import type { LngLat } from '@orchid/shared/kernel/geo'

export interface Found {
  readonly camera: CameraRow
  /** Metres to the spot that was asked for. */
  readonly metres?: number
  readonly sees?: 'yes' | 'perhaps'
}
export interface Finding {
  readonly found: readonly Found[]
  readonly total: number
}
/** Why a request failed: the server's code, or `unreachable`. */
export class Failed extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Failed('unreachable')
  }
  const json = (await answer.json().catch(() => ({}))) as { code?: string }
  if (!answer.ok) throw new Failed(json.code ?? String(answer.status))
  return json as T
}

export async function byWords(q: string, signal: AbortSignal): Promise<Finding> {
  const { total, rows } = await ask<{ total: number; rows: [string, CameraRow][] }>(
    `/api/cameras/search?limit=30&q=${encodeURIComponent(q)}`,
    { signal },
  )
  return { total, found: rows.map(([, camera]) => ({ camera })) }
}

/** Those that can see a spot, WGS 84, the best first. */
export async function bySpot([lng, lat]: LngLat, n: number, signal: AbortSignal): Promise<Finding> {
  const { cameras } = await ask<{
    cameras: { camera: CameraRow; distance: number; sees: 'yes' | 'perhaps'; state: CameraState }[]
  }>(`/api/cameras/near?lng=${lng.toFixed(6)}&lat=${lat.toFixed(6)}&crs=WGS84&n=${n}`, { signal })
  return { total: cameras.length, found: cameras.map(({ camera, distance, sees }) => ({ camera, metres: distance, sees })) }
}

/** A name nobody else gives; `crypto.randomUUID` is not there on pages without TLS. */
export const newId = (): string =>
  `${Date.now().toString(36)}-${[...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36)).join('')}`

const send = (command: string, data: object): Promise<void> =>
  ask(`/api/commands/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), data }),
  })
export const saveSet = (set: SaveCameraSet): Promise<void> => send('camera-set.save', set)
export const removeSet = (set: RemoveCameraSet): Promise<void> => send('camera-set.remove', set)
export const saveFavourites = (list: SaveFavourites): Promise<void> => send('favourites.save', list)
export const removeFavourites = (list: RemoveFavourites): Promise<void> => send('favourites.remove', list)
