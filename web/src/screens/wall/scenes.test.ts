import { describe, expect, test } from 'vitest'
import { isScene, latest, SCENES, sceneOfKey } from './scenes.ts'

test('every scene but the visit tells rows of cases in a feed; in every scene 特急 stand in the sentence or the strip', () => {
  for (const { name, panels, lede, strip } of Object.values(SCENES)) {
    expect([name, panels.incidents.includes('feed')]).toEqual([name, name !== 'visit'])
    expect([name, lede === 'sentence' || strip === 'visit']).toEqual([name, true])
  }
})

test('guests see counts only: no feed, no incident on the map, no place or shelter live, no tile that follows an incident', () => {
  const { layers, panels, cameras, still } = SCENES.visit
  for (const rows of ['feed', 'hazardList', 'reports']) expect(Object.values(panels).flat()).not.toContain(rows)
  expect(layers).toEqual(['patrols'])
  expect(cameras).toEqual({ kinds: ['road', 'river'], fill: ['river', 'road'], follow: false })
  expect(still).toBe(true)
})

describe('which scene counts', () => {
  test('what was told later than chosen here', () => {
    expect(latest({ scene: 'daily', at: 5 }, { scene: 'flood', at: 9 }).scene).toBe('flood')
    expect(latest({ scene: 'daily', at: 9 }, { scene: 'flood', at: 5 }).scene).toBe('daily')
    expect(latest({ scene: 'daily', at: 9 }, undefined).scene).toBe('daily')
  })
  test('an address that nobody dates gives way to what was ever told', () =>
    expect(latest({ scene: 'flood', at: 0 }, { scene: 'daily', at: 1 }).scene).toBe('daily'))
})

describe('keys', () => {
  test('F1 daily, F2 flood, F3 in and out of the visit', () => {
    expect(sceneOfKey('F1', 'flood', 'daily')).toBe('daily')
    expect(sceneOfKey('F2', 'daily', 'daily')).toBe('flood')
    expect(sceneOfKey('F3', 'flood', 'daily')).toBe('visit')
    expect(sceneOfKey('F3', 'visit', 'flood')).toBe('flood')
  })
  test('no other key', () => {
    for (const key of ['F4', 'f1', 'p', 'constructor']) expect(sceneOfKey(key, 'daily', 'daily')).toBeUndefined()
  })
})

test('a scene is one of three names', () => {
  expect(['daily', 'flood', 'visit'].every(isScene)).toBe(true)
  expect([null, undefined, '', 'toString', 'Daily'].some(isScene)).toBe(false)
})
