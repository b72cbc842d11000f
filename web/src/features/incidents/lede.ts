/** The one sentence above the map: the worst first, then its number, then the rest. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { clock, duration, type Lang, THIN } from '../../ui/format.ts'
import { byTimeLeft, deadlineOf } from './deadline.ts'

export interface LedeState {
  readonly incidents: Iterable<IncidentRow>
  /** Name of the township of a grid code. */
  township(code: string): string
  /** Epoch ms by the server's clock. */
  readonly now: number
  /** Rows are known to be current; otherwise nothing may be called calm, and the sentence begins with the time it is of. */
  readonly current: boolean
}

/** Up to this many 特急 are told with their titles; more are told by number and place. */
const TITLED = 2
const NAMED = 8
const TITLE_LENGTH = 14

const STEP = { 'zh-CN': { accept: '受理', resolve: '处置' }, en: { accept: 'acceptance', resolve: 'handling' } } as const

const clip = (text: string): string => ([...text].length > TITLE_LENGTH ? `${[...text].slice(0, TITLE_LENGTH - 1).join('')}…` : text)

/** Place and title without saying the place twice. */
export const placed = (township: string, title: string): string => (title.startsWith(township) ? title : `${township}${title}`)

function deadlineWords(row: IncidentRow, now: number, lang: Lang): string {
  const { step, left } = deadlineOf(row, now)
  const name = STEP[lang][step]
  if (left === undefined) return ''
  if (lang === 'en') return left <= 0 ? `${name} ${duration(left, lang)} overdue` : `${name} in ${duration(left, lang)}`
  return left <= 0 ? `${name}超时${THIN}${duration(left, lang)}` : `${name}余${THIN}${duration(left, lang)}`
}

/** Every open 特急 by place and deadline step, then how many 紧急; 平稳 only when there is neither and the rows are current. */
export function ledeSentence({ incidents, township, now, current }: LedeState, lang: Lang): string {
  const open = byTimeLeft(incidents)
  const worst = open.filter((row) => row.priority === 1)
  const urgent = open.filter((row) => row.priority === 2).length
  const told = lang === 'en' ? english(worst, urgent, open.length) : chinese(worst, urgent, open.length)
  if (current || open.length === 0) return told
  return lang === 'en' ? `As of ${clock(now)}: ${told}` : `截至${THIN}${clock(now)}：${told}`

  function named(row: IncidentRow): string {
    const place = township(row.grid)
    const words = deadlineWords(row, now, lang)
    if (worst.length <= TITLED)
      return lang === 'en' ? `${clip(placed(`${place} `, row.title))}, ${words}` : `${clip(placed(place, row.title))}${words}`
    return lang === 'en' ? `no. ${row.no} ${place}, ${words}` : `${row.no}${THIN}号${place}${words}`
  }

  function chinese(first: IncidentRow[], second: number, all: number): string {
    const told = first.slice(0, NAMED).map(named).join('，')
    const more = first.length > NAMED ? `，及另${THIN}${first.length - NAMED}${THIN}起` : ''
    const rest = second > 0 ? `${second}${THIN}起紧急在办` : ''
    if (first.length > 0) return `${first.length}${THIN}起特急：${told}${more}${rest && `；另有${THIN}${rest}`}。`
    const others = all - second
    const routine = others > 0 ? `${others}${THIN}起一般事件按时限办理` : ''
    if (second > 0) return `${rest}，无特急${routine && `；${routine}`}。`
    if (!current) return routine ? `无特急、无紧急；${routine}。` : '暂无最新数据，不能判断是否平稳。'
    return routine ? `全市平稳，无特急、无紧急；${routine}。` : '全市平稳，无未办结事件。'
  }

  function english(first: IncidentRow[], second: number, all: number): string {
    const told = first.slice(0, NAMED).map(named).join('; ')
    const more = first.length > NAMED ? `; and ${first.length - NAMED} more` : ''
    const rest = second > 0 ? `${second} urgent in hand` : ''
    if (first.length > 0) return `${first.length} critical: ${told}${more}${rest && `. Also ${rest}`}.`
    const others = all - second
    const routine = others > 0 ? `${others} routine within their deadlines` : ''
    if (second > 0) return `${rest}, none critical${routine && `; ${routine}`}.`
    if (!current) return routine ? `none critical, none urgent; ${routine}.` : 'No current data: whether all is calm is not known.'
    return routine ? `Calm: none critical, none urgent; ${routine}.` : 'Calm: no open incidents.'
  }
}

export interface LedeFigures {
  readonly grids: number
  readonly patrolled: number
  readonly red: number
  readonly yellow: number
}

/** The line below the sentence: grids, patrolled today, open hazards. */
export function ledeSubline({ grids, patrolled, red, yellow }: LedeFigures, lang: Lang): string {
  if (grids === 0) return ''
  if (lang === 'en') return `${grids} grids, ${patrolled} patrolled today; ${red} red and ${yellow} yellow hazards open.`
  const t = THIN
  return `${grids}${t}个网格，今日已巡查${t}${patrolled}${t}个；红色隐患${t}${red}${t}处，黄色隐患${t}${yellow}${t}处。`
}
