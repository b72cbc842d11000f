/** Where the server's own files lie, whether it runs from its sources, compiled file by file, or as a bundle. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const folder = dirname(createRequire(import.meta.url).resolve('#package.json'))

/** Path of a file, given from the server's folder, e.g. `src/journal/lua/append.lua`. */
export const inServer = (path: string): string => join(folder, path)
