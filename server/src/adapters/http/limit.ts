/** One sender's budget: so many requests and so many entries a second, refilled steadily. */

interface Bucket {
  requests: number
  events: number
  at: number
}

const SENDERS = 10_000

export class SenderLimit {
  readonly #rate: { readonly requests: number; readonly events: number }
  readonly #buckets = new Map<string, Bucket>()
  constructor(rate: { requests: number; events: number }) {
    this.#rate = rate
  }

  /** Takes one request with so many entries from the sender's budget of one second. Gives 0, or the seconds to wait. */
  take(sender: string, events: number, now = Date.now()): number {
    const { requests, events: perSecond } = this.#rate
    let bucket = this.#buckets.get(sender)
    if (!bucket) {
      if (this.#buckets.size >= SENDERS) this.#buckets.clear()
      bucket = { requests, events: perSecond, at: now }
      this.#buckets.set(sender, bucket)
    }
    const passed = Math.max(0, now - bucket.at) / 1000
    bucket.requests = Math.min(requests, bucket.requests + passed * requests)
    bucket.events = Math.min(perSecond, bucket.events + passed * perSecond)
    bucket.at = now
    if (bucket.requests < 1) return (1 - bucket.requests) / requests
    // A full batch must pass even where the limit is below its size: it may drive the budget below zero.
    if (bucket.events < Math.min(events, perSecond)) return (Math.min(events, perSecond) - bucket.events) / perSecond
    bucket.requests -= 1
    bucket.events -= events
    return 0
  }
}
