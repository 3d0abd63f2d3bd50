// The geometry of windows: sizes as PyTorch and TensorFlow have them, and the sentences about what does not fit.
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Sliding, geometryOf } from '../../src/shape/geometry.js'

const sizesOf = (size: readonly number[], sliding: Sliding): readonly number[] =>
  geometryOf('conv2d', size, sliding).sizes

const messageOf = (size: readonly number[], sliding: Sliding): string => {
  try {
    return String(geometryOf('conv2d', size, sliding).sizes)
  } catch (error) {
    return String(error)
  }
}

describe('sizes', () => {
  test.each([
    [[28, 28], { window: 5 }, [24, 24]],
    [[28, 28], { window: 5, padding: 2 }, [28, 28]],
    [[28, 28], { window: 5, padding: 'same', stride: 2 }, [14, 14]],
    [[5, 7], { window: [2, 3], padding: 'full' }, [6, 9]],
    [[224], { window: 7, stride: 2, padding: 3 }, [112]],
    [[9], { window: 3, dilation: 2 }, [5]],
    [[5, 5], { window: 3, padding: [[0, 1], 2] }, [4, 7]],
    [[6], { window: 3, stride: 2 }, [2]],
    [[6], { window: 3, stride: 2, ceilMode: true }, [3]],
    [[5], { window: 2, stride: 3, padding: 1, ceilMode: true }, [2]],
    // a last window that would begin in the padding behind does not count
    [[4], { window: 1, stride: 4, padding: 1, ceilMode: true }, [2]],
    [[4], { window: 2, stride: 5, padding: 1, ceilMode: true }, [1]]
  ] satisfies readonly (readonly [readonly number[], Sliding, readonly number[]])[])(
    '%j under %j are %j',
    (size, sliding, sizes) => {
      expect(sizesOf(size, sliding)).toEqual(sizes)
    }
  )

  it('same: the input divided by the stride, the odd element behind', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (n, window, stride) => {
        const { sizes, before, after } = geometryOf('pool', [n + 1], { window, stride, padding: 'same' })
        expect(sizes).toEqual([Math.ceil((n + 1) / stride)])
        expect([0, 1]).toContain(after[0]! - before[0]!)
      })
    )
  })
})

test.each([
  [[4, 4], { window: 5 }, 'the window spans [5, 5] on an input of [4, 4]; expected a window that fits'],
  [
    [4, 4],
    { window: 3, dilation: 3, padding: 1 },
    'the window of [3, 3] with dilation [3, 3] spans [7, 7] on an input of [4, 4], padded to [6, 6]; expected a window that fits'
  ],
  [[4, 4], { window: 2, stride: [1] }, 'stride is [1]; expected a number, or a list of 2, one per spatial axis'],
  [[4], { window: 2, padding: [1, 2] }, 'padding is [1, 2]; expected a number, or a list of 1']
] satisfies readonly (readonly [readonly number[], Sliding, string])[])('%j under %j: %s', (size, sliding, rule) => {
  expect(messageOf(size, sliding)).toBe(`ShapeError: conv2d: ${rule}`)
})
