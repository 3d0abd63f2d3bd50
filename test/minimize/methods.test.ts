import type * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { orThrow } from 'pullback/Implicit'
import * as Linalg from 'pullback/Linalg'
import * as Minimize from 'pullback/Minimize'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { type Vector, chain, failure, of, parabola, reached, rosenbrock, rosenbrockResiduals } from './problems.js'

const { minimize } = Minimize
const key = Random.key(3)

/** Every method, how near it comes to the minimum of a parabola and of Rosenbrock's function, and in how many iterations at most. */
const table: ReadonlyArray<
  readonly [method: Minimize.Method, parabola: number, rosenbrock: number, iterations?: number]
> = [
  [Minimize.gradientDescent({ rate: 0.1 }), 1e-18, NaN],
  [Minimize.backtracking({ shrink: 0.3 }), 1e-17, 2, 200],
  [Minimize.by(Optimizer.sgd(0.05, { momentum: 0.5 })), 1e-17, NaN],
  [Minimize.by(Optimizer.adam(0.2)), 1e-5, 1, 150],
  [Minimize.lbfgs(), 1e-18, 1e-15],
  [Minimize.newtonCg(), 1e-18, 1e-15],
  [Minimize.conjugateGradient(), 1e-18, 1e-15],
  [Minimize.nelderMead(), 1e-10, 1e-10],
  [Minimize.randomDirections(key), 1e-3, 1, 150],
  [Minimize.randomSearch(key, { spread: 3 }), 4, 4, 150]
]

describe.each(table.map((row) => [row[0].name, ...row] as const))(
  '%s',
  (_, method, near, far, maxIterations = 1000) => {
    test('comes near the minimum of a parabola, and of Rosenbrock in two dimensions', () => {
      expect(reached(minimize(parabola, of(0, 0, 0), method, { maxIterations })).value).toBeLessThan(near)
      if (Number.isNaN(far)) return
      expect(reached(minimize(rosenbrock, of(-1.2, 1), method, { maxIterations })).value).toBeLessThan(far)
    })

    test('says the same twice, with the history of every iteration', () => {
      const run = (): Minimize.Result<Vector> =>
        reached(minimize(parabola, of(0, 0, 0), method, { maxIterations: 4, path: true }))
      const result = run()
      expect(run()).toEqual(result)
      expect(result.costs).toHaveLength(result.iterations + 1)
      expect(result.path).toHaveLength(result.iterations + 1)
      expect(result.path[0]).toEqual(of(0, 0, 0))
      expect(result.path.at(-1)).toEqual(result.point)
      expect(result.path.map((x) => T.item(parabola(x)))).toEqual(result.costs)
      expect(result.gradientNorms).toHaveLength(method.gradient ? result.iterations + 1 : 0)
    })

    test('takes trees, and keeps float32', () => {
      type Tree = { readonly a: T.Tensor<[]>; readonly b: readonly [T.Tensor<[2]>] }
      const f = ({ a, b }: Tree): T.Tensor<[]> =>
        T.add(T.square(T.sub(a, 1)), T.sum(T.square(T.add(b[0], T.of([1, 2])))))
      const run = reached(minimize(f, { a: T.scalar(0), b: [T.zeros([2])] }, method, { maxIterations: 100 }))
      expect([run.point.a.dtype, run.point.b[0].dtype]).toEqual(['float32', 'float32'])
      expect(run.value).toBeLessThan(near > 1 ? 6 : 0.01)
      expect(T.item(T.cast(f(run.point), 'float64'))).toBe(run.value)
    })
  }
)

describe('lbfgs', () => {
  const start = of(...Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1.2 : 1)))
  test.each([
    ['of pairs', rosenbrock],
    ['of neighbours', chain]
  ])('minimises Rosenbrock %s in ten dimensions below 1e-10 in fewer than 120 evaluations', (_, f) => {
    const { value, evaluations } = orThrow(minimize(f, start, Minimize.lbfgs()))
    expect(value).toBeLessThan(1e-10)
    expect(evaluations).toBeLessThan(120)
  })

  test('counts the calls of the function', () => {
    let calls = 0
    const f = (x: Vector): T.Tensor<[]> => {
      calls++
      return rosenbrock(x)
    }
    expect(orThrow(minimize(f, of(-1.2, 1), Minimize.lbfgs())).evaluations).toBe(calls)
  })

  test('walks around points without a value', () => {
    // x - log x, not a number for x <= 0: the first steps go there
    const f = (x: T.Tensor<[]>): T.Tensor<[]> => T.sub(T.mul(100, x), T.mul(100, T.log(x)))
    expect(T.item(orThrow(minimize(f, T.scalar(5, 'float64'), Minimize.lbfgs())).point)).toBeCloseTo(1, 9)
  })
})

