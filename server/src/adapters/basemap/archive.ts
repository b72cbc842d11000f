/** Tiles in one PMTiles archive of pictures. */
import { type FileHandle, open } from 'node:fs/promises'
import { Compression, type Header, PMTiles, type RangeResponse, type Source, TileType } from 'pmtiles'
import { UnsafeConfig } from '../../config.ts'
import { pictureOf } from './picture.ts'
import { type TileSource, whyNot } from './source.ts'

/** Bytes asked for at once; a damaged archive asks for any number. */
const MOST = 32 * 1024 * 1024
const SHOWN: readonly TileType[] = [TileType.Png, TileType.Jpeg, TileType.Webp]

/** Throws UnsafeConfig when the file is missing, unreadable, damaged or holds something else than pictures. */
export async function openArchive(path: string): Promise<TileSource> {
  const refuse = (why: string): UnsafeConfig => new UnsafeConfig(`BASE_PMTILES=${path} ${why}.`)
  const file = await open(path).catch((error) => {
    throw refuse(whyNot(error))
  })
  try {
    const about = await file.stat()
    if (!about.isFile()) throw refuse('is no file')
    const archive = new PMTiles(new FileBytes(path, file))
    const header = await archive.getHeader().catch((error: Error) => {
      throw refuse(`is no PMTiles archive: ${error.message}`)
    })
    const why = whyNotShown(header)
    if (why) throw refuse(why)
    const metadata = await firstLook(archive, header).catch((error: Error) => {
      throw refuse(`is damaged: ${error.message}`)
    })
    const attribution = plain((metadata as { attribution?: unknown } | undefined)?.attribution)
    return {
      minZoom: header.minZoom,
      maxZoom: header.maxZoom,
      writtenAt: about.mtimeMs,
      ...(attribution && { attribution }),
      async tile(z, x, y) {
        const found = await archive.getZxy(z, x, y)
        return found && pictureOf(new Uint8Array(found.data))
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function whyNotShown({ tileType, tileCompression, internalCompression }: Header): string | undefined {
  if (tileType === TileType.Mvt || tileType === TileType.Mlt)
    return 'holds vector tiles; only pictures (PNG, JPEG, WebP) are shown: make an archive of pictures from it'
  if (!SHOWN.includes(tileType)) return 'holds tiles that are neither PNG, JPEG nor WebP'
  const readable = [Compression.None, Compression.Gzip]
  if (![tileCompression, internalCompression].every((one) => readable.includes(one) || one === Compression.Unknown))
    return 'is compressed by Brotli or Zstandard: write it anew with gzip'
  return undefined
}

/** Reads what every request needs, so that damage shows at the start. */
async function firstLook(archive: PMTiles, { minZoom }: Header): Promise<unknown> {
  await archive.getZxy(minZoom, 0, 0)
  return archive.getMetadata()
}

/** Attributions are often HTML; here they are text of one line. */
const plain = (text: unknown): string =>
  typeof text === 'string'
    ? text
        .replace(/<[^>]*>/g, '')
        .replaceAll('&copy;', '©')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, 80)
    : ''

class FileBytes implements Source {
  readonly #path: string
  readonly #file: FileHandle
  constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }
  getKey(): string {
    return this.#path
  }
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    if (length > MOST) throw new Error(`it asks for ${length} bytes at once`)
    const data = new ArrayBuffer(length)
    const { bytesRead } = await this.#file.read(new Uint8Array(data), 0, length, offset)
    return { data: bytesRead === length ? data : data.slice(0, bytesRead) }
  }
}
