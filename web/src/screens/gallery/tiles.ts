/** A camera tile in each of its states: what its player would tell. Invented, without a camera. */
import type { TileState as Playing } from '../../video/picture-watch.ts'
import type { PlayerView } from '../../video/player.ts'
import type { Shown } from '../../video/tile-reading.ts'
import { NOW } from './fixture-rows.ts'

const MINUTE = 60_000
/** Without `state`: it is that of the key. */
const views: Readonly<Record<Exclude<Playing, 'masked'>, Omit<PlayerView, 'state'>>> = {
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
  readonly state: Shown
  readonly view: PlayerView
  readonly camera: { readonly id: string; readonly name: string; readonly subStream: boolean }
  readonly incident?: { readonly no: number; readonly priority: 1 | 2 | 3 | 4 }
  readonly stillAt?: number
  readonly recordedAt?: number
}

const tile = (state: Shown, view: PlayerView, i: number): SampleTile => ({
  state,
  view,
  camera: { id: `sample-tile-${state}`, name: `样例街道 样例点位${i + 1}`, subStream: false },
  ...(i < 2 && { incident: { no: i + 1, priority: i === 0 ? 1 : 3 } as const }),
})

export const TILES: readonly SampleTile[] = [
  ...Object.entries(views).map(([state, view], i) => tile(state as Playing, { state: state as Playing, ...view }, i)),
  // Not told by a player: the wall's own shield.
  tile('masked', { state: 'connecting', seconds: 0 }, 8),
  // One too many to play.
  { ...tile('snapshot', { state: 'connecting', seconds: 0 }, 9), stillAt: NOW - 9_000 },
  // What was kept.
  { ...tile('recorded', { state: 'connecting', seconds: 0 }, 10), recordedAt: NOW - 32_000 },
]
