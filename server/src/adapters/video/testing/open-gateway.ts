/** A gateway for tests that records what it reports and knows its own processes. */
import { readFile } from 'node:fs/promises'
import { type CameraSource, createGateway, type Gateway, type GatewayOptions, type ReportedState, type StateInfo } from '../gateway.ts'

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
