/** `npm run chaos -- [--minutes N] [--seed S]`: breaks the running product by the dice and checks that nothing promised was lost. Exit code 0 only when all holds. */
import { parseArgs } from 'node:util'
import { endAll } from '../bench/processes.ts'
import { table } from './report.ts'
import { run } from './run.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Date.now() % 1_000_000)

const began = performance.now()
function say(line: string): void {
  const s = (performance.now() - began) / 1000
  const clock = `${String(Math.floor(s / 60)).padStart(2, '0')}:${(s % 60).toFixed(1).padStart(4, '0')}`
  process.stdout.write(`${clock}  ${line}\n`)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    process.exitCode = signal === 'SIGINT' ? 130 : 143
    stopping.abort()
  })

async function main(): Promise<void> {
  if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
    process.stderr.write('--minutes takes a number above 0, --seed a whole number\n')
    process.exitCode = 2
    return
  }
  say(`seed ${seed}, ${minutes} min; starting Redis, two server nodes, walls and senders`)
  const { lines, examples, holds, file } = await run({ minutes, seed, signal: stopping.signal, say })
  process.stdout.write(`\n${table(lines)}\n`)
  for (const example of examples) process.stdout.write(`  ${example}\n`)
  const proving = lines.find((line) => line.what.startsWith('control: rows'))
  if (proving && !proving.holds) process.stdout.write('The control lost nothing: this run proves nothing.\n')
  process.stdout.write(`\n${holds ? 'All holds.' : 'NOT ALL HOLDS.'} Seed ${seed}. Written to ${file}\n`)
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
// Keep-alive connections of the senders would hold the process for seconds.
process.exit()
