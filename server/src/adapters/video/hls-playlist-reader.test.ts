import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPlaylist, UnreadablePlaylist } from './hls-playlist-reader.ts'

const media = (text: string) => {
  const read = readPlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${text}`)
  if (!('media' in read)) throw new Error('no media playlist')
  return read.media
}

describe('a media playlist', () => {
  test('numbers its segments, and carries keys, maps and ranges on to those that follow', () => {
    const { segments, ended, canBlock, targetDuration } = media(
      [
        ...[
          '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=3',
          '#EXT-X-MEDIA-SEQUENCE:7',
          '#EXT-X-MAP:URI="init.mp4",BYTERANGE="100@4"',
        ],
        ...['#EXTINF:2.0,first', '#EXT-X-BYTERANGE:500@1000', 'a.mp4', '#EXT-X-BYTERANGE:200', '#EXTINF:1.5', 'a.mp4'],
        ...['#EXT-X-KEY:METHOD=AES-128,URI="k?a=1,2",IV=0x1F', '#EXTINF:2', 'b.mp4', '#EXT-X-KEY:METHOD=NONE', '#EXTINF:2', 'c.mp4'],
      ].join('\r\n'),
    )
    const map = { uri: 'init.mp4', range: { from: 4, bytes: 100 } }
    expect({ ended, canBlock, targetDuration }).toEqual({ ended: false, canBlock: true, targetDuration: 2 })
    expect(segments).toEqual([
      { msn: 7, uri: 'a.mp4', duration: 2, range: { from: 1000, bytes: 500 }, map },
      { msn: 8, uri: 'a.mp4', duration: 1.5, range: { from: 1500, bytes: 200 }, map },
      { msn: 9, uri: 'b.mp4', duration: 2, map, key: { uri: 'k?a=1,2', iv: Buffer.from('1f'.padStart(32, '0'), 'hex') } },
      { msn: 10, uri: 'c.mp4', duration: 2, map },
    ])
    expect(media('#EXTINF:2,\na\n#EXT-X-ENDLIST').ended).toBe(true)
  })

  test.each([
    ['a key we have no way for', '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"\n#EXTINF:2,\na'],
    ['a key of another system', '#EXT-X-KEY:METHOD=AES-128,URI="k",KEYFORMAT="com.apple.streamingkeydelivery"\n#EXTINF:2,\na'],
    ['a key without an address', '#EXT-X-KEY:METHOD=AES-128\n#EXTINF:2,\na'],
    ['a map without one', '#EXT-X-MAP:BYTERANGE="1@0"\n#EXTINF:2,\na'],
    ['a segment without a duration', 'a'],
    ['a duration of a day', '#EXTINF:86400,\na'],
    ['a duration that is none', '#EXTINF:long,\na'],
    ['a range that is none', '#EXT-X-BYTERANGE:-1@2\n#EXTINF:2,\na'],
    ['numbers that are none', '#EXT-X-MEDIA-SEQUENCE:x\n#EXTINF:2,\na'],
    ['far too many segments', '#EXTINF:2,\na\n'.repeat(20_001)],
  ])('with %s is refused', (_what, text) => {
    expect(() => media(text)).toThrow(UnreadablePlaylist)
  })
})

test('a master playlist gives its variants, and which of them browsers cannot show', () => {
  expect(
    readPlaylist(
      '\uFEFF#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="http://127.0.0.1/x"\n#EXT-X-STREAM-INF:BANDWIDTH=900,CODECS="hvc1.1,mp4a"\nh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=500,CODECS="avc1.42c01e"\n\nl.m3u8\n#EXT-X-STREAM-INF:NAME=x\nn.m3u8',
    ),
  ).toEqual({
    variants: [
      { uri: 'h.m3u8', bandwidth: 900, foreign: true },
      { uri: 'l.m3u8', bandwidth: 500, foreign: false },
      { uri: 'n.m3u8', bandwidth: 0, foreign: false },
    ],
  })
})

test('any text is read or refused', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      '#EXTINF:1,',
      'a.ts',
      '#EXT-X-KEY:METHOD=AES-128,URI="k"',
      '#EXT-X-MAP:URI="m"',
      '#EXT-X-BYTERANGE:1',
      '#EXT-X-STREAM-INF:BANDWIDTH=1',
    ),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      try {
        readPlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...lines].join('\n'))
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadablePlaylist)
      }
    }),
  )
})
