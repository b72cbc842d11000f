/** How long the walls need after a fault until they show the present: all that was acknowledged before it was over, and the first entry after. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Returned } from './faults.ts'
import type { Ledger } from './ledger.ts'
import type { Wall } from './wall.ts'

/** P3, in milliseconds. */
export const CATCH_UP_WITHIN: Readonly<Record<Returned, number>> = { server: 3_000, redis: 5_000, link: 5_000 }
/** Longer than this is not waited for. */
const GIVE_UP = 30_000

export interface CatchUp {
  readonly returned: Returned
  readonly ms: number
  /** The last wall to arrive. */
  readonly last: string
}

/** Settles when every wall's cursor has passed the first entry acknowledged from now on and all before it, or after 30 s. */
export async function catchUp(walls: readonly Wall[], ledger: Ledger, returned: Returned, signal: AbortSignal): Promise<CatchUp> {
  const from = performance.now()
  const known = ledger.all.length
  const before = ledger.newest
  let last = 'nobody'
  for (;;) {
    const first = ledger.all[known]
    const behind = first ? walls.find((wall) => wall.cursor < Math.max(before, first.seq)) : undefined
    const ms = performance.now() - from
    if ((first && !behind) || ms > GIVE_UP)
      return { returned, ms, last: ms > GIVE_UP ? `${behind?.name ?? 'a sender'}, which did not` : last }
    last = behind?.name ?? 'a sender'
    await sleep(10, undefined, { signal })
  }
}
