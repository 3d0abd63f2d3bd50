import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import { customVjp } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import { real, unary } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it, test } from 'vitest'

const double = (x: Parameters<typeof T.of>[0]): T.Tensor => T.cast(T.of(x), 'float64')

/** A function with a pullback that is not its own. */
const withPullback = (
  f: (x: T.Tensor) => T.Tensor,
  back: (ct: T.Tensor, x: T.Tensor) => T.Tensor
): ((x: T.Tensor) => T.Tensor) =>
  customVjp(
    (x: T.Tensor) => [f(x), { x }] as const,
    ({ x }, ct) => [back(ct, x)]
  )

const mismatchOf = (verdict: Law.Verdict): Law.GradientMismatch => {
  if (E.isLeft(verdict)) return verdict.left
  throw new Error('the law holds')
}

const reportOf = (verdict: Law.Verdict): Law.GradientReport => {
  if (E.isRight(verdict)) return verdict.right
  throw new Error(Law.show(verdict.left))
}

describe('check', () => {
  test('right derivatives pass, and are counted', () => {
    const f = (x: T.Tensor, y: T.Tensor): T.Tensor => T.sum(T.mul(T.sin(x), T.exp(y)))
    const verdict = Law.check(f)(double([[0.5, 1.5]]), double([[-0.5], [0.25]]))
    const { compared, differences, inconclusive } = reportOf(verdict)
    expect(differences).toBeGreaterThan(5)
    expect(compared).toBeGreaterThan(differences)
    expect(inconclusive).toBe(0)
  })

  test('trees, constants of any kind, trees for results', () => {
    interface Params {
      readonly layers: readonly { readonly w: T.Tensor; readonly rate: number }[]
      readonly b: T.Tensor
    }
    const f = (
      { layers, b }: Params,
      labels: T.Tensor,
      name: string
    ): { readonly y: T.Tensor; readonly n: readonly T.Tensor[] } => {
      const y = layers.reduce((x, { w, rate }) => T.mul(T.tanh(T.mul(x, w)), rate), b)
      return { y: T.mul(y, labels), n: [T.sum(y), T.scalar(name.length, 'float64')] }
    }
    const params = {
      layers: [
        { w: double([0.5, -1]), rate: 2 },
        { w: double([1.5, 0.25]), rate: 3 }
      ],
      b: double([1, 2])
    }
    expect(E.isRight(Law.check(f)(params, T.of([0, 1], 'int32'), 'abc'))).toBe(true)
  })

  test('more than 64 inputs: projections', () => {
    const x = T.cast(T.reshape(T.div(T.arange(90), 31), [9, 10]), 'float64')
    const right = (y: T.Tensor): T.Tensor => T.sum(T.sin(y), { axis: 0 })
    const wrong = withPullback(right, (ct, y) => T.mul(T.mul(T.cos(y), ct), 1.001))
    expect(E.isRight(Law.check(right, { laws: Law.functionLaws })(x))).toBe(true)
    const mismatch = mismatchOf(Law.check(wrong)(x))
    expect([mismatch.law, mismatch.jacobians]).toEqual(['finite differences', undefined])
  })

  test('tensors without elements pass; no tensor at all is rejected', () => {
    expect(E.isRight(Law.check((x: T.Tensor) => T.exp(x))(T.zeros([0, 3], 'float64')))).toBe(true)
    expect(() => Law.check(() => T.scalar(1, 'float64'))()).toThrow(
      'Law: the arguments of the function have no float tensors'
    )
  })

  it('rejects float32, with the path', () => {
    const f = ({ w }: { readonly w: T.Tensor }): T.Tensor => T.sum(w)
    expect(() => Law.check(f)({ w: T.of([1, 2]) })).toThrow('Law: args[0].w is float32; expected float64')
  })

  test('a value that is not finite', () => {
    expect(mismatchOf(Law.check(T.log, { name: 'log' })(T.scalar(-1, 'float64'))).what).toBe('the value is not finite')
  })

  test('a kink at the point itself is inconclusive, and too many of them are an error', () => {
    const { what } = mismatchOf(Law.check(T.relu, { name: 'relu' })(double([0, 0])))
    expect(what).toMatch(/\d+ of \d+ finite differences are too coarse to compare/)
    const verdict = Law.check((x: T.Tensor) => T.relu(x), { laws: [Law.finiteDifferences] })
    expect(verdict(double([0, 1, 2, -3, 4, 5, -6, 7]))).toMatchObject({
      _tag: 'Right',
      right: { differences: 16, inconclusive: 2 }
    })
  })

  test('rounding that is a staircase near the point is seen from farther away', () => {
    // 1 + z of small z keeps few digits of z: between two floats beside 1 the value is constant, and its derivative looks like 0.
    const f = (x: T.Tensor): T.Tensor => T.sub(T.add(T.exp(T.sub(T.mul(x, 3), 23)), 1), 1)
    const options = { laws: [Law.finiteDifferences] }
    const x = double([0.3, 0.7, -0.2, 1.2])
    expect(reportOf(Law.check(f, options)(x))).toEqual({ compared: 8, differences: 8, inconclusive: 0 })
    const wrong = withPullback(f, (ct, at) => T.mul(T.mul(ct, f(at)), 2.99))
    expect(mismatchOf(Law.check(wrong, options)(x)).ratio).toBeCloseTo(2.99 / 3, 4)
  })

  test('narrow domains are found by themselves', () => {
    expect(E.isRight(Law.check(T.log)(double([0.0005, 3])))).toBe(true)
    expect(E.isRight(Law.check(T.atanh)(double([0.999, -0.9995])))).toBe(true)
    expect(E.isRight(Law.check(T.reciprocal)(double([1e-6, 1e6])))).toBe(true)
  })

  test('any salt will do', () => {
    fc.assert(fc.property(fc.integer(), (salt) => E.isRight(Law.check(T.tanh, { salt })(double([0.5, -1.5])))))
  })
})

