import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { playlistWindow, renderPlaylist } from './playlist.ts'
import { SegmentRing } from './segment-ring.ts'

const start = Date.UTC(2026, 5, 1)
const init = { data: Buffer.from('init'), sampleEntry: 'avc1', codec: 'avc1.42C016' }
const fragment = (keyframe: boolean, duration = 0.25, bytes = 100) => ({ data: Buffer.alloc(bytes), duration, keyframe })

/** `count` fragments of 0.25 s with a key frame each `group`. */
function filled(count: number, group: number, ring = new SegmentRing(start)): SegmentRing {
  ring.begin(init)
  for (let index = 0; index < count; index++) ring.add(fragment(index % group === 0), start + (index + 1) * 250)
  return ring
}

describe('ring', () => {
  test('keeps a bounded time and numbers on', () => {
    const ring = filled(200, 4)
    expect(ring.segments).toHaveLength(48)
    expect(ring.segments[0]?.msn).toBe(ring.nextMsn - 48)
    expect(ring.segment(ring.nextMsn - 49)).toBeUndefined()
    expect(ring.segment(ring.nextMsn)).toBeUndefined()
    expect(ring.segment(ring.nextMsn - 1)?.at).toBe(start + 199 * 250)
  })

  test('keeps bounded bytes, whatever a camera sends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), key: fc.boolean() }), { minLength: 1, maxLength: 80 }),
        (all) => {
          const ring = new SegmentRing(start, { limits: { seconds: 1000, bytes: 10_000 } })
          ring.begin(init)
          for (const { bytes, key } of all) ring.add(fragment(key, 0.25, bytes), start)
          expect(ring.bytes).toBe(ring.segments.reduce((sum, { data }) => sum + data.length, 0))
          expect(ring.bytes).toBeLessThanOrEqual(10_000)
        },
      ),
      { seed: 7760 },
    )
  })

  test('wakes a reader when his segment comes, and lets him go on abort and time-out', async () => {
    const ring = filled(4, 4)
    const waiting = ring.waitFor(ring.nextMsn + 1, 5000)
    ring.add(fragment(true), start)
    expect(ring.waiting).toBe(1)
    ring.add(fragment(false), start)
    await waiting
    const abort = new AbortController()
    const given = ring.waitFor(ring.nextMsn, 5000, abort.signal)
    abort.abort()
    await given
    await ring.waitFor(ring.nextMsn, 1)
    expect(ring.waiting).toBe(0)
  })

  test('numbers grow when a camera is opened again later', () => {
    expect(filled(1, 4, new SegmentRing(start + 60_000)).segments[0]?.msn).toBeGreaterThan(filled(100, 4).nextMsn)
  })

  test('numbers grow when another machine goes on, though its clock is behind; what no clock would do is not believed', () => {
    const seen = filled(100, 4).nextMsn
    expect(filled(1, 4, new SegmentRing(start - 60_000, { after: seen })).segments[0]?.msn).toBe(seen + 1)
    expect(filled(1, 4, new SegmentRing(start, { after: 2 ** 31 })).segments[0]?.msn).toBeLessThan(seen)
  })
})

describe('playlist', () => {
  test('there is none before the first key frame', () => {
    const ring = new SegmentRing(start)
    ring.begin(init)
    expect(renderPlaylist(ring)).toBeUndefined()
    ring.add(fragment(false), start)
    expect(renderPlaylist(ring)).toBeUndefined()
  })

  test('starts at a key frame, four seconds back, and points players at the last one', () => {
    const ring = filled(30, 4)
    const text = renderPlaylist(ring) as string
    const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1])
    expect(ring.segment(first)?.keyframe).toBe(true)
    expect(text.match(/#EXTINF/g)).toHaveLength(18)
    // 30 fragments: the last key frame is the 29th, half a second before the end.
    expect(text).toContain('#EXT-X-START:TIME-OFFSET=-0.500,PRECISE=YES')
    expect(text).toContain('#EXT-X-TARGETDURATION:1\n')
    expect(text).toContain('CAN-BLOCK-RELOAD=YES')
    expect(text.match(/#EXT-X-PROGRAM-DATE-TIME/g)).toHaveLength(5)
    expect(text).not.toContain('DISCONTINUITY\n')
  })

  test('a group longer than the window is listed whole', () => {
    expect(playlistWindow(filled(40, 24).segments)[0]?.keyframe).toBe(true)
  })

  test('a restart of the source is a discontinuity with an init segment of its own, counted when it slides out', () => {
    const ring = filled(8, 4)
    const before = Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(renderPlaylist(ring) as string)?.[1])
    filled(8, 4, ring)
    const text = renderPlaylist(ring) as string
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1)
    const maps = [...text.matchAll(/URI="init-(\d+)\.mp4"/g)].map(([, name]) => Number(name))
    expect(maps).toHaveLength(2)
    for (const name of maps) expect(ring.init(name)).toBeDefined()
    for (let index = 0; index < 48; index++) ring.add(fragment(index % 4 === 0), start)
    const later = renderPlaylist(ring) as string
    expect(Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(later)?.[1])).toBe(before + 1)
    expect(ring.init(maps[0] as number)).toBeUndefined()
  })
})
