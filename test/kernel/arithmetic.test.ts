import { describe, expect, test } from 'vitest'
import {
  addLoops,
  divLoops,
  gateLoops,
  guardedMulLoops,
  mulLoops,
  negLoops,
  reluLoops,
  subLoops
} from '../../src/kernel/arithmetic.js'
import { guarded, passed, rectified } from '../../src/kernel/scalars.js'
import {
  type BinaryLoop,
  type Scalar1,
  type Scalar2,
  type UnaryLoop,
  binaryLoop,
  unaryLoop
} from '../../src/kernel/elementwise.js'

const values = [
  0,
  -0,
  1,
  -1,
  0.5,
  3,
  -7,
  Infinity,
  -Infinity,
  NaN,
  1e30,
  -2.25,
  5,
  0,
  2,
  -3,
  8,
  0.1,
  -0.2,
  9,
  4,
  -5,
  6,
  7
]
const types = { float32: Float32Array, float64: Float64Array } as const

/** Lengths around the four elements that are done at a time, offsets and strides. */
const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 11]
const places = [
  [0, 1],
  [3, 1],
  [2, 0],
  [1, 2],
  [23, -2]
] as const

const binaryCases: readonly (readonly [string, Scalar2, { readonly [T in keyof typeof types]?: BinaryLoop }])[] = [
  ['add', (x, y) => x + y, addLoops],
  ['sub', (x, y) => x - y, subLoops],
  ['mul', (x, y) => x * y, mulLoops],
  ['div', (x, y) => x / y, divLoops],
  ['guardedMul', guarded, guardedMulLoops],
  ['gate', passed, gateLoops],
  ['any function', Math.atan2, { float32: binaryLoop(Math.atan2), float64: binaryLoop(Math.atan2) }]
]

const unaryCases: readonly (readonly [string, Scalar1, { readonly [T in keyof typeof types]?: UnaryLoop }])[] = [
  ['neg', (x) => -x, negLoops],
  ['relu', rectified, reluLoops],
  ['any function', Math.exp, { float32: unaryLoop(Math.exp), float64: unaryLoop(Math.exp) }]
]

describe.each(['float32', 'float64'] as const)('loops of %s', (dtype) => {
  const make = types[dtype]
  const x = make.from(values)
  const y = make.from([...values].reverse())

  test.each(binaryCases)('%s is what the function says, at any length, offset and stride', (_name, f, loops) => {
    for (const n of lengths) {
      for (const [p, s] of places) {
        for (const [q, t] of places) {
          for (const to of [0, 3]) {
            const out = new make(16).fill(99)
            loops[dtype]!(n, x, p, s, y, q, t, out, to)
            const expected = new make(16).fill(99)
            for (let i = 0; i < n; i++) expected[to + i] = f(x[p + i * s]!, y[q + i * t]!)
            expect(out).toEqual(expected)
          }
        }
      }
    }
  })

  test.each(unaryCases)('%s is what the function says, at any length, offset and stride', (_name, f, loops) => {
    for (const n of lengths) {
      for (const [p, s] of places) {
        for (const to of [0, 3]) {
          const out = new make(16).fill(99)
          loops[dtype]!(n, x, p, s, out, to)
          const expected = new make(16).fill(99)
          for (let i = 0; i < n; i++) expected[to + i] = f(x[p + i * s]!)
          expect(out).toEqual(expected)
        }
      }
    }
  })
})

describe('the functions behind them', () => {
  test('a zero is stronger than infinity and NaN, on either side', () => {
    for (const [x, y] of [
      [0, Infinity],
      [Infinity, 0],
      [-0, NaN],
      [NaN, 0]
    ] as const) {
      expect(guarded(x, y)).toBe(0)
    }
    expect(guarded(2, 3)).toBe(6)
    expect(guarded(2, Infinity)).toBe(Infinity)
    expect(guarded(2, NaN)).toBeNaN()
  })

  test('the rectifier keeps NaN, and has one zero', () => {
    expect([3, 0, -0, -3, Infinity, -Infinity].map(rectified)).toEqual([3, 0, 0, 0, Infinity, 0])
    expect(rectified(NaN)).toBeNaN()
    expect(passed(Infinity, -1)).toBe(0)
    expect(passed(NaN, 0)).toBe(0)
    expect(passed(5, 1)).toBe(5)
  })
})
