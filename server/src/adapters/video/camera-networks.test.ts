import { describe, expect, test } from 'vitest'
import { defaultCameraNetworks, parseCameraNetworks } from './camera-networks.ts'

describe('camera networks', () => {
  const usual = parseCameraNetworks(defaultCameraNetworks)

  test.each(['10.1.2.3', '172.16.0.1', '192.168.1.64', '100.64.1.1', 'fd00::1', '::ffff:10.1.2.3', '::ffff:0a01:0203'])(
    '%s is a camera network by default',
    (address) => {
      expect(usual.allows(address, 554)).toBe(true)
    },
  )

  test.each([
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    'fe80::1%eth0',
    '8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '172.32.0.1',
    '64:ff9b::a01:203',
  ])('%s is none by default', (address) => {
    expect(usual.allows(address, 554)).toBe(false)
  })

  test('a port narrows its range only', () => {
    const networks = parseCameraNetworks('127.0.0.1/32:8554, 10.0.0.0/8, fd00::/8:554')
    expect(networks.allows('127.0.0.1', 8554)).toBe(true)
    expect(networks.allows('127.0.0.1', 6379)).toBe(false)
    expect(networks.allows('127.0.0.2', 8554)).toBe(false)
    expect(networks.allows('10.9.9.9', 1)).toBe(true)
    expect(networks.allows('fd00::9', 554)).toBe(true)
    expect(networks.allows('fd00::9', 555)).toBe(false)
  })

  test('a name is no address', () => {
    expect(usual.allows('localhost', 554)).toBe(false)
    expect(parseCameraNetworks('').allows('10.0.0.1', 554)).toBe(false)
  })

  test.each(['10.0.0.0/33', 'example.org', '10.0.0.0/8:0', '10.0.0.0/8:70000', '10.0.0', 'fc00::/129'])('%s cannot be read', (text) => {
    expect(() => parseCameraNetworks(text)).toThrow('CAMERA_NETWORKS')
  })
})
