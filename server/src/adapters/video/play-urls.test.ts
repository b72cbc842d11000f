import { describe, expect, test } from 'vitest'
import { createPlayUrls, playUrlMs } from './play-urls.ts'

const key = Buffer.alloc(32, 3)
let now = Date.UTC(2026, 5, 1)
const urls = createPlayUrls(key, { now: () => now })
const claim = { camera: 'cam-1', viewer: 'session-a', viewId: 'view-0001' }
const tokenOf = (path: string) => path.split('/')[4] as string

describe('play addresses', () => {
  const { path, expiresAt } = urls.sign(claim)
  const token = tokenOf(path)

  test('hold for this camera and viewer, playlist and segments alike', () => {
    expect(path).toBe(`/media/hls/cam-1/${token}/index.m3u8`)
    expect(urls.verify('cam-1', token, 'session-a')).toEqual({ viewId: 'view-0001', expiresAt })
  })

  test.each([
    ['another camera', 'cam-2', token, 'session-a'],
    ['another viewer', 'cam-1', token, 'session-b'],
    ['another view', 'cam-1', token.replace('view-0001', 'view-0002'), 'session-a'],
    [
      'a later expiry',
      'cam-1',
      token.replace(/\.([0-9a-z]+)\./, (_, expiry: string) => `.${(Number.parseInt(expiry, 36) + 60_000).toString(36)}.`),
      'session-a',
    ],
    ['no signature', 'cam-1', token.replace(/[^.]+$/, ''), 'session-a'],
    ['an empty token', 'cam-1', '', 'session-a'],
    ['a changed signature', 'cam-1', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, 'session-a'],
  ])('are refused for %s', (_what, camera, given, viewer) => {
    expect(urls.verify(camera, given, viewer)).toBeUndefined()
  })

  test('are refused under another key', () => {
    expect(createPlayUrls(Buffer.alloc(32, 4), { now: () => now }).verify('cam-1', token, 'session-a')).toBeUndefined()
  })

  test('live five minutes and not one second more', () => {
    const begun = now
    now = begun + playUrlMs - 1
    expect(urls.verify('cam-1', token, 'session-a')).toBeDefined()
    now = begun + playUrlMs + 1000
    expect(urls.verify('cam-1', token, 'session-a')).toBeUndefined()
    now = begun
  })

  test('a weak key or a strange view id is not accepted', () => {
    expect(() => createPlayUrls(Buffer.alloc(8))).toThrow()
    expect(() => urls.sign({ ...claim, viewId: 'a/b' })).toThrow()
  })
})