describe('a mismatch describes the error', () => {
  const f = (x: T.Tensor): T.Tensor => T.square(x)
  const x = double([[0.5, -1.5, 2.5]])
  const of = (back: (ct: T.Tensor, x: T.Tensor) => T.Tensor): Law.GradientMismatch =>
    mismatchOf(Law.check(withPullback(f, back), { name: 'square' })(x))

  test('where, and by how much', () => {
    const found = of((ct, at) => T.mul(ct, T.where(T.less(at, 0), T.mul(at, 2.002), T.mul(at, 2))))
    expect(found).toMatchObject({ law: 'finite differences', name: 'square', order: 1, path: 'args[0]', index: [0, 1] })
    expect(found.operands).toEqual([`T.of([[0.5, -1.5, 2.5]], 'float64')`])
    expect(found.ratio).toBeCloseTo(1.001, 9)
    expect(found.automatic / found.expected).toBe(found.ratio)
    expect(found.bound).toBeLessThan(1e-8)
    expect(found.hint).toBeUndefined()
    expect(found.jacobians?.automatic[1]?.[1]).toBeCloseTo(-3.003, 12)
    expect(found.jacobians?.numeric[1]?.[1]).toBeCloseTo(-3, 8)
  })

  test.each<[string, (ct: T.Tensor, x: T.Tensor) => T.Tensor]>([
    ['a factor 2 is missing', (ct, at) => T.mul(ct, at)],
    ['a factor 2 is too much', (ct, at) => T.mul(ct, T.mul(at, 4))],
    ['a sign is wrong', (ct, at) => T.mul(ct, T.mul(at, -2))],
    ['a dependency is lost: the derivative is 0', (ct, at) => T.mul(T.mul(ct, at), 0)],
    ['the ratio is a size, 3: a sum in place of a mean, or the reverse', (ct, at) => T.mul(ct, T.mul(at, 6))]
  ])('%s', (hint, back) => {
    expect(of(back).hint).toBe(hint)
  })

  test('a sum over a broadcast axis is missing', () => {
    const stretch = (y: T.Tensor): T.Tensor => T.broadcastTo(y, [3, 2])
    const unsummed = withPullback(stretch, (ct) => T.slice(ct, [[0, 1]]))
    const found = mismatchOf(Law.check(unsummed, { laws: [Law.finiteDifferences] })(double([[0.5, 1.5]])))
    expect(found.hint).toBe(
      'the true derivative is equal along axis 0 of the result: a sum over a broadcast axis is missing'
    )
  })

  test('as text', () => {
    const text = Law.show(of((ct, at) => T.mul(ct, at)))
    expect(text.split('\n')[0]).toBe(
      'square: vjp and finite differences disagree; expected the derivative to obey the law "finite differences"'
    )
    expect(text).toContain(`operands: T.of([[0.5, -1.5, 2.5]], 'float64')`)
    expect(text).toMatch(/at args\[0\]\[0, \d\]: found .*, expected .* within \d\.\de-\d+/)
    expect(text).toContain('a factor 2 is missing')
    expect(text.indexOf('at args[0]')).toBeLessThan(text.indexOf('operands:'))
    expect(text).toContain('Jacobian by finite differences\n    [1, 0, 0]\n    [0, -3, 0]\n    [0, 0, 5]')
  })
})

