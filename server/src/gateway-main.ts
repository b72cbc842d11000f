/** A gateway process: a node of the same journal that opens cameras and makes the rounds, and shows pictures to servers alone. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { openCameras } from './adapters/video/cameras.ts'
import { openDvr } from './adapters/video/dvr.ts'
import { type GatewayServer, openGatewayServer } from './adapters/video/gateway-server.ts'
import { readCameraSettings } from './camera-settings.ts'
import { Dispatcher } from './commands/dispatch.ts'
import { type Config, readConfig, UnsafeConfig } from './config.ts'
import { openJournal } from './journal/redis-journal.ts'
import { readSecret } from './journal/secret.ts'
import { live, type Service } from './lifetime.ts'
import { LiveState } from './projections/live-state.ts'

async function buildGateway(config: Config): Promise<Service> {
  if (config.redisUrl === '')
    throw new UnsafeConfig(
      'REDIS_URL is missing: servers and gateway processes find each other in the Redis they share. The private one of a server on this machine is unix://<its DATA_DIR>/redis/redis.sock.',
    )
  const settings = await readCameraSettings(config)
  // A server beside us may have the same DATA_DIR, and with it the key; what each has seen of the journal it keeps for itself.
  const dataDir = join(config.dataDir, 'gateway')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const log = pino({ level: config.logLevel })
  const secret = await readSecret(config.dataDir)
  const { city, waitReplicas } = config
  const journal = await openJournal({ url: config.redisUrl, city, secret, waitReplicas, log })
  const state = new LiveState({ journal, log, nodeId: config.nodeId, dataDir })
  const dispatcher = new Dispatcher({ journal, state, secret, city })
  const { url, host, port } = config.gatewayProcess
  const free = new URL(url).port === '0'
  // By its port, which tells two on this machine apart and is the same after a restart.
  const dvr = await openDvr({
    ...{ folder: join(dataDir, `dvr-${new URL(url).port || 443}`), log },
    budgetBytes: config.dvrMegabytes * 1024 * 1024,
  })
  let door: GatewayServer | undefined
  const cameras = openCameras({ ...settings, journal, state, dispatcher, dvr, log }, () => (free ? door?.address : door && url))
  return {
    log,
    async listen() {
      await state.startOnceThere()
      // Servers are told of us when we can serve: without tables every camera would look unknown.
      door = await openGatewayServer({
        gateway: cameras.streams,
        recordings: cameras.recordings,
        kept: cameras.kept,
        secret,
        host,
        port,
        log,
      })
      return free ? door.address : url
    },
    async close() {
      await cameras.close()
      await door?.close()
      await state.close()
      await journal.close()
    },
  }
}

live(
  () => buildGateway(readConfig()),
  () => `GATEWAY_URL=${process.env.GATEWAY_URL ?? 'https://127.0.0.1:7761'}`,
)
