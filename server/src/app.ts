/** Wires the rooms into one application. Tests build the same app as `main.ts`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import compress from '@fastify/compress'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import helmet from 'helmet'
import { openBasemap } from './adapters/basemap/basemap.ts'
import { Authenticator, Origins } from './adapters/http/authenticate.ts'
import { basemap } from './adapters/http/basemap.ts'
import { bodies } from './adapters/http/bodies.ts'
import { cameraFinding } from './adapters/http/camera-finding.ts'
import { cameraHealth } from './adapters/http/camera-health.ts'
import { cameraLists } from './adapters/http/camera-lists.ts'
import { cameras } from './adapters/http/cameras.ts'
import { commands } from './adapters/http/commands.ts'
import { endingConnections } from './adapters/http/connections.ts'
import { docs } from './adapters/http/docs.ts'
import { events } from './adapters/http/events.ts'
import { health } from './adapters/http/health.ts'
import { intake } from './adapters/http/intake.ts'
import { SenderLimit } from './adapters/http/limit.ts'
import { mediaUpgrade } from './adapters/http/media-upgrade.ts'
import { overload } from './adapters/http/overload.ts'
import { pages } from './adapters/http/pages.ts'
import { privateFields } from './adapters/http/private.ts'
import { brokenRequest, problems, unreadableAddress } from './adapters/http/problem.ts'
import { session } from './adapters/http/session.ts'
import { sources } from './adapters/http/sources.ts'
import { tables } from './adapters/http/tables.ts'
import { checkCommand, checkOf } from './adapters/http/validation.ts'
import { CameraLists } from './adapters/intake/import-files.ts'
import { cameraRegistry } from './adapters/intake/registry.ts'
import { Live } from './adapters/live/live.ts'
import { Metrics } from './adapters/metrics/metrics.ts'
import { Scheduler } from './adapters/scheduler/scheduler.ts'
import { SourceWatch } from './adapters/scheduler/sources.ts'
import { parseCameraNetworks } from './adapters/video/camera-networks.ts'
import { openDvr } from './adapters/video/dvr.ts'
import { askMediaServer } from './adapters/video/media-server-answer.ts'
import { openVideo } from './adapters/video/video.ts'
import { readCameraSettings } from './camera-settings.ts'
import { AccessStore } from './commands/access-store.ts'
import { CameraViews } from './commands/camera-views.ts'
import { Dispatcher } from './commands/dispatch.ts'
import { SharedViews } from './commands/shared-views.ts'
import { type Config, isLoopback } from './config.ts'
import { startEmbeddedRedis } from './journal/embedded-redis.ts'
import { openJournal } from './journal/redis-journal.ts'
import { readSecret } from './journal/secret.ts'
import { inServer } from './place.ts'
import { CameraCoverage } from './projections/camera-coverage.ts'
import { CameraSearch } from './projections/camera-search.ts'
import { LiveState } from './projections/live-state.ts'
import { viewsToReview } from './projections/views-to-review.ts'

export interface App {
  readonly http: FastifyInstance
  /** Listens and begins to serve. Gives the address, e.g. `http://127.0.0.1:7760`. */
  listen(): Promise<string>
  /** Says goodbye to the clients, finishes what is under way, stops what it started. */
  close(): Promise<void>
}

