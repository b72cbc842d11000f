/** Keeps a process running: starts it again when it dies, gives up when it cannot even start, stops it in good order. */
import { spawn } from 'node:child_process'
import { killGroup } from './command.mjs'
import { pause } from './lifetime.mjs'
import { root } from './place.mjs'
import { say, seconds } from './progress.mjs'

/** A process that says so by this code (EX_CONFIG) has printed its reason, and would only fail again. */
const DO_NOT_RESTART = 78
const LONG_ENOUGH = 5_000
const FAILURES = 5
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2_000

/**
 * Runs `node <args>` in a process group of its own: Ctrl-C reaches only us, and we say who stops when. `gaveUp(sentence)` is called at most once.
 * @param {{ name: string, args: string[], env?: NodeJS.ProcessEnv, gaveUp(sentence: string): void }} what
 */
export function supervise({ name, args, env = process.env, gaveUp }) {
  let stopping = false
  let child
  let wake = () => {}
  const running = (async () => {
    for (let failures = 0, wait = FIRST_PAUSE; !stopping; ) {
      const began = performance.now()
      child = spawn(process.execPath, args, { cwd: root, env, detached: true, stdio: ['ignore', 'inherit', 'inherit'] })
      const { code, signal } = await ended(child)
      if (stopping) return
      if (code === DO_NOT_RESTART) return gaveUp(`The ${name} cannot run with these settings.`)
      const lived = performance.now() - began
      // Killed from outside says nothing about the program.
      failures = lived < LONG_ENOUGH && signal !== 'SIGKILL' ? failures + 1 : 0
      if (failures === FAILURES)
        return gaveUp(`The ${name} failed ${FAILURES} times within seconds of its start; its last words stand above.`)
      wait = lived < LONG_ENOUGH ? Math.min(LONGEST_PAUSE, wait * 2) : FIRST_PAUSE
      say(`The ${name} ended (${signal ?? `code ${code}`}) after ${seconds(lived)}; starting it again.`)
      await Promise.race([pause(wait), new Promise((done) => (wake = done))])
    }
  })()
  return {
    /** Asks the process to stop, kills its group after `within` ms, settles when it is gone. */
    async stop(within) {
      stopping = true
      wake()
      const alive = () => child && child.exitCode === null && child.signalCode === null
      if (alive()) child.kill('SIGTERM')
      const timer = setTimeout(() => alive() && killGroup(child.pid, 'SIGKILL'), within)
      await running
      clearTimeout(timer)
    },
  }
}

const ended = (child) =>
  new Promise((done) => {
    child.once('exit', (code, signal) => done({ code, signal }))
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      done({ code: 1, signal: null })
    })
  })
