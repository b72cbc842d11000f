/** What whoever opens cameras must know beforehand; checked at the start, with a sentence for what is not usable. */
import { readFile, stat } from 'node:fs/promises'
import { type MediaServers, readMediaServers } from './adapters/video/backends/media-servers.ts'
import { parseCameraNetworks } from './adapters/video/camera-networks.ts'
import type { CameraRooms } from './adapters/video/cameras.ts'
import { type Config, UnsafeConfig } from './config.ts'

export type CameraSettings = Pick<
  CameraRooms,
  'cameraNetworks' | 'mediaServers' | 'transcodeSlots' | 'maxAhead' | 'idleMs' | 'nodeId' | 'roundMinutes' | 'pollPerMinute'
>

/** Rejects with UnsafeConfig, which names the file of media servers but nothing of what stands in it. */
export async function readCameraSettings(config: Config): Promise<CameraSettings> {
  const { cameraNetworks, transcodeSlots, camerasAhead: maxAhead, nodeId } = config
  const idleMs = config.cameraIdleSeconds * 1_000
  const { cameraRoundMinutes: roundMinutes, cameraPicturesPerMinute: pollPerMinute } = config
  try {
    parseCameraNetworks(cameraNetworks)
  } catch (error) {
    throw new UnsafeConfig((error as Error).message)
  }
  const mediaServers = await mediaServersOf(config)
  return { cameraNetworks, mediaServers, transcodeSlots, maxAhead, idleMs, nodeId, roundMinutes, pollPerMinute }
}

async function mediaServersOf({ mediaServersFile: file }: Config): Promise<MediaServers> {
  if (file === undefined) return []
  try {
    if ((await stat(file)).mode & 0o007)
      throw new Error(`MEDIA_SERVERS: ${file} holds passwords and can be read by others: chmod o= ${file}`)
    return readMediaServers(await readFile(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UnsafeConfig(code === undefined ? message : `MEDIA_SERVERS: the file ${file} cannot be read (${code})`)
  }
}
