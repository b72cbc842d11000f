import { expect, test } from 'vitest'
import { ems, ledeSize } from './lede-size.ts'

const SHORT = '全市平稳，无特急、无紧急；21 起一般事件按时限办理。'
const ONE = '1 起特急：永昌街道商户后院电动车起火苗受理余 13 分 50 秒。'

test('a calm sentence is large on a 16:9 wall', () => {
  expect(ledeSize(SHORT, 44, 'large')).toBe('large')
})

test('what is just too long for one large line becomes one middle line, not two large ones', () => {
  expect(ledeSize(ONE, 44, 'large')).toBe('middle')
  expect(ems(ONE) * 1.36).toBeLessThan(44)
})

test('on a narrow wall the same sentence takes two middle lines, a longer one becomes small', () => {
  expect(ledeSize(ONE, 24.4, 'middle')).toBe('middle')
  expect(ledeSize(`${ONE}${ONE}`, 24.4, 'middle')).toBe('small')
})

test('a countdown that loses its seconds for one second changes nothing', () => {
  const size = ledeSize(ONE, 44, 'large')
  expect(ledeSize(ONE.replace(' 50 秒', ''), 44, size)).toBe(size)
})

test('it grows again once it is clearly shorter', () => {
  expect(ledeSize('全市平稳，无未办结事件。', 44, 'small')).toBe('large')
})
