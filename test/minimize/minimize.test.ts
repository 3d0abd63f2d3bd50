import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { argmin, orThrow } from 'pullback/Implicit'
import * as Minimize from 'pullback/Minimize'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { failure, of, parabola } from './problems.js'

const { minimize } = Minimize
type Scalar = T.Tensor<[]>
const scalar = (x: number): Scalar => T.scalar(x, 'float64')
const descent = Minimize.gradientDescent({ rate: 0.1 })

describe('what has not converged', () => {
  test('for want of iterations', () => {
    const { reason, leaf, message, residual, tolerance, point, gradient, operation } = failure(
      minimize(parabola, of(0, 0), descent, { maxIterations: 1, tolerance: 0.01 })
    )
    expect(message).toBe(
      'minimize (gradientDescent): the gradient is 5.1e+0 after 1 iteration; expected at most 8.2e-2, raise maxIterations or start nearer to a minimum'
    )
    expect({ reason, leaf, operation }).toEqual({
      reason: 'iterations',
      leaf: undefined,
      operation: 'minimize (gradientDescent)'
    })
    expect(residual).toBeCloseTo(Math.hypot(1.6, 4.8), 12)
    expect(tolerance).toBeCloseTo(0.01 * Math.hypot(2, 8), 12)
    expect([...T.toArray(point)]).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.8, 12)])
    expect([...T.toArray(gradient!)]).toEqual([expect.closeTo(-1.6, 12), expect.closeTo(-4.8, 12)])
  })

  test('is an error of orThrow', () => {
    const run = minimize(parabola, of(0, 0), descent, { maxIterations: 0 })
    expect(() => orThrow(run)).toThrow('minimize (gradientDescent): the gradient is 8.2e+0 after 0 iterations')
  })

  test('as no step gets lower', () => {
    // the gradient of another function
    const f = (x: Scalar): Scalar => T.add(T.abs(x), T.mul(2, T.sub(T.stopGradient(x), x)))
    for (const method of [Minimize.backtracking(), Minimize.lbfgs(), Minimize.conjugateGradient()]) {
      const { reason, message } = failure(minimize(f, scalar(1), method))
      expect(reason).toBe('line search')
      expect(message).toBe(
        `minimize (${method.name}): the gradient is 1e+0 after 0 iterations, where no step gets lower; expected at most 1e-10, raise tolerance or start elsewhere`
      )
    }
  })

  test('as it goes down without end', () => {
    const { reason, costs } = failure(minimize((x: Scalar) => T.neg(T.exp(x)), scalar(1), Minimize.lbfgs()))
    expect(['line search', 'iterations', 'not finite']).toContain(reason)
    expect(costs.every((cost) => Number.isFinite(cost))).toBe(true)
  })
})

describe('what is not finite', () => {
  type Tree = { readonly a: Scalar; readonly layers: readonly [{ readonly w: Scalar }] }
  const x0: Tree = { a: scalar(1), layers: [{ w: scalar(1) }] }

  test('is named by leaf, and the last good point is kept', () => {
    // x^4 from 1 at a rate that diverges: x itself overflows first
    const f = ({ a, layers: [{ w }] }: Tree): Scalar => T.add(T.square(a), T.mul(1e-9, T.pow(w, 4)))
    const run = failure(minimize(f, { ...x0, layers: [{ w: scalar(1e6) }] }, descent))
    expect([run.reason, run.leaf]).toEqual(['not finite', undefined])
    expect(run.message).toMatch(
      /^minimize \(gradientDescent\): the value is Infinity after \d+ iterations; expected finite numbers, use a smaller rate or start nearer to a minimum$/
    )
    expect(Number.isFinite(run.value)).toBe(true)
    expect(run.value).toBe(run.costs.at(-1))
    expect(T.item(f(run.point))).toBe(run.value)
  })

  test('has no rate to make smaller in most methods', () => {
    const steep = (x: Scalar): Scalar => T.neg(T.exp(x))
    for (const method of [Minimize.nelderMead(), Minimize.randomDirections(Random.key(0))]) {
      const { message } = failure(minimize(steep, scalar(1), method))
      expect(message).toMatch(/after \d+ iterations?; expected finite numbers, start nearer to a minimum$/)
    }
  })

  test('is the gradient of a leaf', () => {
    // the gradient of sqrt at 0 is infinite in effect: 0 * Infinity times a cotangent of 1e308
    const f = ({ a, layers: [{ w }] }: Tree): Scalar => T.add(T.square(a), T.mul(T.mul(1e200, T.sub(w, 1)), 1e200))
    const { leaf, message, reason } = failure(minimize(f, x0, descent))
    expect([reason, leaf]).toEqual(['not finite', 'layers[0].w'])
    expect(message).toBe(
      'minimize (gradientDescent): the gradient at layers[0].w is Infinity after 0 iterations; expected finite numbers, start elsewhere'
    )
  })

  test('is x0', () => {
    const { leaf, message } = failure(
      minimize(({ a }: Tree) => T.square(a), { ...x0, layers: [{ w: scalar(NaN) }] }, descent)
    )
    expect(leaf).toBe('layers[0].w')
    expect(message).toContain('x at layers[0].w is NaN after 0 iterations')
  })

  test('is the whole function', () => {
    const nan = (x: Scalar): Scalar => T.mul(x, NaN)
    for (const method of [descent, Minimize.lbfgs(), Minimize.newtonCg(), Minimize.nelderMead()]) {
      const { message, reason, point } = failure(minimize(nan, scalar(2), method))
      expect(reason).toBe('not finite')
      expect(message).toBe(
        `minimize (${method.name}): the value is NaN after 0 iterations; expected finite numbers, start elsewhere`
      )
      expect(point).toEqual(scalar(2))
    }
  })
})

