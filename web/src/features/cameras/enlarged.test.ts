import { expect, test } from 'vitest'
import { widest } from './enlarged.ts'

test('an enlarged picture lies between bezels, in the widest part', () => {
  expect(widest({ left: 100, width: 400 }, [])).toEqual({ left: 100, width: 400 })
  expect(widest({ left: 100, width: 400 }, [50, 150, 600])).toEqual({ left: 150, width: 350 })
  expect(widest({ left: 100, width: 400 }, [300])).toEqual({ left: 100, width: 200 })
})
