import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { fragmentedOutput } from './ffmpeg-process.ts'
import { type Fragment, FragmentCutter, type InitSegment, MalformedMp4 } from './fragment-cutter.ts'
import { FrameGroups } from './frame-groups.ts'
import { SegmentRing } from './segment-ring.ts'
import { decode, run } from './testing/run-ffmpeg.ts'

const clip = (encoder: string, ...more: string[]) =>
  run('ffmpeg', [...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=10:d=4', '-c:v', encoder, ...more], ...fragmentedOutput(200_000)])

function cut(bytes: Buffer, sizes: readonly number[]): { inits: InitSegment[]; fragments: Fragment[] } {
  const inits: InitSegment[] = []
  const fragments: Fragment[] = []
  const cutter = new FragmentCutter({ init: (init) => inits.push(init), fragment: (fragment) => fragments.push(fragment) })
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] as number
    cutter.push(bytes.subarray(at, at + size))
    at += size
  }
  return { inits, fragments }
}

/** Numbers from 0 to below `most`, always the same ones for a seed. */
function seeded(seed: number): (most: number) => number {
  let state = seed
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

describe('a stream of ffmpeg', () => {
  let h264: Buffer
  beforeAll(async () => {
    h264 = await clip('libx264', '-preset', 'ultrafast', '-g', '10', '-pix_fmt', 'yuv420p')
  })

  test('gives one init segment and fragments whose durations add up', async () => {
    const { inits, fragments } = cut(h264, [65536])
    expect(inits).toHaveLength(1)
    expect(inits[0]?.sampleEntry).toBe('avc1')
    expect(inits[0]?.codec).toMatch(/^avc1\.[0-9A-F]{6}$/)
    expect(fragments.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(4, 2)
    expect(fragments.filter(({ keyframe }) => keyframe)).toHaveLength(4)
    expect(fragments[0]?.keyframe).toBe(true)
    expect(await decode(Buffer.concat([inits[0]?.data as Buffer, ...fragments.map(({ data }) => data)]))).toEqual({
      codec: 'h264',
      width: 160,
      frames: 40,
    })
  })

  test('is cut the same however the bytes arrive', () => {
    const whole = cut(h264, [h264.length])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const { inits, fragments } = cut(h264, sizes)
        expect(inits[0]?.data.equals(whole.inits[0]?.data as Buffer)).toBe(true)
        expect(fragments.map(({ duration, keyframe }) => [duration, keyframe])).toEqual(
          whole.fragments.map(({ duration, keyframe }) => [duration, keyframe]),
        )
        expect(fragments.every(({ data }, index) => data.equals(whole.fragments[index]?.data as Buffer))).toBe(true)
      }),
      { seed: 7760, numRuns: 25 },
    )
  })

  test('whoever is still sent a segment has its bytes to the end, however far the stream has gone on', () => {
    const begin = h264.indexOf('moof', 0, 'latin1') - 4
    const [init, body] = [h264.subarray(0, begin), h264.subarray(begin)]
    const random = seeded(7761)
    for (let turn = 0; turn < 20; turn++) {
      const ring = new SegmentRing(0, { limits: { seconds: 1 + random(4), bytes: 1024 * 1024 } })
      const groups = new FrameGroups(0.1 + random(3) / 10, (group) => ring.add(group, 0))
      const cutter = new FragmentCutter({ init: (first) => ring.begin(first), fragment: (fragment) => groups.push(fragment) })
      /** What readers took out of the ring at some moment, and a copy of that moment. */
      const sent: { data: Buffer; copy: Buffer }[] = []
      // As a socket is read: always into the same memory.
      const passing = Buffer.alloc(1 + random(65536))
      const bytes = Buffer.concat([init, ...Array.from({ length: 12 }, () => body)])
      for (let at = 0; at < bytes.length; ) {
        const size = Math.min(1 + random(passing.length), bytes.length - at)
        bytes.copy(passing, 0, at, at + size)
        cutter.push(passing.subarray(0, size))
        passing.fill(0xaa)
        at += size
        const { data } = ring.segments[random(ring.segments.length)] ?? {}
        if (data) sent.push({ data, copy: Buffer.from(data) })
      }
      expect(sent.length).toBeGreaterThan(5)
      expect(sent.filter(({ data, copy }) => !data.equals(copy))).toEqual([])
      // And it is the stream itself: the newest segments stand in it as they are.
      for (const { data } of ring.segments) expect(bytes.includes(data)).toBe(true)
    }
  })

  test('keeps little more memory than the segments it hands on', () => {
    const blocks = new Set<ArrayBufferLike>()
    const seen = { bytes: 0 }
    const cutter = new FragmentCutter({
      init: () => undefined,
      fragment: ({ data }) => {
        blocks.add(data.buffer)
        seen.bytes += data.length
      },
    })
    const begin = h264.indexOf('moof', 0, 'latin1') - 4
    for (const bytes of [h264, ...Array.from({ length: 20 }, () => h264.subarray(begin))])
      for (let at = 0; at < bytes.length; at += 1000) cutter.push(bytes.subarray(at, at + 1000))
    const held = [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(held).toBeLessThan(1.2 * seen.bytes + 128 * 1024)
  })

  test("a box between a fragment's two parts, and any other it does not need, is left out", () => {
    const free = Buffer.concat([Buffer.from([0, 0, 0, 12]), Buffer.from('free....')])
    const parts: Buffer[] = []
    for (let at = 0; at < h264.length; at += h264.readUInt32BE(at)) parts.push(h264.subarray(at, at + h264.readUInt32BE(at)), free)
    const whole = cut(h264, [h264.length]).fragments
    const { fragments } = cut(Buffer.concat(parts), [777])
    expect(fragments.map(({ data }) => data.toString('hex'))).toEqual(whole.map(({ data }) => data.toString('hex')))
  })

  test('tells H.265 from its init segment', async () => {
    const { inits } = cut(await clip('libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'), [4096])
    expect(['hev1', 'hvc1']).toContain(inits[0]?.sampleEntry)
  })

  test.each([
    ['no MP4 at all', Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
    ['a box smaller than its head', Buffer.from([0, 0, 0, 7, 0x66, 0x74, 0x79, 0x70])],
    ['an endless box', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x6d, 0x64, 0x61, 0x74])],
    ['a fragment before the init segment', Buffer.from([0, 0, 0, 8, 0x6d, 0x6f, 0x6f, 0x66])],
    ['an empty moov', Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('ftyp'), Buffer.from([0, 0, 0, 8]), Buffer.from('moov')])],
  ])('refuses %s', (_what, bytes) => {
    expect(() => cut(bytes, [bytes.length])).toThrow(MalformedMp4)
  })

  test.each(['moov', 'moof'])('refuses a %s that is cut short anywhere, without another error', (name) => {
    const at = h264.indexOf(name, 0, 'latin1') - 4
    const box = h264.subarray(at, at + h264.readUInt32BE(at))
    for (let length = 8; length < box.length; length += 3) {
      const short = Buffer.from(box.subarray(0, length))
      short.writeUInt32BE(length, 0)
      // The boxes inside that still begin are cut short with it.
      for (const inner of ['traf', 'trun', 'tfhd']) {
        const from = short.indexOf(inner, 0, 'latin1') - 4
        if (from >= 8 && from + short.readUInt32BE(from) > length) short.writeUInt32BE(length - from, from)
      }
      const bytes = Buffer.concat([h264.subarray(0, at), short, Buffer.from([0, 0, 0, 8]), Buffer.from('mdat')])
      try {
        cut(bytes, [bytes.length])
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMp4)
      }
    }
  })
})
