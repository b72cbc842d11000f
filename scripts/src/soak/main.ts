/** `npm run soak -- [--minutes N] [--seed S]`: one wall left open for long, while reports come, scenes change, the server restarts and the link breaks. Exit code 0 only when it did not grow. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from '../bench/machine.ts'
import { endAll } from '../bench/processes.ts'
import { table } from '../chaos/report.ts'
import { judge } from './judge.ts'
import { run } from './run.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Date.now() % 1_000_000)

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    process.exitCode = signal === 'SIGINT' ? 130 : 143
    stopping.abort()
  })

async function main(): Promise<void> {
  if (!(minutes >= 1) || !Number.isSafeInteger(seed)) {
    process.stderr.write('--minutes takes a number of at least 1, --seed a whole number\n')
    process.exitCode = 2
    return
  }
  say(`seed ${seed}, ${minutes} min; starting Redis, a server and a wall`)
  const at = new Date()
  const seen = await run({ minutes, seed, signal: stopping.signal, say })
  const lines = judge(seen)
  const holds = lines.every((line) => line.holds)
  const folder = fileURLToPath(new URL('../../../bench-results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = `${folder}soak-${at.toISOString().replaceAll(':', '-').slice(0, 19)}.json`
  writeFileSync(file, `${JSON.stringify({ at: at.toISOString(), machine: machine(), minutes, seed, lines, ...seen }, null, 2)}\n`)
  say(`\n${table(lines)}\n\n${holds ? 'All holds.' : 'NOT ALL HOLDS.'} Seed ${seed}. Written to ${file}`)
  if (!holds) process.exitCode = 1
}

try {
  await main()
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${(error as Error).stack}\n`)
    process.exitCode = 1
  }
} finally {
  await endAll()
}
// Keep-alive connections of the sender would hold the process for seconds.
process.exit()
