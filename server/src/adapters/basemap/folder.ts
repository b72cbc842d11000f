/** Tiles in a folder, `<zoom>/<x>/<y>.png`, `.jpg` or `.webp`. */
import { constants } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UnsafeConfig } from '../../config.ts'
import { LARGEST, type Picture, pictureOf } from './picture.ts'
import { type TileSource, whyNot } from './source.ts'

const ENDINGS = ['png', 'jpg', 'jpeg', 'webp']
const TILE = /^\d{1,8}\.(png|jpe?g|webp)$/

/** Throws UnsafeConfig when the folder is missing, unreadable or holds no tiles. */
export async function openFolder(path: string): Promise<TileSource> {
  const zooms = (await namesIn(path, path)).filter((name) => /^\d{1,2}$/.test(name)).map(Number)
  let holds = false
  for (const zoom of zooms) holds ||= await holdsTile(path, String(zoom))
  if (!holds) throw new UnsafeConfig(`BASE_TILES=${path} holds no tiles: <zoom>/<x>/<y>.png, .jpg or .webp are expected in it.`)
  return {
    minZoom: Math.min(...zooms),
    maxZoom: Math.max(...zooms),
    writtenAt: (await stat(path)).mtimeMs,
    // Numbers alone make the name, so that no request leads out of the folder.
    tile: (z, x, y) => firstOf(join(path, String(z), String(x), String(y))),
    close: async () => undefined,
  }
}

async function holdsTile(path: string, zoom: string): Promise<boolean> {
  for (const x of (await namesIn(path, join(path, zoom))).filter((name) => /^\d{1,8}$/.test(name)))
    if ((await namesIn(path, join(path, zoom, x))).some((name) => TILE.test(name))) return true
  return false
}

async function namesIn(root: string, path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UnsafeConfig(`BASE_TILES=${root}${path === root ? '' : ` (${path})`} ${code === 'ENOTDIR' ? 'is no folder' : whyNot(error)}.`)
  }
}

async function firstOf(stem: string): Promise<Picture | undefined> {
  for (const ending of ENDINGS) {
    const bytes = await bytesOf(`${stem}.${ending}`)
    if (bytes) return pictureOf(bytes)
  }
  return undefined
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  // Without blocking: something else than a file, such as a pipe, would never open.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const about = await file.stat()
    return about.isFile() && about.size <= LARGEST ? await file.readFile() : undefined
  } finally {
    await file.close()
  }
}
