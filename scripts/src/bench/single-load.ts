/** Sends single entries by POST over 100 connections with autocannon and counts the 201s. */
import autocannon from 'autocannon'
import { Bodies, type EntrySource } from './entries.ts'
import { onJob } from './processes.ts'

export interface SingleJob {
  readonly base: string
  readonly token: string
  readonly source: EntrySource
  readonly connections: number
  readonly seconds: number
}

onJob(async ({ base, token, source, connections, seconds }: SingleJob) => {
  const bodies = new Bodies(source, 1)
  const { '2xx': stored, ...result } = await autocannon({
    url: `${base}/api/patrol/events`,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        setupRequest: (request) => ({ ...request, body: bodies.next() }),
      },
    ],
  })
  if (result.non2xx || result.errors) throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`)
  return { perSecond: stored / result.duration, p99: result.latency.p99 }
})
