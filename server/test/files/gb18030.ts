/** Text as GB 2312/GBK bytes: Node decodes that encoding and does not write it. */
const codes = new Map<string, readonly [number, number]>()

function load(): void {
  const decoder = new TextDecoder('gb18030')
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail))
      if (trail !== 0x7f && [...text].length === 1 && text !== '\ufffd') codes.set(text, [lead, trail])
    }
}

/** Throws RangeError for a character that two bytes cannot hold. */
export function gb18030(text: string): Buffer {
  if (codes.size === 0) load()
  return Buffer.from(
    [...text].flatMap((character) => {
      if (character.charCodeAt(0) < 0x80) return [character.charCodeAt(0)]
      const bytes = codes.get(character)
      if (!bytes) throw new RangeError(`${character} is not in GBK`)
      return bytes
    }),
  )
}
