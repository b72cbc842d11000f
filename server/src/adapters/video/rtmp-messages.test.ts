import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { watchFlv } from './flv-watch.ts'
import { type Amf, ChunkReader, MalformedRtmp, type RtmpMessage, readAmf, writeAmf, writeChunks } from './rtmp-messages.ts'

/** What a reader makes of the bytes, cut at these places. */
function read(bytes: Buffer, cuts: readonly number[] = []): RtmpMessage[] {
  const messages: RtmpMessage[] = []
  const reader = new ChunkReader((message) => messages.push(message))
  let at = 0
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(at, cut))
    at = cut
  }
  return messages
}

test('what is written is read again, however the connection cuts it', () => {
  const message = fc.record({ type: fc.constantFrom(8, 9, 20), stream: fc.nat(5), body: fc.uint8Array({ maxLength: 700 }) })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(4000), { maxLength: 8 }), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(({ type, stream, body }) => writeChunks(3, type, stream, Buffer.from(body))))
      expect(read(bytes, cuts).map(({ type, stream, body }) => ({ type, stream, body: new Uint8Array(body) }))).toEqual(messages)
    }),
  )
})

test('times: absolute, then by difference, beyond 16777215 ms in the long form, which a continuation repeats', () => {
  const head = (format: number, time: number, rest: number[]) =>
    Buffer.from([(format << 6) | 4, time >> 16, (time >> 8) & 255, time & 255, ...rest])
  const whole = [0, 0, 1, 9]
  const bytes = Buffer.concat([
    ...[head(0, 1000, [...whole, 1, 0, 0, 0]), Buffer.from([1])],
    ...[head(1, 40, whole), Buffer.from([2])],
    ...[head(2, 50, []), Buffer.from([3])],
    ...[Buffer.from([0xc4]), Buffer.from([4])],
    ...[head(0, 0xffffff, [...whole, 1, 0, 0, 0]), Buffer.from([1, 0, 0, 0]), Buffer.from([5])],
  ])
  expect(read(bytes, [3, 9, 14]).map(({ timestamp, body }) => [body[0], timestamp])).toEqual([
    ...[
      [1, 1000],
      [2, 1040],
      [3, 1090],
      [4, 1140],
    ],
    [5, 0x01000000],
  ])
})

test('the other side may make its chunks larger', () => {
  const size = writeChunks(2, 1, 0, Buffer.from([0, 0, 16, 0]))
  const body = Buffer.alloc(3000, 7)
  const head = Buffer.from([3, 0, 0, 0, 0, body.length >> 8, body.length & 255, 20, 0, 0, 0, 0])
  expect(read(Buffer.concat([size, head, body]))).toMatchObject([{ type: 20, body }])
})

test('messages begun on many chunk streams and never ended do not fill the memory', () => {
  const size = Buffer.from([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0x10, 0, 0])
  const begun = (channel: number) => Buffer.concat([Buffer.from([channel, 0, 0, 0, 0x7f, 0, 0, 9, 0, 0, 0, 0]), Buffer.alloc(0x10_0000)])
  const reader = new ChunkReader(() => undefined)
  reader.push(size)
  expect(() => {
    for (let channel = 3; channel < 40; channel++) reader.push(begun(channel))
  }).toThrow(MalformedRtmp)
})

test('any bytes are read as messages or refused, never with more than they hold', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      try {
        read(Buffer.from(bytes))
        readAmf(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedRtmp)
      }
    }),
    { numRuns: 500 },
  )
})

test('values of AMF0 come back', () => {
  const value = fc.letrec<{ amf: Amf }>((tie) => ({
    amf: fc.oneof(
      { maxDepth: 3 },
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.string({ maxLength: 20 }),
      fc.constant(null),
      fc.dictionary(
        fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
        tie('amf') as fc.Arbitrary<Amf>,
        { maxKeys: 4 },
      ),
    ),
  })).amf
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      expect(JSON.stringify(readAmf(writeAmf(...values)))).toBe(JSON.stringify(values))
    }),
  )
})

test('a large message in small pieces is copied a few times, not once for each piece', () => {
  const size = Buffer.from([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0x80, 0, 0])
  const whole = Buffer.concat([Buffer.from([3, 0, 0, 0, 0x7f, 0, 0, 9, 0, 0, 0, 0]), Buffer.alloc(0x7f_0000, 7)])
  const messages: RtmpMessage[] = []
  const reader = new ChunkReader((message) => messages.push(message))
  reader.push(size)
  expect(
    copiedWhile(() => {
      for (const piece of pieces(whole)) reader.push(piece)
    }),
  ).toBeLessThan(4 * whole.length)
  expect(messages.map(({ body }) => body.length)).toEqual([0x7f_0000])
})

test('so is a large tag of FLV, which is handed on as it came', async () => {
  const tag = Buffer.alloc(11 + 0x7f_0000 + 4)
  tag[0] = 8
  tag.writeUIntBE(0x7f_0000, 1, 3)
  const whole = Buffer.concat([Buffer.from('464c56010100000009 00000000'.replace(' ', ''), 'hex'), tag, tag])
  const given: Buffer[] = []
  async function* source() {
    yield* pieces(whole)
  }
  const joined = vi.spyOn(Buffer, 'concat')
  for await (const bytes of watchFlv(source())) given.push(bytes)
  const copied = joined.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0)
  joined.mockRestore()
  expect(copied).toBeLessThan(4 * whole.length)
  expect(Buffer.concat(given).equals(whole)).toBe(true)
})

const pieces = (whole: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, n) => whole.subarray(n * 65_536, (n + 1) * 65_536))

/** Bytes that were joined meanwhile. */
function copiedWhile(work: () => void): number {
  const joined = vi.spyOn(Buffer, 'concat')
  work()
  const copied = joined.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0)
  joined.mockRestore()
  return copied
}
