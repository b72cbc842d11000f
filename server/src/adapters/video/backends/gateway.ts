/** Cameras that our own gateway pulls: the scheme of the address says how. */
import { readAddress } from '../camera-connection.ts'
import { openHttp } from '../http-pull.ts'
import { openRtmp } from '../rtmp-pull.ts'
import { openRtspRelay } from '../rtsp-relay.ts'
import type { AddressedSource, Backend, Feed } from './backend.ts'
import { subStream } from './sub-stream.ts'

export const gateway: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const main = readAddress(url, ['rtsp', 'rtsps', 'rtmp', 'http', 'https'])
    const camera = opening.quality === 'sub' ? subStream(main) : main
    if (camera.scheme === 'rtmp') return openRtmp(camera, opening)
    if (camera.scheme.startsWith('http')) return openHttp(camera, opening)
    return fromRelay(await openRtspRelay(camera, opening))
  },
}

/** ffmpeg speaks RTSP to the relay and nothing else. */
function fromRelay(relay: Awaited<ReturnType<typeof openRtspRelay>>): Feed {
  return {
    input: [
      // Without `-fflags nobuffer`: it throws away what was read to know the codec, and with it the first key frame.
      ...['-protocol_whitelist', 'rtsp,rtp,tcp', '-flags', 'low_delay'],
      ...['-analyzeduration', '100000', '-probesize', '200000'],
      ...['-rtsp_transport', 'tcp', '-allowed_media_types', 'video', '-timeout', '5000000', '-i', relay.url],
    ],
    hold: (pictures, ms) => relay.hold(pictures, ms),
    failed: relay.failed,
    get failure() {
      return relay.failure
    },
    close: () => relay.close(),
  }
}
