/** A gateway for tests that records what it reports and knows its own processes. */
import { readFile } from 'node:fs/promises'
import { afterEach } from 'vitest'
import { type CameraSource, createGateway, type Gateway, type GatewayOptions, type ReportedState, type StateInfo } from '../gateway.ts'
import { until } from './run-ffmpeg.ts'

export interface Reported extends StateInfo {
  readonly id: string
  readonly state: ReportedState
}

export function openGateway(
  sources: (id: string) => CameraSource | undefined,
  options: Partial<GatewayOptions> = {},
): { gateway: Gateway; reported: Reported[]; logged: string[] } {
  const reported: Reported[] = []
  const logged: string[] = []
  const note = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`)
  const gateway = createGateway({
    log: { info: note, error: note },
    cameraNetworks: '127.0.0.0/8',
    onState: (id, state, info) => reported.push({ id, state, ...info }),
    openSource: async (id) => sources(id),
    backOff: [100, 400],
    ...options,
  })
  return { gateway, reported, logged }
}

/** `openGateway` for a file of tests: what is opened is stopped after each of them. */
export function openingGateways(): typeof openGateway {
  const opened: Gateway[] = []
  afterEach(async () => void (await Promise.all(opened.splice(0).map((gateway) => gateway.stop()))))
  return (...given) => {
    const one = openGateway(...given)
    opened.push(one.gateway)
    return one
  }
}

/** Waits until a stream has played so many segments more than its first playlist names; gives the playlist then. */
export async function playsOn(gateway: Gateway, id: string, more: number): Promise<string> {
  const first = await gateway.playlist(id, {})
  if (!('text' in first)) throw new Error(`not playing: ${JSON.stringify(first)}`)
  const next = Number(/(\d+)\.m4s\n$/.exec(first.text)?.[1]) + more
  let { text } = first
  await until(
    async () => {
      const later = await gateway.playlist(id, { _HLS_msn: String(next) })
      if ('text' in later) text = later.text
      return text.includes(`${next}.m4s`)
    },
    8_000,
    `${more} more segments`,
  )
  return text
}

export const demo = (id: string): CameraSource => ({ backend: 'demo', title: `兰江·${id}`, place: '兰江街道 江滨社区' })

/** Whether the process is there and not merely a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  return stat !== '' && !/\) [ZX] /.test(stat)
}

/** Zombies of this very process. */
export async function zombies(): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'latin1').catch(() => '')
  const states = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')),
  )
  return states.filter((stat) => /\) Z /.test(stat)).length
}

/** Init segment and all segments a playlist names, in one MP4. */
export function joined(gateway: Gateway, id: string, playlist: string): Buffer {
  const names = [...playlist.matchAll(/URI="([^"]+)"|^(\d+\.m4s)$/gm)].map(([, init, segment]) => (init ?? segment) as string)
  return Buffer.concat(names.map((name) => gateway.file(id, name) ?? Buffer.alloc(0)))
}
