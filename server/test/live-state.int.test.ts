/** Laws of the tables: whole journal = snapshot + tail, live = fold at the same cursor; and what happens when the journal is not the one seen before. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { EventBody } from '@orchid/shared/kernel/event'
import { Tables } from '@orchid/shared/kernel/projection'
import { DAY } from '@orchid/shared/kernel/time'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Append, Journal } from '../src/journal/journal.ts'
import { LiveState } from '../src/projections/live-state.ts'
import { decodeTables, encodeTables } from '../src/projections/snapshot.ts'
import { cameraOf, cityEvents, gridsOf, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Journals, seqsOf, startJournals } from './journal/journals.ts'
import { type Chance, chance, SEED } from './random.ts'
import { straight } from './redis.ts'
import { foldJournal } from './screen.ts'

let journals: Journals
let folder: string
beforeAll(async () => {
  journals = await startJournals()
  folder = mkdtempSync(join(tmpdir(), 'orchid-state-'))
})
afterAll(async () => {
  await journals?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
let nodes = 0

/** A node's tables, with a data folder of its own unless one is given. */
async function node(journal: Journal, dataDir = join(folder, String(++nodes))): Promise<LiveState> {
  mkdirSync(dataDir, { recursive: true })
  const state = new LiveState({ journal, log, nodeId: `n${nodes}`, dataDir })
  await state.start()
  return state
}

interface Opened {
  readonly incident: string
  readonly grid: string
  readonly level: string
  readonly kind: string
}

/** Events as a city brings them forth, over some days. */
class City {
  #at = Date.UTC(2026, 10, 20)
  #n = 0
  readonly #c: Chance
  readonly #open: Opened[] = []
  constructor(c: Chance) {
    this.#c = c
  }

