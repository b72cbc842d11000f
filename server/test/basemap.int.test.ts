/** The base map as walls get it: from a real folder, a real archive and a fake Tianditu. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zxyToTileId } from 'pmtiles'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeTianditu, startFakeTianditu } from '../../web/e2e/fake-tianditu.ts'
import { plainPng, pmtiles, tileId, writeTile } from '../../web/e2e/tiles.ts'
import { openBasemap } from '../src/adapters/basemap/basemap.ts'
import { Tianditu } from '../src/adapters/basemap/tianditu.ts'
import { builtProgram } from '../src/adapters/video/testing/built-program.ts'
import { type BaseConfig, UnsafeConfig } from '../src/config.ts'
import { CITY } from './city.ts'
import { call, sleep, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const KEY = 'f00dfeedf00dfeedf00dfeedf00dfeed'
const silent = { warn: () => undefined }
const home = mkdtempSync(join(tmpdir(), 'orchid-base-'))
const tiles = join(home, 'tiles')
const archive = join(home, 'base.pmtiles')
const [TEN, ELEVEN] = [plainPng(200), plainPng(100)]
/** The server as a process of its own. */
let main: Promise<string>
let product: Product
let token: string

beforeAll(async () => {
  main = builtProgram('main.ts', mkdtempSync(join(home, 'program-')))
  writeTile(tiles, 10, 852, 421, TEN)
  writeTile(tiles, 11, 1704, 842, ELEVEN)
  writeTile(tiles, 10, 852, 422, Buffer.from('this is no picture'))
  writeFileSync(join(home, 'secret.png'), 'not for anybody')
  symlinkSync('/etc/hostname', join(tiles, '10', '852', '423.png'))
  writeFileSync(
    archive,
    pmtiles(
      [
        { at: [10, 852, 421], bytes: TEN },
        { at: [11, 1704, 842], bytes: ELEVEN },
      ],
      { metadata: { attribution: '<a href="https://example.org">© 示例测绘院</a>' } },
    ),
  )
  product = await startProduct({ config: { base: { kind: 'folder', path: tiles, crs: 'GCJ02', look: 'light' } } })
  token = await product.token('wall')
})
afterAll(async () => {
  await product?.close()
  rmSync(home, { recursive: true, force: true })
})

const open = (config: Partial<BaseConfig> & { kind: string; path?: string }) =>
  openBasemap({ crs: 'WGS84', look: 'light', ...config } as BaseConfig, silent)
const bytesOf = async (path: string, more: object = {}) => {
  const response = await fetch(product.base + path, { headers: { authorization: `Bearer ${token}`, ...more } })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('a folder', () => {
  test('is described without its path', async () => {
    const { json } = await product.call('/api/base', { token })
    expect(json).toEqual({
      base: { version: expect.stringMatching(/^[\w-]{8}$/), kind: 'folder', crs: 'GCJ02', look: 'light', minZoom: 10, maxZoom: 11 },
    })
  })

  test('gives its tiles byte by byte, to be kept for a day by this browser alone', async () => {
    const { status, headers, bytes } = await bytesOf('/api/base/10/852/421')
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'image/png', 'private, max-age=86400'])
    expect(bytes.equals(TEN)).toBe(true)
    const again = await bytesOf('/api/base/10/852/421', { 'if-none-match': headers.get('etag') })
    expect([again.status, again.bytes.length]).toEqual([304, 0])
  })

  test.each([
    ['a tile that is not there', '/api/base/10/1/1'],
    ['a zoom that is not there', '/api/base/9/426/210'],
    ['a place outside the world', '/api/base/10/1024/1'],
    ['a file that is no picture', '/api/base/10/852/422'],
    ['a link to something else', '/api/base/10/852/423'],
  ])('answers %s with nothing at all', async (_what, path) => {
    const { status, bytes, headers } = await bytesOf(path)
    expect([status, bytes.length, headers.get('retry-after')]).toEqual([204, 0, null])
  })

  test('gives nothing to a page that was opened under other settings, and would lay tiles in the wrong place', async () => {
    const { version } = (await product.call('/api/base', { token })).json.base
    expect((await bytesOf(`/api/base/10/852/421?v=${version}`)).status).toBe(200)
    const { status, headers } = await bytesOf('/api/base/10/852/421?v=ofbefore')
    expect([status, headers.get('cache-control')]).toEqual([204, 'no-store'])
    const other = await open({ kind: 'folder', path: tiles, crs: 'WGS84' })
    expect(other.info.version).not.toBe(version)
    await other.close()
  })

  test('lets no path lead out of it', async () => {
    const paths = [
      '/api/base/10/852/../../../secret',
      '/api/base/10/852/..%2f..%2f..%2fsecret',
      '/api/base/10/852/%2e%2e',
      '/api/base/../../secret.png',
      '/api/base/10/852/421.png',
      '/api/base/10/852/421%00',
      '/api/base/10/-1/421',
      '/api/base/10/8.5/421',
      '/api/base/1e1/852/421',
    ]
    for (const path of paths) {
      // A client that mends no path.
      const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const asked = request(product.base, { path, headers: { authorization: `Bearer ${token}` } }, (response) => {
          let text = ''
          response.on('data', (part) => {
            text += part
          })
          response.on('end', () => resolve({ status: response.statusCode, text }))
        })
        asked.on('error', reject)
        asked.end()
      })
      expect([400, 404], path).toContain(answer.status)
      expect(answer.text).not.toContain('not for anybody')
    }
  })

  test('is for who may read: nobody and senders get none', async () => {
    for (const path of ['/api/base', '/api/base/10/852/421']) {
      expect((await product.call(path)).status).toBe(401)
      expect((await product.call(path, { token: await product.token('intake') })).status).toBe(403)
    }
  })

  test('that is not configured is not described, and has no tiles', async () => {
    const plain = await startProduct({ on: product })
    try {
      expect((await plain.call('/api/base', { token })).json).toEqual({})
      expect((await plain.call('/api/base/10/852/421', { token })).status).toBe(204)
    } finally {
      await plain.close()
    }
  })
})

