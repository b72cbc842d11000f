/** Words of the camera panel and of finding cameras. */

export const messages = {
  zh: {
    layout: { label: '画面数', n: '{n} 画面（按 {key}）', auto: '自动', autoIs: '按大屏大小（按 0）' },
    near: '附近',
    view: {
      yes: '距事件 {metres} 米，看得到现场',
      perhaps: '距事件 {metres} 米，参数不全，未必看得到现场',
      near: '距事件 {metres} 米，看不到现场，仅在附近',
    },
    offered: '新事件 {no}：已调 {n} 路',
  },
  en: {
    layout: { label: 'Tiles', n: '{n} tiles (key {key})', auto: 'Auto', autoIs: 'as many as the wall has room for (key 0)' },
    near: 'nearby',
    view: {
      yes: '{metres} m from the incident, sees the spot',
      perhaps: '{metres} m from the incident; perhaps it does not see the spot',
      near: '{metres} m from the incident; nearby only, does not see the spot',
    },
    offered: 'New incident {no}: {n} cameras',
  },
} as const
