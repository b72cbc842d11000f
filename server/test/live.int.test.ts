/** `/live` against the running product: what a screen is given, when, and what nobody else's screen ever sees. */
import type { Socket } from 'node:net'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { EventBody } from '@orchid/shared/kernel/event'
import type { Frame, WatchAnswer } from '@orchid/shared/protocol/live'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { cameraOf, gridsOf, TOWNSHIPS } from './city.ts'
import { cookieOf, entry, sleep, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { compared, expected, foldJournal, Screen, type ScreenOptions } from './screen.ts'

/** What every reader may watch. */
const READ = PROJECTIONS.filter(({ right }) => right === undefined)
const AREA_TABLES = READ.filter((projection) => projection.scope === 'area').map((projection) => projection.name)
const ALL_TABLES = READ.map((projection) => projection.name)
const [ONE, TWO] = TOWNSHIPS
const HERE = gridsOf(ONE)[0] as string

let product: Product
let viewer: string
let intake: string
/** Open from the beginning to the end of this file. */
let witness: Screen
/** Lets its first frame fall and acknowledges nothing of it. */
let sleepy: Screen
/** When the beats of the witness came, ms, and where it stood then. */
const heard: { at: number; cursor: number }[] = []
const screens: Screen[] = []

beforeAll(async () => {
  product = await startProduct()
  viewer = await product.token('viewer')
  intake = await product.token('intake')
  witness = new Screen(product.base, { token: viewer, tables: ALL_TABLES })
  witness.socket.on('beat', () => heard.push({ at: performance.now(), cursor: witness.cursor }))
  sleepy = new Screen(product.base, { token: viewer, tables: ['patrolFeed', 'cityTally'] })
  await until(() => witness.epoch && sleepy.epoch, 5_000, 'the screens did not open')
  sleepy.awake = false
  let slept = false
  sleepy.socket.once('frame', () => {
    slept = true
  })
  await report(HERE)
  // Its own frame, not only the witness's: one that comes after it woke would be acknowledged.
  await until(() => witness.frames && slept, 3_000, 'no frame came')
  sleepy.awake = true
})
afterEach(() => {
  for (const screen of screens.splice(0)) screen.close()
})
afterAll(async () => {
  witness?.close()
  sleepy?.close()
  await product?.close()
})

/** A screen that is closed after the test; it has watched. */
async function open(options: Partial<ScreenOptions> = {}, base = product.base): Promise<Screen> {
  const screen = new Screen(base, { token: viewer, tables: AREA_TABLES, ...options })
  screens.push(screen)
  await until(
    () => screen.modes.length,
    5_000,
    () => `the screen did not open: ${screen.problems.join(', ')}`,
  )
  return screen
}

/** Stores an entry and gives its seq. */
async function report(grid: string, more: object = {}): Promise<number> {
  const answer = await product.call('/api/patrol/events', { method: 'POST', token: intake, body: entry(grid, more) })
  expect(answer.status).toBe(201)
  return answer.json.results[0].seq
}

const ask = (screen: Screen, message: unknown): Promise<WatchAnswer> => screen.socket.timeout(3_000).emitWithAck('watch', message)

async function showsTheJournal(screen: Screen, area = '', within?: number): Promise<void> {
  const { shown, expected } = await compared(screen, product.journal, area, within)
  expect(shown).toEqual(expected)
}

describe('watching', () => {
  test('without a cursor gives a snapshot of every table, exactly as the journal folds', async () => {
    const screen = await open({ tables: ALL_TABLES })
    expect(screen.modes).toEqual(['snapshot'])
    await showsTheJournal(screen)
  })

  test('frames follow on each other without a gap, and each gives the rows as they were at its `to`', async () => {
    const screen = await open({ tables: ['incidents', 'gridTallies'] })
    const frames: Frame[] = []
    const begin = screen.cursor
    screen.socket.on('frame', (frame: Frame) => frames.push(frame))
    let last = 0
    for (let i = 0; i < 12; i++) last = await report(HERE, { kind: i % 2 ? 'hazard' : 'person' })
    await until(() => screen.cursor >= last, 3_000, 'the frames did not come')
    expect(frames.map((frame) => frame.from)).toEqual([begin, ...frames.map((frame) => frame.to).slice(0, -1)])
    for (const { to, tables, epoch } of frames) {
      expect(epoch).toBe(screen.epoch)
      const then = await foldJournal(product.journal, to)
      for (const [table, rows] of Object.entries(tables)) for (const [key, row] of rows) expect(row).toEqual(then.get(table, key))
    }
  })

  test('from a cursor gives only what was touched since; a cut costs no snapshot', async () => {
    const screen = await open()
    const rows = { before: 0 }
    screen.socket.io.opts.reconnectionDelay = 400
    screen.socket.io.opts.reconnectionDelayMax = 400
    rows.before = screen.received.length
    screen.cut()
    const seq = await report(HERE)
    await until(() => screen.cursor >= seq, 5_000, 'the screen did not come back')
    expect(screen.modes).toEqual(['snapshot', 'tail'])
    expect(screen.received.length - rows.before).toBeLessThan(rows.before / 4)
    await showsTheJournal(screen)
  })

  test.each([
    ['beyond the head', (screen: Screen) => ({ cursor: 1e12, epoch: screen.epoch })],
    ['of another epoch', (screen: Screen) => ({ cursor: screen.cursor, epoch: 'another' })],
    ['without its epoch', (screen: Screen) => ({ cursor: screen.cursor })],
  ])('a cursor %s gets a snapshot and leaves the epoch as it is', async (_what, held) => {
    const screen = await open({ tables: ['grids'] })
    const answer = await ask(screen, { tables: ['grids'], ...held(screen) })
    expect(answer).toMatchObject({ ok: true, mode: 'snapshot', epoch: screen.epoch })
    expect((await product.journal.head()).epoch).toBe(screen.epoch)
  })

  test('anew replaces the whole subscription; `unwatch` ends it', async () => {
    const screen = await open({ tables: ['grids'] })
    const frames: Frame[] = []
    screen.socket.on('frame', (frame: Frame) => frames.push(frame))
    await ask(screen, { tables: ['patrolFeed'], area: ONE })
    const shown = await report(HERE, { kind: 'hazard' })
    await until(() => frames.some((frame) => frame.to >= shown), 3_000, 'no frame came')
    expect([...new Set(frames.flatMap((frame) => Object.keys(frame.tables)))]).toEqual(['patrolFeed'])
    await screen.socket.timeout(3_000).emitWithAck('unwatch')
    frames.length = 0
    const seq = await report(HERE)
    await until(() => witness.cursor >= seq, 3_000, 'the witness did not see it')
    await sleep(100)
    expect(frames).toEqual([])
  })

  test('a group without news gets empty frames, so that its cursor reaches the head all the same', async () => {
    const screen = await open({ tables: ['cameras'] })
    const seq = await report(HERE)
    await until(() => screen.cursor >= seq, 3_000, 'the cursor did not move')
    expect(screen.received).not.toContain('走访')
  })
})

describe('a snapshot above 256 kB', () => {
  let large: Product
  beforeAll(async () => {
    const people = Array.from({ length: 2_500 }, (_, i): EventBody => {
      const area = gridsOf()[i % gridsOf().length] as string
      return {
        type: 'person.assigned',
        area,
        subject: `person:p${i}`,
        data: { id: `person-with-a-long-name-${i}`, role: 'grid-worker', area },
      }
    })
    large = await startProduct({ events: people })
  })
  afterAll(() => large?.close())

  test('is refused with `fetch`, read over HTTP and watched from its cursor; a smaller area needs no fetch', async () => {
    const token = await large.token('viewer')
    const screen = await open({ token, tables: ['people', 'patrolFeed'] }, large.base)
    expect([screen.fetched, screen.modes]).toEqual([1, ['tail']])
    const body = entry(HERE)
    await large.call('/api/patrol/events', { method: 'POST', token: await large.token('intake'), body })
    const { shown, expected } = await compared(screen, large.journal)
    expect(shown).toEqual(expected)
    expect(shown.people).toHaveLength(2_500)
    expect(shown.patrolFeed).toHaveLength(1)

    const narrow = await open({ token, tables: ['people'], area: ONE }, large.base)
    expect([narrow.fetched, narrow.modes]).toEqual([0, ['snapshot']])
  })
})

describe('scope', () => {
  test('nothing of another township ever reaches a screen of one: no row, no key, no word', async () => {
    const own = await open({ token: await product.token('viewer', ONE), scope: ONE })
    const officer = await product.token('duty-officer')
    for (const township of [TWO, ONE, TWO]) {
      await report(gridsOf(township)[1] as string, { kind: 'hazard', level: 'red', title: `只属 ${township}`, category: `类 ${township}` })
      await report(gridsOf(township)[2] as string, { kind: 'dispute', title: `又属 ${township}` })
    }
    await showsTheJournal(own, ONE)
    const foreign = [...(await foldJournal(product.journal, witness.cursor)).entries('incidents', TWO)].map(([id]) => id)
    for (const incident of foreign.slice(-2)) {
      const body = { id: `own-${incident}`, data: { incident, opinion: `意见 ${TWO}` } }
      expect((await product.call('/api/commands/incident.accept', { method: 'POST', token: officer, body })).status).toBe(201)
    }
    own.cut()
    await until(() => own.modes.length === 2, 3_000, 'the screen did not come back')
    await showsTheJournal(own, ONE)
    expect(foreign.length).toBeGreaterThan(3)
    expect(own.received).toContain(`只属 ${ONE}`)
    expect(own.received).not.toContain(TWO)
    for (const id of foreign) expect(own.received).not.toContain(id)
  })

  test('an area outside is forbidden, and so are tables of the whole city, which are named', async () => {
    const screen = await open({ token: await product.token('viewer', ONE), tables: ['grids'] })
    expect(await ask(screen, { tables: ['grids'], area: TWO })).toEqual({ ok: false, code: 'forbidden' })
    expect(await ask(screen, { tables: ['grids', 'cityTally', 'sources'] })).toEqual({
      ok: false,
      code: 'forbidden',
      tables: ['cityTally', 'sources'],
    })
  })

  test('a row that moves out is taken away where it was, and shown whole where it is now', async () => {
    const [from, to] = await Promise.all([ONE, TWO].map(async (area) => open({ token: await product.token('viewer', area), scope: area })))
    const { data } = cameraOf(ONE) as EventBody<string, { id: string; name: string }>
    const body = { id: 'move-1', data: { id: data.id, name: '迁走以后', grid: gridsOf(TWO)[3], reason: '迁移' } }
    const answer = await product.call('/api/commands/camera.edit', { method: 'POST', token: await product.token('system-admin'), body })
    expect(answer.status).toBe(201)
    await showsTheJournal(from as Screen, ONE)
    await showsTheJournal(to as Screen, TWO)
    expect(from?.tables.get('cameras')?.has(data.id)).toBe(false)
    expect(from?.received).toContain(`["${data.id}",null]`)
    expect(from?.received).not.toContain('迁走以后')
    expect(to?.tables.get('cameras')?.get(data.id)).toMatchObject({ name: '迁走以后' })
  })

  test('one grid of a busy township: its feed is the part of the newest 100 that belongs to it', async () => {
    const [quiet, busy] = gridsOf(TOWNSHIPS[2]).slice(-2) as [string, string]
    const screen = await open({ token: await product.token('grid-worker', quiet), scope: quiet, tables: ['patrolFeed', 'gridTallies'] })
    await report(quiet)
    const many = Array.from({ length: 95 }, () => entry(busy))
    await product.call('/api/patrol/events', { method: 'POST', token: intake, body: many })
    await report(quiet)
    await showsTheJournal(screen, quiet)
    expect(screen.tables.get('patrolFeed')?.size).toBe(2)
    await product.call('/api/patrol/events', { method: 'POST', token: intake, body: many.map(({ id, ...e }) => ({ ...e, id: `${id}-b` })) })
    await showsTheJournal(screen, quiet)
    expect(screen.tables.get('patrolFeed')?.size).toBe(1)
  })
})

describe('a slow client', () => {
  test('gets the newest rows when it reads again; little waits for it, and the others go on as before', async () => {
    const slow = await open()
    const socket = wireOf(slow)
    socket.pause()
    const [before, frames] = [socket.bytesRead, witness.frames]
    const fast: number[] = []
    for (let i = 0; i < 25; i++) {
      const batch = Array.from({ length: 200 }, (_, n) => entry(gridsOf()[n % 12] as string, { kind: n % 20 ? 'person' : 'hazard' }))
      const answer = await product.call('/api/patrol/events', { method: 'POST', token: intake, body: batch })
      const began = performance.now()
      const seq = answer.json.results.at(-1).seq
      await until(() => witness.cursor >= seq, 3_000, 'the witness waits for the slow client')
      fast.push(performance.now() - began)
    }
    expect(witness.frames - frames).toBeGreaterThan(20)
    expect(Math.max(...fast)).toBeLessThan(1_500)
    socket.resume()
    await showsTheJournal(slow)
    expect(socket.bytesRead - before).toBeLessThan(4 * 1024 * 1024)
  })

  test('that asks again and again without reading the answers is told to wait, and then cut off', async () => {
    const greedy = await open({ tables: ALL_TABLES })
    const socket = wireOf(greedy)
    socket.pause()
    const before = socket.bytesRead
    greedy.socket.io.reconnection(false)
    for (let i = 0; i < 3_000; i++) greedy.socket.emit('watch', { tables: ALL_TABLES }, () => undefined)
    await sleep(300)
    const seq = await report(HERE)
    await until(() => witness.cursor >= seq, 3_000, 'the witness suffers')
    socket.resume()
    await until(() => !greedy.socket.connected, 5_000, 'it was not cut off')
    expect(socket.bytesRead - before).toBeLessThan(4 * 1024 * 1024)
  })

  /** The TCP socket below a client. */
  function wireOf(screen: Screen): import('node:net').Socket {
    return (screen.socket.io.engine.transport as unknown as { ws: { _socket: import('node:net').Socket } }).ws._socket
  }
})

test('before a planned stop the server says goodbye and how far apart to come back', async () => {
  const node = await startProduct({ on: product })
  const screen = await open({}, node.base)
  const heard: unknown[] = []
  screen.socket.on('bye', (bye) => heard.push(bye, screen.socket.connected))
  await node.close()
  expect(heard).toEqual([{ spread: expect.any(Number) }, true])
})

describe('who may open a socket', () => {
  const refusal = async (options: Partial<ScreenOptions> & { extraHeaders?: Record<string, string> }): Promise<string> => {
    const { extraHeaders, ...rest } = options
    const screen = new Screen(product.base, { tables: ['grids'], ...rest })
    screens.push(screen)
    if (extraHeaders) {
      screen.socket.io.opts.extraHeaders = extraHeaders
      screen.socket.disconnect().connect()
    }
    return until(() => screen.problems.at(-1), 3_000, 'it was not refused')
  }

  test('nobody without a token or with a wrong one, and no role that may not read', async () => {
    expect(await refusal({})).toBe('unauthenticated')
    expect(await refusal({ token: 'wrong' })).toBe('unauthenticated')
    expect(await refusal({ token: intake })).toBe('forbidden')
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'TAIL'])('no page of %s, whatever cookie it brings', async (origin) => {
    await product.access.addAccount({ account: 'watcher', password: 'a long enough password', role: 'viewer', area: ONE })
    const body = { account: 'watcher', password: 'a long enough password' }
    const cookie = cookieOf(await product.call('/api/session', { method: 'POST', body }))
    const own = { cookie, origin: product.base }
    const foreign = origin === 'TAIL' ? `${product.base}.evil.example` : origin
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    }
    const status = async (headers: Record<string, string>): Promise<number> => {
      const { request } = await import('node:http')
      return new Promise((resolve, reject) => {
        const asked = request(`${product.base}/socket.io/?EIO=4&transport=websocket`, { headers: { ...upgrade, ...headers } })
        asked.on('response', (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        asked.on('upgrade', (_response, socket) => {
          socket.destroy()
          resolve(101)
        })
        asked.on('error', reject)
        asked.end()
      })
    }
    expect(await status({ ...own, origin: foreign })).toBe(400)
    expect(await status(own)).toBe(101)
  })

  test('long polling is refused', async () => {
    const answer = await product.call('/socket.io/?EIO=4&transport=polling', { token: viewer })
    expect(answer.status).toBe(400)
  })

  test('no other namespace is served', async () => {
    const { io } = await import('socket.io-client')
    for (const namespace of ['', '/admin']) {
      const socket = io(product.base + namespace, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth: { token: viewer },
      })
      const message = await new Promise<string>((done) => {
        socket.on('connect', () => done('connected'))
        socket.on('connect_error', (error) => done(error.message))
      })
      socket.disconnect()
      expect(message).not.toBe('connected')
    }
  })
})

describe('a stranger who sends nonsense', () => {
  const calm = async (): Promise<void> => {
    const seq = await report(HERE)
    await until(() => witness.cursor >= seq, 3_000, 'the others suffer')
  }

  test('without an acknowledgement function, or with one of the wrong kind, harms nobody', async () => {
    const { socket } = await open()
    socket.emit('watch')
    socket.emit('watch', { tables: ['grids'] })
    socket.emit('watch', { tables: ['grids'] }, 'no function')
    socket.emit('watch', null, { call: 'me' })
    socket.emit('unwatch')
    socket.emit('unwatch', { surprise: true })
    await calm()
    expect(socket.connected).toBe(true)
  })

  test.each([
    null,
    7,
    [],
    {},
    { tables: 'grids' },
    { tables: ['__proto__'] },
    { tables: ['grids'], cursor: -1 },
    { tables: ['grids'], cursor: 'x', epoch: 'x' },
    { tables: ['grids'], surprise: 1 },
    { tables: [Buffer.from('grids')] },
  ])('%j is answered as invalid', async (message) => {
    expect(await ask(await open(), message)).toEqual({ ok: false, code: 'invalid' })
  })

  test.each(['frame', 'beat', 'error', '__proto__', 'constructor', 'toString', 'x'.repeat(1_000)])(
    'an event named %s is nothing',
    async (name) => {
      const { socket } = await open()
      socket.emit(name, { a: 1 }, () => undefined)
      await calm()
      expect(socket.connected).toBe(true)
    },
  )

  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  test.each([
    ['an empty packet', ['']],
    ['a type that does not exist', ['9']],
    ['half a packet', ['42/live,["watch"']],
    ['an event without a name', ['42/live,[]']],
    ['an event whose name is a number', ['42/live,[7]', '42/live,[{}]']],
    ['a reserved name', ['42/live,["disconnect"]']],
    ['a prototype key', ['42/live,0["watch",{"__proto__":{"tables":["grids"]}}]']],
    ['an acknowledgement of nothing', ['43/live,99999[]', '43/live,-1[]']],
    ['attachments that never come', ['451-/live,["watch",{"_placeholder":true,"num":0}]', '42/live,0["watch",{}]']],
    ['attachments without number', ['45/live,["watch"]', '4599999999-/live,["watch"]']],
    ['a second sign-in', ['40/live,{"token":"x"}', '40/live,"x"']],
    ['depth', [`42/live,0["watch",${deep}]`]],
    ['a packet of 100 kB', [`42/live,["watch","${'x'.repeat(100_000)}"]`]],
    ['a lone surrogate', ['42/live,0["watch",{"tables":["\\ud800"]}]']],
  ])('on the bare wire, %s: at most its own connection ends', async (_what, packets) => {
    const wire = new WebSocket(`${product.base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    wire.on('error', () => undefined)
    await new Promise((done) => wire.once('message', done))
    wire.send(`40/live,${JSON.stringify({ token: viewer })}`)
    await new Promise((done) => wire.once('message', done))
    for (const packet of packets) wire.send(packet)
    wire.send(Buffer.from([0xff, 0x00, 0x80]))
    await calm()
    wire.terminate()
  })
})

/** A watcher on a bare websocket; `onFrame` is told the number to acknowledge a frame by, and its `to`. */
async function bareWatcher(onFrame: (wire: WebSocket, id: string, to: number) => void): Promise<WebSocket> {
  const wire = new WebSocket(`${product.base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  await new Promise<void>((watched, failed) => {
    wire.once('error', failed)
    wire.on('message', (message) => {
      const text = String(message)
      if (text.startsWith('0')) wire.send(`40/live,${JSON.stringify({ token: viewer })}`)
      if (text.startsWith('40/live,')) wire.send('42/live,1["watch",{"tables":["cityTally"]}]')
      if (text.startsWith('43/live,1[')) watched()
      const [, id, to] = /^42\/live,(\d+)\["frame",\{.*?"to":(\d+)/.exec(text) ?? []
      if (id) onFrame(wire, id, Number(to))
    })
  })
  return wire
}

describe('an acknowledgement', () => {
  const glued = (wire: WebSocket, ...texts: string[]): void => {
    const { _socket: tcp } = wire as unknown as { _socket: Socket }
    tcp.cork()
    for (const text of texts) wire.send(text)
    tcp.uncork()
  }
  test.each<[string, (wire: WebSocket, id: string) => void]>([
    ['alone', (wire, id) => wire.send(`43/live,${id}[]`)],
    ['with a value', (wire, id) => wire.send(`43/live,${id}["thanks",7]`)],
    ['twice', (wire, id) => glued(wire, `43/live,${id}[]`, `43/live,${id}[]`)],
    ['behind another message', (wire, id) => glued(wire, '3', `43/live,${id}[]`)],
    ['before another message', (wire, id) => glued(wire, `43/live,${id}[]`, '42/live,["nothing"]')],
    [
      'in fragments',
      (wire, id) => {
        wire.send('43/li', { fin: false })
        wire.send(`ve,${id}[]`, { fin: true })
      },
    ],
    [
      'in pieces of a byte',
      (wire, id) => {
        const { _socket: tcp } = wire as unknown as { _socket: Socket }
        // Masked with zeros.
        const text = Buffer.from(`43/live,${id}[]`)
        for (const byte of Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text])) tcp.write(Buffer.from([byte]))
      },
    ],
  ])('%s is one: the next frame follows', async (_how, acknowledge) => {
    let reached = 0
    const wire = await bareWatcher((wire, id, to) => {
      reached = to
      acknowledge(wire, id)
    })
    for (let i = 0; i < 3; i++) {
      const seq = await report(HERE)
      await until(() => reached >= seq, 3_000, `frame ${i} did not come`)
    }
    wire.terminate()
  })

  test('of another number is none: no frame follows until the right one', async () => {
    let reached = 0
    let first = ''
    const wire = await bareWatcher((wire, id, to) => {
      reached = to
      if (first === '') {
        first = id
        for (const other of [`${id}1`, '0', '9'.repeat(20)]) wire.send(`43/live,${other}[]`)
      } else wire.send(`43/live,${id}[]`)
    })
    await report(HERE)
    await until(() => first, 3_000, 'no frame came')
    const held = reached
    const seq = await report(HERE)
    await until(() => witness.cursor >= seq, 3_000, 'the others got none either')
    expect(reached).toBe(held)
    wire.send(`43/live,${first}[]`)
    await until(() => reached >= seq, 3_000, 'the next frame did not come')
    wire.terminate()
  })
})

test('more clients than one flush serves: each entry reaches every one of them', async () => {
  const reached: number[] = []
  const wires = await Promise.all(
    Array.from({ length: 150 }, (_, i) =>
      bareWatcher((wire, id, to) => {
        reached[i] = to
        wire.send(`43/live,${id}[]`)
      }),
    ),
  )
  for (const more of [{}, { kind: 'hazard', level: 'red' }, {}]) {
    const seq = await report(HERE, more)
    await until(() => reached.filter((to) => to >= seq).length === 150, 5_000, 'some were left out')
  }
  for (const wire of wires) wire.terminate()
})

test('signed out and in again on one connection: frames are acknowledged and followed by others as before', async () => {
  const wire = new WebSocket(`${product.base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const signIn = `40/live,${JSON.stringify({ token: viewer })}`
  let signedIn = 0
  let to = 0
  wire.on('message', (message) => {
    const text = String(message)
    if (text.startsWith('0')) wire.send(signIn)
    if (text.startsWith('40/live,') && ++signedIn < 3) {
      wire.send('41/live,')
      // Signing out takes effect behind the packet that follows on its heels.
      setTimeout(() => wire.send(signIn), 250)
    } else if (text.startsWith('40/live,')) wire.send('42/live,1["watch",{"tables":["cityTally"]}]')
    const [, id, reached] = /^42\/live,(\d+)\["frame",\{.*?"to":(\d+)/.exec(text) ?? []
    if (!id) return
    to = Number(reached)
    wire.send(`43/live,${id}[]`)
  })
  await until(() => signedIn === 3, 3_000, 'it could not sign in again')
  for (let i = 0; i < 3; i++) {
    const seq = await report(HERE)
    await until(() => to >= seq, 3_000, `frame ${i} did not come`)
  }
  wire.terminate()
})

test('a client that never acknowledged a frame watches again after the second beat and is complete', async () => {
  await until(() => sleepy.modes.length > 1, 12_000, 'it did not watch again')
  await showsTheJournal(sleepy)
})

test('a beat comes every 5 s with the time of the server and the head of what was sent', async () => {
  await until(() => heard.length >= 2, 12_000, 'no beats came')
  const [one, two] = heard.slice(-2) as [{ at: number }, { at: number; cursor: number }]
  expect(two.at - one.at).toBeGreaterThan(4_000)
  expect(two.at - one.at).toBeLessThan(6_500)
  const beat = witness.beats.at(-1)
  // The build of the pages is told where there are pages.
  const { build: _build, ...told } = beat ?? {}
  expect(told).toEqual({ epoch: witness.epoch, head: two.cursor, serverTime: expect.any(Number) })
  expect(Math.abs((beat?.serverTime ?? 0) - Date.now())).toBeLessThan(6_000)
})

test('the witness and all it was shown are whole to the end', async () => {
  await report(HERE)
  await showsTheJournal(witness)
  expect(witness.problems).toEqual([])
  expect(witness.modes).toEqual(['snapshot'])
  expect(expected(await foldJournal(product.journal, witness.cursor), ['cityTally'], '').cityTally).toHaveLength(1)
})