  request(events: readonly EventBody[]): Append {
    // Days pass, some of them without anything.
    this.#at += this.#c.next() < 0.02 ? this.#c.int(1, 3) * DAY : this.#c.int(0, 600_000)
    return { sender: 'city', id: `e${++this.#n}`, bodyHash: '', expect: [], events, recordedAt: this.#at }
  }

  foundation(): Append[] {
    return [...cityEvents(), ...TOWNSHIPS.map(cameraOf)].map((event) => this.request([event]))
  }

  step(): Append {
    const c = this.#c
    const grid = c.pick(gridsOf())
    const dice = c.next()
    if (dice < 0.1) {
      const township = c.pick(TOWNSHIPS)
      const camera = cameraOf(township)
      return this.request([{ ...camera, area: grid, data: { ...(camera.data as object), grid, bearing: c.int(0, 359) } }])
    }
    if (dice < 0.2) return this.request([this.#source(c.pick(['source.returned', 'source.lost', 'source.refused']))])
    if (dice < 0.45 && this.#open.length) return this.request([this.#incidentMoves(c.int(0, this.#open.length - 1))])
    const kind = c.pick(['person', 'person', 'hazard', 'dispute'])
    const title = `事 ${c.int(1, 99)}`
    const subject = `patrol:city/${this.#n}`
    const recorded: EventBody = { type: 'patrol.recorded', area: grid, subject, data: { kind, grid, title } }
    if (kind === 'person') return this.request([recorded])
    const level = c.pick(['red', 'yellow', 'green'])
    const incident = `i${String(this.#n).padStart(15, '0')}`
    this.#open.push({ incident, grid, level, kind })
    const data = { incident, kind, level, grid, title, source: { sender: 'city', id: subject }, dueAt: this.#at }
    return this.request([recorded, { type: 'incident.reported', area: grid, subject: `incident:${incident}`, numbered: true, data }])
  }

  #source(type: string): EventBody {
    const name = this.#c.pick(['hydrology', 'simulator'])
    return { type, area: '330781', subject: `source:${name}`, data: { name, sender: 'x', heardAt: this.#at, rejected: 2, code: 'invalid' } }
  }

  #incidentMoves(place: number): EventBody {
    const about = this.#open[place] as Opened
    const type = this.#c.pick(['incident.accepted', 'incident.fell-due', 'incident.closed'])
    if (type === 'incident.closed') this.#open.splice(place, 1)
    return { type, area: about.grid, subject: `incident:${about.incident}`, data: { ...about, dueAt: this.#at, by: 'x', opinion: '好' } }
  }
}

describe(`random journals (seed ${SEED})`, () => {
  test.each([1, 2, 3, 4, 5, 6])('%i: live tables = fold of the whole journal = snapshot anywhere + tail', async (stream) => {
    const c = chance(stream)
    const city = new City(c)
    const { journal } = await journals.fresh()
    await journal.append(city.foundation())
    const state = await node(journal)
    const advances: { from: number; to: number }[] = []
    state.onAdvance(({ from, to }) => advances.push({ from, to }))
    const begin = state.cursor
    try {
      for (let call = 0; call < 25; call++) await journal.append(Array.from({ length: c.int(1, 60) }, () => city.step()))
      const { seq } = await journal.head()
      await state.folded(seq)
      const whole = await foldJournal(journal, seq)
      expect(state.tables.dump()).toEqual(whole.dump())
      // Every advance joins on to the one before.
      expect(advances.map(({ from }) => from)).toEqual([begin, ...advances.slice(0, -1).map(({ to }) => to)])

      for (const at of [1, c.int(2, seq - 1), c.int(2, seq - 1), seq]) {
        const early = await foldJournal(journal, at)
        const resumed = new Tables(PROJECTIONS)
        resumed.load(at, await decodeTables(await encodeTables(early.dump())))
        for (const { event } of await journal.read(at, 100_000)) resumed.fold(event)
        expect(resumed.dump(), `from a snapshot at ${at}`).toEqual(whole.dump())
        for (const { name } of PROJECTIONS)
          for (const area of ['330781', TOWNSHIPS[0], gridsOf()[5] as string])
            expect(resumed.keys(name, area)).toEqual(whole.keys(name, area))
      }
    } finally {
      await state.close()
    }
  })

  test('each row says which event touched it last, and every touch is remembered', async () => {
    const city = new City(chance(7))
    const { journal } = await journals.fresh()
    await journal.append([...city.foundation(), ...Array.from({ length: 800 }, () => city.step())])
    const tables = new Tables(PROJECTIONS)
    for (const { event } of await journal.read(0, 100_000)) {
      const before = new Map(tables.dump().map(({ name, keys, rows }) => [name, new Map(keys.map((key, i) => [key, rows[i]]))]))
      const touched = new Set<string>()
      tables.fold(event, (table, key) => touched.add(`${table} ${key}`))
      if (event.seq % 16 !== 0) continue
      for (const { name, keys, rows } of tables.dump())
        for (const [i, row] of rows.entries()) {
          const key = keys[i] as string
          if (before.get(name)?.get(key) === row) continue
          expect(row.updatedSeq, `${name} ${key}`).toBe(event.seq)
          expect(touched).toContain(`${name} ${key}`)
        }
    }
  })
})

describe('a restart', () => {
  test('uses the snapshot and folds only the tail: what lies before is not even read', async () => {
    const city = new City(chance(8))
    const { journal, city: code } = await journals.fresh()
    await journal.append([...city.foundation(), ...Array.from({ length: 300 }, () => city.step())])
    const dataDir = join(folder, 'snapshot')
    const first = await node(journal, dataDir)
    await first.close()
    const { seq } = await journal.head()
    const tail = await journal.append(Array.from({ length: 40 }, () => city.step()))
    const whole = await foldJournal(journal, (await journal.head()).seq)
    // As if trimmed: only the entry at which the snapshot stands is left of all before.
    await straight(journals.url, (redis) => redis.call('XTRIM', `{${code}}:journal`, 'MINID', `${seq}-0`))
    const again = await node(journal, dataDir)
    expect(again.tables.dump()).toEqual(whole.dump())
    expect(again.historyLostAt).toBeUndefined()
    expect(again.cursor).toBe(seqsOf(tail.at(-1)).at(-1))
    await again.close()
  })

  test('does without a snapshot that is damaged: the whole journal is folded', async () => {
    const { journal } = await journals.fresh()
    await journal.append(cityEvents().map((event, i) => ({ sender: 'city', id: `${i}`, bodyHash: '', expect: [], events: [event] })))
    const first = await node(journal)
    await first.close()
    const snapshot = (await journal.snapshots.load()) as NonNullable<Awaited<ReturnType<Journal['snapshots']['load']>>>
    for (const data of [snapshot.data.slice(0, 40), new Uint8Array([1, 2, 3])]) {
      await journal.snapshots.save({ ...snapshot, data })
      const again = await node(journal)
      expect(again.tables.dump()).toEqual((await foldJournal(journal, again.cursor)).dump())
      await again.close()
    }
  })

  test('does not read a snapshot of another form: told as damaged only where the form says it could be read', async () => {
    const { journal } = await journals.fresh()
    await journal.append(cityEvents().map((event, i) => ({ sender: 'city', id: `${i}`, bodyHash: '', expect: [], events: [event] })))
    const first = await node(journal)
    const whole = first.tables.dump()
    await first.close()
    const snapshot = (await journal.snapshots.load()) as NonNullable<Awaited<ReturnType<Journal['snapshots']['load']>>>
    // The form before: a line for each row.
    const lines = whole.flatMap(({ keys, rows, ...head }) => [{ ...head, rows: rows.length }, ...keys.map((key, i) => [key, rows[i]])])
    const data = gzipSync(lines.map((line) => JSON.stringify(line)).join('\n'))
    const names = PROJECTIONS.map((p) => `${p.name}:${p.version}`).join(' ')
    for (const { signature, told } of [
      { signature: names, told: [] },
      { signature: snapshot.signature, told: ['the snapshot of the tables is damaged: the whole journal is folded instead'] },
    ]) {
      await journal.snapshots.save({ ...snapshot, data, signature })
      const errors: string[] = []
      const dataDir = join(folder, String(++nodes))
      mkdirSync(dataDir)
      const again = new LiveState({ journal, log: { ...log, error: (_, text) => errors.push(text) }, nodeId: `n${nodes}`, dataDir })
      await again.start()
      expect(again.tables.dump()).toEqual(whole)
      expect(errors).toEqual(told)
      await again.close()
    }
  })

  test('a stop leaves a snapshot, although another node had the lease when one was due', async () => {
    const { journal } = await journals.fresh()
    const area = gridsOf()[0] as string
    const visit: EventBody = {
      type: 'patrol.recorded',
      area,
      subject: 'patrol:city/1',
      data: { kind: 'person', grid: area, title: '走访' },
    }
    const events = Array.from({ length: 100 }, () => visit)
    for (let call = 0; call < 210; call += 10)
      await journal.append(Array.from({ length: 10 }, (_, i) => ({ sender: 'city', id: `${call + i}`, bodyHash: '', expect: [], events })))
    expect(await journal.store.lease('snapshot', 'a node that ended', 60_000)).toBe(true)
    const state = await node(journal)
    await state.close()
    expect((await journal.snapshots.load())?.seq).toBe(state.cursor)
  })

  test('does not use a snapshot of another history or of other projections', async () => {
    const city = new City(chance(9))
    const { journal } = await journals.fresh()
    await journal.append([...city.foundation(), ...Array.from({ length: 50 }, () => city.step())])
    const state = await node(journal)
    const whole = state.tables.dump()
    await state.close()
    const snapshot = (await journal.snapshots.load()) as NonNullable<Awaited<ReturnType<Journal['snapshots']['load']>>>
    const empty = await encodeTables(new Tables(PROJECTIONS).dump())
    for (const wrong of [{ signature: 'other:1' }, { mark: 'ffff' }, { epoch: 'another' }, { seq: snapshot.seq + 1_000 }]) {
      await journal.snapshots.save({ ...snapshot, data: empty, ...wrong })
      const again = await node(journal)
      expect(again.tables.dump()).toEqual(whole)
      // Else the next round would start from the snapshot left here.
      await again.close()
    }
  })
})

describe('another history than the one seen', () => {
  const begun = async () => {
    const city = new City(chance(10))
    const { journal, city: code } = await journals.fresh()
    await journal.append([...city.foundation(), ...Array.from({ length: 30 }, () => city.step())])
    const dataDir = join(folder, `history-${++nodes}`)
    return { city, journal, code, dataDir, state: await node(journal, dataDir) }
  }
  const empty = (code: string) =>
    straight(journals.url, async (redis) => {
      for (const key of (await redis.call('KEYS', `{${code}}:*`)) as string[]) await redis.del(key)
    })

  test('an emptied journal: new epoch, empty tables, and the loss is told; then the new history is folded', async () => {
    const { city, journal, code, state } = await begun()
    const { epoch } = state
    const resets: boolean[] = []
    state.onAdvance(({ reset }) => resets.push(reset))
    await empty(code)
    await until(() => state.epoch !== epoch, 5_000, 'the epoch did not change')
    expect([state.cursor, state.tables.size('grids'), resets]).toEqual([0, 0, [true]])
    expect(state.historyLostAt).toBeGreaterThan(0)
    await journal.append([city.step()])
    await until(() => state.cursor === 2 || state.cursor === 3, 3_000, 'the new history is not folded')
    expect(state.tables.dump()).toEqual((await foldJournal(journal, state.cursor)).dump())
    await state.close()
  })

  test('emptied and filled beyond our cursor within a second: the other mark tells', async () => {
    const { city, journal, code, state } = await begun()
    const { epoch, cursor } = state
    await empty(code)
    const other = new City(chance(11))
    await journal.append([...other.foundation(), ...Array.from({ length: 200 }, () => other.step()), city.step()])
    expect((await journal.head()).seq).toBeGreaterThan(cursor)
    await until(() => state.epoch !== epoch, 5_000, 'the epoch did not change')
    const { seq } = await journal.head()
    await until(() => state.cursor === seq, 3_000, 'the new history is not folded')
    expect(state.tables.dump()).toEqual((await foldJournal(journal, seq)).dump())
    expect(state.historyLostAt).toBeGreaterThan(0)
    await state.close()
  })

  test('set back to an earlier state under the same epoch: a new epoch', async () => {
    const { journal, code, state } = await begun()
    const { epoch, cursor } = state
    await straight(journals.url, async (redis) => {
      // As a restored backup: the newest entries are gone, everything else is as it was.
      const entries = (await redis.call('XREVRANGE', `{${code}}:journal`, '+', '-', 'COUNT', '6')) as [string, string[]][]
      for (const [id] of entries.slice(0, 5)) await redis.call('XDEL', `{${code}}:journal`, id)
      const [id, fields] = entries[5] as [string, string[]]
      const [mark] = (fields[1] as string).split(' ') as [string]
      await redis.hset(`{${code}}:meta`, 'seq', Number.parseInt(id, 10), 'mark', mark)
    })
    await until(() => state.epoch !== epoch, 5_000, 'the epoch did not change')
    expect(state.cursor).toBe(cursor - 5)
    expect((await journal.head()).epoch).toBe(state.epoch)
    await state.close()
  })

  test('changed while we were stopped: told at the next start, and only then', async () => {
    const { city, journal, code, dataDir, state } = await begun()
    const { epoch } = state
    await state.close()
    await empty(code)
    await journal.append(city.foundation())
    const again = await node(journal, dataDir)
    expect(again.historyLostAt).toBeGreaterThan(0)
    expect(again.epoch).not.toBe(epoch)
    await again.close()
    const knowing = await node(journal, dataDir)
    expect([knowing.historyLostAt, knowing.epoch]).toEqual([undefined, again.epoch])
    await knowing.close()
  })

  test('two nodes agree on one new epoch', async () => {
    const { journal, code, state } = await begun()
    const other = await node(journal)
    const { epoch } = state
    await empty(code)
    await until(() => state.epoch !== epoch && other.epoch !== epoch, 5_000, 'the epochs did not change')
    await until(() => state.epoch === other.epoch, 5_000, 'the nodes do not agree')
    expect(other.historyLostAt).toBeGreaterThan(0)
    await state.close()
    await other.close()
  })

  test('tables that cannot be made anew are told to lag, though the journal has become shorter than they are', async () => {
    const { code, state } = await begun()
    expect(state.behindSince).toBeUndefined()
    await empty(code)
    await straight(journals.url, async (redis) => {
      await redis.call('XADD', `{${code}}:journal`, '1-0', 'e', 'written by a later version')
      await redis.call('HSET', `{${code}}:meta`, 'epoch', 'another', 'seq', '1', 'mark', 'another')
    })
    const since = await until(() => state.behindSince, 5_000, 'nobody is told')
    // And it stays told while the attempts fail.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(state.behindSince).toBe(since)
    await empty(code)
    await until(() => state.behindSince === undefined && state.cursor === 0, 6_000, 'it did not start anew')
    await state.close()
  })

  test('a gap is never folded over: the tables stay true, and go on once the journal is whole', async () => {
    const { city, journal, code, state } = await begun()
    const { cursor } = state
    const [later] = await journal.append([city.step()])
    await state.folded(seqsOf(later).at(-1) as number)
    const key = `{${code}}:journal`
    const here = state.cursor
    // An entry written past us: its place is one too far.
    await straight(journals.url, async (redis) => {
      const [entry] = (await redis.call('XRANGE', key, `${here}-0`, `${here}-0`)) as [[string, string[]]]
      await redis.call('XADD', key, `${here + 2}-0`, ...entry[1])
    })
    await until(async () => (await journal.read(here, 1)).length === 1, 2_000, 'the odd entry is not there')
    expect(state.cursor).toBe(here)
    expect(state.cursor).toBeGreaterThan(cursor)
    await straight(journals.url, (redis) => redis.call('DEL', key))
    await empty(code)
    await until(() => state.historyLostAt && state.cursor === 0, 6_000, 'it did not start anew')
    await journal.append(city.foundation())
    const { seq } = await journal.head()
    await until(() => state.cursor === seq, 3_000, 'it does not go on')
    expect(state.tables.dump()).toEqual((await foldJournal(journal, seq)).dump())
    await state.close()
  })
})