describe('an archive', () => {
  test('is numbered as the library numbers it', () => {
    for (const [z, x, y] of [
      [0, 0, 0],
      [1, 1, 0],
      [3, 2, 7],
      [10, 852, 421],
      [14, 13632, 6736],
    ] as [number, number, number][])
      expect(tileId(z, x, y)).toBe(zxyToTileId(z, x, y))
  })

  test('gives its tiles, zooms and source', async () => {
    const base = await open({ kind: 'pmtiles', path: archive })
    try {
      expect(base.info).toMatchObject({
        kind: 'pmtiles',
        crs: 'WGS84',
        look: 'light',
        minZoom: 10,
        maxZoom: 11,
        attribution: '© 示例测绘院',
      })
      expect(await base.tile(10, 852, 421)).toMatchObject({ type: 'image/png' })
      const tile = await base.tile(11, 1704, 842)
      expect(typeof tile === 'object' && Buffer.from(tile.bytes).equals(ELEVEN)).toBe(true)
      expect(await base.tile(10, 1, 1)).toBe('absent')
    } finally {
      await base.close()
    }
  })

  test('that was written anew has another version, so that no browser shows its old tiles', async () => {
    const path = join(home, 'anew.pmtiles')
    const versions: string[] = []
    for (const mtime of [1_000, 1_000, 2_000]) {
      writeFileSync(path, pmtiles([{ at: [10, 852, 421], bytes: TEN }]))
      utimesSync(path, mtime, mtime)
      const base = await open({ kind: 'pmtiles', path })
      versions.push(base.info.version)
      await base.close()
    }
    expect([versions[0] === versions[1], versions[1] === versions[2]]).toEqual([true, false])
  })

  test('that is damaged later leaves our own drawing', async () => {
    const path = join(home, 'cut.pmtiles')
    writeFileSync(path, pmtiles([{ at: [10, 852, 421], bytes: TEN }]).subarray(0, -200))
    const base = await open({ kind: 'pmtiles', path })
    try {
      // The picture is cut off: the browser will not show it, and nothing fails here.
      expect(['object', 'string']).toContain(typeof (await base.tile(10, 852, 421)))
      await base.close()
      expect(await base.tile(10, 852, 421)).toBe('away')
    } finally {
      await base.close()
    }
  })
})

