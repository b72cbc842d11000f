/** Which component draws which panel of a scene. `ultra`: only on walls from 3:1. */
import { type Component, h } from 'vue'
import { useI18n } from 'vue-i18n'
import TownshipList from '../../features/areas/TownshipList.vue'
import DepartmentResponse from '../../features/departments/DepartmentResponse.vue'
import FloodPanel, { type FloodPanelName } from '../../features/flood/FloodPanel.vue'
import ClosedLoop from '../../features/incidents/ClosedLoop.vue'
import HazardList from '../../features/incidents/HazardList.vue'
import IncidentFeed from '../../features/incidents/IncidentFeed.vue'
import OpenHazards from '../../features/incidents/OpenHazards.vue'
import LatestReports from '../../features/patrol/LatestReports.vue'
import PatrolCoverage from '../../features/patrol/PatrolCoverage.vue'
import AbsentSource from '../../ui/AbsentSource.vue'
import type { PanelName, Place, Scene } from './scenes.ts'
import VisitGuide from './VisitGuide.vue'

/** They say the same whatever state the link is in. */
const STATELESS = { props: ['state'] }
const flood = (name: FloodPanelName): Component => ({ ...STATELESS, render: () => h(FloodPanel, { name }) })
const words = (of: Component): Component => ({ ...STATELESS, render: () => h(of) })
const absent = (name: 'water' | 'education'): Component => ({
  ...STATELESS,
  setup() {
    const { t } = useI18n()
    return () => h(AbsentSource, { title: t(`absent.${name}`), subtitle: t(`absent.${name}Of`), sentence: t('absent.sentence') })
  },
})

export const PANELS: Readonly<Record<PanelName, Component>> = {
  hazards: OpenHazards,
  loop: ClosedLoop,
  townships: TownshipList,
  patrol: PatrolCoverage,
  departments: words(DepartmentResponse),
  feed: IncidentFeed,
  hazardList: HazardList,
  reports: LatestReports,
  water: absent('water'),
  education: absent('education'),
  guide: words(VisitGuide),
  gauges: flood('gauges'),
  rain: flood('rain'),
  rollcall: flood('rollcall'),
  shelters: flood('shelters'),
  evacuation: flood('evacuation'),
}
const ULTRA: ReadonlySet<PanelName> = new Set(['hazardList', 'reports', 'water', 'education'])

/** The panels of a place, each with its component and the classes by which the layout knows it. */
export const panelsAt = (scene: Scene, place: Place, wide: boolean): { name: PanelName; is: Component; class: string }[] =>
  scene.panels[place]
    .filter((name) => wide || name !== 'reports')
    .map((name) => ({ name, is: PANELS[name], class: ULTRA.has(name) ? 'ultra' : name }))
