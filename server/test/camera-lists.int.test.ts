/** Lists of cameras: four formats, good rows beside bad ones, the same file twice, and files that mean harm. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, gridsOf, MIDDLE, TOWNSHIPS } from './city.ts'
import { gb18030 } from './files/gb18030.ts'
import { part, workbook, zip } from './files/workbook.ts'
import type { Answer } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [HERE] = gridsOf() as [string]
/** Inside the first grid. */
const [LNG, LAT] = [119.22, 29.02]
let product: Product
let admin: string

beforeAll(async () => {
  product = await startProduct()
  admin = await product.token('system-admin')
})
afterAll(() => product?.close())

const send = (
  raw: string | Uint8Array,
  query = 'crs=WGS84',
  { token = admin, type = 'text/csv', ...headers }: Record<string, string> = {},
) => product.call(`/api/cameras/import?${query}`, { method: 'POST', token, raw, headers: { 'content-type': type, ...headers } })
const counts = ({ json }: Answer) => [json.created, json.updated, json.unchanged, json.refusedCount]
const row = async (id: string) =>
  (await product.call('/api/tables/cameras?all=1', { token: admin })).json.rows.find(([key]: [string]) => key === id)?.[1]
const head = async () => (await product.journal.head()).seq
const sealed = async (id: string) => (await product.journal.openPrivate(`camera:${id}`))?.source

const TITLES = '编号,国标编码,名称,经度,纬度,点位类型,朝向,责任人,取流地址,备注'
const line = (id: string, more: Partial<Record<'code' | 'name' | 'lng' | 'lat' | 'kind' | 'bearing' | 'people' | 'source', string>> = {}) =>
  [
    ...[id, more.code ?? '', more.name ?? `卡口 ${id}`, more.lng ?? String(LNG), more.lat ?? String(LAT)],
    ...[more.kind ?? '重点路段', more.bearing ?? '90', more.people ?? '网格员;联村干部', more.source ?? '', '随便'],
  ].join(',')
const csv = (...lines: string[]) => [TITLES, ...lines].join('\r\n')

