/** Tells the journal how cameras are: what the gateway, the rounds and the poller saw of them, once it has lasted long enough to be news. */
import { randomBytes } from 'node:crypto'
import { holdBefore } from '@orchid/shared/domain/cameras/flapping'
import type { CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Dispatcher } from '../../commands/dispatch.ts'
import { JournalUnavailable } from '../../journal/journal.ts'
import type { Probed } from './camera-probe.ts'
import type { ReportedState, StateInfo } from './gateway.ts'

/** What whoever decoded the picture said of it; an answer or a codec refutes none of them. */
const SEEN: ReadonlySet<string | undefined> = new Set(['live', 'frozen', 'black'])

export type Told = ReportedState | Probed['state'] | 'frozen' | 'black'

export interface StateReports {
  /** What a stream of the gateway says; written when it has lasted. */
  stream(id: string, to: ReportedState, info: StateInfo): void
  /** What was seen of a camera; written now. */
  seen(id: string, to: Told, info: StateInfo): Promise<void>
  /** What a round was answered. One that comes and goes is believed to be back when it has been so for a while: the next round asks again. */
  probed(id: string, to: Told, info: StateInfo): Promise<void>
  /** Frozen or black, as far as is known. */
  isSuspect(id: string): boolean
  close(): void
}

interface Options {
  readonly dispatcher: Pick<Dispatcher, 'internal'>
  known(id: string): CameraStateRow | undefined
  /** Resolves when it is told that cameras are watched at all. */
  begun(): Promise<void>
  isOpen(id: string): boolean
  /** Whether somebody looks at its picture from time to time. */
  isLookedAt(id: string): boolean
  /** Whether there are slots for transcoding. */
  readonly transcodes: boolean
  readonly log: { warn(o: object, m: string): void; error(o: object, m: string): void }
}

export function createStateReports({ dispatcher, known, begun, isOpen, isLookedAt, transcodes, log }: Options): StateReports {
  const holding = new Map<string, NodeJS.Timeout>()
  const isSuspect = (id: string): boolean => ['frozen', 'black'].includes(known(id)?.state ?? '')

  async function seen(id: string, to: Told, { reason, lastFrameAt }: StateInfo): Promise<void> {
    try {
      await begun()
      const data = { id, state: to, ...(lastFrameAt !== undefined && { lastFrameAt }), ...(reason && { reason }) }
      await dispatcher.internal('camera.report-state', `camera-${id}-${randomBytes(6).toString('hex')}`, data)
    } catch (error) {
      if (!(error instanceof JournalUnavailable)) throw error
      log.warn({ camera: id, state: to }, 'the journal is away: a change of this camera was not written')
    }
  }

  return {
    seen,
    isSuspect,
    stream(id, to, info) {
      clearTimeout(holding.get(id))
      // Bytes alone do not make a frozen or black picture well: the poller soon looks again.
      if (to === 'live' && isLookedAt(id) && isSuspect(id)) return
      // H.265 is shown by transcoding: that it is H.265 is no news while there are slots, and a taken one does not make a picture bad.
      if (to === 'codec' && info.transcodable && transcodes && (info.reason === undefined || SEEN.has(known(id)?.state))) return
      holding.set(
        id,
        setTimeout(
          () => {
            holding.delete(id)
            // Nobody looks any more: that it has lasted is not known, and the next round asks.
            if (to === 'live' && !isOpen(id)) return
            seen(id, to, info).catch((error) => log.error({ err: error, camera: id }, 'a change of a camera could not be written'))
          },
          holdBefore(to, known(id), Date.now()),
        ),
      )
    },
    async probed(id, to, info) {
      const now = known(id)
      if (now?.state === 'offline' && Date.now() - now.since < holdBefore(to, now, Date.now())) return
      await seen(id, to, info)
    },
    close() {
      for (const timer of holding.values()) clearTimeout(timer)
    },
  }
}
