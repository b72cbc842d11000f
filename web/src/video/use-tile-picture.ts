/** What a tile has to show: a seat among those that may play, the player, and still pictures where it may not play or its codec cannot. */
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import type { PlayerView, Quality, Why } from './player.ts'
import { playerPool, type Seat } from './player-pool.ts'
import { type StillView, watchStill } from './still.ts'
import { createTilePlayer, type TilePlayer } from './tile-player.ts'

interface Options {
  camera(): string
  /** Whether anything is to be fetched at all. */
  wanted(): boolean
  /** Something else has the screen for now: the player makes room and begins anew afterwards. */
  aside(): boolean
  /** Lower plays first where not all may. */
  rank(): number
  quality(): Quality
  /** What it is looked at for. */
  why(): Why | undefined
  label(): string
  readonly host: Readonly<Ref<HTMLElement | null>>
}

export interface TilePicture {
  readonly view: Readonly<Ref<PlayerView>>
  /** Where it shows still pictures: the newest. */
  readonly still: Readonly<Ref<StillView | undefined>>
  /** Whether this tile may decode; undefined until the pool has said so. */
  readonly granted: Readonly<Ref<boolean | undefined>>
  /** As `TilePlayer.recycle`. */
  recycle(): boolean
}

const starting: PlayerView = { state: 'connecting', seconds: 0 }

export function useTilePicture({ camera, wanted, aside, rank, quality, why, label, host }: Options): TilePicture {
  const view = shallowRef<PlayerView>(starting)
  const still = shallowRef<StillView>()
  const granted = shallowRef<boolean>()
  let seat: Seat | undefined
  let player: TilePlayer | undefined
  let endStills: (() => void) | undefined

  function stopStills(): void {
    endStills?.()
    endStills = undefined
    still.value = undefined
  }
  function showStills(): void {
    endStills ??= watchStill(camera(), why, (next) => {
      still.value = next
    })
  }
  function stop(): void {
    player?.destroy()
    player = undefined
    stopStills()
    view.value = starting
  }
  function leave(): void {
    seat?.leave()
    seat = undefined
    granted.value = undefined
    stop()
  }
  // A hidden tile holds no decoder and no buffer; it starts anew when it is seen again.
  watch(
    [wanted, camera],
    ([want]) => {
      leave()
      if (!want) return
      seat = playerPool.claim(rank(), (may) => {
        granted.value = may
      })
      const mine = seat
      // Told nothing within this turn, it is one too many.
      setTimeout(() => {
        if (seat === mine) granted.value ??= false
      })
    },
    { immediate: true },
  )
  /** The 特急 for which the player was made. */
  let askedFor: string | undefined
  function begin(): void {
    stop()
    askedFor = why()?.incident
    if (aside()) return
    if (granted.value && host.value)
      player = createTilePlayer({ camera: camera(), host: host.value, label: label(), quality: quality(), why: why() }, (next) => {
        view.value = next
        if (next.height) seat?.height(next.height)
      })
    else if (granted.value === false) showStills()
  }
  watch([granted, host, aside], begin, { flush: 'post' })
  // A tile that was refused asks anew when its incident becomes a 特急: it may open now. One that plays plays on.
  watch(
    () => view.value.state === 'denied' && why() !== undefined && why()?.incident !== askedFor,
    (again) => again && begin(),
    { flush: 'post' },
  )
  // A browser that cannot play what the camera sends can still show its key frames; should it play after all, they go.
  watch(
    () => view.value.state === 'codec',
    (cannot) => {
      if (cannot) showStills()
      else if (granted.value) stopStills()
    },
  )
  watch(quality, (next) => player?.quality(next))
  watch(rank, (next) => seat?.rank(next))
  onScopeDispose(leave)
  return { view, still, granted, recycle: () => player?.recycle() ?? false }
}
