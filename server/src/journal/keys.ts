/** Every key of ours in Redis. All carry the city's hash tag, so that one Redis Cluster can hold many cities and each script touches one slot. */

export interface Keys {
  readonly journal: string
  readonly meta: string
  readonly heads: string
  readonly private: string
  readonly privateKeys: string
  /** Ids of four months in turn: this month, the last two, and the one about to be cleared. */
  readonly ids: readonly [string, string, string, string]
  readonly snapshot: string
  /** Prefix of `Store` keys. */
  readonly store: string
  readonly lease: string
}

/** Keys of a city by its 6-digit code. */
export function keysOf(city: string): Keys {
  const key = (name: string): string => `{${city}}:${name}`
  return {
    journal: key('journal'),
    meta: key('meta'),
    heads: key('heads'),
    private: key('private'),
    privateKeys: key('private-keys'),
    ids: [key('ids:0'), key('ids:1'), key('ids:2'), key('ids:3')],
    snapshot: key('snapshot'),
    store: key('store:'),
    lease: key('lease:'),
  }
}
