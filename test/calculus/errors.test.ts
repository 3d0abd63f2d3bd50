import { describe, expect, test } from 'vitest'
import { checkpoint, customJvp, customVjp, grad, gradWithAux, jvp, linearize, vjp } from 'pullback/Grad'
import { LeakedTracerError } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'

type S = T.Tensor<[]>
const x = T.scalar(2)

/** A function whose declared type is wrong, as from plain JavaScript. */
const untyped = (f: (...args: never[]) => unknown): ((x: unknown) => S) => f as (x: unknown) => S

describe('errors of bad input', () => {
  test('a result that is not a scalar: its shape, and two remedies', () => {
    expect(() => grad(untyped((v: T.Tensor) => T.mul(v, 2)))(T.ones([3]))).toThrow(
      'grad: the function returned shape [3]; expected a scalar, reduce it with T.sum or T.mean, or differentiate with vjp'
    )
  })

  test('a tree as result', () => {
    expect(() => grad(untyped((v: T.Tensor) => [v, v]))(x)).toThrow(
      'grad: the function returned a tree of tensors; expected a scalar, return the rest as aux with gradWithAux, or differentiate with vjp'
    )
  })

  test('a tree in place of the scalar beside an aux', () => {
    const f = (v: S): readonly [S, S] => [[v] as unknown as S, v]
    expect(() => gradWithAux(f)(x)).toThrow(
      'gradWithAux: the function returned a tree of tensors; expected a scalar, return the rest as aux with gradWithAux, or differentiate with vjp'
    )
  })

  test('a number or a function as result', () => {
    expect(() => grad(untyped(() => 3))(x)).toThrow(
      'grad: the function returned 3; expected a tensor or a tree of tensors, make one with T.scalar'
    )
    expect(() => vjp(untyped(() => () => x))(x)).toThrow(
      'vjp: the function returned a function; expected a tensor or a tree of tensors'
    )
    expect(() => jvp(untyped(() => ({ a: x, b: 'text' })))([x], [x])).toThrow(
      "jvp: the function returned a tree whose b is 'text'; expected a tensor or a tree of tensors"
    )
  })

  test('an integer parameter, by its path', () => {
    const params = { layers: [{ w: T.of([1, 2], 'int32') }] }
    expect(() => grad(() => x)(params)).toThrow(
      'grad: layers[0].w is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => grad(() => x)(T.scalar(1, 'int32'))).toThrow(
      'grad: the argument is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => vjp((_a: T.Tensor, _b: T.Tensor) => x)(x, T.of([true]))).toThrow(
      'vjp: args[1] is bool; expected float32 or float64, cast it with T.cast or close over it instead'
    )
    expect(() => vjp((_a: T.Tensor, _b: { n: T.Tensor }) => x)(x, { n: T.of([true]) })).toThrow(
      'vjp: args[1].n is bool; expected float32 or float64, cast it with T.cast or close over it instead'
    )
    expect(() => jvp((_a: T.Tensor, _b: T.Tensor) => x)([x, T.of([true])], [x, T.of([true])])).toThrow(
      'jvp: args[1] is bool; expected float32 or float64, cast it with T.cast or close over it instead'
    )
  })

  test('a leaf that is not a tensor, by its path', () => {
    expect(() => grad(() => x)({ w: x, rate: 0.1 })).toThrow(
      'grad: rate is 0.1; expected a tensor, make one with T.scalar'
    )
    expect(() => grad(() => x)({ w: [x, undefined] })).toThrow('grad: w[1] is undefined; expected a tensor')
    expect(() => grad(() => x)({ when: new Date(0) })).toThrow(
      'grad: when is an object of class Date; expected a tensor'
    )
  })

  test('a leaf of an argument that is not a tensor, by the argument', () => {
    const wrong = { a: 3 } as unknown as S
    const second = (_a: S, b: S): S => b
    const sentence = 'args[1].a is 3; expected a tensor, make one with T.scalar'
    expect(() => vjp(second)(x, wrong)).toThrow(`vjp: ${sentence}`)
    expect(() => jvp(second)([x, wrong], [x, x])).toThrow(`jvp: ${sentence}`)
    expect(() => linearize(second)(x, wrong)).toThrow(`linearize: ${sentence}`)
    expect(() => checkpoint(second)(x, wrong)).toThrow(`checkpoint: ${sentence}`)
    expect(() => customJvp(second, (_primals, [, t]) => [t, t])(x, wrong)).toThrow(`customJvp: ${sentence}`)
    const forward = (_a: S, b: S): readonly [S, S] => [b, b]
    expect(() => customVjp(forward, (_residuals, ct) => [ct, ct])(x, wrong)).toThrow(`customVjp: ${sentence}`)
    expect(() => jvp(second)([x, x], [x, wrong])).toThrow(
      'jvp: the tangent at [1].a is 3; expected a tensor, make one with T.scalar'
    )
  })

  test('an integer result', () => {
    expect(() => grad(() => T.scalar(1, 'int32'))(x)).toThrow(
      'grad: the result is int32; expected float32 or float64, cast it with T.cast'
    )
  })

  test('a leaked value, by operation and remedy', () => {
    let leak: S = x
    grad((v: S) => {
      leak = T.mul(v, 3)
      return leak
    })(x)
    expect(() => T.add(leak, 1)).toThrow(LeakedTracerError)
    expect(() => T.add(leak, 1)).toThrow(
      'add: an operand is a value from inside grad, which has finished; return values from the function instead of storing them outside it'
    )
    expect(() => T.item(leak)).toThrow(
      'item: an operand is a value from inside grad, which has finished; return values from the function instead of storing them outside it'
    )
  })

  test('a leaked value as the result, whose derivative would be lost', () => {
    const leaking = (v: S): S => {
      let leak: S = v
      grad((w: S) => (leak = T.mul(w, 3)))(v)
      return leak
    }
    const sentence = ': an operand is a value from inside grad, which has finished'
    expect(() => grad(leaking)(x)).toThrow(`grad${sentence}`)
    expect(() => vjp(leaking)(x)).toThrow(`vjp${sentence}`)
  })

  test('a traced value read as a number, by operation and remedy', () => {
    expect(() => grad((v: S) => T.mul(v, Number(T.item(v))))(x)).toThrow(
      'item: a value inside grad was read as numbers; read T.stopGradient(x) instead, or return it as aux with gradWithAux'
    )
    expect(() => grad((v: S) => (Number(v) > 0 ? v : T.neg(v)))(x)).toThrow(
      'arithmetic: a value inside grad was used as a JavaScript number; read T.stopGradient(x) instead, or return it as aux with gradWithAux'
    )
  })

  test('a concrete tensor used as a number, too', () => {
    expect(() => Number(x) > 0).toThrow(
      'a tensor of shape [] was used as a JavaScript number; use T.add, T.less and so on, or read it with T.item'
    )
    expect(String(x)).toBe('Tensor<[], float32> 2')
  })

  test('a value that is not a tensor, where numbers are read', () => {
    const wrong: unknown = 'text'
    expect(() => T.item(wrong as T.Tensor)).toThrow(
      "item: the operand is 'text'; expected a tensor, make one with T.of or T.scalar"
    )
  })

  test('a cotangent or tangent that does not fit', () => {
    const [, pullback] = vjp((v: T.Tensor) => T.neg(v))(T.zeros([2, 3]))
    expect(() => pullback(T.zeros([3]))).toThrow('vjp: the cotangent has shape [3]; expected shape [2, 3]')
    expect(() => pullback(T.zeros([2, 3], 'float64'))).toThrow(
      'vjp: the cotangent is float64; expected float32, cast it with T.cast'
    )
    expect(() => jvp((v: { a: T.Tensor }) => v)([{ a: x }], [{ a: T.zeros([2]) }])).toThrow(
      'jvp: the tangent at [0].a has shape [2]; expected shape []'
    )
    const wrong: unknown = [{ b: x }]
    expect(() => jvp((v: { a: T.Tensor }) => v)([{ a: x }], wrong as [{ a: T.Tensor }])).toThrow(
      'jvp: [0] differs: key b in the second tree only; expected the same structure'
    )
  })
})