describe('CSV', () => {
  test('new ones are registered in the grid they stand in; the same file twice changes nothing; a changed row is an edit with a reason', async () => {
    const file = csv(line('a1', { code: '33078100001320100001' }), line('a2'))
    const first = await send(file)
    expect([first.status, ...counts(first)]).toEqual([200, 2, 0, 0, 0])
    expect(first.json).toMatchObject({ preview: false, ignored: ['备注'], refused: [] })
    expect(await row('a1')).toMatchObject({
      grid: HERE,
      siteKind: 'road',
      bearing: 90,
      people: ['grid-worker', 'village-cadre'],
      position: [LNG, LAT],
    })
    const before = await head()
    expect(counts(await send(file))).toEqual([0, 0, 2, 0])
    expect(await head()).toBe(before)
    const edited = await send(csv(line('a1', { bearing: '180' }), line('a2')), `crs=WGS84&reason=${encodeURIComponent('年度普查')}`)
    expect(counts(edited)).toEqual([0, 1, 1, 0])
    expect((await product.call('/api/events?subject=camera:a1', { token: admin })).json.events.at(-1)).toMatchObject({
      type: 'camera.edited',
      sender: `system-admin-${CITY}`,
      data: { before: { bearing: 90 }, after: { bearing: 180 }, reason: '年度普查' },
    })
  })

  test('bad rows are told by line, column and reason; the good beside them are stored', async () => {
    const answer = await send(
      csv(
        line('b1'),
        line('b2', { lng: '29.02', lat: '119.22' }),
        '',
        line('b1'),
        line('b3', { lng: '121', lat: '31' }),
        line('b4', { kind: '学校' }),
        line('b5', { name: '"两行\n名称"' }),
        line('b6', { name: 'x'.repeat(61) }),
        'b7,少了',
        line('b8', { code: '33078100001320100001' }),
        line('b9'),
      ),
    )
    expect([answer.status, ...counts(answer)]).toEqual([200, 2, 0, 0, 8])
    expect(answer.json.refused.map(({ row, column, code }: Record<string, unknown>) => [row, column, code])).toEqual([
      [3, 'lng', 'swapped'],
      [5, 'id', 'twice'],
      [6, 'grid', 'no-grid'],
      [7, 'siteKind', 'invalid'],
      [9, 'name', 'invalid'],
      [10, 'name', 'invalid'],
      [11, undefined, 'columns'],
      [12, 'gbCode', 'code-taken'],
    ])
    expect(await row('b9')).toBeDefined()
  })

  test('a preview tells the same and stores nothing; all-or-nothing stores nothing beside a bad row', async () => {
    const file = csv(line('c1'), line('c2', { bearing: '东' }))
    const before = await head()
    const preview = await send(file, 'crs=WGS84&preview=1')
    expect([preview.status, preview.json.preview, ...counts(preview)]).toEqual([200, true, 1, 0, 0, 1])
    const whole = await send(file, 'crs=WGS84&mode=all-or-nothing')
    expect([whole.status, whole.json.code, ...counts(whole)]).toEqual([422, 'rows-refused', 0, 0, 0, 1])
    expect(whole.json.refused).toEqual([{ row: 3, column: 'bearing', code: 'invalid', message: expect.any(String) }])
    expect(await head()).toBe(before)
    expect(counts(await send(csv(line('c1'), line('c2')), 'crs=WGS84&mode=all-or-nothing'))).toEqual([2, 0, 0, 0])
  })

  test('GB 18030 is found by its bytes or declared; a wrong declaration is told', async () => {
    const bytes = gb18030(csv(line('d1', { name: '兰江街道江滨路卡口' })))
    expect(counts(await send(bytes))).toEqual([1, 0, 0, 0])
    expect((await row('d1')).name).toBe('兰江街道江滨路卡口')
    for (const [query, type] of [
      ['crs=WGS84&encoding=gbk', 'text/csv'],
      ['crs=WGS84', 'text/csv; charset=GB2312'],
      ['crs=WGS84', 'text/csv; charset=utf-8'],
    ])
      expect(counts(await send(bytes, query, { type: type as string }))).toEqual([0, 0, 1, 0])
    const wrong = await send(bytes, 'crs=WGS84&encoding=utf-8')
    expect([wrong.status, wrong.json.code]).toEqual([422, 'not-text'])
    expect((await send(csv(line('d2')), 'crs=WGS84&encoding=koi8-r')).json.code).toBe('encoding')
    expect(counts(await send(Buffer.from(`\ufeff${csv(line('d3'))}`, 'utf16le')))).toEqual([1, 0, 0, 0])
  })

  test('positions whose system nobody declared are refused as a whole; a column declares it row by row', async () => {
    const before = await head()
    const answer = await send(csv(line('e1')), '')
    expect([answer.status, answer.json.code]).toEqual([422, 'crs-missing'])
    expect(await head()).toBe(before)
    const own = await send(`id,name,lng,lat,crs,siteKind\ne1,甲,${LNG},${LAT},GCJ02,road\ne2,乙,${LNG},${LAT},,road`, '')
    expect([...counts(own), own.json.refused[0].code]).toEqual([1, 0, 0, 1, 'crs-missing'])
    expect((await row('e1')).position).not.toEqual([LNG, LAT])
  })

  test('a blank leaves a field as it is; a list may name only what it changes', async () => {
    await send(csv(line('f1', { code: '33078100001320100006' })))
    expect(counts(await send('国标编码,所属部门\n33078100001320100006,水务局', ''))).toEqual([0, 1, 0, 0])
    expect(await row('f1')).toMatchObject({ department: '水务局', bearing: 90 })
    expect((await send('国标编码,所属部门\n33078100001320100999,水务局', '')).json.refused[0].code).toBe('name-missing')
  })

  test('an address is sealed and compared; neither answers, tables, events nor the export tell it', async () => {
    const file = (password: string) => csv(line('g1', { source: `rtsp://admin:${password}@10.1.2.3/1` }))
    const answers = [await send(file('Pw-One')), await send(file('Pw-One')), await send(file('Pw-Two'))]
    expect(answers.map(counts)).toEqual([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 0],
    ])
    expect(await sealed('g1')).toContain('Pw-Two')
    answers.push(await send(csv(line('g2', { source: 'rtsp://admin:Pw-One@10.1.2.3/a b' }))))
    answers.push(await send(csv(line('g3', { people: 'rtsp://admin:Pw-One@10.1.2.3/1' }))))
    answers.push(
      await product.call('/api/tables/cameras?all=1', { token: admin }),
      await product.call('/api/events?limit=1000&subject=camera:g1', { token: admin }),
    )
    for (const { text } of answers) expect(text).not.toMatch(/Pw-/)
    expect(counts(await send(csv(line('g1'))))).toEqual([0, 0, 1, 0])
  })
})

