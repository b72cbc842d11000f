/** What is kept running is started again, given up with a sentence, and stopped with all that it started: tried with real processes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let dir: string
let keeper: ChildProcess
let words: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orchid-supervise-'))
})
afterEach(async () => {
  keeper.kill('SIGTERM')
  await gone(keeper)
  rmSync(dir, { recursive: true, force: true })
})

/** Keeps a program running whose every start appends its pid to the file `pids`. */
function keep(program: string): void {
  const from = (name: string): string => JSON.stringify(new URL(`./${name}.mjs`, import.meta.url).href)
  const pids = JSON.stringify(join(dir, 'pids'))
  writeFileSync(join(dir, 'program.mjs'), `import fs from 'node:fs'; fs.appendFileSync(${pids}, process.pid + ' ');\n${program}`)
  writeFileSync(
    join(dir, 'keeper.mjs'),
    `import { supervise } from ${from('supervise')}
import { ending } from ${from('lifetime')}
const kept = supervise({ name: 'program', args: [${JSON.stringify(join(dir, 'program.mjs'))}], gaveUp: (sentence) => { console.log(sentence); process.exit(3) } })
ending.addEventListener('abort', async () => { await kept.stop(500); process.exit(0) })
`,
  )
  words = ''
  const { npm_lifecycle_event, ...env } = process.env
  keeper = spawn(process.execPath, [join(dir, 'keeper.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  keeper.stdout?.on('data', (data) => {
    words += data
  })
}

const pids = (): number[] => (existsSync(join(dir, 'pids')) ? readFileSync(join(dir, 'pids'), 'utf8').trim().split(' ').map(Number) : [])
const gone = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((done) => child.once('close', done))
const lives = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !what(); await new Promise((done) => setTimeout(done, 10)))
    if (Date.now() > end) throw new Error(`not in 10 s: ${what} ${words}`)
}

describe('a program that is kept running', () => {
  test('is started again when it is killed', async () => {
    keep('setInterval(() => {}, 1000)')
    for (const starts of [1, 2, 3]) {
      await until(() => pids().length === starts)
      if (starts < 3) process.kill(pids().at(-1) as number, 'SIGKILL')
    }
    expect(words).toContain('The program ended (SIGKILL)')
  })

  test('is not started again when it says that its settings are wrong', async () => {
    keep('process.exit(78)')
    await gone(keeper)
    expect(keeper.exitCode).toBe(3)
    expect(pids()).toHaveLength(1)
    expect(words).toContain('The program cannot run with these settings.')
  })

  test('is given up after five failures at its start', async () => {
    keep('process.exit(1)')
    await gone(keeper)
    expect(pids()).toHaveLength(5)
    expect(words).toContain('The program failed 5 times')
  })

  test('is asked to stop, and may take its time', async () => {
    keep(`process.on('SIGTERM', () => setTimeout(() => { fs.writeFileSync(${JSON.stringify(join(dir, 'farewell'))}, ''); process.exit() }, 100)); setInterval(() => {}, 1000)
fs.writeFileSync(${JSON.stringify(join(dir, 'up'))}, '')`)
    await until(() => existsSync(join(dir, 'up')))
    keeper.kill('SIGINT')
    await gone(keeper)
    expect(existsSync(join(dir, 'farewell'))).toBe(true)
    expect(pids().some(lives)).toBe(false)
  })

  test('is killed with its children when it does not hear', async () => {
    keep(`process.on('SIGTERM', () => {}); const { spawn } = await import('node:child_process')
const child = spawn('sleep', ['60']); fs.appendFileSync(${JSON.stringify(join(dir, 'pids'))}, child.pid + ' ')`)
    await until(() => pids().length === 2)
    keeper.kill('SIGTERM')
    await gone(keeper)
    await until(() => !pids().some(lives))
  })
})
