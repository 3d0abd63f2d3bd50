// The policy at singular points: every row that concerns reductions, at first and second order, in every combination of
// the two modes.
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { expectClose } from './lanes.js'
import { flat, thrownBy } from './naive.js'

type Vector = T.Tensor<[number]>
type Scalar = T.Tensor<[]>
type F = (x: Vector) => Scalar
type Matrix = readonly (readonly number[])[]
type Row = readonly [what: string, f: F, at: readonly number[], value: number, first: readonly number[], second: Matrix]

const vector = (values: readonly number[]): Vector => T.fromTypedArray(Float64Array.from(values), [values.length])

/** The derivative in one element. */
type Along = (f: F, direction: Vector) => F
const reverse: Along = (f, direction) => (x) => T.sum(T.where(T.greater(direction, 0), grad(f)(x), 0))
const forward: Along = (f, direction) => (x) => jvp(f)([x], [direction])[1]
const modes: readonly (readonly [string, Along])[] = [
  ['reverse', reverse],
  ['forward', forward]
]

const basis = (at: readonly number[]): readonly Vector[] =>
  at.map((_, i) => vector(at.map((_each, j) => (i === j ? 1 : 0))))

const constant = (n: number, value: number): readonly number[] => new Array<number>(n).fill(value)
const flatAt = (n: number): Matrix => constant(n, 0).map(() => constant(n, 0))

// -----------------------------------------------------------------------------
// the table
// -----------------------------------------------------------------------------

/** A row without curvature. */
const straight = (what: string, f: F, at: readonly number[], value: number, first: readonly number[]): Row => [
  what,
  f,
  at,
  value,
  first,
  flatAt(at.length)
]

/** A function that is not chosen: nothing depends on its value, however singular it is. */
const against =
  (f: F): F =>
  (x) =>
    T.where(T.scalar(false), f(x), 0)

const zeros: readonly number[] = [0, 0, 0]
const never = [-Infinity, -Infinity]

const policy: readonly Row[] = [
  straight('max with a tie', T.max, [4, 1, 4], 4, [1 / 2, 0, 1 / 2]),
  straight('max of equal elements', T.max, [2, 2, 2], 2, [1 / 3, 1 / 3, 1 / 3]),
  straight('max of 0 and -0', T.max, [0, -0], 0, [1 / 2, 1 / 2]),
  straight('max of infinities', T.max, [Infinity, Infinity], Infinity, [1 / 2, 1 / 2]),
  straight('min with a tie', T.min, [1, 4, 1], 1, [1 / 2, 0, 1 / 2]),
  straight('min of -infinities', T.min, never, -Infinity, [1 / 2, 1 / 2]),

  straight('norm at zero', T.norm, zeros, 0, zeros),
  straight('norm at a zero of one element', T.norm, [0], 0, [0]),
  straight('norm with ord 1 at zero', (x) => T.norm(x, { ord: 1 }), zeros, 0, zeros),
  straight('norm with ord 1 beside zero', (x) => T.norm(x, { ord: 1 }), [0, -2], 2, [0, -1]),
  straight('norm with ord infinity at zero', (x) => T.norm(x, { ord: Infinity }), zeros, 0, zeros),
  straight('norm with ord infinity at a tie', (x) => T.norm(x, { ord: Infinity }), [3, -3], 3, [1 / 2, -1 / 2]),
  straight('std of equal elements', T.std, [5, 5, 5], 0, zeros),
  straight('std of equal elements whose mean rounds', T.std, [0.1, 0.1, 0.1], 0, zeros),
  straight('std of one element', T.std, [7], 0, [0]),
  [
    'variance of equal elements',
    T.variance,
    [5, 5],
    0,
    [0, 0],
    [
      [1 / 2, -1 / 2],
      [-1 / 2, 1 / 2]
    ]
  ],

  [
    'prod with a zero',
    T.prod,
    [0, 3, 4],
    0,
    [12, 0, 0],
    [
      [0, 4, 3],
      [4, 0, 0],
      [3, 0, 0]
    ]
  ],
  [
    'prod with two zeros',
    T.prod,
    [0, 0, 5],
    0,
    zeros,
    [
      [0, 5, 0],
      [5, 0, 0],
      [0, 0, 0]
    ]
  ],
  straight('prod of zeros', T.prod, zeros, 0, zeros),
  [
    'cumprod with a zero',
    (x) => T.sum(T.cumprod(x)),
    [0, 2, 3],
    0,
    [9, 0, 0],
    [
      [0, 4, 2],
      [4, 0, 0],
      [2, 0, 0]
    ]
  ],
  [
    'cumprod with two zeros, exclusive, in reverse',
    (x) => T.sum(T.cumprod(x, { exclusive: true, reverse: true })),
    [7, 0, 0],
    1,
    [0, 0, 1],
    [
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0]
    ]
  ],

  straight('logSumExp of -infinities', T.logSumExp, never, -Infinity, [0, 0]),
  straight('logSumExp beside -infinity', T.logSumExp, [2, -Infinity], 2, [1, 0]),
  straight('logSumExp beside +infinity', T.logSumExp, [2, Infinity], Infinity, [0, 1]),
  straight('logSumExp far apart', T.logSumExp, [1000, 0], 1000, [1, 0]),
  straight('softmax of -infinities', (x) => T.at(T.softmax(x), 0), never, 0, [0, 0]),
  straight('softmax beside -infinity', (x) => T.at(T.softmax(x), 0), [2, -Infinity], 1, [0, 0]),
  straight('softmax beside +infinity', (x) => T.at(T.softmax(x), 1), [2, Infinity], 1, [0, 0]),
  straight('logSoftmax of -infinities', (x) => T.at(T.logSoftmax(x), 0), never, -Infinity, [0, 0]),
  straight('logSoftmax beside -infinity', (x) => T.at(T.logSoftmax(x), 0), [2, -Infinity], 0, [0, 0]),
  straight('logSoftmax beside +infinity', (x) => T.at(T.logSoftmax(x), 1), [2, Infinity], 0, [0, 0]),
  straight('logSoftmax where softmax is 0', (x) => T.at(T.logSoftmax(x), 0), [0, 1000], -1000, [1, -1]),

  straight('prod beside an infinity, chosen against', against(T.prod), [Infinity, 2, 0], 0, zeros),
  straight(
    'cumprod beside an infinity, chosen against',
    against((x) => T.sum(T.cumprod(x))),
    [Infinity, 2, 0],
    0,
    zeros
  ),
  straight('std of an infinity, chosen against', against(T.std), [Infinity, 2], 0, [0, 0]),
  straight('norm of an infinity, chosen against', against(T.norm), [Infinity, 2], 0, [0, 0])
]

