/** One end for everything: Ctrl-C, SIGTERM, a closed terminal, or the death of npm above us, which may come without a word. */
import { readFileSync } from 'node:fs'

const PARENT_EVERY = 300

const end = new AbortController()
/** Aborted once, whatever the cause; a second Ctrl-C (npm passes the first one on to us as well) changes nothing. */
export const ending = end.signal

/** npm runs a script by a shell that outlives it, so the one to watch is the parent's parent. Run without npm nobody is watched. */
function parents() {
  if (!process.env.npm_lifecycle_event) return ''
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1')
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`
  } catch {
    return `${process.ppid}`
  }
}

const before = parents()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end.abort())
setInterval(() => {
  if (parents() !== before) end.abort()
}, PARENT_EVERY).unref()
// With npm gone nobody may read what we print any more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => end.abort())

/** Settles when the end has come, or after `ms`. */
export const pause = (ms) =>
  new Promise((done) => {
    if (ending.aborted) return done()
    const over = () => {
      clearTimeout(timer)
      ending.removeEventListener('abort', over)
      done()
    }
    const timer = setTimeout(over, ms)
    ending.addEventListener('abort', over)
  })
