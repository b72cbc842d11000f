/** What the gallery shows: each panel at the size it has on the wall, and each state with the facts that belong to it. */
import type { Component } from 'vue'
import TownshipList from '../../features/areas/TownshipList.vue'
import CameraWall from '../../features/cameras/CameraWall.vue'
import ClosedLoop from '../../features/incidents/ClosedLoop.vue'
import IncidentFeed from '../../features/incidents/IncidentFeed.vue'
import OpenHazards from '../../features/incidents/OpenHazards.vue'
import PatrolCoverage from '../../features/patrol/PatrolCoverage.vue'
import type { PanelFacts } from '../../ui/panel-facts.ts'
import type { PanelState } from '../../ui/panel-words.ts'
import { NOW } from './fixture-rows.ts'

const MINUTE = 60_000

export interface Exhibit {
  readonly name: string
  readonly panel: Component
  /** rem. */
  readonly width: number
  readonly height: number
  readonly props?: Readonly<Record<string, unknown>>
}

export const EXHIBITS: readonly Exhibit[] = [
  { name: 'hazards', panel: OpenHazards, width: 22, height: 11.6 },
  { name: 'loop', panel: ClosedLoop, width: 22, height: 14.6 },
  { name: 'townships', panel: TownshipList, width: 22, height: 9 },
  { name: 'patrol', panel: PatrolCoverage, width: 44, height: 10.6 },
  { name: 'feed', panel: IncidentFeed, width: 24.4, height: 20 },
  // Without pictures: the gallery asks nothing of any camera.
  { name: 'cameras', panel: CameraWall, width: 24.4, height: 18.6, props: { shielded: true } },
]

export const CURRENT: PanelFacts = { now: NOW, dataAt: NOW - 2_000, since: NOW - 90 * MINUTE, failures: 0 }
export const STATES: readonly { readonly state: PanelState; readonly facts: PanelFacts }[] = [
  { state: 'normal', facts: CURRENT },
  { state: 'stale', facts: { ...CURRENT, dataAt: NOW - 6 * MINUTE } },
  { state: 'alarm', facts: CURRENT },
  { state: 'offline', facts: { ...CURRENT, dataAt: NOW - 87 * MINUTE } },
  { state: 'loading', facts: { ...CURRENT, dataAt: undefined } },
  { state: 'empty', facts: CURRENT },
  { state: 'error', facts: { ...CURRENT, dataAt: undefined, failures: 3 } },
]
