/** Where the smaller stream of a camera is: named in its address behind `#sub=`, or told by the form its maker uses. */
import type { CameraAddress } from '../camera-connection.ts'

/** Path and query of the large stream → of the small one. */
const FORMS: readonly (readonly [maker: RegExp, sub: string])[] = [
  // Hikvision and its relatives
  [/(\/streaming\/(?:channels|tracks)\/\d*)01(?=$|[/?])/i, '$102'],
  [/(\/h26[45]\/ch\d+\/)main(\/)/i, '$1sub$2'],
  // Dahua and its relatives
  [/([?&]subtype=)0(?=$|&)/i, '$11'],
  // Uniview
  [/(\/media\/video)1(?=$|[/?])/i, '$12'],
  [/(\/unicast\/c\d+\/s)0(\/)/i, '$11$2'],
  // TP-Link
  [/(\/stream)1(?=$|\?)/i, '$12'],
]

/** The address of the smaller stream, at the same host; the same address where none is known. */
export function subStream(camera: CameraAddress): CameraAddress {
  const { origin, path } = parts(camera.target)
  if (camera.sub !== undefined) return { ...camera, target: origin + camera.sub }
  const form = FORMS.find(([maker]) => maker.test(path))
  return form ? { ...camera, target: origin + path.replace(form[0], form[1]) } : camera
}

function parts(target: string): { origin: string; path: string } {
  const slash = target.indexOf('/', target.indexOf('://') + 3)
  return { origin: target.slice(0, slash), path: target.slice(slash) }
}
