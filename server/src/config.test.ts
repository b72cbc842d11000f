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

describe('a gateway process', () => {
  test('listens on loopback unless told otherwise, and servers have a gateway of their own', () => {
    const { gateway, gatewayProcess } = readConfig({})
    expect([gateway, gatewayProcess]).toEqual(['own', { url: 'https://127.0.0.1:7761', host: '127.0.0.1', port: 7761 }])
  })
  test('listens where servers reach it, or elsewhere where that is another address', () => {
    expect(readConfig({ GATEWAY_URL: 'https://10.1.1.7:7761/' }).gatewayProcess).toEqual({
      url: 'https://10.1.1.7:7761',
      host: '10.1.1.7',
      port: 7761,
    })
    expect(readConfig({ GATEWAY_URL: 'https://video-1.county:7700', GATEWAY_LISTEN: '[::]:7761' }).gatewayProcess).toEqual({
      url: 'https://video-1.county:7700',
      host: '::',
      port: 7761,
    })
  })
  test.each([
    ['an open link', { GATEWAY_URL: 'http://10.1.1.7:7761' }, 'always encrypted'],
    ['a login in its address', { GATEWAY_URL: 'https://a:b@10.1.1.7:7761' }, 'without login'],
    ['a path', { GATEWAY_URL: 'https://10.1.1.7:7761/video' }, 'without login and path'],
    ['no address to reach', { GATEWAY_URL: 'https://0.0.0.0:7761' }, 'no address to reach'],
    ['no port to listen at', { GATEWAY_LISTEN: '0.0.0.0' }, 'GATEWAY_LISTEN'],
    ['a door to the network that servers are not told of', { GATEWAY_LISTEN: '0.0.0.0:7761' }, 'sends servers to themselves'],
    ['an unknown word for where pictures come from', { GATEWAY: 'elsewhere' }, 'GATEWAY'],
  ])('with %s is refused with a sentence', (_what, env, sentence) => {
    expect(() => readConfig(env)).toThrow(UnsafeConfig)
    expect(() => readConfig(env)).toThrow(sentence)
  })
  test('no sentence holds the login', () => {
    expect(() => readConfig({ GATEWAY_URL: 'https://li:geheim@10.1.1.7:7761' })).toThrow(expect.not.stringContaining('geheim'))
  })
})
