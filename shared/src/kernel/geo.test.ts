import { describe, expect, test } from 'vitest'
import { type Crs, distance, fromBaiduMetres, fromWgs84, inRing, type LngLat, toBaiduMetres, toWgs84, within } from './geo.ts'

describe('coordinates', () => {
  test('CGCS2000 and WGS 84 are taken as they are', () => {
    expect(toWgs84(119.46, 29.21, 'WGS84')).toEqual([119.46, 29.21])
    expect(toWgs84(119.46, 29.21, 'CGCS2000')).toEqual([119.46, 29.21])
  })
  test('GCJ-02 and BD-09 positions move by some hundred metres, not by kilometres', () => {
    for (const crs of ['GCJ02', 'BD09'] as const) {
      const moved = distance([119.46, 29.21], toWgs84(119.46, 29.21, crs))
      expect(moved).toBeGreaterThan(300)
      expect(moved).toBeLessThan(1500)
    }
  })
  test('the known pair of Tiananmen: GCJ-02 116.404, 39.915 is WGS 84 116.39776, 39.91359', () => {
    expect(distance(toWgs84(116.404, 39.915, 'GCJ02'), [116.39776, 39.91359])).toBeLessThan(5)
  })
})

describe('points published by the providers', () => {
  // The formulas are public reconstructions. Measured: Amap's points within 0.12 m; Baidu's, which its documents give in versions half a metre apart, within 0.75 m.
  test.each([
    ['Amap, example of coordinate/convert', [116.481499, 39.990475], 'GCJ02', [116.487585177952, 39.991754014757]],
    ['Amap, its second point', [116.481499, 39.990375], 'GCJ02', [116.487585177952, 39.991653917101]],
    ['Amap, Shenzhen', [114.07, 22.62], 'GCJ02', [114.07513075, 22.61731092]],
    ['coordtransform, README', [116.404, 39.915], 'GCJ02', [116.41024449916938, 39.91640428150164]],
    ['coordtransform, both steps', [116.404, 39.915], 'BD09', [116.41662724378733, 39.922699552216216]],
    ['Baidu, example of geoconv', [114.21892734521, 29.575429778924], 'BD09', [114.2307519546763, 29.57908428837437]],
  ] as [string, LngLat, Crs, LngLat][])('%s', (_source, wgs84, crs, published) => {
    expect(distance(fromWgs84(wgs84, crs), published)).toBeLessThan(crs === 'BD09' ? 1 : 0.2)
    expect(distance(toWgs84(...published, crs), wgs84)).toBeLessThan(crs === 'BD09' ? 1 : 0.2)
  })
  test('Baidu, example of its Mercator: 116.404, 39.915 is 12958175, 4825923.77 and lies in tile 50617, 18851 of zoom 18', () => {
    const [x, y] = toBaiduMetres(toWgs84(116.404, 39.915, 'BD09'))
    expect(Math.hypot(x - 12_958_175, y - 4_825_923.77)).toBeLessThan(0.5)
    expect([Math.floor(x / 256), Math.floor(y / 256)]).toEqual([50_617, 18_851])
    expect(distance(fromBaiduMetres(12_958_175, 4_825_923.77), toWgs84(116.404, 39.915, 'BD09'))).toBeLessThan(0.5)
  })
})

describe('there and back', () => {
  const inChina: LngLat[] = []
  for (let lng = 75; lng < 134; lng += 0.377) for (let lat = 19; lat < 53; lat += 0.291) inChina.push([lng, lat])
  const farthest = (back: (at: LngLat) => LngLat): number => Math.max(...inChina.map((at) => distance(back(at), at)))
  test.each(['WGS84', 'CGCS2000', 'GCJ02', 'BD09'] as const)('%s comes back within half a metre anywhere in China', (crs) => {
    expect(farthest((at) => toWgs84(...fromWgs84(at, crs), crs))).toBeLessThan(0.5)
  })
  test("Baidu's metres come back within a metre anywhere in China", () => {
    expect(farthest((at) => fromBaiduMetres(...toBaiduMetres(at)))).toBeLessThan(1)
  })
  test.each([
    ['London', [-0.1276, 51.5072]],
    ['Sydney', [151.2093, -33.8688]],
    ['Tokyo', [139.6917, 35.6895]],
  ] as [string, LngLat][])('%s stays where it is in GCJ-02', (_city, at) => {
    expect(fromWgs84(at, 'GCJ02')).toEqual(at)
    expect(distance(toWgs84(...at, 'GCJ02'), at)).toBeLessThan(0.1)
  })
})

describe('areas', () => {
  const square = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ] as const
  test('a point is inside its ring and outside elsewhere', () => {
    expect(inRing([0.5, 0.5], square)).toBe(true)
    expect(inRing([1.5, 0.5], square)).toBe(false)
  })
  test('codes nest by prefix', () => {
    expect(within('330781109', '330781109001001')).toBe(true)
    expect(within('330781109', '330781110001001')).toBe(false)
    expect(within('330781', '330781109001001')).toBe(true)
  })
})
