/** How the server and the gateway process are started: their files, and the flags of Node they were measured with. */
import { readFileSync } from 'node:fs'
import { inRoot } from './place.mjs'

/**
 * With the usual 16 MB of young space a server at full load copies the same rows again and again until they are old: 64 MB took a quarter off
 * the CPU of an entry. From then on V8 would clear all its memory for every 8 MB of pictures that pass,
 * sixty cameras cost 9 % of a core by that alone: with 256 MB to begin with it does so for every 64 MB.
 */
const flags = JSON.parse(readFileSync(inRoot('server/node-flags.json'), 'utf8'))

/** Arguments for `node`. */
export const gatewayArguments = [...flags, inRoot('server/dist/bundle/gateway-main.js')]
export const serverArguments = [...flags, inRoot('server/dist/bundle/main.js')]
