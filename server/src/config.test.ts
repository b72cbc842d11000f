import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig, UnsafeConfig } from './config.ts'

describe('the base map', () => {
  const KEY = 'abcdef0123456789'
  test('is none unless one is given', () => expect(readConfig({}).base).toBeUndefined())
  test('is a folder in WGS 84 on a light ground unless told otherwise', () => {
    expect(readConfig({ BASE_TILES: 'tiles' }).base).toEqual({ kind: 'folder', path: resolve('tiles'), crs: 'WGS84', look: 'light' })
    expect(readConfig({ BASE_TILES: '/t', BASE_CRS: 'BD09MC', BASE_LOOK: 'dark', BASE_ATTRIBUTION: '审图号 GS(2026)1号' }).base).toEqual({
      kind: 'folder',
      path: '/t',
      crs: 'BD09MC',
      look: 'dark',
      attribution: '审图号 GS(2026)1号',
    })
  })
  test('of Tianditu is in CGCS2000; a photograph is dark', () => {
    expect(readConfig({ TIANDITU_KEY: KEY }).base).toMatchObject({ kind: 'tianditu', crs: 'CGCS2000', look: 'light', layer: 'vec' })
    expect(readConfig({ TIANDITU_KEY: KEY, TIANDITU_LAYER: 'img' }).base).toMatchObject({ look: 'dark' })
  })
  test.each([
    ['two of them', { BASE_TILES: '/t', BASE_PMTILES: '/p' }, 'BASE_TILES and BASE_PMTILES are given'],
    ['a folder and Tianditu', { BASE_TILES: '/t', TIANDITU_KEY: KEY }, 'BASE_TILES and TIANDITU_KEY are given'],
    ['a system for Tianditu', { TIANDITU_KEY: KEY, BASE_CRS: 'GCJ02' }, 'Tianditu is in CGCS2000'],
    ["Baidu's tiling in an archive", { BASE_PMTILES: '/p', BASE_CRS: 'BD09MC' }, 'BASE_CRS=BD09MC'],
    ['a system of nothing', { BASE_CRS: 'GCJ02' }, 'BASE_CRS tells about a base map, but none is given'],
    ['an unknown system', { BASE_TILES: '/t', BASE_CRS: 'EPSG:3857' }, 'BASE_CRS'],
    ['a key that would change the address', { TIANDITU_KEY: 'a&b=c' }, 'TIANDITU_KEY'],
  ])('with %s is refused with a sentence', (_what, env, sentence) => {
    expect(() => readConfig(env)).toThrow(UnsafeConfig)
    expect(() => readConfig(env)).toThrow(sentence)
  })
  test('no sentence holds the key', () => {
    for (const env of [{ TIANDITU_KEY: `${KEY}&` }, { TIANDITU_KEY: KEY, BASE_CRS: 'GCJ02' }, { TIANDITU_KEY: KEY, BASE_TILES: '/t' }])
      try {
        readConfig(env)
        expect.unreachable()
      } catch (error) {
        expect((error as Error).message).not.toContain(KEY)
      }
  })
})
