/** The server process. */
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { live } from './lifetime.ts'

live(
  async () => {
    const app = await buildApp(readConfig())
    return { log: app.http.log, listen: () => app.listen(), close: () => app.close() }
  },
  () => `PORT=${process.env.PORT ?? 7760}`,
)
