/** What grid workers of the demo city write: titles by kind, for history and simulator alike. Invented; no persons, no numbers of persons. */
import type { Level, PatrolKind } from '@orchid/shared/domain/patrol/events'
import { pick, type Random } from '../city/random.ts'

export interface Plan {
  readonly kind: PatrolKind
  readonly title: string
  readonly category?: string
  readonly level?: Level
}

const VISITS = [
  '走访独居老人',
  '走访残疾人家庭',
  '核对流动人口信息',
  '走访出租房住户',
  '宣传反诈知识',
  '走访沿街商户',
  '走访困难家庭',
  '走访新入住租户',
  '宣传用电安全',
  '走访留守儿童家庭',
  '宣传防溺水',
  '核对房屋租赁登记',
  '走访企业宿舍',
  '走访退役军人家庭',
  '宣传森林防火',
]

const HAZARDS: Readonly<
  Record<string, { readonly yellow: readonly string[]; readonly green: readonly string[]; readonly red?: readonly string[] }>
> = {
  消防: {
    yellow: ['占用消防通道', '灭火器压力不足', '安全出口上锁', '应急照明不亮', '疏散指示牌缺失'],
    green: ['楼道堆放杂物', '灭火器未按期检查'],
    red: ['楼道电动车起火苗', '厂房配电箱冒烟'],
  },
  电瓶车: { yellow: ['电瓶车进楼充电', '飞线充电', '充电棚线路老化'], green: ['电瓶车乱停放'] },
  安全生产: { yellow: ['机械防护罩缺失', '临时用电未接地', '涉爆粉尘清理不及时', '叉车无证操作'], green: ['安全台账不全', '警示标识褪色'] },
  生态环境: { yellow: ['河边倾倒建筑垃圾', '沿河排口水色异常'], green: ['露天焚烧秸秆', '垃圾桶满溢'] },
  食品药品: { yellow: ['小餐饮冷藏温度超标', '过期食品未下架'], green: ['从业人员健康证将到期'] },
  交通: { yellow: ['道路塌陷未围挡', '信号灯不亮', '弯道视线被遮挡'], green: ['路面坑洼', '人行道占道停车'] },
  燃气: { yellow: ['燃气软管老化', '餐饮店未装报警器'], green: ['燃气瓶存放不规范'], red: ['餐饮店燃气泄漏'] },
  建筑施工: { yellow: ['脚手架连墙件缺失', '深基坑护栏缺损', '高处作业未系安全带'], green: ['工地出入口未冲洗'] },
  城市运行: { yellow: ['窨井盖缺失', '行道树倾斜', '堤岸护栏缺损'], green: ['路灯不亮', '公交站牌破损'] },
}

const DISPUTES: Readonly<Record<string, readonly string[]>> = {
  土地: ['承包地界址争议', '宅基地排水引发争议'],
  邻里: ['建房排水引发邻里纠纷', '噪声扰民纠纷', '楼上漏水纠纷'],
  劳资: ['工资结算争议', '工伤赔付争议'],
  物业: ['物业费收取争议', '车位使用纠纷'],
  消费: ['装修质量纠纷', '预付卡退费纠纷'],
  经济: ['货款拖欠争议'],
}

/** Share of each kind as in the article's day: about 1,284 visits, 63 hazards, 11 disputes. */
export function plan(random: Random): Plan {
  const x = random()
  if (x < 0.945) return { kind: 'person', title: pick(random, VISITS) }
  if (x < 0.992) return hazard(random, random() < 0.45 ? 'green' : 'yellow')
  const category = pick(random, Object.keys(DISPUTES))
  return { kind: 'dispute', category, title: pick(random, DISPUTES[category] as string[]), level: random() < 0.8 ? 'green' : 'yellow' }
}

/** A hazard of a level; a red one only where the domain has such. */
export function hazard(random: Random, level: Level): Plan {
  const domains = Object.entries(HAZARDS).filter(([, titles]) => titles[level]?.length)
  const [category, titles] = pick(random, domains)
  return { kind: 'hazard', category, level, title: pick(random, titles[level] as string[]) }
}

/** How busy each hour 0–23 of a Shanghai day is; the busiest is 1. */
export const RHYTHM: readonly number[] = [
  0.02, 0.01, 0.01, 0.01, 0.02, 0.05, 0.15, 0.4, 0.85, 1, 0.95, 0.6, 0.35, 0.5, 0.85, 0.95, 0.8, 0.55, 0.35, 0.3, 0.2, 0.1, 0.05, 0.03,
]
