/** One way to get at the pictures of a camera. Whatever stands behind it, ffmpeg gets bytes or a port of ours, never the camera's address. */
import type { Readable } from 'node:stream'
import type { CameraFailure, OpeningStep } from '../camera-failure.ts'
import type { CameraNetworks, Resolve } from '../camera-networks.ts'
import type { CaptionFont } from '../caption-font.ts'
import type { DemoSource } from '../demo-source.ts'
import type { MediaServers } from './media-servers.ts'

/** `sub`: the smaller stream for a tile; `main`: the large one. A camera with one stream gives it for both. */
export type Quality = 'main' | 'sub'

/** A source with an address. It may hold passwords: it goes into no log, no error and no argument of ffmpeg. */
export interface AddressedSource {
  readonly backend: 'gateway' | 'hls' | 'mediamtx' | 'zlmediakit' | 'wvp'
  readonly url: string
}

export type CameraSource = DemoSource | AddressedSource

/** A span of time in epoch milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What a server kept, as it tells it. Epoch milliseconds; `to` is absent where the server does not say how long it is. */
export interface Recording {
  readonly from: number
  readonly to?: number
}

/** What an opened source gives to ffmpeg. */
export interface Feed {
  /** ffmpeg's arguments up to its input, `-i` with it. They are seen by everyone on the machine. */
  readonly input: readonly string[]
  /** Arguments that make the picture; absent: the video track is copied as it is. */
  readonly draw?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** For ffmpeg's stdin. */
  readonly bytes?: Readable
  /** Usual milliseconds between two pieces of the source, where they come in pieces: silence up to this long is none. */
  readonly pieceMs?: number
  /** When its first picture was recorded, epoch milliseconds; absent: it is made now. */
  readonly recordedAt?: number
  /** Called when the first picture is there. */
  started?(): void
  /**
   * Nobody waits for the next so many pictures by themselves: what comes of them within so many milliseconds may go to ffmpeg together with
   * what comes next. Called anew after each segment.
   */
  hold?(pictures: number, ms: number): void
  /** Resolves when the source fails; stays pending when it is closed from our side. */
  readonly failed: Promise<CameraFailure>
  readonly failure: CameraFailure | undefined
  /** Gives back all connections, ports and files. May be called more than once. */
  close(): void | Promise<void>
}

/** How a source may be reached. */
export interface Reach {
  readonly networks: CameraNetworks
  /** Asked once an opening. Default: the system's resolver. */
  readonly resolve?: Resolve
  /** Credentials of media servers. */
  readonly servers?: MediaServers
  /** Ends the opening and what it opened. */
  readonly signal: AbortSignal
  /** Told as the opening goes on. */
  step?(step: OpeningStep): void
}

export interface Opening extends Reach {
  readonly id: string
  readonly quality: Quality
  /** What was recorded in this span, at the speed of life, instead of what is to be seen now. */
  readonly recorded?: Span
  /** Nobody wants the picture: it is enough to see that it begins. The feed is closed unread. */
  readonly probing?: true
  font(): Promise<CaptionFont | undefined>
}

export interface Backend<S extends CameraSource = CameraSource> {
  /** Rejects with a CameraFailure that names the step. */
  open(source: S, opening: Opening): Promise<Feed>
  /** Recordings that touch the span, oldest first; absent: the server keeps none. Rejects with CameraFailure. */
  recordings?(source: S, span: Span, reach: Reach): Promise<readonly Recording[]>
}
