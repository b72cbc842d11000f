/** What viewers ask of the gateway, whether it runs in this process or in another. A stream is named by its camera's id, with `~sub` behind it when it is the smaller one. */
import type { Recording, Span } from './backends/backend.ts'
import type { FailureCode } from './camera-failure.ts'
import type { Round } from './camera-rounds.ts'
import type { KeptPictures } from './dvr.ts'
import type { Gateway, NotPlaying } from './gateway.ts'

type Soon<T> = T | Promise<T>

/** No gateway process can be reached: what the camera would show is not known. */
export const noGateway: NotPlaying = { state: 'offline', reason: 'no-gateway' satisfies FailureCode, step: 'source', steps: [] }

/** Of the gateway's own calls those that may also be answered from elsewhere. Those that open a stream reject with GatewayFull. */
export interface Streams extends Pick<Gateway, 'nameOf' | 'playlist' | 'keyFrame'> {
  /** Whether this stream is open, as far as is known here. */
  has(name: string): boolean
  ahead(...given: Parameters<Gateway['ahead']>): Soon<boolean>
  touch(...given: Parameters<Gateway['touch']>): Soon<ReturnType<Gateway['touch']>>
  file(...given: Parameters<Gateway['file']>): Soon<ReturnType<Gateway['file']>>
}

/** Where the streams of a server come from. */
export interface StreamSource {
  readonly streams: Streams
  /** What was kept on disk. */
  readonly kept: KeptPictures
  /** Recordings of a camera's backend that touch the span, oldest first; or why they cannot be had. */
  recordings(camera: string, span: Span): Promise<{ recordings: readonly Recording[] } | { reason: string }>
  /** Streams open in this process, or cameras open in the gateway processes that live. */
  readonly openStreams: number
  /** Streams of these that nobody has asked for yet: opened ahead of need. */
  readonly aheadStreams: number
  /** The round past the unwatched cameras that goes on here, or the last one; undefined on a node that makes none. */
  readonly round: Round | undefined
  close(): Promise<void>
}
