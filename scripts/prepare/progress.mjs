/** Tells the person at the terminal what is going on: one line when a step begins, one when it ends, one now and then when it is long. */
const STILL_EVERY = 15_000

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
export const say = (line) => process.stdout.write(`${line}\n`)

/** Runs `work` under a name and gives what it gives. */
export async function step(name, work) {
  const began = performance.now()
  const spent = () => seconds(performance.now() - began)
  say(`  ${name} …`)
  const still = setInterval(() => say(`  ${name}: still at it, ${spent()}`), STILL_EVERY)
  try {
    const result = await work()
    say(`  ${name}: done in ${spent()}`)
    return result
  } catch (error) {
    say(`  ${name}: failed after ${spent()}`)
    throw error
  } finally {
    clearInterval(still)
  }
}
