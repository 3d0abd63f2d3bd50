// Expressions as text, and what makers take from them.
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import * as Activation from 'pullback/Activation'
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import {
  type Expression,
  type Primitive,
  add,
  binary,
  call,
  constant,
  div,
  greater,
  less,
  mul,
  operand,
  parameter,
  real,
  select,
  showExpression,
  sub,
  unary,
  unaryWith,
  x,
  y
} from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { gate, preference } from '../../src/tensor/minMaxOfTwo.js'

const shown = ({ primitive }: { readonly primitive: Primitive }): string =>
  primitive.scalar === undefined ? '' : showExpression(primitive.scalar.float)

describe('showExpression', () => {
  const written: readonly (readonly [Expression, string])[] = [
    [select(greater(x, 0), x, mul(parameter('slope'), x)), 'select(x > 0, x, slope * x)'],
    [sub(sub(x, y), operand(2)), 'x - y - z'],
    [sub(x, sub(y, 1)), 'x - (y - 1)'],
    [add(x, add(y, 1)), 'x + (y + 1)'],
    [mul(add(x, 1), y), '(x + 1) * y'],
    [add(mul(x, 2), y), 'x * 2 + y'],
    [div(x, mul(y, 2)), 'x / (y * 2)'],
    [call('neg', mul(x, y)), '-(x * y)'],
    [mul(call('neg', x), y), '-x * y'],
    [call('neg', call('neg', x)), '-(-x)'],
    [sub(x, -1), 'x - -1'],
    [add(constant(-0), Infinity), '-0 + Infinity'],
    [less(less(x, y), add(x, 1)), '(x < y) < x + 1'],
    [operand(3), 'x3']
  ]

  it.each(written)('%#', (expression, text) => {
    expect(showExpression(expression)).toBe(text)
  })

  it('names what stands in several places', () => {
    const root = call('sqrt', add(mul(x, x), 1))
    const half = div(root, 2)
    expect(showExpression(add(half, mul(half, root)))).toBe('t1 = sqrt(x * x + 1); t2 = t1 / 2; t2 + t2 * t1')
  })

  it('says what the records of rules compute', () => {
    expect(shown(gate)).toBe('select(y <= 0, 0, x)')
    expect(shown(preference)).toBe('select(x > y, 1, select(x < y, 0, select(x == y, 0.5, NaN)))')
    expect(shown(T.mod)).toBe(
      't1 = rem(x, y); select(t1 == 0, select(y > 0, 0, -0), select((t1 < 0) != (y < 0), t1 + y, t1))'
    )
    expect(shown(T.sigmoid)).toBe('t1 = exp(-abs(x)); t2 = 1 + t1; select(x < 0, t1 / t2, 1 / t2)')
  })
})

