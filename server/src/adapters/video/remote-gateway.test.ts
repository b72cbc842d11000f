import { describe, expect, test } from 'vitest'
import { orderFor } from './remote-gateway.ts'

const process = (node: string, open: readonly string[] = [], room = 10) => ({
  node,
  url: `https://${node}:7761`,
  open: new Set(open),
  room,
})
const names = (camera: string, processes: readonly ReturnType<typeof process>[], more?: Parameters<typeof orderFor>[2]): string[] =>
  orderFor(camera, processes, more).map(({ node }) => node)
const cameras = Array.from({ length: 300 }, (_, i) => `cam-${i}`)
const three = ['a', 'b', 'c'].map((node) => process(node))

describe('the process asked first for a camera', () => {
  test('is the same for all servers, in whatever order they heard of the processes', () => {
    for (const camera of cameras) expect(names(camera, [...three].reverse())).toEqual(names(camera, three))
  })
  test('is each one for a fair share', () => {
    for (const node of ['a', 'b', 'c']) {
      const share = cameras.filter((camera) => names(camera, three)[0] === node).length
      expect(share).toBeGreaterThan(65)
      expect(share).toBeLessThan(135)
    }
  })
  test('changes for the cameras of a process that goes, and for no other', () => {
    const left = three.filter(({ node }) => node !== 'b')
    for (const camera of cameras) expect(names(camera, left)).toEqual(names(camera, three).filter((node) => node !== 'b'))
  })
  test('is the one that has it open, though another was first by number, or came back', () => {
    for (const camera of cameras) expect(names(camera, [process('a'), process('b', [camera], 0), process('c')])[0]).toBe('b')
  })
  test('is above all the one that plays it for us now', () => {
    const both = [process('a', ['x']), process('b', ['x'])]
    expect(names('x', both, { plays: 'a' })).toEqual(['a', 'b'])
    expect(names('x', both, { plays: 'b' })).toEqual(['b', 'a'])
  })
  test('is never a full one while another has room, nor one in doubt while another is left', () => {
    for (const camera of cameras) {
      expect(names(camera, [process('a', [], 0), process('b'), process('c', [], 0)])[0]).toBe('b')
      const doubted = { plays: 'a', inDoubt: (node: string) => node !== 'c' }
      expect(names(camera, [process('a', [camera]), process('b'), process('c', [], 0)], doubted)[0]).toBe('c')
    }
  })
})
