/** Sends batches of entries by POST, a fixed number in flight, and counts what was stored. They are made beforehand, as the calls of the limit are. */
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

/** More than a machine of today takes in; what is not used is thrown away, and too few are an error. */
const MOST_PER_SECOND = 40_000

onJob(async ({ base, token, source, kinds, size, inFlight, seconds }: BatchJob) => {
  const made = new Bodies(source, size, kinds)
  const bodies = Array.from({ length: Math.ceil((MOST_PER_SECOND * seconds) / size) }, () => made.next()).reverse()
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
      const batch = bodies.pop()
      if (!batch) throw new Error(`more than ${MOST_PER_SECOND} entries/s were taken in: make more beforehand`)
      const { status, body } = await sender.post(batch)
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
