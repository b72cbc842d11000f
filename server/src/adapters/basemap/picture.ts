/** What counts as a tile: bytes that begin as a picture does, whatever their name or header says. */

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly bytes: Uint8Array
}

/** Bytes. Tiles have some ten thousand. */
export const LARGEST = 2 * 1024 * 1024

/** The picture in some bytes; undefined when they are none that may be shown. */
export function pictureOf(bytes: Uint8Array): Picture | undefined {
  const type = typeOf(bytes)
  return type && bytes.length <= LARGEST ? { type, bytes } : undefined
}

function typeOf(bytes: Uint8Array): Picture['type'] | undefined {
  const at = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))
  if (at(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png'
  if (at(0, 3) === '\xff\xd8\xff') return 'image/jpeg'
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'image/webp'
  return undefined
}