/** How a derivative of a derivative is taken: the outer one, and the inner one. */
const combinations = modes.flatMap(([outer, d]) => modes.map(([inner, e]) => [`${outer} over ${inner}`, d, e] as const))

describe.each(policy)('%s', (_what, f, at, value, first, second) => {
  const x = vector(at)

  test('value', () => {
    expect(T.item(f(x)) + 0).toBe(value)
  })

  test.each(modes)('derivative, %s', (_mode, along) => {
    const found = basis(at).map((direction) => T.item(along(f, direction)(x)) + 0)
    expectClose(found, first, 14)
  })

  test.each(combinations)('second derivative, %s', (_modes, outer, inner) => {
    const found = basis(at).map((i) => basis(at).map((j) => T.item(outer(inner(f, i), j)(x)) + 0))
    found.forEach((row, i) => expectClose(row, second[i]!, 14))
  })
})

describe('third derivatives', () => {
  test.each([
    ['norm', T.norm],
    ['std', T.std]
  ] as const)('of %s at its singular point are 0', (_name, f) => {
    const [i, j] = basis([1, 1])
    for (const [, outer] of modes) {
      for (const [, inner] of modes) {
        const third = grad((x: Vector) => outer(inner(f, i!), j!)(x))(
          vector([3, 3].map((each) => (f === T.norm ? 0 : each)))
        )
        expect(flat(third)).toEqual([0, 0])
      }
    }
  })

  test('of a product of zeros is 1', () => {
    const [i, j] = basis(zeros)
    expect(flat(grad((x: Vector) => forward(reverse(T.prod, i!), j!)(x))(vector(zeros)))).toEqual([0, 0, 1])
  })
})

describe('empty tensors', () => {
  test('have a sum of 0, a mean of NaN, a product of 1, and gradients that are empty', () => {
    const none = vector([])
    const reductions: readonly F[] = [T.sum, T.mean, T.prod, T.norm, T.logSumExp, T.variance, T.std]
    expect(reductions.map((f) => T.item(f(none)))).toEqual([0, NaN, 1, 0, -Infinity, NaN, NaN])
    for (const f of reductions) expect(grad(f)(none).shape).toEqual([0])
  })

  test('have no largest element', () => {
    const refusal = 'max: shape [0] is empty along axes [0]; expected at least one element'
    expect(thrownBy(() => T.max(vector([])))).toHaveProperty('message', refusal)
  })
})