describe('each law finds its errors', () => {
  const at = double([0.5, -1.5])
  const lawOf = (f: (x: T.Tensor) => T.Tensor, laws?: readonly Law.FunctionLaw[]): string =>
    mismatchOf(Law.check(f, laws === undefined ? {} : { laws })(at)).law

  test('purity', () => {
    let calls = 0
    expect(lawOf((x) => T.add(x, calls++))).toBe('purity')
  })

  test('linearity', () => {
    expect(
      lawOf(
        withPullback(T.exp, (ct, x) => T.mul(T.mul(ct, ct), T.exp(x))),
        [Law.linearity]
      )
    ).toBe('linearity')
    expect(
      lawOf(
        withPullback(T.exp, (ct, x) => T.add(T.mul(ct, T.exp(x)), 1e-9)),
        [Law.linearity]
      )
    ).toBe('linearity')
  })

  test('second order', () => {
    const frozen = withPullback(T.exp, (ct, x) => T.mul(ct, T.stopGradient(T.exp(x))))
    expect(lawOf(frozen)).toBe('second order')
    expect(E.isRight(Law.check(frozen, { laws: [Law.adjoint, Law.finiteDifferences] })(at))).toBe(true)
  })

  test('third order', () => {
    const frozen = withPullback(T.exp, (ct, x) =>
      withPullback(
        (y) => T.mul(T.stopGradient(ct), T.exp(y)),
        (inner, y) => T.mul(inner, T.stopGradient(T.mul(ct, T.exp(y))))
      )(x)
    )
    expect(lawOf(frozen, [Law.thirdOrder])).toBe('third order')
  })
})

describe('gradient', () => {
  test('passes with any runner, over arguments of any kind', () => {
    const params = fc.record({ w: A.tensor({ shape: [3] }), b: A.tensor({ shape: [] }) })
    const affine = (
      p: { readonly w: T.Tensor<[3]>; readonly b: T.Tensor<[]> },
      x: T.Tensor<[2, 3]>,
      k: number
    ): T.Tensor => T.mul(T.add(T.mul(x, p.w), p.b), k)
    const property = Law.gradient(
      affine,
      params,
      A.tensor({ shape: [2, 3], domain: real }),
      fc.integer({ min: 1, max: 9 })
    )
    fc.assert(property)
    expect(fc.check(property).failed).toBe(false)
  })

  test('shapes that belong together come from chain', () => {
    const pairs = A.shape({ minRank: 1, maxElements: 12 }).chain((shape) =>
      fc.tuple(A.tensor({ shape }), A.tensor({ shape }))
    )
    fc.assert(Law.gradient(([a, b]: readonly [T.Tensor, T.Tensor]) => T.sum(T.mul(T.sin(a), b)), pairs))
  })

  test('a failure is shrunk; its report has seed and path, its cause the mismatch', () => {
    const wrong = withPullback(T.sin, (ct, x) => T.mul(ct, T.where(T.greater(x, 1), T.sin(x), T.cos(x))))
    const property = Law.gradientWith({ name: 'sin' })(wrong, A.tensor())
    const thrown = E.tryCatch(
      () => fc.assert(property, { seed: 11, numRuns: 200 }),
      (error) => error
    )
    if (E.isRight(thrown) || !(thrown.left instanceof Error)) throw new Error('it should have failed')
    const { message, cause } = thrown.left
    expect(message).toMatch(/seed: 11, path: "[\d:]+"/)
    expect(message).toContain('Counterexample: [[Tensor<[], float64> 1.0005],')
    if (!(cause instanceof Law.GradientError)) throw new Error('the cause should be a GradientError')
    expect(cause.mismatch).toMatchObject({ name: 'sin', operands: [`T.scalar(1.0005, 'float64')`] })
    expect(cause.message).toBe(Law.show(cause.mismatch))

    const path = /path: "([\d:]+)"/.exec(message)?.[1] ?? ''
    const replayed = fc.check(property, { seed: 11, path, endOnFailure: true })
    expect(replayed.errorInstance).toMatchObject({ mismatch: { operands: [`T.scalar(1.0005, 'float64')`] } })
  })

  test('too much that is inconclusive fails', () => {
    const onlyKinks = fc.constant(T.zeros([3], 'float64'))
    const { failed, errorInstance } = fc.check(Law.gradient(T.relu, onlyKinks), { numRuns: 100 })
    expect(failed).toBe(true)
    expect(String(errorInstance)).toContain('too coarse to compare')
  })

  test('a third order on request', () => {
    fc.assert(Law.gradientWith({ laws: Law.functionLaws })(T.sigmoid, A.tensor({ shape: [2] })))
  })
})

describe('the laws of a primitive of your own', () => {
  test('all hold of one that is right', () => {
    const cube = unary({ name: 'cube', domain: real, f: (x) => x ** 3, df: (x) => T.mul(3, T.square(x)) })
    for (const { property } of Law.primitive(cube.primitive)) fc.assert(property)
  })
})
