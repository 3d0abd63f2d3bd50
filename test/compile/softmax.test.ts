// Softmax and related functions in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { type Case, axesOf, difference, differences } from './alongAxes.js'

const floats = ['float32', 'float64'] as const

const functions = {
  softmax: (x: T.Tensor, axis: readonly number[]) => T.softmax(x, { axis }),
  logSoftmax: (x: T.Tensor, axis: readonly number[]) => T.logSoftmax(x, { axis }),
  logSumExp: (x: T.Tensor, axis: readonly number[]) => T.logSumExp(x, { axis })
}

for (const [name, f] of Object.entries(functions)) {
  test(`${name} of vectors of any length`, () => {
    const shapes = [0, 1, 3, 4, 7, 8, 9, 33, 130, 300].map((n) => [n])
    expect(differences((x) => f(x, [0]), shapes, floats)).toEqual([])
  })

  test(`${name} over all sets of axes`, () => {
    const shapes = [
      [9, 3, 5],
      [2, 4, 2],
      [3, 9, 1],
      [2, 130, 3],
      [2, 0, 3]
    ]
    for (const axes of axesOf(3)) {
      const apart = axes.length === 2 && axes[1]! - axes[0]! > 1 && name !== 'logSumExp'
      const isLowered = ({ shape }: Case): boolean => !apart || shape.includes(1) || shape.includes(0)
      expect(differences((x) => f(x, axes), shapes, floats, isLowered)).toEqual([])
    }
  })

  test(`${name} of infinities and NaN`, () => {
    const [up, down] = [Infinity, -Infinity]
    const lanes = [
      [down, down, down, down, down],
      [up, 0, 1, up, down],
      [up, NaN, 1, up, down],
      [NaN, NaN, NaN, NaN, NaN],
      [0, -0, 0, -0, down],
      [1, 2, 3, 4, 5],
      [down, down, down, 1e38, -3e38]
    ]
    for (const dtype of floats) {
      const x = T.cast(T.of(lanes), dtype)
      expect(difference((x) => f(x, [1]), [x])).toBeUndefined()
      expect(difference((x) => f(T.transpose(x), [0]), [x])).toBeUndefined()
      expect(difference((x) => f(x, [0]), [T.transpose(x)])).toBeUndefined()
      expect(difference((x) => f(x, [0]), [x])).toBeUndefined()
    }
  })
}