describe('XLSX', () => {
  const titles = ['编号', '国标编码', '名称', '经度', '纬度', '点位类型', '说明']
  test('texts, numbers and results of formulas are read from the first sheet that is shown', async () => {
    const answer = await send(
      workbook([
        titles,
        ['x1', '33078100001320200001', '桥头 <东>', LNG, LAT, '江河'],
        [undefined],
        [
          'x2',
          undefined,
          { raw: `t="str"><f>A2&amp;"号"</f><v>x2号</v>` },
          { raw: `><f>SUM(1)</f><v>${LNG}</v>` },
          LAT,
          { raw: 't="inlineStr"><is><t>江河</t></is>' },
        ],
        ['x3', Number('33078100001320200003'), '丙', LNG, LAT, '江河'],
        ['x4', undefined, '丁', 'abc', LAT, '江河'],
      ]),
    )
    expect([answer.status, ...counts(answer)]).toEqual([200, 2, 0, 0, 2])
    expect(answer.json.refused.map(({ row, column, code }: Record<string, unknown>) => [row, column ?? '', code])).toEqual([
      [5, '', 'rounded'],
      [6, 'lng', 'invalid'],
    ])
    expect(await row('x1')).toMatchObject({ name: '桥头 <东>', gbCode: '33078100001320200001', siteKind: 'river' })
    expect((await row('x2')).name).toBe('x2号')
  })
  test('many rows: what is shared is found again', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => [`xm-${i}`, undefined, `名 ${i}`, LNG, LAT, '重要场所'])
    expect(counts(await send(workbook([titles, ...rows])))).toEqual([300, 0, 0, 0])
    expect((await row('xm-299')).name).toBe('名 299')
  })
})

describe('GeoJSON', () => {
  const feature = (properties: object, coordinates: unknown = [LNG, LAT]) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates },
    properties,
  })
  test('points with named properties, in the declared system', async () => {
    const features = [
      feature({ id: 'j1', name: '甲', siteKind: 'road', bearing: 45, colour: 'red' }),
      feature({ 编号: 'j2', 名称: '乙', 点位类型: '江河' }, 'x'),
      feature({ colour: 1 }),
    ]
    const answer = await send(JSON.stringify({ type: 'FeatureCollection', features }), 'crs=CGCS2000', { type: 'application/geo+json' })
    expect([answer.status, ...counts(answer)]).toEqual([200, 1, 0, 0, 2])
    expect(answer.json.refused.map(({ row, code }: Record<string, unknown>) => [row, code])).toEqual([
      [2, 'no-point'],
      [3, 'no-columns'],
    ])
    expect(answer.json.ignored).toEqual(['colour'])
    expect(await row('j1')).toMatchObject({ bearing: 45 })
    expect((await send(JSON.stringify({ type: 'FeatureCollection', features }), '', { type: 'application/json' })).json.code).toBe(
      'crs-missing',
    )
  })
})

