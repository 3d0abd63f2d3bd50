// Pooling in compiled programs against eager pooling, bit for bit.
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { lowerProgram } from '../../src/compile/run.js'
import { bind, bindOne } from '../../src/primitive/bind.js'
import { type AxisWindows, evenWindows } from '../../src/tensor/poolingWindows.js'
import { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../../src/tensor/windowPrimitives.js'
import { allLowered, expectSame } from './expectSame.js'
import { random } from './tensors.js'

/** `count` windows of `length` elements; what is beyond the axis is outside. */
const sliding = (n: number, count: number, length: number, stride: number, dilation = 1, before = 0): AxisWindows =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length }, (_, j) => {
      const at = i * stride + j * dilation - before
      return at < 0 || at >= n ? -1 : at
    })
  )

interface Case {
  readonly lead: readonly number[]
  readonly image: readonly number[]
  readonly windows: readonly AxisWindows[]
}

const cases: readonly Case[] = [
  { lead: [2, 3], image: [6, 8], windows: [sliding(6, 3, 2, 2), sliding(8, 4, 2, 2)] },
  { lead: [1], image: [7, 5], windows: [sliding(7, 5, 3, 1), sliding(5, 3, 3, 1)] },
  { lead: [2], image: [7, 5], windows: [sliding(7, 4, 3, 2, 1, 1), sliding(5, 3, 3, 2, 1, 1)] },
  { lead: [], image: [9], windows: [sliding(9, 3, 3, 2, 2)] },
  { lead: [130], image: [4], windows: [sliding(4, 4, 1, 1)] },
  { lead: [3], image: [9, 8], windows: [sliding(9, 2, 5, 4), sliding(8, 2, 4, 4)] },
  { lead: [2], image: [8, 8], windows: [sliding(8, 1, 8, 1), sliding(8, 1, 8, 1)] },
  { lead: [2], image: [5, 7], windows: evenWindows([5, 7], [3, 4]) },
  { lead: [33], image: [1, 1], windows: [sliding(1, 1, 1, 1), sliding(1, 1, 1, 1)] },
  // in no order, and one place several times
  {
    lead: [2],
    image: [4],
    windows: [
      [
        [3, 0, 3],
        [1, 1, 2]
      ]
    ]
  }
]

const outOf = ({ lead, windows }: Case): readonly number[] => [...lead, ...windows.map(({ length }) => length)]

describe('pooling has the bits of eager pooling', () => {
  test('maxima and where they are', () => {
    cases.forEach(({ lead, image, windows }, i) => {
      for (const dtype of ['float32', 'float64', 'int32'] as const) {
        const inputs: [T.Tensor] = [random([...lead, ...image], dtype, i)]
        expectSame((x) => bind(windowMaxPrimitive, [x], { windows }), inputs, `maxima ${i} ${dtype}`)
      }
    })
  })

  test('the first NaN, and the first of equal ones', () => {
    const x = T.of([
      [1, NaN, NaN, 2],
      [0, -0, -0, 0],
      [-0, 0, 0, -0],
      [NaN, 1, 2, NaN],
      [-Infinity, -Infinity, 3, 3]
    ])
    expectSame((y) => bind(windowMaxPrimitive, [y], { windows: [sliding(4, 2, 3, 1)] }), [x], 'ties')
  })

  test('sums', () => {
    cases.forEach(({ lead, image, windows }, i) => {
      for (const dtype of ['float32', 'float64'] as const) {
        const inputs: [T.Tensor] = [random([...lead, ...image], dtype, 50 + i)]
        expectSame((x) => bindOne(windowSumsPrimitive, [x], { windows }), inputs, `sums ${i} ${dtype}`)
      }
    })
  })

  test('elements added to all of their windows', () => {
    cases.forEach((each, i) => {
      for (const dtype of ['float32', 'float64'] as const) {
        const { windows, image } = each
        const inputs: [T.Tensor] = [random(outOf(each), dtype, 90 + i)]
        expectSame((x) => bindOne(windowSpreadPrimitive, [x], { windows, image }), inputs, `spread ${i} ${dtype}`)
      }
    })
  })
})

test('a window without an element is refused as ever', () => {
  const windows = [sliding(4, 3, 2, 4)]
  const f = (x: T.Tensor): readonly T.Tensor[] => bind(windowMaxPrimitive, [x], { windows })
  expect(allLowered(lowerProgram(Debug.trace(f)(T.ones([4]))))).toBe(false)
})
