/** `npm run bench -- [ingest push fold map wall video rounds] [--quick] [--entries N] [--part waits|remuxes|faults]`: measures, prints a table, writes JSON. Unmet goals are told, not failed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runFold } from './fold.ts'
import { figure, type Result, table } from './goal.ts'
import { type Effort, runIngest } from './ingest.ts'
import { machine } from './machine.ts'
import { runMap } from './map.ts'
import { endAll } from './processes.ts'
import { runPush } from './push.ts'
import { runRounds } from './rounds.ts'
import { PARTS, runVideo } from './video.ts'
import { runWall } from './wall.ts'

const FULL: Effort = { seconds: 8, rounds: 3, tries: 5 }
const QUICK: Effort = { seconds: 4, rounds: 2, tries: 2 }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, entries: { type: 'string' }, part: { type: 'string', multiple: true } },
})
const effort = values.quick ? QUICK : FULL
const entries = Number(values.entries ?? 300_000)
/** Of video. */
const parts = PARTS.filter((part) => values.part?.includes(part) ?? true)

const BENCHES: Readonly<Record<string, () => Promise<Result>>> = {
  ingest: () => runIngest(effort),
  push: () => runPush({ ...effort, seconds: effort.seconds * 2 }),
  fold: () => runFold(effort, entries),
  map: () => runMap(effort),
  wall: () => runWall(effort),
  video: () => runVideo(effort, parts),
  rounds: () => runRounds(),
}

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !(name in BENCHES))
  if (unknown.length || !Number.isSafeInteger(entries) || entries < 1 || parts.length === 0) {
    process.stderr.write(
      `Known: ${Object.keys(BENCHES).join(' ')}, --quick, --entries N, --part ${PARTS.join('|')}. Not known: ${unknown.join(' ')}\n`,
    )
    process.exitCode = 2
    return
  }
  const names = positionals.length ? positionals : Object.keys(BENCHES)
  const at = new Date()
  const before = machine()
  process.stdout.write(`${before.cpus} × ${before.model}, Node ${before.node}, load ${before.load.toFixed(2)}\n`)
  const results: Record<string, Result> = {}
  for (const name of names) {
    process.stdout.write(`\n${name} …\n`)
    const result = await (BENCHES[name] as () => Promise<Result>)()
    results[name] = result
    process.stdout.write(`${table(result.goals)}\n`)
    for (const { what, value, unit } of result.figures) process.stdout.write(`beside it: ${what}: ${figure(value)} ${unit}\n`)
  }
  const folder = fileURLToPath(new URL('../../../bench-results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = `${folder}${at.toISOString().replaceAll(':', '-').slice(0, 19)}.json`
  writeFileSync(file, `${JSON.stringify({ at: at.toISOString(), machine: before, effort, results }, null, 2)}\n`)
  const goals = Object.values(results).flatMap((result) => result.goals)
  process.stdout.write(`\n${goals.filter((goal) => goal.met).length} of ${goals.length} goals met. Written to ${file}\n`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void endAll().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)))
try {
  await main()
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
} finally {
  await endAll()
}
