/** The live tables the daily scene draws from. */

const OF_THE_AREA = [
  'areas',
  'grids',
  'waters',
  'cameras',
  'cameraStates',
  'gridTallies',
  'townshipTallies',
  'incidents',
  'hazardDays',
  'patrolHours',
]
const OF_THE_CITY = ['sources']

/** Some tables are only for sessions of the whole city (6-digit area): a township's wall does without them. */
export const tablesFor = (area: string): string[] => (area.length <= 6 ? [...OF_THE_AREA, ...OF_THE_CITY] : OF_THE_AREA)