describe('makers', () => {
  it('take f from one intrinsic or one operation', () => {
    const tangent = unary({ name: 'tangent', domain: real, scalar: call('tan', x) })
    const quotient = binary({ name: 'quotient', domains: [real, real], scalar: div(x, y) })
    const larger = binary({ name: 'larger', domains: [real, real], scalar: call('max', x, y) })
    expect(T.toNested(tangent(T.of([1, 2], 'float64')))).toEqual([Math.tan(1), Math.tan(2)])
    expect(T.item(tangent(T.scalar(1, 'float64')))).toBe(Math.tan(1))
    expect(T.toNested(quotient(T.of([1, 2]), 4))).toEqual([0.25, 0.5])
    expect(T.toNested(larger(T.of([1, 7]), 4))).toEqual([4, 7])
  })

  it('require f unless scalar is one simple function', () => {
    const refusal = 'unary: swish has no f; expected f, or as scalar one simple intrinsic of x, such as sqrt'
    const swish: Expression = div(x, add(1, call('exp', call('neg', x))))
    for (const scalar of [swish, call('erf', x), call('exp', x), call('tan', y), call('tan', mul(x, 2)), x]) {
      expect(() => unary({ name: 'swish', domain: real, scalar })).toThrow(new TypeError(refusal))
    }
    expect(() => unary({ name: 'swish', domain: real })).toThrow(new TypeError(refusal))

    const none =
      'binary: swap has no f; expected f, or as scalar one operation or simple intrinsic of x and y, such as max'
    for (const scalar of [sub(y, x), sub(x, 1), call('atan2', y, x), call('sin', x), call('polygamma', x, y), y]) {
      expect(() => binary({ name: 'swap', domains: [real, real], scalar })).toThrow(new TypeError(none))
    }
    expect(() => binary({ name: 'swap', domains: [real, real] })).toThrow(new TypeError(none))
  })

  it('require single beside scalar.single', () => {
    const sentence = (maker: string, name: string): Error =>
      new TypeError(`${maker}: ${name} has no single; expected single beside scalar.single`)
    const scalar = { float: call('sqrt', x), single: mul(call('sqrt', x), 2) }
    const record = { name: 'root', domain: real, scalar }
    expect(() => unary(record)).toThrow(sentence('unary', 'root'))
    expect(() => unary({ ...record, f: Math.sqrt })).toThrow(sentence('unary', 'root'))
    const options = { ...record, params: { by: 1 }, f: Math.sqrt }
    expect(() => unaryWith(options)).toThrow(sentence('unaryWith', 'root'))
    expect(T.item(unary({ ...record, single: () => 5 })(T.scalar(8)))).toBe(5)
    const both = { name: 'less', domains: [real, real], scalar: { float: sub(x, y), single: sub(y, x) } } as const
    expect(() => binary(both)).toThrow(sentence('binary', 'less'))
    expect(() => binary({ ...both, f: (a, b) => a - b })).toThrow(sentence('binary', 'less'))
    expect(T.item(binary({ ...both, single: () => 5 })(T.scalar(8), 1))).toBe(5)
  })

  it('take another function for float32, in every layout and in scalars', () => {
    const third = unary({
      name: 'third',
      domain: real,
      accepts: 'number',
      f: (v) => v / 3,
      single: (v) => v * Math.fround(1 / 3),
      int32: (v) => Math.floor(v / 3),
      loop: (n, from, p, step, out, to) => {
        for (let i = 0; i < n; i++) out[to + i] = from[p + i * step]! / 3
      },
      scalar: { float: div(x, 3), single: mul(x, Math.fround(1 / 3)), int32: call('floor', div(x, 3)) }
    })
    const rounded = Math.fround(5 * Math.fround(1 / 3))
    expect(rounded).not.toBe(Math.fround(5 / 3))
    expect(T.toNested(third(T.of([5, 5])))).toEqual([rounded, rounded])
    expect(T.item(third(T.scalar(5)))).toBe(rounded)
    expect(T.toNested(third(T.of([5, 5], 'float64')))).toEqual([5 / 3, 5 / 3])
    expect(T.item(third(T.scalar(5, 'float64')))).toBe(5 / 3)
    expect(T.toNested(third(T.of([-5, 5], 'int32')))).toEqual([-2, 1])
    expect(third.primitive.scalar?.single).toEqual(mul(x, Math.fround(1 / 3)))

    const ratio = binary({
      name: 'ratio',
      domains: [real, real],
      accepts: 'float',
      f: (a, b) => a / b,
      single: (a, b) => a * Math.fround(1 / b),
      scalar: div(x, y)
    })
    const [wanted, other] = [Math.fround(5 * Math.fround(1 / 3)), 5 / 3]
    expect(T.toNested(ratio(T.of([5, 5]), 3))).toEqual([wanted, wanted])
    expect(T.toNested(ratio(T.of([5, 5]), T.of([3, 3])))).toEqual([wanted, wanted])
    expect(T.item(ratio(T.scalar(5), 3))).toBe(wanted)
    expect(T.item(ratio(T.scalar(5), T.scalar(3)))).toBe(wanted)
    expect(T.item(ratio(5, T.scalar(3)))).toBe(wanted)
    expect(T.item(ratio(T.scalar(5, 'float64'), 3))).toBe(other)
  })
})

