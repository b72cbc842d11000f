/** How the server and the gateway process are started: their files, and the flags of Node the server was measured with. */
import { readFileSync } from 'node:fs'
import { inRoot } from './place.mjs'

/** Arguments for `node`. */
export const gatewayArguments = [inRoot('server/dist/gateway-main.js')]

/**
 * Arguments for `node`. With the usual 16 MB of young space a server at full load copies the same rows again and again until they are old:
 * 64 MB took a quarter off the CPU of an entry.
 */
export const serverArguments = [...JSON.parse(readFileSync(inRoot('server/node-flags.json'), 'utf8')), inRoot('server/dist/main.js')]
