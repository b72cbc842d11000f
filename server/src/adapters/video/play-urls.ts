/** Signs and checks the addresses a viewer plays: bound to one camera, one session or token, one view and five minutes. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const playUrlMs = 5 * 60 * 1000
export const mediaRoot = '/media/hls'

export interface PlayClaim {
  /** Name of the stream: the camera's id, with `~sub` behind it when it is the smaller one, `~<from>-<to>` when it is recorded. */
  readonly camera: string
  /** The signed-in session or the machine's token, as a stable name of the caller's choice. */
  readonly viewer: string
  /** One tile or player; the same after a renewal. */
  readonly viewId: string
}

export interface PlayUrls {
  /** A path such as `/media/hls/<camera>/<token>/index.m3u8`, good until `expiresAt` (epoch milliseconds). Segments beside it inherit the token. */
  sign(claim: PlayClaim): { path: string; expiresAt: number }
  /** The claim of a token, or undefined when it is not ours, expired, or made for another camera or viewer. */
  verify(camera: string, token: string, viewer: string): { viewId: string; expiresAt: number } | undefined
}

export const viewIdPattern = /^[A-Za-z0-9_-]{8,40}$/

/** @param key secret of this deployment, at least 32 bytes, not used for anything else */
export function createPlayUrls(key: Uint8Array, clock: { now(): number } = { now: Date.now }): PlayUrls {
  if (key.length < 32) throw new Error('the key of play addresses needs 32 bytes')
  const signature = (claim: PlayClaim, expiresAt: number): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify(['play', claim.camera, claim.viewer, claim.viewId, expiresAt]))
      .digest()
      .subarray(0, 18)
  return {
    sign(claim) {
      if (!viewIdPattern.test(claim.viewId)) throw new Error('a view id is 8–40 letters, digits, _ or -')
      const expiresAt = clock.now() + playUrlMs
      const token = `${claim.viewId}.${expiresAt.toString(36)}.${signature(claim, expiresAt).toString('base64url')}`
      return { path: `${mediaRoot}/${encodeURIComponent(claim.camera)}/${token}/index.m3u8`, expiresAt }
    },
    verify(camera, token, viewer) {
      const match = /^([A-Za-z0-9_-]{8,40})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{24})$/.exec(token)
      if (!match) return undefined
      const [, viewId, expiry, signed] = match as unknown as [string, string, string, string]
      const expiresAt = Number.parseInt(expiry, 36)
      const expected = signature({ camera, viewer, viewId }, expiresAt)
      const given = Buffer.from(signed, 'base64url')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      return clock.now() < expiresAt ? { viewId, expiresAt } : undefined
    },
  }
}
