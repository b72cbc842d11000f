/** A set of tiles on this machine. */
import type { Picture } from './picture.ts'

export interface TileSource {
  readonly minZoom: number
  readonly maxZoom: number
  readonly attribution?: string
  /** Epoch ms of the last change of the file, or of the folder itself. */
  readonly writtenAt: number
  /** Undefined: there is none, or it is no picture. Rejects when it cannot be read. */
  tile(z: number, x: number, y: number): Promise<Picture | undefined>
  close(): Promise<void>
}

/** Why a folder or file cannot be opened, for the person at the terminal. */
export function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by the user of this process'
  return `cannot be read: ${message}`
}
