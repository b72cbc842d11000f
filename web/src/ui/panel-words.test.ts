import { describe, expect, test } from 'vitest'
import type { PanelFacts } from './panel-facts.ts'
import { OFFLINE_AFTER, panelWords, stateOfLink } from './panel-words.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 10, 24, 6, 32, 8)
const say = (key: string, values: Record<string, unknown> = {}): string =>
  [key, ...Object.values(values)].join(' ').replaceAll('\u2009', ' ')
const words = (state: Parameters<typeof panelWords>[0], over: Partial<PanelFacts> = {}): string =>
  panelWords(state, { now: NOW, dataAt: NOW - 6 * MINUTE, since: NOW - 5 * MINUTE, failures: 0, ...over }, say, 'zh-CN').replaceAll(
    '\u2009',
    ' ',
  )

describe('what a panel says of its data', () => {
  test('old: by minutes, within the first minute by the clock', () => {
    expect(words('stale')).toBe('panel.stale 6 分钟前')
    expect(words('stale', { dataAt: NOW - 12_000 })).toBe('panel.stale 14:31:56')
    expect(words('stale', { dataAt: undefined })).toBe('panel.staleUnknown')
  })
  test('offline: since when', () => expect(words('offline')).toBe('panel.offlineSince 14:26'))
  test('error: how often it was tried', () => {
    expect(words('error', { failures: 3 })).toBe('panel.failed 3')
    expect(words('error')).toBe('panel.failedOnce')
  })
  test('normal, empty and alarmed panels say it themselves', () => {
    for (const state of ['normal', 'empty', 'alarm'] as const) expect(words(state)).toBe('')
  })
})

describe('the state the link puts all panels in', () => {
  const of = (state: Parameters<typeof stateOfLink>[0]['state'], { hasRows = true, old = 0 } = {}) =>
    stateOfLink({ state, hasRows, now: NOW, dataAt: NOW - old })
  test('nothing yet: loading, and an error once the link is lost', () => {
    expect(of('connecting', { hasRows: false })).toBe('loading')
    expect(of('lost', { hasRows: false })).toBe('error')
  })
  test('late is not old yet; lost and no journal are', () => {
    expect(of('late')).toBe('normal')
    expect(of('lost')).toBe('stale')
    expect(of('journal-away')).toBe('stale')
  })
  test('after five minutes a number is not shown any more', () => {
    expect(of('lost', { old: OFFLINE_AFTER - 1 })).toBe('stale')
    expect(of('lost', { old: OFFLINE_AFTER })).toBe('offline')
  })
})
