import { describe, expect, test } from 'vitest'
import { scan } from 'pullback/Control'
import { checkpoint, customJvp, customVjp, grad, jvp, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))

/** log(1 + e^x), with the derivative that does not overflow; the rule is right, so every order must be. */
const log1pExp = customVjp(
  (x: S) => [T.log(T.add(1, T.exp(x))), { x }] as const,
  ({ x }, ct) => [T.mul(ct, T.sub(1, T.reciprocal(T.add(1, T.exp(x)))))]
)

describe('customVjp', () => {
  test('is its own derivative rule, right where the formula is not', () => {
    expect(item(grad(log1pExp)(scalar(0)))).toBe(0.5)
    // The formula overflows: exp is infinite, its logarithm has slope 0, and a zero cotangent stays zero.
    expect(item(grad((x: S): S => T.log(T.add(1, T.exp(x))))(scalar(1000)))).toBe(0)
    expect(item(grad(log1pExp)(scalar(1000)))).toBe(1)
  })

  test('nests: the second and third derivative, in every mixture of modes', () => {
    const s = (v: number): number => 1 / (1 + Math.exp(-v))
    const second = s(0.3) * (1 - s(0.3))
    const one = scalar(1)
    const forward = (f: (x: S) => S) => (x: S) => jvp(f)([x], [one])[1]
    for (const way of [
      grad(grad(log1pExp)),
      forward(grad(log1pExp)),
      grad(forward(log1pExp)),
      forward(forward(log1pExp))
    ]) {
      expect(item(way(scalar(0.3)))).toBeCloseTo(second, 14)
    }
    const third = second * (1 - 2 * s(0.3))
    expect(item(grad(grad(grad(log1pExp)))(scalar(0.3)))).toBeCloseTo(third, 14)
  })

  test('the rule is used even where it is not the derivative: a straight-through estimator', () => {
    const through = customVjp(
      (x: T.Tensor<[2]>) => [T.floor(x), {}] as const,
      (_residuals, ct) => [ct]
    )
    const f = (x: T.Tensor<[2]>): S => T.sum(T.mul(through(x), x))
    expect(T.toNested(grad(f)(T.of([1.5, 2.5])))).toEqual([2.5, 4.5])
    const [, tangent] = jvp(through)([T.of([1.5, 2.5])], [T.of([1, 10])])
    expect(T.toNested(tangent)).toEqual([1, 10])
  })

  test('several arguments and results, as trees; undefined is a zero cotangent', () => {
    const f = customVjp(
      (p: { a: S; b: S }, c: S) => [{ product: T.mul(p.a, p.b), sum: T.add(p.a, c) }, p] as const,
      (p, ct) => [{ a: T.add(T.mul(ct.product, p.b), ct.sum), b: T.mul(ct.product, p.a) }, undefined]
    )
    const [value, pullback] = vjp(f)({ a: scalar(2), b: scalar(3) }, scalar(4))
    expect([item(value.product), item(value.sum)]).toEqual([6, 6])
    const [dp, dc] = pullback({ product: scalar(1), sum: scalar(10) })
    expect([item(dp.a), item(dp.b), item(dc)]).toEqual([13, 2, 0])
  })

  test('integer arguments are constants', () => {
    const scaled = customVjp(
      (x: S, n: S) => [T.mul(x, T.cast(n, 'float64')), { n }] as const,
      ({ n }, ct) => [T.mul(ct, T.cast(n, 'float64')), undefined]
    )
    expect(item(grad((x: S) => scaled(x, T.scalar(3, 'int32')))(scalar(2)))).toBe(3)
  })

  test('the forward rule runs once where nothing nests', () => {
    let runs = 0
    const f = customVjp(
      (x: S) => {
        runs++
        return [T.square(x), { x }] as const
      },
      ({ x }, ct) => [T.mul(ct, T.mul(x, 2))]
    )
    expect(item(grad(f)(scalar(3)))).toBe(6)
    expect(runs).toBe(1)
  })

  test('refuses to close over a value that is being differentiated', () => {
    const f = (x: S): S =>
      customVjp(
        (y: S) => [T.mul(x, y), {}] as const,
        (_residuals, ct) => [ct]
      )(x)
    expect(() => grad(f)(scalar(1))).toThrow(
      'customVjp: a rule closes over a value inside a transformation, whose derivative would be lost; pass it as an argument instead'
    )
    const g = (x: S): S =>
      customVjp(
        (y: S) => [y, {}] as const,
        (_residuals, ct) => [T.mul(ct, x)]
      )(x)
    expect(() => grad(g)(scalar(1))).toThrow(
      'customVjp: a rule closes over a value inside a transformation, whose derivative would be lost; pass it as an argument instead'
    )
    const times = (c: S, y: S): S =>
      customVjp(
        (z: S) => [z, {}] as const,
        (_residuals, ct) => [T.mul(ct, y)]
      )(c)
    const inScan = (x: S): S =>
      scan((c: S, y: S) => [times(c, y), c], { checkpointEvery: 1 })(x, T.of([1, 2], 'float64'))[0]
    expect(() => grad(inScan)(scalar(1))).toThrow(
      'a rule closes over a value inside scan, whose derivative would be lost; pass it as an argument instead'
    )
  })

  test('rejects rules that do not return a pair or a list', () => {
    const x = scalar(1)
    const forward = customVjp(
      (_x: S) => x as unknown as readonly [S, S],
      (_residuals, ct) => [ct]
    )
    expect(() => forward(x)).toThrow(
      'customVjp: the forward rule returned a tensor of shape []; expected a pair [value, residuals]'
    )
    const backward = customVjp(
      (y: S) => [y, {}] as const,
      (_residuals, ct) => ct as unknown as [S]
    )
    expect(() => grad(backward)(x)).toThrow(
      'customVjp: the backward rule returned a tensor of shape []; expected a list of one cotangent per argument'
    )
  })

  test('rejects a cotangent of the wrong shape or number', () => {
    const wrongShape = customVjp(
      (x: T.Tensor) => [T.sum(x), {}] as const,
      (_residuals, ct) => [ct]
    )
    expect(() => grad(wrongShape)(T.zeros([3]))).toThrow('customVjp: the cotangent has shape []; expected shape [3]')
    const rule: unknown = () => []
    const tooFew = customVjp((x: S, y: S) => [T.mul(x, y), {}] as const, rule as () => [S, S])
    expect(() => grad((x: S) => tooFew(x, x))(scalar(1))).toThrow(
      expect.objectContaining({
        message: 'customVjp: the backward rule returned 0 cotangents; expected one per argument, 2'
      })
    )
  })
})

