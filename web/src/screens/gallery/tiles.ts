/** A camera tile in each of its states: what its player would tell. Invented, without a camera. */
import type { TileState as Playing } from '../../video/picture-watch.ts'
import type { PlayerView } from '../../video/player.ts'
import { NOW } from './fixture-rows.ts'

/** What a tile may claim; a still picture is one more than a player does. */
type TileState = Playing | 'snapshot'
const MINUTE = 60_000
/** Without `state`: it is that of the key. */
const views: Readonly<Record<Exclude<TileState, 'masked' | 'snapshot'>, Omit<PlayerView, 'state'>>> = {
  connecting: { seconds: 3, step: 'describe' },
  live: { seconds: 600, frameAt: NOW - 1_000 },
  stalled: { seconds: 45, frameAt: NOW - 46_000 },
  frozen: { seconds: 46, frameAt: NOW - 1_000, suspectSince: NOW - 46_000 },
  black: { seconds: 20, frameAt: NOW - 1_000, suspectSince: NOW - 21_000 },
  offline: { seconds: 87 * 60, frameAt: NOW - 87 * MINUTE, reason: 'connection-refused' },
  codec: { seconds: 12 },
  denied: { seconds: 12 },
}

export interface SampleTile {
  readonly state: TileState
  readonly view: PlayerView
  readonly camera: { readonly id: string; readonly name: string; readonly subStream: boolean }
  readonly incident?: { readonly no: number; readonly priority: 1 | 2 | 3 | 4 }
  readonly stillAt?: number
}

const tile = (state: TileState, view: PlayerView, i: number): SampleTile => ({
  state,
  view,
  camera: { id: `sample-tile-${state}`, name: `样例街道 样例点位${i + 1}`, subStream: false },
  ...(i < 2 && { incident: { no: i + 1, priority: i === 0 ? 1 : 3 } as const }),
})

export const TILES: readonly SampleTile[] = [
  ...Object.entries(views).map(([state, view], i) => tile(state as TileState, { state: state as Playing, ...view }, i)),
  // Not told by a player: the wall's own shield.
  tile('masked', { state: 'connecting', seconds: 0 }, 8),
  // One too many to play.
  { ...tile('snapshot', { state: 'connecting', seconds: 0 }, 9), stillAt: NOW - 9_000 },
]