const those = (bounded: boolean): ReadonlyArray<readonly [string, Minimize.Method, number, number]> =>
  table.flatMap(([method, near, , most = 1000]) =>
    method.bounded === bounded ? [[method.name, method, near, most] as const] : []
  )

type Run = E.Either<Minimize.NotConverged<Vector>, Minimize.Result<Vector>>
const inBox = (method: Minimize.Method, maxIterations: number): Run => {
  const bounds = { lower: 0, upper: of(10, 1.5, 2.5) }
  return minimize(parabola, of(0, 0, -7), method, { bounds, path: true, maxIterations })
}

describe('bounds', () => {
  test.each(those(true))('%s keeps to them', (_, method, near, maxIterations) => {
    const { point, value, path } = reached(inBox(method, maxIterations))
    // 2 (1.5 - 2)^2 + 3 (2.5 - 3)^2
    expect(value - 1.25).toBeLessThan(Math.sqrt(near))
    for (const x of path) expect([T.item(T.min(x)) >= 0, T.item(T.at(x, 2)) <= 2.5]).toEqual([true, true])
    expect(T.item(T.max(T.abs(T.sub(point, of(1, 1.5, 2.5)))))).toBeLessThan(near ** 0.25)
  })

  test.each(those(false))('%s refuses them', (_, method) => {
    expect(() => inBox(method, 1)).toThrow(
      `minimize: bounds are given for ${method.name}, with which projection is not sound; expected gradientDescent, `
    )
  })
})

describe('by', () => {
  test('gives optimizers what they need', () => {
    // the gradient where half a step of plain descent leads, and the value
    const ahead = Optimizer.stateful(
      () => ({}),
      (gradient, moments, { params, objective, value }) => {
        expect(T.item(value)).toBe(T.item(objective(params)))
        const there = grad(objective)(Tree.zipWith(params, gradient, (p, g) => T.sub(p, T.mul(0.05, g))))
        return [Tree.map(there, (g) => T.mul(-0.1, g)), moments]
      },
      ['objective', 'value']
    )
    expect(orThrow(minimize(parabola, of(0, 0), Minimize.by(ahead))).value).toBeLessThan(1e-18)
  })

  test('takes schedules', () => {
    const method = Minimize.gradientDescent({ rate: (step) => 0.5 / (step + 1) })
    const { costs } = reached(
      minimize((x: T.Tensor<[]>) => T.square(x), T.scalar(8, 'float64'), method, { maxIterations: 1 })
    )
    expect(costs).toEqual([64, 0])
  })
})

test('gradient descent by backtracking is backtracking', () => {
  const options = { step: 0.5, shrink: 0.3 }
  const run = (method: Minimize.Method): Minimize.Result<Vector> => orThrow(minimize(parabola, of(0, 0), method))
  expect(run(Minimize.gradientDescent({ backtracking: options }))).toEqual(run(Minimize.backtracking(options)))
})

describe('newtonCg', () => {
  test('follows negative curvature to a minimum', () => {
    // x^4 / 4 - x^2 / 2 + y^2, with a saddle at 0
    const f = (v: Vector): T.Tensor<[]> => {
      const [x, y] = [T.at(v, 0), T.at(v, 1)]
      return T.add(T.sub(T.div(T.pow(x, 4), 4), T.div(T.square(x), 2)), T.square(y))
    }
    const { point } = orThrow(minimize(f, of(0.01, 1), Minimize.newtonCg()))
    expect([...T.toArray(point)]).toEqual([expect.closeTo(1, 9), expect.closeTo(0, 9)])
  })
})

