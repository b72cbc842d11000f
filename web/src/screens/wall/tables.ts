/** The live tables the scenes draw from. */
import { useMediaQuery } from '@vueuse/core'
import type { Ref } from 'vue'

const OF_THE_AREA = [
  'areas',
  'grids',
  'waters',
  'cameras',
  'cameraStates',
  'cameraSets',
  'gridTallies',
  'townshipTallies',
  'incidents',
  'hazardDays',
  'townshipHours',
  'patrolHours',
  'walls',
]
/** What belongs to whoever is signed in. */
const OWN = ['favourites']
const OF_THE_CITY = ['sources']
/** Only walls from 3:1 have room for the day's reports. */
const OF_THE_WIDE = ['patrolFeed']

/** Whether the wall has room for what only wide ones show. It may get another shape while it is open. */
export const useWide = (): Ref<boolean> => useMediaQuery('(min-aspect-ratio: 3/1)')

/** Some tables are only for sessions of the whole city (6-digit area): a township's wall does without them. */
export const tablesFor = (area: string, wide: boolean): string[] => [
  ...OF_THE_AREA,
  ...OWN,
  ...(area.length <= 6 ? OF_THE_CITY : []),
  ...(wide ? OF_THE_WIDE : []),
]
