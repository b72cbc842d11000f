/** Real tiles for tests: PNG pictures drawn pixel by pixel, and a PMTiles archive of them. Both are written here; nothing is downloaded. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'

export type Pixel = (x: number, y: number) => readonly [red: number, green: number, blue: number]

/** A PNG, RGB, eight bits a channel (ISO/IEC 15948: signature, IHDR, IDAT, IEND). */
export function png(size: number, pixel: Pixel): Buffer {
  const lines = Buffer.alloc(size * (1 + 3 * size))
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) lines.set(pixel(x, y), y * (1 + 3 * size) + 1 + 3 * x)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

export const plainPng = (grey: number, size = 256): Buffer => png(size, () => [grey, grey, grey])

export function writeTile(folder: string, z: number, x: number, y: number, bytes: Uint8Array, ending = 'png'): void {
  mkdirSync(join(folder, String(z), String(x)), { recursive: true })
  writeFileSync(join(folder, String(z), String(x), `${y}.${ending}`), bytes)
}

/** Place of a tile along the Hilbert curve, counted over all zooms, as PMTiles numbers them; written from its specification, not from the library. */
export function tileId(z: number, x: number, y: number): number {
  let id = (4 ** z - 1) / 3
  let [tx, ty] = [x, y]
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const [rx, ry] = [tx & side ? 1 : 0, ty & side ? 1 : 0]
    id += side * side * ((3 * rx) ^ ry)
    if (ry === 0) {
      if (rx === 1) [tx, ty] = [side - 1 - tx, side - 1 - ty]
      ;[tx, ty] = [ty, tx]
    }
  }
  return id
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}

export interface Archived {
  readonly at: readonly [z: number, x: number, y: number]
  readonly bytes: Uint8Array
}

/** A PMTiles v3 archive: header, one gzipped root directory, metadata, tiles. `type`: 1 vector, 2 PNG, 3 JPEG, 4 WebP. */
export function pmtiles(tiles: readonly Archived[], { type = 2, metadata = {} }: { type?: number; metadata?: object } = {}): Buffer {
  const sorted = tiles.map(({ at, bytes }) => ({ id: tileId(...at), z: at[0], bytes })).sort((a, b) => a.id - b.id)
  let offset = 0
  const offsets = sorted.map(({ bytes }) => {
    const here = offset
    offset += bytes.length
    return here
  })
  const directory = gzipSync(
    Uint8Array.from([
      ...varint(sorted.length),
      ...sorted.flatMap(({ id }, i) => varint(id - (sorted[i - 1]?.id ?? 0))),
      ...sorted.flatMap(() => varint(1)),
      ...sorted.flatMap(({ bytes }) => varint(bytes.length)),
      ...offsets.flatMap((here) => varint(here + 1)),
    ]),
  )
  const about = gzipSync(JSON.stringify(metadata))
  const header = Buffer.alloc(127)
  header.write('PMTiles', 'latin1')
  header[7] = 3
  const places = [127, directory.length, 127 + directory.length, about.length, 0, 0, 127 + directory.length + about.length, offset]
  for (const [i, value] of [...places, sorted.length, sorted.length, sorted.length].entries())
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * i)
  const zooms = sorted.map(({ z }) => z)
  header.set([1, 2, 1, type, Math.min(...zooms), Math.max(...zooms)], 96)
  return Buffer.concat([header, directory, about, ...sorted.map(({ bytes }) => bytes)])
}