/** Builds everything from a configuration. Rejects with one clear sentence when Redis or the settings are not usable. */
export async function buildApp(config: Config): Promise<App> {
  const cameraSettings = await readCameraSettings(config)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const http = Fastify({
    logger: {
      level: config.logLevel,
      redact: ['req.headers.authorization', 'req.headers.cookie'],
      serializers: { req: ({ method, url, ip }) => ({ method, url: url.replace(/\?.*/, ''), remoteAddress: ip }) },
    },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustedProxies.length ? [...config.trustedProxies] : false,
    bodyLimit: 256 * 1024,
    // A list of cameras may be 128 MiB and come over a slow line; what is slow without moving at all is ended after a minute.
    requestTimeout: 300_000,
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    // What still comes on an open connection during a planned stop is served: the framework's own 503 has neither form nor Retry-After.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: unreadableAddress,
    clientErrorHandler: brokenRequest,
  })
  const { log } = http
  http.server.headersTimeout = 30_000
  // Senders may close their half once they have asked. Node would close the other half at once, before an answer that waits for the disk;
  // its types leave the switch out.
  Object.assign(http.server, { httpAllowHalfOpen: true })
  const endConnections = endingConnections(http.server)
  const base = config.base && (await openBasemap(config.base, log))
  const secret = await readSecret(config.dataDir)
  const redis = config.redisUrl ? undefined : await startEmbeddedRedis({ dataDir: config.dataDir, log })
  const journal = await openJournal({
    url: redis?.url ?? config.redisUrl,
    city: config.city,
    secret,
    waitReplicas: config.waitReplicas,
    log,
  })
  const state = new LiveState({ journal, log, nodeId: config.nodeId, dataDir: config.dataDir })
  const dispatcher = new Dispatcher({ journal, state, secret, city: config.city })
  const access = new AccessStore(journal.store)
  const address = () => http.server.address()
  const port = (): number => {
    const at = address()
    return typeof at === 'object' && at ? at.port : config.port
  }
  const origins = new Origins(config.publicUrl, port, isLoopback(config.host) ? [] : [config.host])
  const auth = new Authenticator(access, origins, isBehindUnknownProxy(config))
  const limit = new SenderLimit(config.intakeLimit)
  const sourceWatch = new SourceWatch({ journal, state, dispatcher })
  const scheduler = new Scheduler({ journal, state, dispatcher, sources: sourceWatch, log })
  const views = new CameraViews({ dispatcher, shared: new SharedViews(journal.store), log })
  let live: Live | undefined
  const video = openVideo({
    seen: (viewer, key) => views.seen(viewer, key),
    audience: (area) => live?.widestAround(area),
    ...{ journal, state, dispatcher, secret, log },
    ...cameraSettings,
    gateway: config.gateway,
    dvr: await openDvr({ folder: join(config.dataDir, 'dvr'), budgetBytes: config.dvrMegabytes * 1024 * 1024, log }),
  })
  const metrics = new Metrics({
    orchid_cursor: { help: 'Last journal seq folded into the tables', read: () => state.cursor },
    orchid_live_clients: { help: 'Clients connected to /live', read: () => live?.clients ?? 0 },
    orchid_open_streams: { help: 'Cameras open in the stream gateway', read: () => video.openStreams },
    orchid_streams_ahead: { help: 'Of these, opened ahead of need and not asked for yet', read: () => video.aheadStreams },
    orchid_camera_round: { help: 'Cameras probed in the round that goes on, or in the last one', read: () => video.round?.probed ?? 0 },
    orchid_camera_round_of: { help: 'Cameras of that round', read: () => video.round?.of ?? 0 },
    orchid_views_to_review: { help: 'Views beyond a clearance that nobody has reviewed', read: () => viewsToReview(state.tables).length },
    orchid_self_raised_views_to_review: {
      help: 'Of these, views at an incident that their viewer reported and nobody else had accepted',
      read: () => viewsToReview(state.tables).filter(({ selfRaised }) => selfRaised).length,
    },
    orchid_journal_away: { help: '1 while Redis does not answer', read: () => (journal.awaySince === undefined ? 0 : 1) },
  })

  http.setValidatorCompiler(({ schema }) => checkOf(schema as object))
  problems(http)
  // Made once: Fastify's plugin makes it anew for each request, which takes longer than a report's rules.
  const securityHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'media-src': ["'self'", 'blob:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'worker-src': ["'self'", 'blob:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    hsts: config.publicUrl.startsWith('https://'),
  })
  http.addHook('onRequest', (request, reply, done) => securityHeaders(request.raw, reply.raw, done as (error?: unknown) => void))
  await http.register(compress, { global: true, threshold: 1024, encodings: ['gzip'] })
  await overload(http)
  bodies(http)
  await docs(http, auth)
  health(http, { auth, state, journal, metrics: () => metrics.text() })
  session(http, { auth, access, secure: config.publicUrl.startsWith('https://') })
  intake(http, {
    auth,
    dispatcher,
    limit,
    meter: (sender, { stored, duplicate, refused, lastCode }) => {
      metrics.entries('stored', stored)
      metrics.entries('duplicate', duplicate)
      metrics.entries('refused', refused)
      if (refused > 0) sourceWatch.countRefused(sender, refused, lastCode ?? 'refused')
    },
  })
  commands(http, { auth, dispatcher, limit })
  tables(http, { auth, state })
  events(http, { auth, journal, state })
  privateFields(http, { auth, journal, dispatcher })
  sources(http, { auth, limit, hear: (name, sender) => sourceWatch.hear(name, sender) })
  cameras(http, { auth, state, video, views, journal })
  cameraHealth(http, { auth, state, video, views, coverage: new CameraCoverage(() => state.tables) })
  const cameraNetworks = parseCameraNetworks(config.cameraNetworks)
  const lists = new CameraLists(cameraRegistry({ dispatcher, state, journal, check: checkCommand }), {
    folder: config.dataDir,
    askServer: (url, headers) => askMediaServer(url, headers, cameraNetworks),
  })
  await cameraLists(http, { auth, state, lists })
  cameraFinding(http, { auth, state, search: new CameraSearch(() => state.tables) })
  basemap(http, { auth, base })
  const build = await pages(http, inServer('../web/dist'))

  return {
    http,
    async listen() {
      await http.listen({ host: config.host, port: config.port })
      mediaUpgrade(http.server, { auth, video, log })
      live = new Live({
        server: http.server,
        state,
        journal,
        build,
        identify: (request, token) => auth.identifySocket(request, token),
        ownSocket: (request) => auth.ownSocket(request),
        log,
      })
      await state.startOnceThere()
      scheduler.start()
      return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port()}`
    },
    async close() {
      await scheduler.close()
      await live?.close()
      await video.close()
      const closed = http.close()
      endConnections()
      await closed
      await views.close()
      await base?.close()
      await state.close()
      await journal.close()
      await redis?.stop()
    },
  }
}

/** Behind a proxy that TRUSTED_PROXIES does not name, everybody seems to come from this machine. */
const isBehindUnknownProxy = ({ publicUrl, trustedProxies }: Config): boolean =>
  publicUrl !== '' && !isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')) && trustedProxies.length === 0
