import { describe, expect, test } from 'vitest'
import { parseRedisUrl } from './redis-url.ts'

describe('REDIS_URL', () => {
  test.each([
    ['redis://h', { kind: 'single', options: { host: 'h', port: 6379 } }],
    ['redis://h:7000/3', { kind: 'single', options: { host: 'h', port: 7000, db: 3 } }],
    ['redis://:pass@h', { kind: 'single', options: { password: 'pass', host: 'h', port: 6379 } }],
    ['redis://pass@h', { kind: 'single', options: { password: 'pass', host: 'h', port: 6379 } }],
    ['redis://us%40er:p%3Aa%2Fss@h', { kind: 'single', options: { username: 'us@er', password: 'p:a/ss', host: 'h', port: 6379 } }],
    ['redis://user:p:a:ss@[::1]:7000', { kind: 'single', options: { username: 'user', password: 'p:a:ss', host: '::1', port: 7000 } }],
    ['rediss://h', { kind: 'single', options: { host: 'h', port: 6379, tls: {} } }],
    ['unix:///run/redis.sock', { kind: 'single', options: { path: '/run/redis.sock' } }],
    ['unix://:pass@/run/redis.sock', { kind: 'single', options: { password: 'pass', path: '/run/redis.sock' } }],
    [
      'redis+sentinel://user:pass@h1,h2:26400/orchid',
      {
        kind: 'sentinel',
        options: {
          username: 'user',
          password: 'pass',
          name: 'orchid',
          sentinels: [
            { host: 'h1', port: 26379 },
            { host: 'h2', port: 26400 },
          ],
        },
      },
    ],
    ['redis+sentinel://h1/orchid?tls=1', { kind: 'sentinel', options: { tls: {}, enableTLSForSentinelMode: true } }],
    [
      'redis+cluster://:pass@h1,h2:7001,[fe80::1]:7002',
      {
        kind: 'cluster',
        options: { password: 'pass' },
        nodes: [
          { host: 'h1', port: 6379 },
          { host: 'h2', port: 7001 },
          { host: 'fe80::1', port: 7002 },
        ],
      },
    ],
    ['redis+cluster://h1?tls=1', { kind: 'cluster', options: { tls: {} } }],
  ])('%s is understood', (text, target) => expect(parseRedisUrl(text)).toMatchObject(target))

  test.each([
    '',
    'h:6379',
    'http://user:SECRET@h',
    'redis:/user:SECRET@h',
    'redis://user:SECRET@',
    'redis://user:SECRET@h:port',
    'redis://user:SECRET@h:123456',
    'redis://user:SECRET@h:99999',
    'redis://user:SECRET@h:0',
    'redis://user:SECRET@h/name',
    'redis://user:SECRET@h 1',
    'redis://user:SECRET%zz@h',
    'redis://us%er:SECRET@h',
    'redis://user:SECRET@h1,h2',
    'unix://',
    'redis+sentinel://user:SECRET@h1',
    'redis+sentinel://user:SECRET@h1/',
    'redis+sentinel://user:SECRET@/orchid',
    'redis+cluster://user:SECRET@',
    'redis+cluster://user:SECRET@h1,,h2',
    'redis+cluster://user:SECRET@h1/3',
    'redis://user:SE/CRET@h',
    'redis://user:SE@CRET@h',
    'redis://user:SECRET@h#x',
    '\nredis://user:SECRET@h',
  ])('%j is refused with a sentence that names the variable and never the password', (text) => {
    let error: unknown
    try {
      parseRedisUrl(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(RangeError)
    expect((error as Error).message).toContain('REDIS_URL')
    expect((error as Error).message).not.toMatch(/SECRET|CRET|us%er/)
  })
})
