/** The backends by the name that stands in the registry. */
import { CameraFailure } from '../camera-failure.ts'
import type { Backend, CameraSource } from './backend.ts'
import { demo } from './demo.ts'
import { gateway } from './gateway.ts'

const BACKENDS: { readonly [B in CameraSource['backend']]?: Backend<Extract<CameraSource, { backend: B }>> } = { demo, gateway }

/** Throws CameraFailure `unsupported-address` where there is none of that name. */
export function backendOf<S extends CameraSource>({ backend }: S): Backend<S> {
  const found = BACKENDS[backend] as Backend<S> | undefined
  if (!found) throw new CameraFailure('unsupported-address', 'source')
  return found
}