describe('GB/T 28181 catalog', () => {
  const item = (code: string, more = '') =>
    `<Item><DeviceID>${code}</DeviceID><Name>岗位${code.slice(-2)}</Name><Manufacturer>H</Manufacturer><Parental>0</Parental><Status>ON</Status><Password>no&lt;one</Password><Longitude>${LNG}</Longitude><Latitude>${LAT}</Latitude><Info><PTZType>1</PTZType><DirectionType>4</DirectionType></Info>${more}</Item>`
  const message = (items: string[], sum: number, sn = 17) =>
    `<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>33078100002000000001</DeviceID><SumNum>${sum}</SumNum><DeviceList Num="${items.length}">${items.join('')}</DeviceList></Response>\r\n`
  const code = (n: number) => `3307810000132030${String(n).padStart(4, '0')}`
  const query = 'crs=WGS84&siteKind=place&backend=wvp'

  test('messages one after another in GB 2312: cameras are taken, districts and recorders passed over', async () => {
    const file = gb18030(
      message([item('330781'), item('33078100001180000001'), item(code(1))], 5) +
        message([item(code(2)), item(code(3), '<Event>DEL</Event>')], 5),
    )
    const answer = await send(file, query, { type: 'application/manscdp+xml' })
    expect([answer.status, ...counts(answer), answer.json.skipped]).toEqual([200, 2, 0, 0, 1, 2])
    expect(answer.json).toMatchObject({ promised: { expected: 5, found: 5 }, refused: [{ row: 5, code: 'event' }] })
    expect(await row(code(1))).toMatchObject({ name: '岗位01', bearing: 0, backend: 'wvp', siteKind: 'place', grid: HERE })
    expect(counts(await send(file, query, { type: 'text/xml' }))).toEqual([0, 0, 2, 1])
  })
  test('messages saved as files of their own come together; a missing one is told, and refused where all is wanted', async () => {
    const form = (messages: string[]) => {
      const data = new FormData()
      for (const [i, text] of messages.entries()) data.append(`m${i}`, new Blob([new Uint8Array(gb18030(text))]), `${i}.xml`)
      return data
    }
    const parts = [message([item(code(11)), item(code(12))], 3), message([item(code(13))], 3)]
    const post = async (messages: string[], more = '') => {
      const response = await fetch(`${product.base}/api/cameras/import?${query}${more}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin}` },
        body: form(messages),
      })
      return { status: response.status, json: (await response.json()) as Answer['json'] }
    }
    const half = await post(parts.slice(0, 1), '&mode=all-or-nothing')
    expect([half.status, half.json.code]).toEqual([422, 'incomplete'])
    const both = await post(parts)
    expect([both.json.created, both.json.promised]).toEqual([3, { expected: 3, found: 3 }])
    const bad = await post([parts[0] as string, message([item(code(14), '<Event>OFF</Event>')], 1)])
    expect(bad.json.refused).toMatchObject([{ file: 2, row: 1, code: 'event' }])
  })
  test('a place of 0 and 0 is none', async () => {
    const answer = await send(message([item(code(21)).replace(`${LNG}`, '0.0').replace(`${LAT}`, '0')], 1), query)
    expect(answer.json.refused[0].code).toBe('position-missing')
  })
})