describe('is refused at the start with a sentence', () => {
  const made = (name: string, bytes: Uint8Array | string): string => {
    const path = join(home, name)
    writeFileSync(path, bytes)
    return path
  }
  const empty = join(home, 'empty')
  mkdirSync(join(empty, '10', '852'), { recursive: true })
  const whole = pmtiles([{ at: [10, 852, 421], bytes: TEN }])
  test.each([
    ['a folder that is missing', 'folder', join(home, 'nowhere'), /BASE_TILES=.*nowhere does not exist\./],
    ['a file in place of a folder', 'folder', made('file', ''), /is no folder/],
    ['a folder without tiles', 'folder', empty, /holds no tiles: <zoom>\/<x>\/<y>/],
    ['an archive that is missing', 'pmtiles', join(home, 'nowhere.pmtiles'), /BASE_PMTILES=.* does not exist\./],
    ['a folder in place of an archive', 'pmtiles', home, /is no file|EISDIR/],
    ['something else than an archive', 'pmtiles', made('x.pmtiles', 'x'.repeat(20_000)), /is no PMTiles archive/],
    ['an empty file', 'pmtiles', made('0.pmtiles', ''), /is no PMTiles archive/],
    ['an archive with a broken directory', 'pmtiles', made('d.pmtiles', broken(whole)), /is (damaged|no PMTiles archive)/],
    [
      'vector tiles',
      'pmtiles',
      made('v.pmtiles', pmtiles([{ at: [10, 852, 421], bytes: TEN }], { type: 1 })),
      /holds vector tiles; only pictures/,
    ],
  ])('%s', async (_what, kind, path, sentence) => {
    const error = await open({ kind, path } as never).then(
      () => undefined,
      (reason) => reason,
    )
    expect(error).toBeInstanceOf(UnsafeConfig)
    expect(error.message).toMatch(sentence)
  })

  function broken(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes)
    copy.fill(0xff, 130, 150)
    return copy
  }

  test.skipIf(process.getuid?.() !== 0)('a folder and a file that this user may not read (tried as nobody)', async () => {
    const shut = join(home, 'shut')
    mkdirSync(shut)
    chmodSync(home, 0o755)
    chmodSync(shut, 0o700)
    const file = made('shut.pmtiles', whole)
    chmodSync(file, 0o600)
    const script = `
      process.setgid(65534); process.setuid(65534)
      for (const [kind, path] of ${JSON.stringify([
        ['folder', shut],
        ['pmtiles', file],
      ])})
        await openBasemap({ kind, path, crs: 'WGS84', look: 'light' }, console).catch((error) => console.log(error.message))`
    const module = await builtProgram('adapters/basemap/basemap.ts', mkdtempSync(join(home, 'program-')))
    const said = await new Promise<string>((resolve, reject) =>
      execFile(
        process.execPath,
        ['--input-type=module', '-e', `import { openBasemap } from ${JSON.stringify(module)};${script}`],
        (error, out) => (error ? reject(error) : resolve(out)),
      ),
    )
    expect(said.split('\n').filter(Boolean)).toEqual([
      `BASE_TILES=${shut} may not be read by the user of this process.`,
      `BASE_PMTILES=${file} may not be read by the user of this process.`,
    ])
  })

  test('the server ends with code 78 and the sentence alone, before it starts a Redis', async () => {
    const dataDir = join(home, 'data')
    const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', DEMO: '0', REDIS_URL: '', BASE_TILES: join(home, 'nowhere') }
    const program = await main
    const ended = await new Promise<{ code: unknown; text: string }>((resolve) =>
      execFile(process.execPath, [program], { env }, (error, out, err) => resolve({ code: error?.code, text: out + err })),
    )
    expect(ended).toEqual({ code: 78, text: `BASE_TILES=${join(home, 'nowhere')} does not exist.\n` })
  })
})

