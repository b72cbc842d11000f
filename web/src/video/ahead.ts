/** Tells the server which camera somebody is about to want, once pointer or keyboard rests on it: at the click its picture is there. */
import { onScopeDispose } from 'vue'

/** Milliseconds: longer than a hand needs to pass over a line, shorter than from the decision to the click. */
const REST = 200

/** Opens a camera ahead of need. What cannot be opened is tried by whoever plays it, who is told why: nothing is told here. */
function openAhead(camera: string): void {
  fetch(`/api/cameras/${encodeURIComponent(camera)}/ahead`, {
    ...{ method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' }, body: '{}' },
  }).catch(() => undefined)
}

/** Call the returned function with the camera that is pointed at now, with undefined when it is none any more. */
export function useAhead(open = openAhead): (camera: string | undefined) => void {
  let at: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const point = (camera: string | undefined): void => {
    if (camera === at) return
    at = camera
    clearTimeout(timer)
    if (camera !== undefined) timer = setTimeout(() => open(camera), REST)
  }
  onScopeDispose(() => point(undefined))
  return point
}

/**
 * Whether a hand points: a finger does not rest on a thing before it touches it, and what comes to lie under a pointer that does not move is not
 * pointed at.
 */
export const isPointing = ({ pointerType, buttons, movementX, movementY }: PointerEvent): boolean =>
  pointerType === 'mouse' && buttons === 0 && (movementX !== 0 || movementY !== 0)
