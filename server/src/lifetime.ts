/** The life of one process: says when it is ready, stops in good order, and never outlives its parent. */
import closeWithGrace from 'close-with-grace'
import { UnsafeConfig } from './config.ts'
import { JournalUnusable } from './journal/journal.ts'

/** Exit code for "do not start me again": the settings, the port or the journal are at fault (EX_CONFIG). */
const UNUSABLE = 78

export interface Service {
  readonly log: { fatal(o: object, m: string): void }
  /** Begins to serve. Gives the address. */
  listen(): Promise<string>
  close(): Promise<void>
}

/** @param port the setting that names the port, as in `PORT=7760` */
export function live(build: () => Promise<Service>, port: () => string): void {
  run(build).catch((error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    const sentence = taken
      ? `The port is taken: another program listens on ${port()}. Stop it, or choose another with ${port().replace(/=.*/, '=…')}.`
      : error.message
    process.stderr.write(`${sentence}\n`)
    if (!(error instanceof UnsafeConfig) && !taken && process.env.LOG_LEVEL === 'debug') process.stderr.write(`${error.stack}\n`)
    const hopeless = error instanceof UnsafeConfig || error instanceof JournalUnusable || taken
    process.exit(hopeless ? UNUSABLE : 1)
  })
}

async function run(build: () => Promise<Service>): Promise<void> {
  const service = await build()
  const { close } = closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err) service.log.fatal({ err }, 'stopping after a defect')
    await service.close()
  })
  // npm or the supervisor may be killed without a word to us.
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) close()
  }, 500).unref()
  try {
    process.stdout.write(`ready ${await service.listen()}\n`)
  } catch (error) {
    await service.close()
    throw error
  }
}