describe('files that mean harm', () => {
  const worksheet = (body: string) => part('xl/worksheets/sheet2.xml', body)
  const laughs = `<!DOCTYPE r [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`
  const catalog = (inside: string, before = '') => `${before}<Response><SN>1</SN><DeviceList>${inside}</DeviceList></Response>`
  let canary: ReturnType<typeof createServer>
  let hits = 0
  beforeAll(async () => {
    canary = createServer((_request, response) => {
      hits++
      response.end('x')
    })
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => canary?.close())
  const address = () => `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`

  test.each<[string, () => string | Uint8Array, string | RegExp]>([
    ['nothing', () => '', 'empty-body'],
    ['only titles that are none', () => 'a,b\n1,2', 'no-columns'],
    ['a column twice', () => 'id,编号,name\n1,2,3', 'column-twice'],
    ['bytes of a picture', () => Buffer.from('89504e470d0a1a0a0000000d49484452ffd8ffe0', 'hex'), /not-text|no-columns/],
    ['an old workbook', () => Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'old-excel'],
    ['a quote that never closes', () => csv(`"${'x'.repeat(300_000)}`, line('h1')), 'ok'],
    ['a field of a megabyte', () => csv(line('h2', { name: 'x'.repeat(1_000_000) })), 'ok'],
    ['NULs in a name', () => csv(line('h3', { name: 'a\0b' })), 'ok'],
    ['a hundred thousand columns', () => `${TITLES}${',x'.repeat(40_000)}\n${line('h4')}`, /ok|no-columns/],
    ['a ZIP that is none', () => Buffer.from('PK\x03\x04 and so on'), 'not-xlsx'],
    ['a ZIP without a workbook', () => zip([part('hello.txt', 'hello')]), 'not-xlsx'],
    ['a part that unpacks to 64 MB', () => workbook([], [worksheet(`<worksheet>${' '.repeat(64 * 1024 * 1024)}</worksheet>`)]), 'bomb'],
    [
      'a part that lies about its size',
      () => workbook([], [{ ...worksheet(`<w>${' '.repeat(9 * 1024 * 1024)}</w>`), claimed: 900 }]),
      'not-xlsx',
    ],
    ['a workbook with a document type', () => workbook([], [worksheet(`${laughs}<worksheet>&j;</worksheet>`)]), 'doctype'],
    ['a part that is half', () => workbook([], [worksheet('<worksheet><sheetData><row><c><v>1')]), 'not-xlsx'],
    ['a name that leads out of the ZIP', () => workbook([['编号'], ['h5']], [part('../../etc/passwd', 'x')]), 'not-xlsx'],
    ['a billion laughs', () => catalog('<Item><DeviceID>&j;</DeviceID></Item>', laughs), 'not-xml'],
    [
      'an entity from outside',
      () => catalog('<Item><Name>&x;</Name></Item>', `<!DOCTYPE r [<!ENTITY x SYSTEM "${address()}">]>`),
      'not-xml',
    ],
    ['an entity that is not declared', () => catalog('<Item><Name>&x;</Name></Item>'), 'not-xml'],
    ['tags that do not close', () => catalog('<Item><DeviceID>'), 'not-xml'],
    ['NULs in XML', () => catalog('<Item><DeviceID>\0</DeviceID></Item>'), 'not-xml'],
    ['a value of 300 kB', () => catalog(`<Item><Name>${'x'.repeat(300_000)}</Name></Item>`), /too-long|ok/],
    ['XML that is no catalog', () => '<html><body/></html>', 'empty'],
    ['lists a million deep', () => `{"features":${'['.repeat(1_000_000)}`, 'too-deep'],
    ['JSON that is half', () => '{"features":[{"type":"Feature","properties":{"id":"h6"', 'not-json'],
    ['JSON that is no collection', () => '{"a":1}', 'empty'],
    ['a prototype key', () => '{"features":[{"properties":{"__proto__":{"id":"h7"},"constructor":"x"}}]}', 'ok'],
  ])('%s: a clear answer and nothing stored', async (_what, make, code) => {
    const before = await head()
    const answer = await send(make())
    if (answer.status === 200) {
      expect('ok').toMatch(code)
      expect(answer.json.refusedCount + answer.json.unchanged).toBeGreaterThan(0)
    } else {
      expect([400, 413, 422]).toContain(answer.status)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.json.code).toMatch(code)
    }
    expect(answer.text).not.toMatch(/node_modules|\/tmp|at \w+ \(|Error:/)
    expect(await row('h1')).toBeUndefined()
    expect([_what, answer.json.created ?? 0, (await head()) - before]).toEqual([_what, 0, 0])
    expect(hits).toBe(0)
  })
})

test('lines of progress, the answer last; a refusal last as well', async () => {
  const accept = { accept: 'application/x-ndjson' }
  const steps = ({ text }: Answer) =>
    text
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l))
  const rows = Array.from({ length: 1_500 }, (_, i) => line(`p-${i}`))
  const told = await send(csv(...rows), 'crs=WGS84&mode=all-or-nothing', accept)
  expect(told.headers.get('content-type')).toContain('application/x-ndjson')
  expect(new Set(steps(told).map(({ step }) => step))).toEqual(new Set(['check', 'store', 'done']))
  expect(steps(told).at(-1)).toMatchObject({ step: 'done', created: 1_500 })
  expect(steps(await send(csv(line('q')), '', accept)).at(-1)).toMatchObject({ step: 'failed', status: 422, code: 'crs-missing' })
})

test('one import at a time: the second is asked to wait, and other requests are answered meanwhile', async () => {
  const rows = Array.from({ length: 4_000 }, (_, i) => line(`w-${i}`))
  const first = send(csv(...rows))
  await new Promise((resolve) => setTimeout(resolve, 60))
  const [second, health] = await Promise.all([send(csv(line('w'))), product.call('/healthz')])
  expect([second.status, second.json.code, second.headers.get('retry-after')]).toEqual([429, 'import-running', '5'])
  expect(health.status).toBe(200)
  expect(counts(await first)).toEqual([4_000, 0, 0, 0])
})

