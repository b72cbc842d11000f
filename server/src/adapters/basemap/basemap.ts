/** The pictures under our own drawing of the map: a folder of tiles, a .pmtiles archive, or Tianditu. */
import { createHash } from 'node:crypto'
import type { BaseMap } from '@orchid/shared/protocol/api'
import type { BaseConfig } from '../../config.ts'
import { openArchive } from './archive.ts'
import { openFolder } from './folder.ts'
import type { Picture } from './picture.ts'
import { Tianditu } from './tianditu.ts'

/** `absent`: there is no such tile. `away`: it cannot be had at present. */
export type Tile = Picture | 'absent' | 'away'

export interface Basemap {
  readonly info: BaseMap
  /** Never rejects: a base map that fails leaves our own drawing. */
  tile(z: number, x: number, y: number): Promise<Tile>
  close(): Promise<void>
}

export interface Log {
  warn(about: object, sentence: string): void
}

/** Opens what is configured. Throws UnsafeConfig with a sentence when a folder or file is missing, unreadable or holds no pictures. */
export async function openBasemap(config: BaseConfig, log: Log): Promise<Basemap> {
  const { kind, crs, look, attribution } = config
  if (kind === 'tianditu') {
    if (!attribution)
      log.warn({}, 'Tianditu wants its review number (审图号) shown: set BASE_ATTRIBUTION to what map.tianditu.gov.cn shows at present')
    const source = new Tianditu(config, log)
    const version = versionOf(kind, crs, look, config.url, config.layer)
    const info: BaseMap = { version, kind, crs, look, minZoom: 1, maxZoom: 18, ...(attribution && { attribution }) }
    return { info, tile: (z, x, y) => source.tile(z, x, y), close: () => source.close() }
  }
  const source = await (kind === 'folder' ? openFolder : openArchive)(config.path)
  const { minZoom, maxZoom } = source
  const version = versionOf(kind, crs, look, config.path, source.writtenAt)
  const shown = attribution || source.attribution
  let failing = false
  return {
    info: { version, kind, crs, look, minZoom, maxZoom, ...(shown && { attribution: shown }) },
    async tile(z, x, y) {
      try {
        const picture = await source.tile(z, x, y)
        failing = false
        return picture ?? 'absent'
      } catch (error) {
        // One line until it works again: a wall asks for a hundred tiles at once.
        if (!failing) log.warn({ err: error }, 'a tile of the base map cannot be read')
        failing = true
        return 'away'
      }
    },
    close: source.close,
  }
}

const versionOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8)
