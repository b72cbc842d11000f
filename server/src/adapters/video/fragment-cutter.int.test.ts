import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { fragmentedOutput } from './ffmpeg-process.ts'
import { type Fragment, FragmentCutter, type InitSegment, MalformedMp4 } from './fragment-cutter.ts'
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

  test('refuses a moov that is cut short anywhere, without another error', () => {
    const at = h264.indexOf('moov', 0, 'latin1') - 4
    const moov = h264.subarray(at, at + h264.readUInt32BE(at))
    for (let length = 8; length < moov.length; length += 7) {
      const short = Buffer.from(moov.subarray(0, length))
      short.writeUInt32BE(length, 0)
      const bytes = Buffer.concat([h264.subarray(0, at), short])
      try {
        cut(bytes, [bytes.length])
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMp4)
      }
    }
  })
})
