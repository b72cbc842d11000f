/** What grid workers of the demo city write, for history and simulator alike. Invented: a place, a matter, no persons and no numbers of persons. */
import type { Level, PatrolKind } from '@orchid/shared/domain/patrol/events'
import { pick, type Random } from '../city/random.ts'

export interface Entry {
  readonly kind: PatrolKind
  readonly title: string
  readonly category?: string
  readonly level?: Level
}

const VISITS = [
  '走访独居老人',
  '走访高龄老人，查看用电用气',
  '走访残疾人家庭',
  '走访困难家庭',
  '走访低保户，核对补助到账',
  '走访留守儿童家庭',
  '走访退役军人家庭',
  '走访新入住租户',
  '走访出租房住户',
  '走访企业宿舍',
  '走访沿街商户',
  '走访民宿经营户',
  '走访茶叶种植户',
  '走访杨梅种植户',
  '走访水产养殖户',
  '走访纺织企业务工人员',
  '走访工地务工人员',
  '走访网约房经营者',
  '走访社区矫正对象家庭',
  '回访已化解纠纷双方',
  '回访整改完成商户',
  '核对流动人口信息',
  '核对房屋租赁登记',
  '核对避灾安置名册',
  '核对涉水作业人员名册',
  '核对养犬登记',
  '宣传反诈知识，指导安装反诈软件',
  '宣传用电安全',
  '宣传电瓶车规范充电',
  '宣传防溺水',
  '宣传森林防火',
  '宣传防汛转移路线',
  '宣传垃圾分类',
  '宣传医保参保',
  '宣传秸秆禁烧',
  '上门收集意见建议',
  '代办老年证材料',
  '代办居住证申领',
] as const

interface Domain {
  readonly places: readonly string[]
  readonly yellow: readonly string[]
  readonly green: readonly string[]
  readonly red?: readonly string[]
}

/** Hazard domains of the article, each with where such things are found. */
const HAZARDS: Readonly<Record<string, Domain>> = {
  消防: {
    places: ['农贸市场', '老旧小区', '沿街商铺', '文化礼堂', '小旅馆', '出租房', '商业综合体', '养老服务站'],
    yellow: ['占用消防通道', '安全出口上锁', '应急照明不亮', '灭火器压力不足', '疏散指示牌缺失', '消火栓无水', '电线私拉乱接'],
    green: ['楼道堆放杂物', '灭火器未按期检查', '消防器材被遮挡'],
    red: ['配电箱冒烟', '楼道起火苗', '厨房油锅起火'],
  },
  电瓶车: {
    places: ['安置小区', '老旧小区', '出租房', '商户后院', '职工宿舍'],
    yellow: ['电瓶车进楼充电', '飞线充电', '充电棚线路老化', '改装电池充电'],
    green: ['电瓶车乱停放', '充电桩指示灯损坏'],
    red: ['电动车起火苗'],
  },
  三防: {
    places: ['山塘', '河堤', '低洼路段', '地质灾害点', '下穿通道', '避灾安置点'],
    yellow: ['护栏缺损', '排水口堵塞', '坡脚有落石', '警戒水尺倾斜', '应急物资不足'],
    green: ['警示牌褪色', '值守记录不全'],
  },
  安全生产: {
    places: ['纺织车间', '机械加工厂', '木材加工点', '铝材车间', '小作坊', '仓储点'],
    yellow: ['机械防护罩缺失', '临时用电未接地', '粉尘清理不及时', '叉车无证操作', '有限空间未挂牌'],
    green: ['安全台账不全', '警示标识褪色', '班前教育记录缺失'],
    red: ['燃气管道被挖破', '有人员被困有限空间'],
  },
  危化: {
    places: ['化工园区', '加油站', '涂料仓库', '农药经营点'],
    yellow: ['危化品混存', '静电接地断开', '泄漏报警器离线'],
    green: ['出入库登记不全', '安全周知卡缺失'],
    red: ['储罐阀门泄漏'],
  },
  生态环境: {
    places: ['河道边', '村口空地', '养殖场', '山塘边', '工业小区'],
    yellow: ['倾倒建筑垃圾', '排口水色异常', '粪污外溢', '夜间偷排气味'],
    green: ['露天焚烧秸秆', '垃圾桶满溢', '河面有漂浮物'],
  },
  食品药品: {
    places: ['小餐饮店', '农贸市场熟食摊', '校门口小店', '村卫生室', '老年食堂'],
    yellow: ['冷藏温度超标', '过期食品未下架', '三防设施缺失', '处方药未凭方销售'],
    green: ['健康证将到期', '留样记录不全'],
  },
  交通: {
    places: ['学校门前', '国道平交口', '村道弯道', '桥头', '集镇路口'],
    yellow: ['路面塌陷未围挡', '信号灯不亮', '弯道视线被遮挡', '疑似超限货车频繁通行'],
    green: ['路面坑洼', '标线磨损', '人行道占道停车'],
    red: ['路面塌陷阻断通行'],
  },
  燃气: {
    places: ['餐饮店', '老旧小区', '夜宵摊', '单位食堂'],
    yellow: ['燃气软管老化', '未装燃气报警器', '气瓶与灶台距离不足'],
    green: ['气瓶存放不规范', '用气登记不全'],
    red: ['燃气泄漏'],
  },
  建筑施工: {
    places: ['安置房工地', '道路改造工地', '自建房', '厂房扩建工地'],
    yellow: ['脚手架连墙件缺失', '深基坑护栏缺损', '高处作业未系安全带', '塔吊限位失灵'],
    green: ['出入口未冲洗', '围挡破损', '材料堆放超高'],
  },
  城市运行: {
    places: ['主干道', '背街小巷', '滨江步道', '公园', '公交站旁'],
    yellow: ['窨井盖缺失', '行道树倾斜', '护栏缺损', '广告牌松动'],
    green: ['路灯不亮', '站牌破损', '地砖松动'],
  },
  电信诈骗: {
    places: ['沿街商铺', '老年活动中心', '快递驿站'],
    yellow: ['发现疑似刷单广告', '有人推销高息理财'],
    green: ['反诈宣传栏破损'],
  },
}

