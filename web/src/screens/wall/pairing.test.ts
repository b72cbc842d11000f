import { expect, test } from 'vitest'
import { pairingCode } from './pairing.ts'

test('the code is read from the fragment only', () => {
  expect(pairingCode('#pair=abc-DEF_123')).toBe('abc-DEF_123')
  expect(pairingCode('#scene=daily&pair=x')).toBe('x')
  for (const hash of ['', '#', '#pair=', '#pairs=x']) expect(pairingCode(hash)).toBeUndefined()
})