describe('customJvp', () => {
  const swish = (x: S): S => T.mul(x, T.sigmoid(x))
  const own = customJvp(swish, ([x], [t]) => {
    const s = T.sigmoid(x)
    return [T.mul(x, s), T.mul(t, T.add(s, T.mul(x, T.mul(s, T.sub(1, s)))))]
  })

  test('is the rule in both modes, to any order', () => {
    const one = scalar(1)
    for (const order of [
      (f: (x: S) => S) => grad(f),
      (f: (x: S) => S) => grad(grad(f)),
      (f: (x: S) => S) => grad(grad(grad(f))),
      (f: (x: S) => S) => (x: S) => jvp(grad(f))([x], [one])[1],
      (f: (x: S) => S) => grad((x: S) => jvp(f)([x], [one])[1])
    ]) {
      expect(item(order(own)(scalar(0.3)))).toBeCloseTo(item(order(swish)(scalar(0.3))), 14)
    }
  })

  test('is used even where it is not the derivative', () => {
    const lying = customJvp(
      (x: S) => T.sin(x),
      ([x], [t]) => [T.sin(x), T.mul(t, 7)]
    )
    expect(item(grad(lying)(scalar(0)))).toBe(7)
    expect(T.toNested(vmap(grad(lying))(T.zeros([2])))).toEqual([7, 7])
    expect(T.toNested(grad((x: T.Tensor<[2]>) => T.sum(vmap(lying)(x)))(T.zeros([2])))).toEqual([7, 7])
  })

  test('trees in and out, and integers that are constants', () => {
    const f = customJvp(
      (p: { a: S; n: S }) => ({ y: T.mul(p.a, T.cast(p.n, 'float64')) }),
      ([p], [t]) => {
        const n = T.cast(p.n, 'float64')
        return [{ y: T.mul(p.a, n) }, { y: T.mul(t.a, n) }]
      }
    )
    expect(item(grad((a: S) => f({ a, n: T.scalar(3, 'int32') }).y)(scalar(2)))).toBe(3)
  })

  test('refuses to close over a value that is being differentiated or mapped', () => {
    const f = (x: S): S =>
      customJvp(
        (y: S) => T.mul(x, y),
        ([y], [t]) => [T.mul(x, y), T.mul(x, t)]
      )(scalar(2))
    const sentence =
      'customJvp: a rule closes over a value inside a transformation, whose derivative would be lost; pass it as an argument instead'
    expect(() => grad(f)(scalar(1))).toThrow(sentence)
    expect(() => vmap(f)(T.zeros([2]))).toThrow(sentence)
    const ruleOnly = (x: S): S =>
      customJvp(
        (y: S) => T.sin(y),
        ([y], [t]) => [T.sin(y), T.mul(x, t)]
      )(x)
    const inner =
      'customJvp: a rule closes over a value inside jvp, whose derivative would be lost; pass it as an argument instead'
    expect(() => jvp(ruleOnly)([scalar(1)], [scalar(1)])).toThrow(inner)
  })

  test('refuses a rule that alone closes over a value, in the backward pass as well', () => {
    const sentence =
      'customJvp: a rule closes over a value inside a transformation, whose derivative would be lost; pass it as an argument instead'
    const by = (y: S): ((x: S) => S) =>
      customJvp(
        (x: S) => x,
        ([x], [t]) => [x, T.mul(t, y)]
      )
    const ys: T.Tensor<[2]> = T.of([1, 2], 'float64')
    expect(() => grad((y: S) => by(y)(y))(scalar(2))).toThrow(sentence)
    const overExamples = (x: S): S => T.sum(vmap((y: S) => by(y)(x))(ys))
    expect(() => grad(overExamples)(scalar(2))).toThrow(sentence)
    expect(() => jvp(overExamples)([scalar(2)], [scalar(1)])).toThrow(
      'customJvp: a rule closes over a value inside vmap, whose derivative would be lost; pass it as an argument instead'
    )
    expect(() => grad(checkpoint((y: S) => by(y)(y)))(scalar(2))).toThrow(sentence)
    const inScan = (x: S): S => scan((c: S, y: S) => [by(y)(c), c], { checkpointEvery: 1 })(x, ys)[0]
    expect(() => grad(inScan)(scalar(2))).toThrow(sentence)
    // What an inner derivative is taken at may depend on it.
    expect(item(grad((y: S) => grad(by(y))(scalar(2)))(scalar(3)))).toBe(1)
    expect(T.toNested(vmap((y: S) => grad(by(y))(scalar(2)))(ys))).toEqual([1, 2])
  })

  test('rejects a rule that does not return a pair', () => {
    const returning = (given: unknown): ((x: S) => S) =>
      customJvp(
        (x: S) => x,
        () => given as [S, S]
      )
    const x = scalar(1)
    const each: readonly (readonly [given: unknown, kind: string])[] = [
      [x, 'a tensor of shape []'],
      [undefined, 'undefined'],
      [[x], '[a tensor of shape []]'],
      [{ x }, '{ x: a tensor of shape [] }']
    ]
    for (const [given, kind] of each) {
      const sentence = `customJvp: the rule returned ${kind}; expected a pair [value, tangent]`
      expect(() => grad(returning(given))(x)).toThrow(sentence)
      expect(() => jvp(returning(given))([x], [x])).toThrow(sentence)
    }
    expect(() => grad(returning([x, 3]))(x)).toThrow(
      'customJvp: the tangent is 3; expected a tensor, make one with T.scalar'
    )
    expect(() => grad(returning([T.zeros([2], 'float64'), x]))(x)).toThrow(
      'customJvp: the value has shape [2]; expected shape []'
    )
  })

  test('rejects a tangent of the wrong shape', () => {
    const wrong = customJvp(
      (x: T.Tensor) => T.sum(x),
      ([x], [t]): readonly [S, S] => [T.sum(x), t as S]
    )
    expect(() => jvp(wrong)([T.zeros([3])], [T.ones([3])])).toThrow(
      'customJvp: the tangent has shape [3]; expected shape []'
    )
  })
})
