/** Where things lie: the checkout, its own tools, and what is remembered about earlier runs. */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const tools = join(root, '.tools')
export const inRoot = (...parts) => join(root, ...parts)
/** DATA_DIR as an absolute path; a relative one counts from the checkout. */
export const dataDir = (env = process.env) => resolve(root, env.DATA_DIR || '.data')
