import { expect, test } from 'vitest'
import { readAddress } from '../camera-connection.ts'
import { subStream } from './sub-stream.ts'

const sub = (url: string) => subStream(readAddress(url, ['rtsp', 'rtsps', 'rtmp', 'http', 'https'])).target

test.each([
  ['rtsp://10.1.2.3/Streaming/Channels/101', 'rtsp://10.1.2.3/Streaming/Channels/102'],
  [
    'rtsp://10.1.2.3:554/Streaming/Channels/1601?transportmode=unicast',
    'rtsp://10.1.2.3:554/Streaming/Channels/1602?transportmode=unicast',
  ],
  ['rtsp://10.1.2.3/h264/ch1/main/av_stream', 'rtsp://10.1.2.3/h264/ch1/sub/av_stream'],
  ['rtsp://10.1.2.3/cam/realmonitor?channel=1&subtype=0', 'rtsp://10.1.2.3/cam/realmonitor?channel=1&subtype=1'],
  ['rtsp://10.1.2.3/media/video1', 'rtsp://10.1.2.3/media/video2'],
  ['rtsp://10.1.2.3/unicast/c3/s0/live', 'rtsp://10.1.2.3/unicast/c3/s1/live'],
  ['rtsp://10.1.2.3/stream1', 'rtsp://10.1.2.3/stream2'],
  ['rtsp://10.1.2.3/anything#sub=/second?x=1', 'rtsp://10.1.2.3/second?x=1'],
  ['http://10.1.2.3/live/a.flv#sub=/live/a_low.flv', 'http://10.1.2.3/live/a_low.flv'],
])('the smaller stream of %s is %s', (main, expected) => {
  expect(sub(main)).toBe(expected)
})

test.each(['rtsp://10.1.2.3/live/main', 'rtsp://10.1.2.3/Streaming/Channels/102', 'rtsp://10.1.2.3/stream10', 'rtsp://10.1.2.3/'])(
  'of %s none is known: it is the same',
  (url) => {
    expect(sub(url)).toBe(url)
  },
)

test('it never leads to another host, and the login stays', () => {
  const camera = subStream(readAddress('rtsp://a:b@10.1.2.3:8554/x#sub=//evil.example/y', ['rtsp']))
  expect(camera).toMatchObject({ host: '10.1.2.3', port: 8554, target: 'rtsp://10.1.2.3:8554//evil.example/y', credentials: { user: 'a' } })
  expect(() => readAddress('rtsp://10.1.2.3/x#sub=rtsp://evil.example/y', ['rtsp'])).toThrow('unsupported-address')
  expect(() => readAddress('rtsps://10.1.2.3/x#fingerprint=abc', ['rtsps'])).toThrow('unsupported-address')
})
