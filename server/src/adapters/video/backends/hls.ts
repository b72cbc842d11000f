/** A plain HLS address. It is fetched by us: the browser gets our own playlist and segments. */
import { readAddress } from '../camera-connection.ts'
import { openHls } from '../hls-pull.ts'
import type { AddressedSource, Backend } from './backend.ts'

export const hls: Backend<AddressedSource> = {
  open: async ({ url }, opening) => openHls(readAddress(url, ['http', 'https']), opening),
}
