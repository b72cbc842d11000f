/** Sign-in, sign-out, cookies, and the pairing of a wall. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, gridsOf } from './city.ts'
import { cookieOf, entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Screen } from './screen.ts'

const PASSWORD = 'a long enough password'
const [HERE] = gridsOf() as [string]
let product: Product

beforeAll(async () => {
  product = await startProduct()
  await product.access.addAccount({ account: 'officer', password: PASSWORD, role: 'duty-officer', area: CITY })
})
afterAll(() => product?.close())

const signIn = (password = PASSWORD, more: object = {}) =>
  product.call('/api/session', { method: 'POST', body: { account: 'officer', password }, origin: product.base, ...more })
const me = (cookie: string) => product.call('/api/session', { cookie })

describe('sign-in', () => {
  test('gives a cookie that scripts cannot read and other sites cannot use, a new one each time', async () => {
    const answer = await signIn()
    expect([answer.status, answer.json]).toEqual([200, { account: 'officer', role: 'duty-officer', area: CITY }])
    const cookie = answer.headers.get('set-cookie') as string
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=']) expect(cookie).toContain(part)
    expect((await me(cookieOf(answer))).json.account).toBe('officer')
    expect(cookieOf(await signIn())).not.toBe(cookieOf(answer))
  })

  test('is Secure where the public address is https', async () => {
    const secure = await startProduct({ on: product, config: { publicUrl: 'https://wall.example.gov.cn' } })
    try {
      const answer = await secure.call('/api/session', {
        method: 'POST',
        body: { account: 'officer', password: PASSWORD },
        origin: 'https://wall.example.gov.cn',
      })
      expect(answer.headers.get('set-cookie')).toContain('; Secure')
      expect(answer.headers.get('strict-transport-security')).toContain('max-age')
    } finally {
      await secure.close()
    }
  })

  test('ends the session that the browser had before', async () => {
    const old = cookieOf(await signIn())
    const fresh = cookieOf(await signIn(PASSWORD, { headers: { cookie: old, 'content-type': 'application/json' } }))
    expect(fresh).not.toBe(old)
    expect((await me(old)).status).toBe(401)
    expect((await me(fresh)).status).toBe(200)
  })

  test('a wrong password and an unknown account are told apart by nothing', async () => {
    const wrong = await signIn('not the password at all')
    const unknown = await product.call('/api/session', { method: 'POST', body: { account: 'nobody', password: PASSWORD } })
    expect([wrong.status, wrong.json, wrong.headers.get('set-cookie')]).toEqual([
      unknown.status,
      unknown.json,
      unknown.headers.get('set-cookie'),
    ])
    expect(wrong.status).toBe(401)
  })
})

describe('a cookie', () => {
  test.each([
    ['a foreign Origin', 'https://evil.example', 403],
    ['no Origin', undefined, 403],
    ['null', 'null', 403],
    ['our address with a tail', 'TAIL', 403],
    ['our own Origin', 'OWN', 201],
  ])('with %s changing something: %s → %i', async (_what, origin, status) => {
    const cookie = cookieOf(await signIn())
    const own = origin === 'OWN' ? product.base : origin === 'TAIL' ? `${product.base}.evil.example` : origin
    const answer = await product.call('/api/patrol/events', { method: 'POST', cookie, body: entry(HERE), ...(own && { origin: own }) })
    expect(answer.status).toBe(status)
  })

  test('a forged Host does not make a foreign Origin our own', async () => {
    const cookie = cookieOf(await signIn())
    const { request } = await import('node:http')
    const status = await new Promise<number>((resolve, reject) => {
      const ask = request(
        `${product.base}/api/patrol/events`,
        { method: 'POST', headers: { host: 'evil.example', origin: 'http://evil.example', cookie, 'content-type': 'application/json' } },
        (response) => {
          response.resume()
          resolve(response.statusCode as number)
        },
      )
      ask.on('error', reject)
      ask.end(JSON.stringify(entry(HERE)))
    })
    expect(status).toBe(403)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'with a body of %s: 415',
    async (type) => {
      const cookie = cookieOf(await signIn())
      const answer = await product.call('/api/patrol/events', {
        method: 'POST',
        cookie,
        origin: product.base,
        raw: JSON.stringify(entry(HERE)),
        headers: { 'content-type': type },
      })
      expect(answer.status).toBe(415)
    },
  )

  test('a sign-in from a foreign page is refused', async () => {
    expect((await signIn(PASSWORD, { origin: 'https://evil.example' })).status).toBe(403)
  })

  test.each(['', 'x', 'constructor', '__proto__', '../../x', `${'a'.repeat(3000)}`])('made up (%s): 401', async (sid) => {
    expect((await me(`orchid_session=${sid}`)).status).toBe(401)
  })
})

describe('sign-out', () => {
  test('kills the session at once and its open socket within 5 s', async () => {
    const cookie = cookieOf(await signIn())
    const screen = new Screen(product.base, { cookie, tables: ['grids'] })
    try {
      await until(() => screen.epoch, 3_000, 'the screen did not open')
      const out = await product.call('/api/session', { method: 'DELETE', cookie, origin: product.base })
      expect(out.status).toBe(204)
      expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
      expect((await me(cookie)).status).toBe(401)
      await until(() => !screen.socket.connected, 5_000, 'the socket outlived its session')
      screen.socket.connect()
      await until(() => screen.problems.includes('unauthenticated'), 3_000, 'a dead session opened a socket')
    } finally {
      screen.close()
    }
  })

  test('a revoked token is dead within 5 s, and so is its socket', async () => {
    const token = await product.access.addToken({ name: 'leaver', role: 'viewer', area: CITY })
    const screen = new Screen(product.base, { token, tables: ['grids'] })
    try {
      await until(() => screen.epoch, 3_000, 'the screen did not open')
      await product.access.revokeToken('leaver')
      await until(() => !screen.socket.connected, 5_000, 'the socket outlived its token')
      expect((await product.call('/api/tables/grids', { token })).status).toBe(401)
    } finally {
      screen.close()
    }
  })
})

test('an account made anew ends its sessions of before: their rights may have been others', async () => {
  const node = await startProduct({ on: product })
  try {
    const account = { account: 'mover', password: PASSWORD, area: CITY } as const
    await node.access.addAccount({ ...account, role: 'duty-officer' })
    const signedIn = await node.call('/api/session', { method: 'POST', body: { account: 'mover', password: PASSWORD }, origin: node.base })
    const cookie = cookieOf(signedIn)
    expect((await node.call('/api/session', { cookie })).json.role).toBe('duty-officer')
    await node.access.addAccount({ ...account, role: 'viewer' })
    await until(async () => (await node.call('/api/session', { cookie })).status === 401, 5_000, 'the old session lives on')
  } finally {
    await node.close()
  }
})

describe('a wall', () => {
  // A node of its own: the guesses above have used up what this address may try there.
  let door: Product
  beforeAll(async () => {
    door = await startProduct({ on: product })
  })
  afterAll(() => door.close())
  const pair = (code: string) =>
    fetch(`${door.base}/api/session/wall`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: door.base },
      body: JSON.stringify({ code }),
    })

  test('trades a reusable code again and again from loopback, for a session that only reads', async () => {
    const code = await product.access.addPairing({ name: 'wall-demo', area: CITY, reusable: true })
    for (let i = 0; i < 2; i++) {
      const answer = await pair(code)
      expect([answer.status, await answer.json()]).toEqual([200, { account: 'wall-demo', role: 'wall', area: CITY }])
      const cookie = (answer.headers.get('set-cookie') as string).split(';')[0] as string
      expect((await product.call('/api/tables/grids', { cookie })).status).toBe(200)
      expect((await product.call('/api/patrol/events', { method: 'POST', cookie, origin: product.base, body: entry(HERE) })).status).toBe(
        403,
      )
    }
  })

  test('from elsewhere a reusable code is worth nothing', async () => {
    const code = await product.access.addPairing({ name: 'wall-demo', area: CITY, reusable: true })
    const behind = await startProduct({ on: product, config: { trustedProxies: ['127.0.0.1'] } })
    try {
      const answer = await behind.call('/api/session/wall', {
        method: 'POST',
        body: { code },
        origin: behind.base,
        headers: { 'x-forwarded-for': '203.0.113.9' },
      })
      expect(answer.status).toBe(401)
    } finally {
      await behind.close()
    }
  })

  test('a forwarding header of somebody we do not trust changes nothing', async () => {
    const code = await product.access.addPairing({ name: 'wall-demo', area: CITY, reusable: true })
    const answer = await product.call('/api/session/wall', {
      method: 'POST',
      body: { code },
      headers: { 'x-forwarded-for': '203.0.113.9' },
    })
    expect(answer.status).toBe(200)
  })

  test('a code of single use: one of ten that trade it at once wins, and nobody afterwards', async () => {
    const code = await product.access.addPairing({ name: 'wall-1', area: CITY })
    const answers = await Promise.all(Array.from({ length: 10 }, () => pair(code)))
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1)
    expect(answers.filter((a) => a.status === 401)).toHaveLength(9)
  })

  test('an expired code is worth nothing', async () => {
    const code = await product.access.addPairing({ name: 'wall-1', area: CITY, ttlMs: -1 })
    expect((await pair(code)).status).toBe(401)
  })
})

test('guessing: after a burst from one address 429 with Retry-After', async () => {
  const fresh = await startProduct({ on: product })
  try {
    const tries = await Promise.all(
      Array.from({ length: 30 }, (_, i) => fresh.call('/api/session/wall', { method: 'POST', body: { code: `guess-number-${i}` } })),
    )
    const held = tries.filter((a) => a.status === 429)
    expect(held.length).toBeGreaterThanOrEqual(8)
    expect(Number(held[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  } finally {
    await fresh.close()
  }
})
