import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { fractions, optionsOf, over } from './lanes.js'
import { adjoint, flat, sizes, whole } from './naive.js'

type Vector = T.Tensor<[number]>

/** The product of all elements but some: a derivative of the product in those. */
const without = (lane: readonly number[], ...left: readonly number[]): number =>
  new Set(left).size < left.length
    ? 0
    : lane.reduce((product, value, i) => (left.includes(i) ? product : product * value), 1)

const vectors = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 6 })
  .map((values): Vector => T.fromTypedArray(Float64Array.from(values), [values.length]))

const basis = (x: Vector, i: number): Vector =>
  T.fromTypedArray(
    Float64Array.from(flat(x), (_, j) => (i === j ? 1 : 0)),
    [flat(x).length]
  )

const axesOf = (x: Vector): readonly number[] => flat(x).map((_, i) => i)

describe('the derivatives of prod', () => {
  test('are the products of the other elements, zeros or not', () => {
    const property = fc.property(vectors, (x) => {
      const expected = axesOf(x).map((i) => without(flat(x), i) + 0)
      expect(flat(grad((y: Vector) => T.prod(y))(x))).toEqual(expected)
      expect(axesOf(x).map((i) => T.item(jvp((y: Vector) => T.prod(y))([x], [basis(x, i)])[1]) + 0)).toEqual(expected)
    })
    fc.assert(property)
  })

  test('at second order are the products of all but two', () => {
    const property = fc.property(vectors, (x) => {
      const gradient = grad((y: Vector) => T.prod(y))
      const hessian = axesOf(x).map((i) => flat(grad((y: Vector) => T.at(gradient(y), i))(x)))
      expect(hessian).toEqual(axesOf(x).map((i) => axesOf(x).map((j) => without(flat(x), i, j) + 0)))
    })
    fc.assert(property)
  })

  test('at third order are the products of all but three', () => {
    const property = fc.property(vectors, (x) => {
      const first = (y: Vector): T.Tensor<[]> => T.at(grad((z: Vector) => T.prod(z))(y), 0)
      for (const j of axesOf(x)) {
        const second = (y: Vector): T.Tensor<[]> => jvp(first)([y], [basis(x, j)])[1]
        expect(flat(grad(second)(x))).toEqual(axesOf(x).map((k) => without(flat(x), 0, j, k) + 0))
      }
    })
    fc.assert(property, { numRuns: 30 })
  })

  test('over any axes are adjoint', () => {
    const property = fc.property(over(sizes(0, 4).chain(fractions)), (each) => {
      const f = (y: T.Tensor): T.Tensor => T.prod(y, optionsOf(each))
      const [forward, reverse] = adjoint(f, [each.x], [T.cos(each.x)], T.cos(f(each.x)))
      expect(forward / (1 + Math.abs(reverse))).toBeCloseTo(reverse / (1 + Math.abs(reverse)), 10)
    })
    fc.assert(property)
  })
})

describe('prod', () => {
  test('over axes apart is the product of products', () => {
    const property = fc.property(
      sizes(3, 3).chain((shape) => whole(shape)),
      (x) => {
        const both = T.prod(x, { axis: [0, 2] })
        expect(flat(both)).toEqual(flat(T.prod(T.prod(x, { axis: 2 }), { axis: 0 })))
      }
    )
    fc.assert(property)
  })
})
