/** Writes data/grids.json: making the grids takes seconds, reading them none. Run it after a change of grids.ts or lanxi.json. */
import { writeFileSync } from 'node:fs'
import { makeGrids } from './grids.ts'

const grids = makeGrids()
writeFileSync(new URL('../../data/grids.json', import.meta.url), `[\n${grids.map((g) => JSON.stringify(g)).join(',\n')}\n]\n`)
process.stdout.write(`${grids.length} grids, ${grids.reduce((n, g) => n + g.area, 0).toFixed(0)} km²\n`)
