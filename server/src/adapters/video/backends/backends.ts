/** The backends by the name that stands in the registry. */
import type { Backend, CameraSource } from './backend.ts'
import { demo } from './demo.ts'
import { gateway } from './gateway.ts'
import { hls } from './hls.ts'
import { mediamtx } from './mediamtx.ts'
import { wvp } from './wvp.ts'
import { zlmediakit } from './zlmediakit.ts'

const BACKENDS: { readonly [B in CameraSource['backend']]: Backend<Extract<CameraSource, { backend: B }>> } = {
  ...{ demo, gateway, hls, mediamtx, zlmediakit, wvp },
}

export const backendOf = <S extends CameraSource>({ backend }: S): Backend<S> => BACKENDS[backend] as Backend<S>
