import { describe, expect, test } from 'vitest'
import { FrameGroups } from './frame-groups.ts'

/** Groups of frames of 40 ms, each told as a letter; capitals are key frames. */
function grouped(frames: string, seconds = 0.19): string[] {
  const groups: string[] = []
  const joined = new FrameGroups(seconds, ({ data, duration, keyframe }) => {
    expect(duration).toBeCloseTo(data.length * 0.04)
    expect(keyframe).toBe(/[A-Z]/.test(data.toString()[0] as string))
    groups.push(data.toString())
  })
  for (const frame of frames) joined.push({ data: Buffer.from(frame), duration: 0.04, keyframe: /[A-Z]/.test(frame) })
  return groups
}

test('the first key frame is handed on alone and at once', () => {
  expect(grouped('A')).toEqual(['A'])
})
test('then frames are joined until they last long enough, and a group begins at each key frame', () => {
  expect(grouped('AbcdefghiJklmnopq')).toEqual(['A', 'bcdef', 'ghi', 'Jklmn'])
  expect(grouped('AbcdeFghij')).toEqual(['A', 'bcde', 'Fghij'])
  expect(grouped('AbcDefgh')).toEqual(['A', 'bc', 'Defgh'])
})
test('a frame that lasts long is a group of its own', () => {
  expect(grouped('Abc', 0.03)).toEqual(['A', 'b', 'c'])
})

/** Of each frame the number of those behind it that complete no group. */
function spares(frames: string): string {
  const groups = new FrameGroups(0.19, () => undefined)
  return [...frames]
    .map((frame) => {
      groups.push({ data: Buffer.from(frame), duration: 0.04, keyframe: /[A-Z]/.test(frame) })
      return groups.spare.frames
    })
    .join('')
}

describe('frames that complete no group', () => {
  test('are none before two key frames have told how regularly they come', () => {
    expect(spares('abcdefgh')).toBe('00000000')
    expect(spares('AbcdefghijkJ')).toBe('000000000003')
  })
  test('are those before the one that fills a group, or before the next key frame', () => {
    // A group ends with the fifth frame, or when a key frame comes.
    expect(spares('AbcdefghijKbcdefghijKb').slice(10)).toBe('321043210432')
    expect(spares('AbcdefgHbcdefgH').slice(7)).toBe('32102103')
  })
  test('where a key frame is late, go on by the length of a group', () => {
    expect(spares('AbcDefghijklmno').slice(3)).toBe('210043210432')
  })
})
