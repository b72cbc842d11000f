/** The product's start without its network: opens the journal and folds all of it into all tables, timed. */
import { LiveState } from '@orchid/server/projections/live-state'
import { peakMemory } from './machine.ts'
import { onJob } from './processes.ts'
import { openPrepared } from './product.ts'

export interface FoldJob {
  readonly dataDir: string
  readonly url: string
  /** Empty folder for what this node saw of the journal. */
  readonly seen: string
}

const log = {
  info() {},
  warn: (_: object, message: string) => process.stderr.write(`${message}\n`),
  error: (_: object, message: string) => process.stderr.write(`${message}\n`),
}

onJob(async ({ dataDir, url, seen }: FoldJob) => {
  const journal = await openPrepared(dataDir, url)
  const state = new LiveState({ journal, log, nodeId: 'bench', dataDir: seen })
  const from = performance.now()
  await state.start()
  const seconds = (performance.now() - from) / 1000
  return { perSecond: state.cursor / seconds, entries: state.cursor, seconds, peak: peakMemory('self') }
})
