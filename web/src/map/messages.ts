/** Words of the map. */
export const messages = {
  zh: { label: '兰溪市网格图', visited: '今日已巡查', unvisited: '今日未巡查', red: '有红色隐患', yellow: '有黄色隐患', p1: '特急', p2: '紧急', p3: '一般', p4: '提示', schematic: '网格与河道为示意', inset: '城区放大', empty: '尚未导入网格', unknown: '状态未知' },
  en: { label: 'Grids of Lanxi', visited: 'Patrolled today', unvisited: 'Not yet today', red: 'Open red', yellow: 'Open yellow', p1: 'Critical', p2: 'Urgent', p3: 'Ordinary', p4: 'Note', schematic: 'Grids and rivers are schematic', inset: 'Urban core', empty: 'No grids imported yet', unknown: 'State unknown' },
} as const
