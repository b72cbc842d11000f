/** One end for everything: Ctrl-C, SIGTERM, a closed terminal, or the death of npm above us, which may come without a word. */
const PARENT_EVERY = 300

const end = new AbortController()
/** Aborted once, whatever the cause; a second Ctrl-C (npm passes the first one on to us as well) changes nothing. */
export const ending = end.signal

const parent = process.ppid
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end.abort())
setInterval(() => {
  if (process.ppid !== parent) end.abort()
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