describe('bad input', () => {
  test('leaves that are not float', () => {
    const f = ({ n }: { readonly n: T.Tensor<[2]> }): Scalar => T.sum(n)
    expect(() => minimize(f, { n: T.of([1, 2], 'int32') }, descent)).toThrow(
      'minimize: n is int32; expected float32 or float64, cast it with T.cast'
    )
  })

  test('a method that is not one', () => {
    // @ts-expect-error the method itself is needed
    expect(() => minimize(parabola, of(0), Minimize.lbfgs)).toThrow('expected one such as Minimize.lbfgs()')
    // @ts-expect-error an optimizer is needed
    expect(() => Minimize.by(descent)).toThrow('expected one such as Optimizer.adam(1e-3)')
  })

  test('bounds that do not fit', () => {
    const run = (bounds: Minimize.Bounds<T.Tensor<[number]>>) => () => minimize(parabola, of(0, 0), descent, { bounds })
    expect(run({ lower: 1, upper: 0 })).toThrow(
      'minimize: bounds are 1 to 0 for element 0; expected a lower bound of at most the upper one'
    )
    expect(run({ lower: of(1) })).toThrow('minimize: bounds.lower')
    expect(run({ lower: NaN })).toThrow('minimize: bounds.lower is NaN; expected a number')
  })

  test('options', () => {
    expect(() => minimize(parabola, of(0), descent, { tolerance: -1 })).toThrow(
      'minimize: tolerance is -1; expected a finite number of 0 or more'
    )
    expect(() => minimize(parabola, of(0), descent, { maxIterations: 1.5 })).toThrow(
      'minimize: maxIterations is 1.5; expected an integer of 0 or more'
    )
  })
})

describe('inside transformations', () => {
  const distance = (x: Scalar, a: Scalar): Scalar => T.square(T.sub(x, a))

  test('it works on values from outside', () => {
    const f = (a: Scalar): Scalar =>
      T.mul(a, orThrow(minimize((x: Scalar) => distance(x, scalar(3)), scalar(0), Minimize.lbfgs())).point)
    expect(T.item(grad(f)(scalar(2)))).toBeCloseTo(3, 9)
  })

  test('it refuses their values', () => {
    const least = (a: Scalar): Scalar => orThrow(minimize((x: Scalar) => distance(x, a), scalar(0), descent)).point
    const from = (x: Scalar): Scalar => orThrow(minimize((y: Scalar) => T.square(y), x, descent)).point
    const rest = 'a loop that reads numbers cannot run there, use Implicit.argmin, which takes minimize as its solver'
    expect(() => grad(least)(scalar(1))).toThrow(`minimize: the result is a value inside grad; ${rest}`)
    expect(() => vmap(from)(of(1, 2))).toThrow(`minimize: x0 is a value inside vmap; ${rest}`)
  })

  test.each([[Minimize.lbfgs()], [Minimize.newtonCg()], [Minimize.backtracking()]])(
    'as the solver of argmin it works in all of them: $name',
    (method) => {
      const solver = (f: (x: Scalar) => T.Tensor, x: Scalar): Scalar =>
        orThrow(minimize((y: Scalar) => T.ensure([])(f(y)), x, method)).point
      const least = argmin((x: Scalar, a: Scalar) => T.add(T.exp(x), T.mul(a, T.square(x))), { solver })
      const at = (a: Scalar): Scalar => orThrow(least(scalar(0), a))
      // exp(x) + 2 a x = 0, and so dx/da = -2 x / (exp(x) + 2 a)
      const x = T.item(at(scalar(1)))
      expect(Math.exp(x) + 2 * x).toBeCloseTo(0, 9)
      expect(T.item(grad(at)(scalar(1)))).toBeCloseTo((-2 * x) / (Math.exp(x) + 2), 8)
      expect(E.isRight(least(scalar(0), scalar(2)))).toBe(true)
      expect([...T.toArray(vmap(at)(of(1, 2)))]).toEqual([x, T.item(at(scalar(2)))])
    }
  )
})

test('float32 ends at a gradient of 1e-5 times that at x0', () => {
  const method = Minimize.gradientDescent({ rate: 0.1 })
  const { gradientNorms } = orThrow(Minimize.minimize((x: T.Tensor<[]>) => T.square(x), T.scalar(1), method))
  expect(gradientNorms.at(-1)).toBeLessThanOrEqual(2e-5)
  expect(gradientNorms.at(-2)).toBeGreaterThan(2e-5)
})

describe('methods without a gradient', () => {
  test('measure their steps against x0', () => {
    const { tolerance } = failure(minimize(parabola, of(30, 40), Minimize.nelderMead(), { maxIterations: 0 }))
    expect(tolerance).toBeCloseTo(50e-6, 12)
  })

  test('contract on the side of the highest point', () => {
    const f = (x: Scalar): Scalar => T.sub(T.square(x), T.mul(0.2, x))
    const { path, evaluations } = failure(
      minimize(f, scalar(0), Minimize.nelderMead({ size: 1 }), { maxIterations: 3, path: true })
    )
    expect(path.map(T.item)).toEqual([0, 0, 0, 0.125])
    expect(evaluations).toBe(8)
  })

  test('step back where a step does not gain', () => {
    const method = Minimize.randomDirections(Random.key(0))
    const { costs } = failure(minimize((x: Scalar) => T.mul(x, 1), scalar(0), method, { maxIterations: 10 }))
    expect(costs.every((cost, i) => i === 0 || cost < costs[i - 1]!)).toBe(true)
  })
})
