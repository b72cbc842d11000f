import { expect, test } from 'vitest'
import { GatewayFull } from './gateway.ts'
import { createViewerPlaces } from './viewer-places.ts'

test('given one viewer has as many open as allowed, then the next is refused to him, but not to another, and not when one of his has closed', () => {
  const open = new Set<string>()
  const places = createViewerPlaces((name) => open.has(name), 2)
  const take = (viewer: string, name: string) => {
    places.take(viewer, name)
    open.add(name)
  }
  take('a', 'cam-1~0-1')
  take('a', 'cam-2~0-1')
  expect(() => take('a', 'cam-3~0-1')).toThrow(GatewayFull)
  take('b', 'cam-3~0-1')
  // It is open already, whoever opened it.
  take('a', 'cam-3~0-1')
  open.delete('cam-1~0-1')
  take('a', 'cam-4~0-1')
})
