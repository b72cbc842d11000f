/** A server whose event loop stands still for seconds refuses new requests until it moves again. */
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'

/** Milliseconds. */
const LONGEST_STALL = 3_000

/**
 * Answers 503 `overloaded` with Retry-After while the event loop stalls for longer than 3 s, and until the next reading, 3 s later at most: then a repeat is worth it.
 *
 * The loop is read as seldom as a stall may be long: an interval without any turn of the loop reads as endless,
 * so a shorter one would refuse after a pause that is none (a busy machine, a virtual one that was held).
 */
export async function overload(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: LONGEST_STALL,
    sampleInterval: LONGEST_STALL,
    retryAfter: 3,
    exposeStatusRoute: false,
  })
}
