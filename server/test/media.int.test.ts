/** Signed addresses on the running product: bound to camera and viewer, renewed without a break, and dead with the session they were made for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CITY, TOWNSHIPS } from './city.ts'
import { cookieOf, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const CAMERA = `cam-${TOWNSHIPS[0]}`
const OTHER = `cam-${TOWNSHIPS[1]}`
/** Milliseconds after which a session that ended sees nothing more. */
const DEAD_WITHIN = 5_000
const PASSWORD = 'a long enough password'
let product: Product
beforeAll(async () => {
  product = await startProduct()
  await product.access.addAccount({ account: 'officer', password: PASSWORD, role: 'duty-officer', area: CITY })
})
afterAll(() => product?.close())

const play = async (token: string, body: object = {}, camera = CAMERA) =>
  (await product.call(`/api/cameras/${camera}/play`, { method: 'POST', token, body })).json as {
    url: string
    viewId: string
    expiresAt: number
  }
const names = (playlist: string): string[] =>
  [...playlist.matchAll(/URI="([^"]+)"|^(\d+\.m4s)$/gm)].map(([, init, segment]) => (init ?? segment) as string)

test('an address opens no byte of another camera, and none for another viewer, be it playlist, init segment or segment', async () => {
  const mine = await product.access.addToken({ name: 'mine', role: 'viewer', area: CITY })
  const theirs = await product.access.addToken({ name: 'theirs', role: 'viewer', area: CITY })
  const { url } = await play(mine)
  await play(mine, {}, OTHER)
  const playlist = await product.call(url, { token: mine })
  expect(playlist.status).toBe(200)
  const files = ['index.m3u8', ...names(playlist.text).slice(-2), names(playlist.text)[0] as string]
  for (const file of files) {
    const path = url.replace('index.m3u8', file)
    expect((await product.call(path, { token: mine })).status).toBe(200)
    const refused = [
      await product.call(path, { token: theirs }),
      await product.call(path.replace(CAMERA, OTHER), { token: mine }),
      await product.call(path),
    ]
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 401])
    for (const { text } of refused) expect(text).not.toMatch(/EXTM3U|moof|ftyp/)
  }
})

test('a renewal is another address of the same view: the pictures go on where they were, and the old one holds until its time', async () => {
  const token = await product.token('viewer')
  const first = await play(token)
  const before = await product.call(first.url, { token })
  const next = await until(
    async () => {
      const renewed = await play(token, { viewId: first.viewId })
      return renewed.url === first.url ? undefined : renewed
    },
    2_000,
    'the address did not change',
  )
  expect(next.viewId).toBe(first.viewId)
  expect(next.expiresAt).toBeGreaterThan(first.expiresAt)
  const last = Number.parseInt(names(before.text).at(-1) as string, 10)
  const after = await product.call(`${next.url}?_HLS_msn=${last + 1}`, { token })
  expect(after.text).toContain(`${last + 1}.m4s`)
  // Same init segment, no discontinuity: a player that reloads under the new address notices nothing.
  expect(names(after.text)[0]).toBe(names(before.text)[0])
  expect(after.text).not.toContain('#EXT-X-DISCONTINUITY\n')
  expect((await product.call(first.url, { token })).status).toBe(200)
})

test('a revoked token gets no more bytes', async () => {
  const token = await product.access.addToken({ name: 'short-lived', role: 'viewer', area: CITY })
  const { url } = await play(token)
  const playlist = await product.call(url, { token })
  const segment = url.replace('index.m3u8', names(playlist.text).at(-1) as string)
  // By another process's hand, as an administrator does it.
  await product.access.revokeToken('short-lived')
  await until(async () => (await product.call(segment, { token })).status === 401, DEAD_WITHIN, 'a revoked token still gets segments')
  expect((await product.call(url, { token })).status).toBe(401)
  expect((await product.call(`/api/cameras/${CAMERA}/snapshot.jpg`, { token })).status).toBe(401)
})

test('the websocket of a page is ended with its session, although nobody asks anything', async () => {
  const answer = await product.call('/api/session', {
    method: 'POST',
    body: { account: 'officer', password: PASSWORD },
    origin: product.base,
  })
  const cookie = cookieOf(answer)
  const { json } = await product.call(`/api/cameras/${CAMERA}/play`, { method: 'POST', cookie, origin: product.base, body: {} })
  const socket = new WebSocket(`${product.base.replace('http', 'ws')}/media`, { headers: { cookie, origin: product.base } })
  const got: Buffer[] = []
  socket.on('message', (data: Buffer) => void got.push(data))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send(JSON.stringify({ id: 1, path: json.url }))
  await until(() => got.length > 0, 10_000, 'no playlist came over the socket')
  expect(got[0]?.readUInt16BE(4)).toBe(200)
  await product.access.signOut(cookie.slice(cookie.indexOf('=') + 1))
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  await until(() => isClosed, DEAD_WITHIN, 'the socket of an ended session is still open')
})

test('a camera whose last minutes are kept plays what was, marked as recorded with its time, by an address of its own; then nothing is kept any more', async () => {
  const edit = async (dvrMinutes: number | null) =>
    product.call('/api/commands/camera.edit', {
      ...{ method: 'POST', token: await product.token('system-admin') },
      body: { id: `dvr-${dvrMinutes}`, data: { id: OTHER, dvrMinutes, reason: '时移' } },
    })
  const token = await product.token('viewer')
  const back = async (camera = OTHER) =>
    product.call(`/api/cameras/${camera}/play`, {
      method: 'POST',
      token,
      body: { recorded: { from: new Date(Date.now() - 30_000).toISOString() } },
    })
  expect((await back()).json.code).toBe('not-recorded')
  expect((await edit(5)).status).toBe(201)
  const { url, state, recorded } = (
    await until(
      async () => {
        const answer = await back()
        return answer.status === 200 ? answer : undefined
      },
      20_000,
      'nothing was kept',
    )
  ).json
  expect(state).toBe('recorded')
  expect(recorded.to).toBeLessThanOrEqual(Date.now())
  expect(recorded.from).toBeGreaterThan(Date.now() - 30_500)
  const playlist = await product.call(url, { token })
  expect(playlist.text).toContain('#EXT-X-ENDLIST')
  expect(Date.parse(/DATE-TIME:(\S+)/.exec(playlist.text)?.[1] as string)).toBeLessThanOrEqual(recorded.from)
  // The same way to ask as for a span, which ends where it is told to.
  const span = { from: new Date(recorded.from).toISOString(), to: new Date(recorded.from + 1_000).toISOString() }
  const part = await product.call(`/api/cameras/${OTHER}/play`, { method: 'POST', token, body: { recorded: span } })
  expect([part.json.state, part.json.recorded]).toEqual(['recorded', { from: recorded.from, to: recorded.from + 1_000 }])
  const [chunk] = playlist.text.match(/^rec-.*m4s$/m) as [string]
  const path = url.replace(/recorded\.m3u8.*/, chunk)
  expect((await product.call(path, { token })).status).toBe(200)
  const refused = [
    await product.call(path, { token: await product.token('wall') }),
    await product.call(path.replace(OTHER, CAMERA), { token }),
    await product.call(url.replace(OTHER, CAMERA), { token }),
    await back(CAMERA),
    await product.call(`/api/cameras/${OTHER}/play`, { method: 'POST', token, body: { recorded: { from: 'yesterday' } } }),
  ]
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 404, 400])
  expect((await edit(null)).status).toBe(201)
  await until(async () => (await back()).status === 404, 10_000, 'what was kept was not cleaned away')
})