const DISPUTES: Readonly<Record<string, readonly string[]>> = {
  土地: ['承包地界址争议', '宅基地边界争议', '农田排水引发争议', '土地流转租金争议', '山林权属争议'],
  邻里: ['建房排水引发邻里纠纷', '噪声扰民纠纷', '楼上漏水纠纷', '采光遮挡纠纷', '共用通道堆物纠纷', '养犬引发邻里纠纷'],
  劳资: ['工资结算争议', '工伤赔付争议', '加班费争议', '计件单价争议', '临时用工报酬争议'],
  物业: ['物业费收取争议', '车位使用纠纷', '电梯维修分摊争议', '公共收益公示争议'],
  消费: ['装修质量纠纷', '预付卡退费纠纷', '家电维修纠纷', '网购退货纠纷', '餐饮消费纠纷'],
  经济: ['货款拖欠争议', '房屋租赁押金争议', '合伙经营结算争议'],
}

export const visit = (random: Random): Entry => ({ kind: 'person', title: pick(random, VISITS) })

/** A hazard of a level; a red one only in domains that know such. */
export function hazard(random: Random, level: Level): Entry {
  const [category, domain] = pick(
    random,
    Object.entries(HAZARDS).filter(([, { [level]: matters }]) => matters),
  )
  return { kind: 'hazard', category, level, title: pick(random, domain.places) + pick(random, domain[level] as readonly string[]) }
}

export function dispute(random: Random): Entry {
  const category = pick(random, Object.keys(DISPUTES))
  return {
    kind: 'dispute',
    category,
    title: pick(random, DISPUTES[category] as readonly string[]),
    level: random() < 0.8 ? 'green' : 'yellow',
  }
}

/** What opens an incident that is not red: six hazards, more yellow than green, to one dispute, as on the article's day (63 to 11). */
export const matter = (random: Random): Entry => (random() < 0.85 ? hazard(random, random() < 0.45 ? 'green' : 'yellow') : dispute(random))

/** How busy each hour 0–23 of a Shanghai day is; the busiest is 1. */
export const RHYTHM: readonly number[] = [
  0.02, 0.01, 0.01, 0.01, 0.02, 0.05, 0.15, 0.4, 0.85, 1, 0.95, 0.6, 0.35, 0.5, 0.85, 0.95, 0.8, 0.55, 0.35, 0.3, 0.2, 0.1, 0.05, 0.03,
]