describe('levenbergMarquardt', () => {
  const a = T.cast(Random.normal(Random.key(1), [12, 4]), 'float64')
  const y = T.cast(Random.normal(Random.key(2), [12]), 'float64')

  test('solves the normal equations where residuals are linear', () => {
    const at = T.transpose(a)
    const normal = Linalg.solve(T.matmul(at, a), T.matmul(at, y))
    const run = minimize(
      (x: T.Tensor<[4]>) => T.sub(T.matmul(a, x), y),
      T.zeros([4], 'float64'),
      Minimize.levenbergMarquardt()
    )
    const { point, value } = orThrow(run)
    expect(T.item(T.max(T.abs(T.sub(point, normal))))).toBeLessThan(1e-10)
    expect(value).toBeCloseTo(T.item(T.sum(T.square(T.sub(T.matmul(a, normal), y)))) / 2, 12)
  })

  test('minimises Rosenbrock as residuals, and does not mind units', () => {
    const scaled = (x: Vector): Vector => rosenbrockResiduals(T.mul(x, of(1e6, 1e-6)))
    const method = Minimize.levenbergMarquardt()
    expect(orThrow(minimize(rosenbrockResiduals, of(-1.2, 1), method)).value).toBeLessThan(1e-16)
    const { value, point } = orThrow(minimize(scaled, of(-1.2e-6, 1e6), method, { tolerance: 1e-12 }))
    expect(value).toBeLessThan(1e-16)
    expect([...T.toArray(point)]).toEqual([expect.closeTo(1e-6, 12), expect.closeTo(1e6, 0)])
  })

  test('refuses bounds, and functions of another kind', () => {
    const method = Minimize.levenbergMarquardt()
    expect(() => minimize(rosenbrockResiduals, of(1, 1), method, { bounds: { lower: 0 } })).toThrow(
      'minimize: bounds are given for levenbergMarquardt, with which projection is not sound'
    )
    // @ts-expect-error a scalar where residuals are needed
    expect(() => minimize((x: Vector) => T.sum(x), of(1, 1), method)).toThrow(
      'minimize: the function returned shape []; expected a vector of residuals'
    )
    // @ts-expect-error residuals where a scalar is needed
    expect(() => minimize(rosenbrockResiduals, of(1, 1), Minimize.lbfgs())).toThrow(
      'minimize: the function returned shape [2]; expected a scalar, reduce it with T.sum or T.mean'
    )
  })
})

describe('what plain JavaScript may pass', () => {
  test.each<readonly [string, () => unknown]>([
    ['by: the optimizer is null; expected one such as', () => Minimize.by(null as never)],
    ['gradientDescent: options are undefined; expected rate or', () => Minimize.gradientDescent(undefined as never)],
    [
      'minimize: the function returned no tensor; expected a vector of residuals',
      () => minimize(() => undefined as never, of(1, 1), Minimize.levenbergMarquardt())
    ]
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})

describe('options out of range', () => {
  test.each<readonly [string, () => unknown]>([
    ['lbfgs: memory is 0; expected an integer of 1 or more', () => Minimize.lbfgs({ memory: 0 })],
    [
      'lbfgs: decrease is 0.5 and curvature is 0.1; expected decrease < curvature',
      () => Minimize.lbfgs({ decrease: 0.5, curvature: 0.1 })
    ],
    [
      'conjugateGradient: curvature is 1; expected a number between 0 and 1',
      () => Minimize.conjugateGradient({ curvature: 1 })
    ],
    ['backtracking: step is 0; expected a finite number above 0', () => Minimize.backtracking({ step: 0 })],
    [
      'gradientDescent: neither rate nor backtracking is given; expected one of them',
      () => Minimize.gradientDescent({})
    ],
    [
      'gradientDescent: rate and backtracking are both given; expected one of them',
      () => Minimize.gradientDescent({ rate: 1, backtracking: {} })
    ],
    [
      'gradientDescent: the learning rate is -1; expected a number of 0 or more or a schedule',
      () => Minimize.gradientDescent({ rate: -1 })
    ],
    ['nelderMead: size is -1; expected a finite number above 0', () => Minimize.nelderMead({ size: -1 })],
    [
      'levenbergMarquardt: damping is 0; expected a finite number above 0',
      () => Minimize.levenbergMarquardt({ damping: 0 })
    ],
    ['newtonCg: forcing is NaN; expected a number between 0 and 1', () => Minimize.newtonCg({ forcing: NaN })]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })
})

test('a failure holds the whole history', () => {
  const run = failure(minimize(rosenbrock, of(-1.2, 1), Minimize.lbfgs(), { maxIterations: 3, path: true }))
  expect([run.iterations, run.costs.length, run.path.length, run.gradientNorms.length]).toEqual([3, 4, 4, 4])
})
