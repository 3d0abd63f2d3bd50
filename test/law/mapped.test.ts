// The laws of vmap and of staging: what they say of functions and primitives that break them, and of those they cannot hold to.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import * as Law from 'pullback/Law'
import { type None, type Primitive, bind, bindOne, none, op, real } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { concatPrimitive } from '../../src/tensor/join.js'
import { isConcrete } from '../../src/tensor/model.js'

/** The identity, with a rule of vmap that takes the examples in reverse order. */
const reversing: Primitive = op<1, None>({
  name: 'reversing',
  arity: 1,
  infer: (x) => x,
  evaluate: (x) => x,
  jvp: 'linear',
  vjp: [() => (ct) => ct],
  batch: (operands) => bindOne(reversing, [T.flip(operands[0]!, { axis: 0 })], none),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: none })
})

const x = T.of([0.5, -1.5], 'float64')

describe('gradients of functions', () => {
  const lawOf = (verdict: Law.Verdict): string | undefined => (E.isLeft(verdict) ? verdict.left.law : undefined)

  test('of many examples at once are those of each', () => {
    const f = (w: T.Tensor<[3, 2]>, v: T.Tensor<[2]>): T.Tensor => T.tanh(T.matmul(w, v))
    const property = Law.gradientWith({ name: 'f', laws: [Law.mappedGradients] })(
      f,
      A.tensor({ shape: [3, 2] }),
      A.tensor({ shape: [2] })
    )
    expect(fc.check(property).failed).toBe(false)
  })

  test('are not, where a primitive is mapped wrongly', () => {
    const f = (y: T.Tensor): T.Tensor => T.square(bindOne(reversing, [y], none))
    const verdict = Law.check(f, { name: 'f' })(x)
    expect(lawOf(verdict)).toBe('vmap')
    expect(E.isLeft(verdict) ? verdict.left.what : '').toBe(
      'gradient mapped over 2 examples of leaf 0 and leaf 1 is not the stack of their gradients'
    )
  })

  test('nothing is said of a function that reads numbers', () => {
    const reading = (y: T.Tensor<[]>): T.Tensor => (T.item(T.stopGradient(y)) > 0 ? T.square(y) : T.neg(y))
    const verdict = Law.check(reading, { laws: [Law.mappedGradients] })(T.scalar(2, 'float64'))
    expect(verdict).toEqual(E.right({ compared: 0, differences: 0, inconclusive: 0 }))
    expect(E.isRight(Law.check(reading)(T.scalar(2, 'float64')))).toBe(true)
  })

  test('other errors are the function’s own', () => {
    const failing = (y: T.Tensor): T.Tensor => {
      if (!isConcrete(y)) throw new RangeError('not here')
      return y
    }
    expect(() => Law.check(failing, { laws: [Law.mappedGradients] })(x)).toThrow('not here')
  })
})

describe('primitives', () => {
  const broken = (primitive: Primitive): readonly string[] =>
    Law.primitive(primitive).flatMap(({ name, property }) =>
      [Law.mapping.name, Law.staging.name].includes(name) && fc.check(property).failed ? [name] : []
    )

  test('with examples in another order', () => {
    expect(broken(reversing)).toEqual(['vmap'])
  })

  test('without a rule are mapped one by one, which is right', () => {
    const { batch: _, ...rest } = T.sin.primitive
    expect(broken(rest)).toEqual([])
  })

  test('with several results, for one of which infer gives another type', () => {
    const lying: typeof concatPrimitive = {
      ...concatPrimitive,
      infer: (operands, params) =>
        concatPrimitive.infer(operands, params).map(({ shape }) => ({ shape, dtype: 'float32' })),
      batch: (operands, mapped, { axis }, size) =>
        bind(concatPrimitive, operands, { axis: axis + (mapped[0] === true ? size : 1) })
    }
    expect(broken(lying)).toEqual(expect.arrayContaining(['vmap', 'staging']))
  })

  test('of which only the drawn operands work are held to the laws there', () => {
    const picky: Primitive = op<1, None>({
      name: 'picky',
      arity: 1,
      infer: (indices) => indices,
      evaluate: (indices) => {
        const [first, second] = T.toArray(indices)
        if (first! > second!) throw new RangeError('picky: indices out of order; increasing ones are required')
        return indices
      },
      jvp: undefined,
      vjp: undefined,
      sample: () => ({ operands: [T.of([0, 1], 'int32')], params: none })
    })
    expect(broken(picky)).toEqual([])
  })
})
