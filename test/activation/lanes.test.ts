// Activations of lanes, and those with operands beside x: values by independent formulas, gradients by the laws.
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Activation from 'pullback/Activation'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'

const lists = fc.array(fc.integer({ min: -4000, max: 4000 }), { minLength: 1, maxLength: 7 })
const f64 = (values: readonly number[]): T.Tensor<[number]> => T.of(values, 'float64')

describe('sparsemax', () => {
  /** The projection by bisection on tau. */
  const projected = (values: readonly number[]): readonly number[] => {
    let [low, high] = [Math.max(...values) - 1, Math.max(...values)]
    const weights = (tau: number): readonly number[] => values.map((value) => Math.max(value - tau, 0))
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (weights(middle).reduce((a, b) => a + b, 0) > 1) low = middle
      else high = middle
    }
    return weights(low)
  }

  test('is the nearest point of the simplex', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const values = list.map((value) => value / 1000)
        const found = T.toNested(Activation.sparsemax(f64(values)))
        projected(values).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12))
      })
    )
  })

  test('has the derivative that the laws ask for, along any axis', () => {
    const along = (axis: number) => (x: T.Tensor) => Activation.sparsemax(x, { axis })
    for (const axis of [0, 1, -1]) {
      expect(
        E.isRight(
          Law.check(along(axis))(
            T.of(
              [
                [0.5, 0.25, -1],
                [0.1, 2, 1.7]
              ],
              'float64'
            )
          )
        )
      ).toBe(true)
    }
  })

  test('at its kinks an element of weight 0 does not move', () => {
    const first = (x: T.Tensor<[number]>) => T.at(Activation.sparsemax(x), 0)
    expect(T.toNested(grad(first)(f64([1, 0])))).toEqual([0, 0])
    expect(T.toNested(grad(first)(f64([0, 0])))).toEqual([0.5, -0.5])
  })

  test('is finite at 1000, NaN beside NaN, and empty for nothing', () => {
    expect(T.toNested(Activation.sparsemax(f64([-1000, 1000, 1000])))).toEqual([0, 0.5, 0.5])
    expect(T.toNested(Activation.sparsemax(f64([NaN, 1])))).toEqual([NaN, NaN])
    expect(Activation.sparsemax(T.zeros([2, 0])).shape).toEqual([2, 0])
  })
})

describe('softmin, glu and maxout', () => {
  test('softmin is the softmax of -x', () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(T.toNested(Activation.softmin(f64(list)))).toEqual(T.toNested(T.softmax(T.neg(f64(list)))))
      })
    )
  })

  test('glu is its formula, along any axis', () => {
    const x = T.of(
      [
        [1, -2, 0.5, 3],
        [0, 2, -1, 1]
      ],
      'float64'
    )
    const gate = (v: number): number => 1 / (1 + Math.exp(-v))
    const wanted = [1 * gate(0.5), -2 * gate(3), 0, 2 * gate(1)]
    const found = T.toArray(Activation.glu(x))
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 14))
    expect(pipe(x, Activation.glu({ axis: 0 })).shape).toEqual([1, 4])
    expect(E.isRight(Law.check((v: T.Tensor) => Activation.glu(v))(x))).toBe(true)
    expect(() => Activation.glu(T.zeros([2, 3]))).toThrow(
      'glu: axis 1 of shape [2, 3] has size 3; expected an even size'
    )
  })

  test('maxout takes the largest piece, and divides a tie evenly', () => {
    const pieces = T.of(
      [
        [1, 5],
        [1, 2],
        [0, 7]
      ],
      'float64'
    )
    expect(T.toArray(Activation.maxout(pieces))).toEqual(new Float64Array([1, 7]))
    expect(T.toNested(grad((x: T.Tensor<[3, 2]>) => T.sum(Activation.maxout(x)))(T.ensure(pieces, [3, 2])))).toEqual([
      [0.5, 0],
      [0.5, 0],
      [0, 1]
    ])
  })
})

describe('prelu and rrelu', () => {
  test('prelu passes the laws in both operands, with slopes for channels', () => {
    fc.assert(
      Law.gradient(
        (x: T.Tensor<[2, 3]>, slope: T.Tensor<[2, 1]>) => Activation.prelu(x, slope),
        A.tensor({ shape: [2, 3] }),
        A.tensor({ shape: [2, 1] })
      ),
      { numRuns: 20 }
    )
  })

  test('prelu refuses slopes of another shape', () => {
    expect(() => Activation.prelu(T.zeros([2]), T.zeros([3, 2]))).toThrow(
      'prelu: the slope has shape [3, 2]; for operands of shape [2], expected a shape that broadcasts to it'
    )
  })

  test('rrelu draws a slope between the bounds for each element, from the key alone', () => {
    const x = T.full([1000], -1)
    const slopes = T.toNested(T.neg(Activation.rrelu(x, Random.key(3))))
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(1 / 8)
    expect(Math.max(...slopes)).toBeLessThanOrEqual(1 / 3)
    expect(new Set(slopes).size).toBeGreaterThan(900)
    expect(T.toNested(pipe(x, Activation.rrelu(Random.key(3))))).toEqual(slopes.map((slope) => -slope))
    const keys = T.stack(Random.split(Random.key(0), 2))
    expect(vmap((key: T.Tensor) => Activation.rrelu(x, key as Random.Key))(keys).shape).toEqual([2, 1000])
  })

  test('rrelu refuses bounds that are out of order, and a key that is none', () => {
    expect(() => Activation.rrelu(T.zeros([2]), Random.key(0), { lower: 1, upper: 0 })).toThrow(
      'rrelu: lower is 1 and upper is 0; expected lower <= upper'
    )
    expect(() => Activation.rrelu(T.zeros([2]), T.zeros([2]) as Random.Key)).toThrow(
      'rrelu: the key is a tensor of shape [2] and dtype float32; expected one from Random.key or Random.split'
    )
  })
})
