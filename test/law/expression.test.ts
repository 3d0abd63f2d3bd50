// Every elementwise primitive has its function as data, and a law holds it to the kernel.
import * as Activation from 'pullback/Activation'
import {
  type Expression,
  type Primitive,
  type Scalars,
  add,
  call,
  div,
  expressionFor,
  greaterEqual,
  less,
  lessEqual,
  mul,
  parameter,
  select,
  sub,
  x,
  y
} from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { clampPrimitive, gate } from '../../src/tensor/minMaxOfTwo.js'
import { share } from '../../src/tensor/logistic.js'
import { powerLogPrimitive } from '../../src/tensor/power.js'
import { interpret } from './interpret.js'
import { primitives } from './primitives.js'
import { accepts, difference } from './scalarLaw.js'

const elementwise = primitives.filter(({ primitive }) => primitive.kind === 'elementwise')

describe('every elementwise primitive', () => {
  it('has an expression', () => {
    expect(elementwise.length).toBeGreaterThan(70)
    expect(elementwise.filter(({ primitive }) => primitive.scalar === undefined)).toEqual([])
  })

  it.each(elementwise.map(({ primitive }) => [primitive.name, primitive] as const))(
    '%s computes what its expression says, bit for bit',
    (_, primitive) => {
      expect(accepts(primitive)).toEqual(expect.arrayContaining(['float32', 'float64']))
      expect(difference(primitive)).toBeUndefined()
    }
  )

  it('is looked at in all types that it accepts', () => {
    expect(accepts(T.exp.primitive)).toEqual(['float32', 'float64'])
    expect(accepts(T.mul.primitive)).toEqual(['int32', 'float32', 'float64'])
    expect(accepts(T.less.primitive)).toEqual(['bool', 'int32', 'float32', 'float64'])
    expect(accepts(T.where.primitive)).toEqual(['bool', 'int32', 'float32', 'float64'])
  })
})

describe('the law refuses an expression', () => {
  const decay = call('exp', call('neg', call('abs', x)))
  const squares = add(mul(x, x), mul(y, y))

  /** Expressions that are nearly right: on most numbers, in most types, or but for the sign of zero and the last bit. */
  const mutants: readonly (readonly [what: string, primitive: Primitive, scalar: Scalars])[] = [
    ['of another function', T.square.primitive, { float: add(x, x) }],
    ['that has another sign of zero', T.neg.primitive, { float: sub(0, x) }],
    ['with operands exchanged', T.sub.primitive, { float: sub(y, x) }],
    [
      'that takes a NaN for a number',
      T.relu.primitive,
      { float: select(lessEqual(x, 0), 0, select(less(0, x), x, 0)) }
    ],
    ['that differs at a tie', gate.primitive, { float: select(less(y, 0), 0, x) }],
    ['without the product modulo 2^32', T.mul.primitive, { float: mul(x, y) }],
    ['that differs in float32 alone', T.exp.primitive, { float: call('exp', x), single: call('expm1', x) }],
    ['that overflows', T.softplus.primitive, { float: call('log1p', call('exp', x)) }],
    ['in another order', T.sigmoid.primitive, { float: div(1, add(1, call('exp', call('neg', x)))) }],
    [
      'that forgets equal infinities',
      share.primitive,
      { float: select(less(sub(x, y), 0), div(decay, add(1, decay)), 1) }
    ],
    ['that is right in most of its range', T.hypot.primitive, { float: call('sqrt', squares) }],
    ['with another parameter', clampPrimitive, { float: call('max', x, parameter('min')) }],
    [
      'that ignores a parameter',
      Activation.leakyRelu.primitive,
      { float: select(greaterEqual(x, 0), x, mul(0.01, x)) }
    ],
    ['that rounds by another rule', T.round.primitive, { float: call('floor', add(x, 0.5)) }],
    ['of JavaScript, not of Python', T.mod.primitive, { float: call('rem', x, y) }],
    ['that chooses the other one', T.where.primitive, { float: select(x, y, y) }],
    [
      'without its special case',
      powerLogPrimitive,
      { float: mul(call('pow', x, y), call('pow', call('log', x), parameter('order'))) }
    ]
  ]

  it.each(mutants)('%s', (_, primitive, scalar) => {
    const broken: Primitive = { ...primitive, scalar }
    expect(difference(broken, accepts(primitive))).toContain('by its expression')
  })
})

describe('the interpreter', () => {
  const value = (e: Expression, ...operands: readonly number[]): number => interpret(e, operands, () => 0.1, 'float64')

  it('reads operands, parameters, choices and calls', () => {
    expect(value(select(less(x, y), mul(parameter('slope'), 3), call('atan2', y, x)), 1, 2)).toBe(0.1 * 3)
    expect(value(select(less(x, y), 1, call('atan2', y, x)), 2, 1)).toBe(Math.atan2(1, 2))
    expect(value(select(x, 1, 2), NaN)).toBe(1)
  })

  it('is given the expression of a type', () => {
    const { scalar } = T.square.primitive
    expect(scalar && expressionFor(scalar, 'int32')).toEqual(call('imul', x, x))
    expect(scalar && expressionFor(scalar, 'float32')).toEqual(mul(x, x))
  })
})
