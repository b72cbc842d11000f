/** Runs a program to its end, in a process group of its own so that all of it can be stopped; its words are shown only when it fails. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { ending } from './lifetime.mjs'
import { root } from './place.mjs'

const KEPT = 40_000
const KILL_AFTER = 5_000

/** Trouble that a sentence explains; no stack is shown for it. */
export class Sorry extends Error {}

export class CommandFailed extends Error {
  /** @param {string} command @param {number | null} code @param {string} output */
  constructor(command, code, output) {
    super(`\`${command}\` ended with ${code ?? 'a signal'}`)
    this.output = output
  }
}

/**
 * Gives what the program printed (both streams, at most its last 40,000 characters). Rejects with CommandFailed, or Sorry when it is not there.
 * `beside`: it takes only the time that others leave.
 */
export function run(command, args, { cwd = root, env = process.env, beside = false } = {}) {
  const words = [command === process.execPath ? 'node' : command, ...args].join(' ')
  return new Promise((done, fail) => {
    if (ending.aborted) return fail(new Sorry('stopped'))
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    if (beside && child.pid) standBack(child.pid)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-KEPT)
      })
    const stop = () => {
      killGroup(child.pid, 'SIGTERM')
      setTimeout(killGroup, KILL_AFTER, child.pid, 'SIGKILL').unref()
    }
    ending.addEventListener('abort', stop)
    child.once('error', (error) => fail(error.code === 'ENOENT' ? new Sorry(`${command} is not installed`) : error))
    child.once('close', (code) => {
      ending.removeEventListener('abort', stop)
      if (ending.aborted) fail(new Sorry('stopped'))
      else if (code === 0) done(output)
      else fail(new CommandFailed(words, code, output))
    })
  })
}

/** Lowest priority for a process and what it will start. Each is a session here, and Linux may share the cores out by session first (autogroup). */
function standBack(pid) {
  try {
    setPriority(pid, 19)
    writeFileSync(`/proc/${pid}/autogroup`, '19')
  } catch {
    // Another kernel, a read-only /proc, or it has ended already: a courtesy that cannot be shown is no reason to fail.
  }
}

/** Signals a whole process group; one that is gone already is fine. */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** Runs a script's main function: words for trouble, no stack where a sentence will do, and the exit code. */
export function main(work) {
  work().then(
    (code) => process.exit(code ?? 0),
    (error) => {
      if (ending.aborted) process.exit(0)
      if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`)
      process.stderr.write(`${error instanceof Sorry || error instanceof CommandFailed ? error.message : error.stack}\n`)
      process.exit(1)
    },
  )
}