describe('options of elementwise functions', () => {
  it('are dual by what comes first', () => {
    const at = T.of([1, -2])
    expect(T.toNested(Activation.leakyRelu(at))).toEqual([1, Math.fround(-0.02)])
    expect(T.toNested(Activation.leakyRelu(at, { slope: 0.5 }))).toEqual([1, -1])
    expect(T.toNested(pipe(at, Activation.leakyRelu({ slope: 0.5 })))).toEqual([1, -1])
    expect(T.toNested(pipe(at, Activation.leakyRelu))).toEqual([1, Math.fround(-0.02)])
    expect(T.toNested(pipe(at, Activation.leakyRelu({})))).toEqual([1, Math.fround(-0.02)])
  })

  it('keep the shape in the types', () => {
    const kept: T.Tensor<[2]> = Activation.elu(T.zeros([2]), { alpha: 2 })
    const piped: T.Tensor<[2]> = pipe(T.zeros([2]), Activation.elu({ alpha: 2 }))
    expect([kept.shape, piped.shape]).toEqual([[2], [2]])
  })

  it('are parameters of their equations, as they were given', () => {
    const slopes = [0.1, 0.3].map((slope) => {
      const [equation] = Debug.trace((v: T.Tensor<[2]>) => Activation.leakyRelu(v, { slope }))(T.zeros([2])).equations
      return [equation?.primitive === Activation.leakyRelu.primitive, equation?.params]
    })
    expect(slopes).toEqual([
      [true, { slope: 0.1 }],
      [true, { slope: 0.3 }]
    ])
    const program = Debug.trace(Activation.leakyRelu({ slope: 0.3 }))(T.zeros([2]))
    expect(Debug.show(program)).toContain('leakyRelu[slope=0.3] a')
  })

  it('are rounded to float32 beside it, in the derivative too', () => {
    const f = Activation.leakyRelu({ slope: 0.1 })
    expect(T.item(f(T.scalar(-3)))).toBe(Math.fround(Math.fround(0.1) * -3))
    expect(T.item(f(T.scalar(-3, 'float64')))).toBe(0.1 * -3)
    expect(T.item(grad(f)(T.scalar(-3)))).toBe(Math.fround(0.1))
  })

  it('refuses numbers that are not finite and unknown names', () => {
    const at = T.scalar(1)
    const refused = (options: object, text: string, kind: typeof TypeError | typeof RangeError): void => {
      expect(() => Activation.leakyRelu(at, options)).toThrow(new kind(text))
      expect(() => pipe(at, Activation.leakyRelu(options))).toThrow(new kind(text))
    }
    refused({ slope: NaN }, 'leakyRelu: slope is NaN; expected a finite number', RangeError)
    refused({ slope: Infinity }, 'leakyRelu: slope is Infinity; expected a finite number', RangeError)
    refused({ slope: '1' }, "leakyRelu: slope is '1'; expected a finite number", TypeError)
    refused({ alpha: 1 }, 'leakyRelu: unknown option alpha; expected slope', TypeError)
    const untyped = (...given: readonly unknown[]): unknown => Reflect.apply(Activation.leakyRelu, undefined, given)
    expect(() => untyped(at, 0.5)).toThrow('leakyRelu: options are 0.5; expected an object with slope')
    expect(() => untyped(0.5)).toThrow(
      'leakyRelu: the operand is 0.5; expected a tensor, make one with T.of or T.scalar'
    )
  })

  it('of one’s own, with a rule that is a linear map', () => {
    const scaled = unaryWith({
      name: 'scaled',
      domain: real,
      accepts: 'number',
      params: { factor: 2, shift: 0 },
      f: (v, { factor, shift }) => factor * v + shift,
      scalar: add(mul(parameter('factor'), x), parameter('shift')),
      diagonal: (_x, _y, { factor }) => T.mul(factor)
    })
    expect(T.toNested(scaled(T.of([1, 2], 'int32'), { shift: 1 }))).toEqual([3, 5])
    expect(T.item(grad(scaled({ factor: 5 }))(T.scalar(1)))).toBe(5)
    expect(shown(scaled)).toBe('factor * x + shift')
  })
})
