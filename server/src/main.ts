/** The server process: starts the app, stops it in good order, and never outlives its parent. */
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { readConfig, UnsafeConfig } from './config.ts'
import { JournalUnusable } from './journal/journal.ts'

/** Exit code for "do not start me again": the settings, the port or the journal are at fault (EX_CONFIG). */
const UNUSABLE = 78

async function main(): Promise<void> {
  const config = readConfig()
  const app = await buildApp(config)
  const { close } = closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err) app.http.log.fatal({ err }, 'stopping after a defect')
    await app.close()
  })
  // npm or the supervisor may be killed without a word to us.
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) close()
  }, 500).unref()
  try {
    const address = await app.listen()
    process.stdout.write(`ready ${address}\n`)
  } catch (error) {
    await app.close()
    throw error
  }
}

main().catch((error: NodeJS.ErrnoException) => {
  const sentence =
    error.code === 'EADDRINUSE'
      ? `The port is taken: another program listens on PORT=${process.env.PORT ?? 7760}. Stop it, or choose another with PORT=….`
      : error.message
  process.stderr.write(`${sentence}\n`)
  if (!(error instanceof UnsafeConfig) && error.code !== 'EADDRINUSE' && process.env.LOG_LEVEL === 'debug')
    process.stderr.write(`${error.stack}\n`)
  const hopeless = error instanceof UnsafeConfig || error instanceof JournalUnusable || error.code === 'EADDRINUSE'
  process.exit(hopeless ? UNUSABLE : 1)
})
