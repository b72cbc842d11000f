/** Sends batches of entries by POST, a fixed number in flight, and counts what was stored. */
import { Bodies, type Entry, type EntrySource } from './entries.ts'
import { HttpSender } from './http-sender.ts'
import { onJob } from './processes.ts'

export interface BatchJob {
  readonly base: string
  readonly token: string
  readonly source: EntrySource
  /** Kinds of entries, by turns. */
  readonly kinds: readonly Entry['kind'][]
  readonly size: number
  readonly inFlight: number
  readonly seconds: number
}

onJob(async ({ base, token, source, kinds, size, inFlight, seconds }: BatchJob) => {
  const bodies = new Bodies(source, size, kinds)
  const sender = new HttpSender(
    `${base}/api/patrol/events`,
    { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    inFlight,
  )
  const end = performance.now() + seconds * 1000
  const from = performance.now()
  let stored = 0
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const { status, body } = await sender.post(bodies.next())
      if (status !== 201)
        throw new Error(
          `a batch was answered with ${status}: ${JSON.stringify(JSON.parse(body.toString()).results?.find((r: { status: string }) => r.status !== 'stored'))}`,
        )
      stored += size
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  const perSecond = (stored / (performance.now() - from)) * 1000
  sender.close()
  return { perSecond }
})
