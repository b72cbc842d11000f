/** Cameras that our own gateway pulls: the scheme of the address says how. */
import { readAddress } from '../camera-connection.ts'
import { openRtspRelay } from '../rtsp-relay.ts'
import type { AddressedSource, Backend, Feed } from './backend.ts'

export const gateway: Backend<AddressedSource> = {
  async open({ url }, opening) {
    const relay = await openRtspRelay(readAddress(url, ['rtsp', 'rtsps']), opening)
    return fromRelay(relay)
  },
}

/** ffmpeg speaks RTSP to the relay and nothing else. */
function fromRelay(relay: Awaited<ReturnType<typeof openRtspRelay>>): Feed {
  return {
    input: [
      ...['-protocol_whitelist', 'rtsp,rtp,tcp', '-fflags', 'nobuffer', '-flags', 'low_delay'],
      ...['-analyzeduration', '100000', '-probesize', '200000'],
      ...['-rtsp_transport', 'tcp', '-allowed_media_types', 'video', '-timeout', '5000000', '-i', relay.url],
    ],
    failed: relay.failed,
    get failure() {
      return relay.failure
    },
    close: () => relay.close(),
  }
}
