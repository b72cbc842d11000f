/** Why a camera shows no picture: a code per cause and the step it happened in, never an address or a password. */

/** The steps of opening a camera, in order; `draw` stands for connect and describe of a demo camera. */
export type OpeningStep = 'queue' | 'source' | 'resolve' | 'connect' | 'describe' | 'draw' | 'picture'

export type FailureCode =
  /** No such camera, or it has no address. */
  | 'unknown-camera'
  /** The address is of a kind the gateway cannot pull. */
  | 'unsupported-address'
  /** The name cannot be resolved. */
  | 'dns'
  /** CAMERA_NETWORKS does not allow this address and port. */
  | 'address-refused'
  | 'connection-refused'
  | 'unreachable'
  | 'timeout'
  | 'auth'
  | 'not-found'
  /** The camera points elsewhere; we do not follow. */
  | 'redirect'
  /** It shows a certificate that is not valid for its name, nor the one named in its address. */
  | 'certificate'
  /** The camera answers with an error of its own. */
  | 'camera-error'
  /** What it says is not what its address promises, or no video. */
  | 'protocol'
  /** Neither browsers nor our ffmpeg can read this codec from this kind of source. */
  | 'codec'
  /** The picture has another size or other parameters than it began with: the source is opened anew at once. */
  | 'changed'
  /** H.265, which browsers do not show, and every place for transcoding is taken. */
  | 'slots-taken'
  /** The source ended or closed the connection. */
  | 'ended'
  /** Connected, but no picture comes. */
  | 'silent'
  /** No gateway process can be reached: of the camera itself nothing is known. */
  | 'no-gateway'
  /** ffmpeg is not installed or cannot run. */
  | 'no-ffmpeg'
  /** ffmpeg ended by an error none of the above names. */
  | 'ffmpeg'

export class CameraFailure extends Error {
  readonly code: FailureCode
  readonly step: OpeningStep

  constructor(code: FailureCode, step: OpeningStep) {
    super(`${step}: ${code}`)
    this.code = code
    this.step = step
  }
}

const socketCodes: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'ended',
  EPIPE: 'ended',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
}

/** The failure a socket error stands for. */
export function socketFailure(error: unknown, step: OpeningStep): CameraFailure {
  return new CameraFailure(socketCodes[(error as NodeJS.ErrnoException).code ?? ''] ?? 'unreachable', step)
}

/** The failure the end of ffmpeg stands for, when neither the relay nor the watchdog knows better. */
export function exitFailure(exit: { code: number | null; stderr: string; missing: boolean }, hadPicture: boolean): CameraFailure {
  if (exit.missing) return new CameraFailure('no-ffmpeg', 'picture')
  if (hadPicture) return new CameraFailure('ended', 'picture')
  if (/Invalid data found|Could not find codec parameters|does not contain any stream|Unsupported codec/i.test(exit.stderr))
    return new CameraFailure('protocol', 'picture')
  return new CameraFailure(exit.code === 0 ? 'ended' : 'ffmpeg', 'picture')
}
