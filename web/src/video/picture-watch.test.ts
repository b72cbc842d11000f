import { PictureJudge, pictureChange, sampleHeight, sampleWidth } from '@orchid/shared/domain/cameras/picture'
import { describe, expect, test } from 'vitest'
import { pathToAsk } from './media-loader.ts'
import { messages } from './messages.ts'
import { PictureWatch, type TileState } from './picture-watch.ts'

const size = sampleWidth * sampleHeight
const flat = (value: number) => new Uint8Array(size).fill(value)
/** A grey street in which one small thing stands at `at`. */
const street = (at: number) => {
  const picture = flat(90)
  picture.fill(150, at % (size - 8), (at % (size - 8)) + 8)
  return picture
}

/** Watches `seconds` at eight frames a second, a sample each second, and gives the states it went through. */
function watched(
  watch: PictureWatch,
  seconds: number,
  picture: (second: number) => Uint8Array | undefined,
  frames = true,
  from = 0,
): TileState[] {
  const states: TileState[] = []
  for (let tick = 1; tick <= seconds * 4; tick++) {
    const luma = tick % 4 === 0 ? picture(tick / 4) : undefined
    const state = watch.observe({ elapsed: 250, frames: from + (frames ? tick * 2 : 0), luma })
    if (states.at(-1) !== state) states.push(state)
  }
  return states
}

describe('what a tile may claim', () => {
  test('live as soon as frames advance, and it stays so while things move', () => {
    const watch = new PictureWatch()
    expect(watch.state).toBe('connecting')
    expect(watched(watch, 60, (second) => street(second * 3))).toEqual(['live'])
  })

  test('stalled after two seconds without a frame, offline ten seconds later, live again with the first frame', () => {
    const watch = new PictureWatch()
    watched(watch, 5, street)
    expect(watched(watch, 2, street, false, 40)).toEqual(['live', 'stalled'])
    expect(watched(watch, 11, street, false, 40)).toEqual(['stalled', 'offline'])
    watch.told('stalled')
    expect(watch.state).toBe('offline')
    expect(watched(watch, 1, street, true, 40)).toEqual(['live'])
  })

  test('a camera of one frame in two seconds is not stalled between them', () => {
    const watch = new PictureWatch()
    const states = new Set<TileState>()
    for (let tick = 1; tick <= 400; tick++) states.add(watch.observe({ elapsed: 250, frames: Math.floor(tick / 6) + 1 }))
    expect([...states]).toEqual(['live'])
  })

  test('suspected frozen after ten seconds of the same picture although frames go on, and live when it moves', () => {
    const watch = new PictureWatch()
    expect(watched(watch, 9, () => street(5))).toEqual(['live'])
    expect(watched(watch, 3, () => street(5), true, 100)).toEqual(['live', 'frozen'])
    expect(watched(watch, 3, street, true, 200)).toEqual(['frozen', 'live'])
  })

  test('black after three seconds; a dark night with a lamp is not black', () => {
    const watch = new PictureWatch()
    expect(watched(watch, 5, () => flat(0))).toEqual(['live', 'black'])
    expect(watched(watch, 2, street, true, 100)).toEqual(['black', 'live'])
    const night = new PictureWatch()
    expect(
      watched(night, 8, () => {
        const picture = flat(3)
        picture.fill(200, 100, 110)
        return picture
      }),
    ).toEqual(['live'])
  })

  test('connecting is not promised for ever', () => {
    expect(watched(new PictureWatch(), 9, () => undefined, false)).toEqual(['connecting', 'offline'])
  })

  test('the word of the server counts, but not while the picture still moves', () => {
    const watch = new PictureWatch()
    watched(watch, 3, street)
    watch.told('offline')
    expect(watch.state).toBe('live')
    watched(watch, 2, street, false, 24)
    watch.told('offline')
    expect(watch.state).toBe('offline')
    const fresh = new PictureWatch()
    fresh.told('codec')
    expect(fresh.state).toBe('codec')
  })

  test('time in which the page did not run blames nobody', () => {
    const watch = new PictureWatch()
    watched(watch, 3, street)
    for (let tick = 0; tick < 100; tick++) watch.observe({ elapsed: 0, frames: 24 })
    expect(watch.state).toBe('live')
  })
})

describe('samples', () => {
  test('one changed digit of a clock is a change, the noise of an encoder is none', () => {
    expect(pictureChange(street(5), street(5))).toBe(0)
    expect(pictureChange(street(5), street(9))).toBeGreaterThan(10)
    expect(pictureChange(flat(90), flat(91))).toBeLessThan(2.5)
  })

  test('slow drift is movement', () => {
    const judge = new PictureJudge()
    let frozen = 0
    for (let second = 0; second < 60; second++) frozen = Math.max(frozen, judge.judge(flat(60 + second), 1000).frozenMs)
    expect(frozen).toBeLessThan(10_000)
  })
})

test('the playlist is asked for under the newest signature, segments under the one they came with', () => {
  const newest = '/media/hls/cam/new.token.sig/index.m3u8'
  expect(pathToAsk(new URL('http://x/media/hls/cam/old.token.sig/index.m3u8?_HLS_msn=7'), newest)).toBe(`${newest}?_HLS_msn=7`)
  expect(pathToAsk(new URL('http://x/media/hls/cam/old.token.sig/7.m4s'), newest)).toBe('/media/hls/cam/old.token.sig/7.m4s')
})

test('both languages say the same things', () => {
  const keys = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([key, inner]) => (typeof inner === 'object' ? keys(inner, `${path}${key}.`) : [`${path}${key}`]))
  expect(keys(messages.en)).toEqual(keys(messages.zh))
})