describe('Tianditu', () => {
  let fake: FakeTianditu
  let elsewhere: FakeTianditu
  let nobody: number
  beforeAll(async () => {
    fake = await startFakeTianditu(KEY, TEN)
    elsewhere = await startFakeTianditu(KEY)
    nobody = await closedPort()
  })
  afterAll(async () => {
    expect(elsewhere.asked).toEqual([])
    await fake?.close()
    await elsewhere?.close()
  })
  const config = (more: object = {}) =>
    ({ kind: 'tianditu', key: KEY, url: fake.url, layer: 'vec', crs: 'CGCS2000', look: 'light', ...more }) as Extract<
      BaseConfig,
      { kind: 'tianditu' }
    >
  const lines: string[] = []
  const log = { warn: (about: object, sentence: string) => void lines.push(`${JSON.stringify(about)} ${sentence}`) }

  test('is asked by this server for one tile of one matrix, once for everybody', async () => {
    fake.asked.length = 0
    const wall = await startProduct({ on: product, config: { base: config() } })
    try {
      expect((await wall.call('/api/base', { token })).json.base).toMatchObject({
        kind: 'tianditu',
        crs: 'CGCS2000',
        minZoom: 1,
        maxZoom: 18,
      })
      const answers = await Promise.all([1, 2, 3].map(() => wall.call('/api/base/10/852/421', { token })))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      await wall.call('/api/base/10/852/421', { token })
      expect(fake.asked).toEqual([
        `/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=10&TILEROW=421&TILECOL=852&tk=${KEY}`,
      ])
      await wall.call('/api/base/19/1/1', { token })
      expect(fake.asked).toHaveLength(1)
      for (const answer of [...answers, await wall.call('/api/base', { token })])
        expect([...answer.headers].flat().join() + answer.text).not.toContain(KEY)
    } finally {
      await wall.close()
    }
  })

  test.each([
    ['refuses the key', (f: FakeTianditu) => config({ key: 'wrongwrong', url: f.url }), undefined, /"status":403/],
    ['answers a page in place of a picture', () => config(), (r) => r.end('<html>busy</html>'), /"status":200/],
    ['breaks off', () => config(), (r) => r.destroy(), /"error":"(UND_ERR_SOCKET|ECONNRESET)"/],
    ['sends elsewhere', () => config(), (r) => r.writeHead(302, { location: `${elsewhere.url}/?tk=${KEY}` }).end(), /"error"/],
    ['is not there', () => config({ url: `http://127.0.0.1:${nobody}` }), undefined, /"error":"ECONNREFUSED"/],
    ['does not answer', () => config(), () => undefined, /"error":"TimeoutError"/],
  ] as readonly [string, (f: FakeTianditu) => ReturnType<typeof config>, FakeTianditu['fault'], RegExp][])(
    'that %s is told once in the log, without the key, and left alone for a while',
    async (_what, with_, fault, line) => {
      lines.length = 0
      const source = new Tianditu(with_(fake), log, { patience: 150, pause: 400 })
      fake.fault = fault
      try {
        for (let x = 0; x < 3; x++) expect(await source.tile(10, x, 1)).toBe('away')
        const before = fake.asked.length
        expect(await source.tile(10, 9, 1)).toBe('away')
        expect(fake.asked.length).toBe(before)
        expect(lines).toHaveLength(1)
        expect(lines[0]).toMatch(line)
        expect(lines[0]).not.toMatch(new RegExp(`${KEY}|wrongwrong|wmts`))
      } finally {
        fake.fault = undefined
        await source.close()
      }
    },
  )

  test('that works again is shown again after the pause', async () => {
    const source = new Tianditu(config(), silent, { patience: 150, pause: 100 })
    fake.fault = (response) => response.destroy()
    for (let x = 0; x < 3; x++) await source.tile(10, x, 1)
    fake.fault = undefined
    await sleep(150)
    expect(await source.tile(10, 852, 421)).toMatchObject({ type: 'image/png' })
    await source.close()
  })

  test('keeps no more bytes than it may', async () => {
    const source = new Tianditu(config(), silent, { kept: 2.5 * TEN.length })
    for (let x = 0; x < 5; x++) await source.tile(10, x, 1)
    const before = fake.asked.length
    await source.tile(10, 4, 1)
    await source.tile(10, 3, 1)
    expect(fake.asked.length).toBe(before)
    await source.tile(10, 0, 1)
    expect(fake.asked.length).toBe(before + 1)
    await source.close()
  })

  test('a wall gets nothing now and is told when to ask again; the log of the server, however talkative, is free of the key', async () => {
    const dataDir = join(home, 'node')
    mkdirSync(dataDir, { mode: 0o700 })
    copyFileSync(join(product.dataDir, 'journal.key'), join(dataDir, 'journal.key'))
    const server = spawn(process.execPath, [await main], {
      env: {
        ...process.env,
        DATA_DIR: dataDir,
        PORT: '0',
        HOST: '127.0.0.1',
        DEMO: '0',
        CITY,
        REDIS_URL: product.redisUrl,
        LOG_LEVEL: 'trace',
        TIANDITU_KEY: KEY,
        TIANDITU_URL: `http://127.0.0.1:${await closedPort()}`,
      },
    })
    let said = ''
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (part) => {
        said += part
      })
    try {
      const base = await until(
        () => /ready (http:\S+)/.exec(said)?.[1],
        15_000,
        () => said,
      )
      for (let x = 0; x < 4; x++) {
        const answer = await call(base, `/api/base/10/${x}/1`, { token })
        const { status, text, headers } = answer
        expect([status, text, headers.get('retry-after'), headers.get('cache-control')]).toEqual([204, '', '60', 'no-store'])
      }
      await until(
        () => said.includes('ECONNREFUSED'),
        2_000,
        () => said,
      )
      expect(said).toContain('set BASE_ATTRIBUTION')
      expect(said).toContain('Tianditu gives no tiles')
      expect(said).not.toContain(KEY)
    } finally {
      server.kill()
      await once(server, 'exit')
    }
    expect(said).not.toContain(KEY)
  })
})

async function closedPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