test("from a township: rows of another are refused, and a foreign camera's id or code tells nothing of it", async () => {
  const [ours, theirs] = TOWNSHIPS
  const token = await product.token('system-admin', ours)
  await send(csv(line('foreign', { code: '33078100001320900001', lng: String(MIDDLE[0]), lat: String(MIDDLE[1] - 0.05) })))
  expect((await row('foreign')).grid.startsWith(theirs) || !(await row('foreign')).grid.startsWith(ours)).toBe(true)
  const answer = await send(
    csv(line('s1', { lng: String(MIDDLE[0]), lat: String(MIDDLE[1] - 0.05) }), line('foreign'), line('s2')),
    'crs=WGS84',
    { token },
  )
  expect(answer.json.refused.map(({ row, code }: Record<string, unknown>) => [row, code])).toEqual([
    [2, 'area-forbidden'],
    [3, 'id-taken'],
  ])
  expect(answer.text).not.toContain(theirs)
  expect(counts(answer)).toEqual([1, 0, 0, 2])
  const byCode = await send(csv(line('', { code: '33078100001320900001' })), 'crs=WGS84', { token })
  expect(byCode.json.refused).toMatchObject([{ row: 2, code: 'id-taken' }])
  expect(byCode.text).not.toContain(theirs)
})

test('only administrators may; a foreign page may not; a body of another kind is not taken', async () => {
  for (const role of ['viewer', 'duty-officer', 'grid-worker', 'intake', 'auditor'] as const)
    expect((await send(csv(line('z')), 'crs=WGS84', { token: await product.token(role) })).status).toBe(403)
  expect((await product.call('/api/cameras/import', { method: 'POST', raw: 'x', headers: { 'content-type': 'text/csv' } })).status).toBe(
    401,
  )
  expect((await send('x', 'crs=WGS84', { type: 'text/plain' })).status).toBe(415)
  expect((await send('x', 'crs=XYZ')).status).toBe(400)
  expect((await send('x', 'mode=half')).status).toBe(400)
})

describe('export', () => {
  const get = async (query = '', token = admin) => product.call(`/api/cameras/export${query}`, { token })
  test('comes back without a change, in both languages and formats, and holds no address', async () => {
    await send(
      csv(
        line('y1', { name: '=1+1', source: 'rtsp://admin:Pw-Export@10.1.2.3/1' }),
        line('y2', { name: '"-2,""引号"""' }),
        line('y3', { name: "'单引号" }),
      ),
    )
    expect(await row('y1')).toMatchObject({ name: '=1+1' })
    for (const query of ['', '?language=en', '?format=geojson']) {
      const list = await get(query)
      expect(list.status).toBe(200)
      expect(list.text).not.toContain('Pw-Export')
      const back = await send(list.text, 'mode=all-or-nothing')
      expect([query, back.status, back.json.created, back.json.updated, back.json.refused ?? []]).toEqual([query, 200, 0, 0, []])
      expect(back.json.unchanged).toBeGreaterThan(5_000)
    }
    expect(await sealed('y1')).toContain('Pw-Export')
  })
  test('no cell is one that a spreadsheet computes; Chinese titles and the mark of UTF-8 stand first', async () => {
    const { text } = await get()
    expect(text).toMatch(/编号,国标编码,名称,经度,纬度,坐标系/)
    expect(
      Buffer.from(
        await (await fetch(`${product.base}/api/cameras/export`, { headers: { authorization: `Bearer ${admin}` } })).arrayBuffer(),
      ).subarray(0, 3),
    ).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(text).toContain("'=1+1")
    expect(text).not.toMatch(/(^|,|")[=+@-](?!\d)/m)
  })
  test('a township gets its own', async () => {
    const { text } = await get('?format=geojson', await product.token('viewer', TOWNSHIPS[1]))
    const townships = JSON.parse(text).features.map(({ properties }: { properties: { grid: string } }) => properties.grid.slice(0, 9))
    expect(new Set(townships)).toEqual(new Set([TOWNSHIPS[1]]))
  })
})
