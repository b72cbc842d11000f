/** What strangers and broken programs send over HTTP: refused in the stated form, nothing stored, nothing told about the inside, nobody else disturbed. */
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gridsOf } from './city.ts'
import { type Answer, entry } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [HERE] = gridsOf() as [string]
let product: Product
let token: string

beforeAll(async () => {
  product = await startProduct()
  token = await product.token('duty-officer')
})
afterAll(() => product?.close())

const send = (
  raw: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  path = '/api/patrol/events',
) => product.call(path, { method: 'POST', token, raw, headers })

/** Bytes straight onto the wire; gives all that comes back. */
function wire(text: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(product.port, '127.0.0.1', () => socket.end(text))
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(answer) : reject(error),
    )
  })
}

const INSIDE = /node_modules|\/server\/|\.ts\b|\.js:|at \w+ \(|Error:|redis|ajv|fastify/i

/** Asks, and makes sure that it was refused as promised. */
async function refused(asked: Promise<Answer>, status: number | readonly number[], code?: string): Promise<Answer> {
  const before = (await product.journal.head()).seq
  const answer = await asked
  expect([status].flat()).toContain(answer.status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.json).toMatchObject({ type: 'about:blank', status: answer.status, title: expect.any(String), detail: expect.any(String) })
  if (code) expect(answer.json.code).toBe(code)
  expect(answer.text).not.toMatch(INSIDE)
  expect((await product.journal.head()).seq).toBe(before)
  return answer
}

const good = (more: object = {}): Record<string, unknown> => entry(HERE, more)
const deep = (open: string, close: string, times: number): string => open.repeat(times) + close.repeat(times)

describe('a body that is not JSON', () => {
  test.each([
    ['nothing', '', 'empty-body'],
    ['a blank', ' ', 'not-json'],
    ['half an object', '{"id":', 'not-json'],
    ['single quotes', "{'id':'x'}", 'not-json'],
    ['a trailing comma', '{"id":"x",}', 'not-json'],
    ['a comment', '{"id":"x"/* */}', 'not-json'],
    ['two documents', '{}{}', 'not-json'],
    ['NaN', 'NaN', 'not-json'],
    ['a form', 'id=x&kind=person', 'not-json'],
    ['XML', '<entry/>', 'not-json'],
    ['an open string', '{"id":"x', 'not-json'],
    ['a bare control sign in a string', '{"id":"a\nb"}', 'not-json'],
    ['a key without a value', '{"id"}', 'not-json'],
    ['lists a hundred thousand deep', deep('[', ']', 100_000), 'not-json'],
    ['objects fifty deep', `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`, 'not-json'],
    ['lists that never close', '['.repeat(200_000), 'not-json'],
  ])('%s: 400', async (_what, raw, code) => void (await refused(send(raw), 400, code)))

  test.each([
    ['a byte that begins nothing', Buffer.from([0x22, 0xff, 0x22])],
    ['half a character', Buffer.from([0x22, 0xe6, 0xb1, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['GBK', Buffer.from([0x22, 0xd6, 0xd0, 0xce, 0xc4, 0x22])],
    ['UTF-16', Buffer.from(`\ufeff${JSON.stringify({ id: 'x' })}`, 'utf16le')],
  ])('%s: 400, not read as if it were UTF-8', async (_what, raw) => void (await refused(send(raw), 400, 'not-utf8')))
})

describe('keys that mislead', () => {
  const text = JSON.stringify(good())
  test.each([
    ['a field twice', text.replace('{', '{"title":"first",')],
    ['a field twice, once written with an escape', text.replace('{', '{"t\\u0069tle":"first",')],
    ['a field twice further in', text.replace('{', '{"position":{"lng":119.3,"lng":119.3,"lat":29.1,"crs":"WGS84"},')],
    ['a field twice in the second entry', `[${text},${text.replace('{', '{"id":"other",')}]`],
    ['__proto__', text.replace('{', '{"__proto__":{"admin":true},')],
    ['__proto__ further in', text.replace('{', '{"private":{"__proto__":{"name":"x"}},')],
    ['__proto__ with an escape', text.replace('{', '{"\\u005f_proto__":{"admin":true},')],
    ['constructor.prototype', text.replace('{', '{"constructor":{"prototype":{"admin":true}},')],
  ])('%s: 400', async (_what, raw) => {
    await refused(send(raw), 400, 'not-json')
    expect(({} as { admin?: true }).admin).toBeUndefined()
  })

  test('colons, brackets and quotes inside of texts are no keys', async () => {
    const title = '时间 10:30 "引号" \\ {"a":{"a":1}} [[[['
    const note = `${'{"x":'.repeat(60)} \\" : \\\\`
    expect((await send(JSON.stringify(good({ title, note })))).status).toBe(201)
  })

  test('as a line of NDJSON, it alone is refused', async () => {
    const lines = [JSON.stringify(good()), text.replace('{', '{"title":"first",'), '{"__proto__":1}', '[1,2', JSON.stringify(good())]
    const answer = await send(lines.join('\n'), { 'content-type': 'application/x-ndjson' })
    expect([answer.status, answer.json.results.map((r: { status: string }) => r.status)]).toEqual([
      207,
      ['stored', 'refused', 'refused', 'refused', 'stored'],
    ])
  })
})

describe('values of the wrong kind', () => {
  const wrong: [field: string, value: unknown][] = [
    ...['id', 'kind', 'grid', 'occurredAt', 'title', 'level', 'category', 'note'].flatMap((field) =>
      [123, true, null, [], {}, ''].map((value): [string, unknown] => [field, value]),
    ),
    ['position', 'here'],
    ['position', { lng: '119.3', lat: 29.1, crs: 'WGS84' }],
    ['photos', 'x'],
    ['private', { phone: 13800138000 }],
    ['title', 'x'.repeat(81)],
    ['note', 'x'.repeat(2_001)],
    ['title', 'a\u0000b'],
    ['title', 'a\ud800b'],
    ['note', '\udc00'],
    ['category', 'a\u001bb'],
    ['title', 'line\nbreak'],
    ['private', { name: 'a\u2066b' }],
    ['id', '../x'],
    ['id', 'x'.repeat(65)],
    ['grid', HERE.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))],
    ['occurredAt', '2026-11-24 10:00:00'],
    ['occurredAt', '2026-11-24T10:00:00'],
    ['occurredAt', '2026-11-24T24:00:00+08:00'],
  ]
  test.each(wrong)('%s = %j: 400 with its path', async (field, value) => {
    const answer = await refused(send(JSON.stringify(good({ [field]: value }))), 400, 'invalid')
    expect(answer.json.errors[0].path).toMatch(new RegExp(`^/${field}`))
  })
  test.each([['null'], ['7'], ['"text"'], ['true'], ['[]'], ['[null]'], ['[[]]']])('%s instead of an entry: 400', async (raw) => {
    await refused(send(raw), 400)
  })
  test('a number beyond all numbers is no place', async () => {
    await refused(send(JSON.stringify(good()).replace('{', '{"position":{"lng":1e400,"lat":29.1,"crs":"WGS84"},')), 400, 'invalid')
  })
})

describe('content types and encodings', () => {
  const body = JSON.stringify(good())
  test.each([
    'text/plain',
    'text/json',
    'application/json-patch+json',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'image/png',
    'nonsense',
    'application/json\t,text/html',
  ])('%s: 415', async (type) => void (await refused(send(body, { 'content-type': type }), 415, 'media-type')))
  test('none at all: 415', async () => {
    const head = `POST /api/patrol/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}`
    expect(await wire(`${head}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 415 [\s\S]*application\/problem\+json/)
  })
  test.each([
    ['gzip', gzipSync(Buffer.alloc(50 * 1024 * 1024))],
    ['gzip', gzipSync(body)],
    ['br', brotliCompressSync(body)],
    ['deflate', deflateSync(body)],
    ['gzip, gzip', gzipSync(gzipSync(body))],
  ])('compressed with %s: 415, never unpacked', async (encoding, raw) => {
    await refused(send(raw, { 'content-type': 'application/json', 'content-encoding': encoding }), 415, 'content-encoding')
  })
})

test('a sender that closes its half of the connection once it has asked is answered', async () => {
  const body = JSON.stringify(good())
  const head = `POST /api/patrol/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json`
  expect(await wire(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 201 /)
})

/** Milliseconds, far above what even a busy machine needs: an answer that hangs is meant, not a slow one. */
const A_MOMENT = 8_000

describe('far too much', () => {
  test('two million lines that are no JSON are refused in a moment, and nobody waits for it', async () => {
    const [large, small] = await Promise.all([
      send('x\n'.repeat(2 * 1024 * 1024 - 1), { 'content-type': 'application/x-ndjson' }),
      product.call('/healthz'),
    ])
    expect([large.status, large.json.code]).toEqual([413, 'too-many'])
    expect(large.ms).toBeLessThan(A_MOMENT)
    expect(small.ms).toBeLessThan(A_MOMENT)
  })
  test('two million numbers as well', async () => {
    const answer = await send(`[${'0,'.repeat(2_000_000)}0]`)
    expect([answer.status, answer.json.code]).toEqual([413, 'too-many'])
    expect(answer.ms).toBeLessThan(A_MOMENT)
  })
  test('a command is small: 300 kB are too much', async () => {
    const body = JSON.stringify({ id: 'x', data: { incident: '0123456789abcdef', opinion: 'x'.repeat(300_000) } })
    const answer = await send(body, undefined, '/api/commands/incident.accept').catch((error: Error) => error)
    if (!(answer instanceof Error)) expect([answer.status, answer.json.code]).toEqual([413, 'too-large'])
  })
  test.each([
    ['one header of 40 kB', `X-Long: ${'x'.repeat(40_000)}`],
    ['a cookie of 40 kB', `Cookie: orchid_session=${'x'.repeat(40_000)}`],
    ['a thousand headers', Array.from({ length: 1_000 }, (_, i) => `X-${i}: ${'y'.repeat(20)}`).join('\r\n')],
  ])('%s: 431 in the form of all refusals', async (_what, header) => {
    const answer = await wire(`GET /api/session HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('"code":"headers-too-large"')
  })
})

describe('what is hardly HTTP', () => {
  const bearer = () => `Authorization: Bearer ${token}`
  test.each([
    ['noise', 'hello\r\n\r\n'],
    ['a TLS greeting', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
    ['a method that is none', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['two lengths', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a negative length', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['length and chunks', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    [
      'chunks that are none',
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    ],
    ['no Host', 'GET /api/session HTTP/1.1\r\n\r\n'],
  ])('%s: 400, and the connection ends', async (_what, text) => {
    const answer = await wire(text)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).not.toMatch(INSIDE)
  })

  test.each([
    '/%',
    '/%ff',
    '/api/tables/%E0%A4%A',
    '/api/tables/%00',
    '/api/cameras/%2e%2e%2fx/play',
    '/assets/../../../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%5c..%5c..%5cetc%5cpasswd',
    '//evil.example/api/session',
    '/api//session',
    '/api/session/../../../etc/passwd',
    `/api/tables/${'x'.repeat(300)}`,
    `/${'a/'.repeat(3_000)}`,
  ])('the address %s leads nowhere', async (path) => {
    const answer = await wire(`GET ${path} HTTP/1.1\r\nHost: x\r\n${bearer()}\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|414) /)
    expect(answer).toContain('application/problem+json')
    expect(answer).not.toMatch(/root:/)
    expect(answer.slice(answer.indexOf('\r\n\r\n'))).not.toMatch(INSIDE)
  })

  test('a forged Host and forged forwarding change nothing and are not repeated', async () => {
    for (const host of ['evil.example', '', 'a b', '"><script>'])
      for (const path of ['/api/session', 'http://evil.example/api/session', '/nothing']) {
        const forged =
          'X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\nX-Original-URL: /metrics'
        const answer = await wire(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${forged}\r\nConnection: close\r\n\r\n`)
        expect(answer).toMatch(/^HTTP\/1\.1 (400|401|404) /)
        expect(answer).not.toContain('evil.example')
        expect(answer).not.toMatch(/^location:/im)
      }
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s where it is not meant: 404 or 400', async (method) => {
    const answer = await wire(
      `${method} /api/patrol/events HTTP/1.1\r\nHost: x\r\n${bearer()}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|405) /)
    expect(answer).not.toMatch(/access-control-allow/i)
  })
})

describe('markup and templates are text', () => {
  const titles = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '{{ 7*7 }} #{7*7} <%= 7 %>',
    '=cmd|"/c calc"!A1',
    "' OR 1=1; DROP TABLE x; --",
    '%s %d %n %(x)s',
    '$' + '{jndi:ldap://evil.example/a}',
    '../../etc/passwd',
    '.*+?^$()[]{}|\\',
    '兰江街道 🌸 井盖缺失 𠮷',
    'javascript:alert(1)',
  ]
  test.each(titles)('%s is kept to the letter and served as JSON that nobody runs', async (title) => {
    const answer = await send(JSON.stringify(good({ kind: 'hazard', title, category: title.slice(0, 40) })))
    expect(answer.status).toBe(201)
    const { seq } = answer.json.results[0]
    const told = await product.call(`/api/events?from=${seq}&to=${seq + 1}`, { token })
    expect(told.json.events.map((event: { data: { title: string } }) => event.data.title)).toEqual([title, title])
    expect(told.headers.get('content-type')).toContain('application/json')
    expect(told.headers.get('x-content-type-options')).toBe('nosniff')
    expect(told.headers.get('content-security-policy')).toContain("default-src 'self'")
  })

  test('a search for signs of patterns finds what bears them, and nothing else', async () => {
    for (const subject of ['*', 'incident:*', '.*', 'incident:[a-z]', '%', "'"])
      expect((await product.call(`/api/events?subject=${encodeURIComponent(subject)}`, { token })).json.events).toEqual([])
  })
})

test('after all of it the server is well, and the journal whole', async () => {
  expect((await product.call('/readyz')).status).toBe(200)
  expect((await send(JSON.stringify(good()))).status).toBe(201)
  const { seq } = await product.journal.head()
  expect((await product.journal.read(0, 100_000)).map(({ event }) => event.seq)).toEqual(Array.from({ length: seq }, (_, i) => i + 1))
})
