/** Scenes as data: which panels stand where, what the map draws, which cameras may be shown, and whether the picture stands still. Pure. */
import type { SiteKind } from '@orchid/shared/domain/cameras/events'
import type { SceneName } from '@orchid/shared/domain/walls/events'

export type PanelName =
  | 'hazards'
  | 'loop'
  | 'townships'
  | 'patrol'
  | 'departments'
  | 'feed'
  | 'hazardList'
  | 'reports'
  | 'water'
  | 'education'
  | 'guide'
  | 'gauges'
  | 'rain'
  | 'rollcall'
  | 'shelters'
  | 'evacuation'
/** Left of the map, below it, and above the cameras; the layout says where these stand on which wall. */
export type Place = 'left' | 'beside' | 'incidents'
/** What lies on the map above land, names and rivers. */
export type Layer = 'patrols' | 'incidents' | 'cameras'

export interface Scene {
  readonly name: SceneName
  readonly layers: readonly Layer[]
  /** Panels of each place of the layout, from top to bottom. */
  readonly panels: Readonly<Record<Place, readonly PanelName[]>>
  readonly cameras: {
    /** Kinds of site that may be shown live; absent: all. */
    readonly kinds?: readonly SiteKind[]
    /** Kinds that fill the tiles when nothing is urgent, in turn. */
    readonly fill: readonly SiteKind[]
    /** Tiles go to what is urgent. */
    readonly follow: boolean
  }
  readonly strip: 'none' | 'response' | 'visit'
  readonly lede: 'sentence' | 'figures'
  /** Rows and their time stand still from the moment the scene comes up. */
  readonly still: boolean
}

export const SCENES: Readonly<Record<SceneName, Scene>> = {
  daily: {
    name: 'daily',
    layers: ['patrols', 'incidents', 'cameras'],
    panels: {
      left: ['hazards', 'loop', 'townships'],
      beside: ['patrol', 'reports', 'departments', 'water', 'education'],
      incidents: ['feed', 'hazardList'],
    },
    cameras: { fill: ['river', 'road', 'place', 'shelter'], follow: true },
    strip: 'none',
    lede: 'sentence',
    still: false,
  },
  flood: {
    name: 'flood',
    layers: ['patrols', 'incidents', 'cameras'],
    // What is not connected says so in a line; the room is the day's until then.
    panels: {
      left: ['gauges', 'rain', 'loop', 'townships'],
      beside: ['patrol', 'reports', 'rollcall', 'shelters'],
      incidents: ['evacuation', 'feed', 'hazardList'],
    },
    cameras: { fill: ['river'], follow: true },
    strip: 'response',
    lede: 'sentence',
    still: false,
  },
  // For guests: counts only, no row of any case, no private place, nothing that moves.
  visit: {
    name: 'visit',
    layers: ['patrols'],
    panels: { left: ['hazards', 'loop', 'townships'], beside: ['patrol', 'departments'], incidents: ['guide'] },
    cameras: { kinds: ['road', 'river'], fill: ['river', 'road'], follow: false },
    strip: 'visit',
    lede: 'figures',
    still: true,
  },
}

export const isScene = (text: string | null | undefined): text is SceneName => !!text && Object.hasOwn(SCENES, text)

/** A choice of scene and when it was made, epoch ms by the server's clock; 0: by the address, when nobody remembers. */
export interface Choice {
  readonly scene: SceneName
  readonly at: number
}

/** The later of two choices counts; of two at once the one that came over the channel. */
export const latest = (here: Choice, told: Choice | undefined): Choice => (told && told.at >= here.at ? told : here)

const KEYS: Readonly<Record<string, SceneName>> = { F1: 'daily', F2: 'flood', F3: 'visit' }

/** The scene a key asks for: F1, F2, F3; F3 again leaves the visit for `before`. */
export function sceneOfKey(key: string, now: SceneName, before: SceneName): SceneName | undefined {
  const scene = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
  return scene === 'visit' && now === 'visit' ? before : scene
}
