import { describe, expect, test } from 'vitest'
import { checkpoint, grad, hessian, jacobian, jvp, vjp } from 'pullback/Grad'
import { type LinearMethod, linearSolve, orThrow } from 'pullback/Implicit'
import * as Linalg from 'pullback/Linalg'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
type Method = LinearMethod<T.Tensor>['method']

const methods: readonly Method[] = ['cg', 'gmres', 'bicgstab', 'direct']

const normal = (seed: number, shape: readonly number[]): T.Tensor =>
  T.cast(Random.normal(Random.key(seed), shape), 'float64')

/** A symmetric positive definite matrix with condition number below 3, and one that is not symmetric. */
const positive = (seed: number, n: number): T.Tensor => {
  const m = T.mul(normal(seed, [n, n]), 0.5 / Math.sqrt(n))
  return T.add(T.matmul(m, T.transpose(m)), T.eye(n, 'float64'))
}
const general = (seed: number, n: number): T.Tensor =>
  T.add(T.mul(normal(seed, [n, n]), 0.3 / Math.sqrt(n)), T.eye(n, 'float64'))

const matrixFor = (method: Method, seed: number, n: number): T.Tensor =>
  method === 'cg' ? positive(seed, n) : general(seed, n)

const solved =
  (method: Method, options: Partial<LinearMethod<T.Tensor>> = {}) =>
  (a: T.Tensor, b: T.Tensor): T.Tensor =>
    orThrow(linearSolve((x: T.Tensor) => T.matmul(a, x), { method, tolerance: 1e-13, ...options })(b))

describe.each(methods)('linearSolve (%s)', (method) => {
  test.each([1, 2, 7, 40])('of %i unknowns is the dense solution', (n) => {
    const a = matrixFor(method, n, n)
    const b = normal(n + 1, [n])
    close(solved(method)(a, b), Linalg.solve(a, b), 1e-12)
  })

  test('of none', () => {
    expect(T.toNested(solved(method)(T.zeros([0, 0], 'float64'), T.zeros([0], 'float64')))).toEqual([])
  })

  test('is exactly zero where the right side is', () => {
    expect(T.toNested(solved(method)(matrixFor(method, 1, 3), T.zeros([3], 'float64')))).toEqual([0, 0, 0])
  })

  test('in float32, to its tolerance', () => {
    const a = matrixFor(method, 3, 10)
    const b = normal(4, [10])
    const x = orThrow(linearSolve((y: T.Tensor) => T.matmul(T.cast(a, 'float32'), y), { method })(T.cast(b, 'float32')))
    expect(x.dtype).toBe('float32')
    close(x, Linalg.solve(a, b), 1e-4)
  })

  test('residuals are below the tolerance that is asked for', () => {
    const a = matrixFor(method, 5, 60)
    const b = normal(6, [60])
    for (const tolerance of [1e-2, 1e-6, 1e-10]) {
      const r = T.sub(b, T.matmul(a, solved(method, { tolerance })(a, b)))
      expect(norm(r)).toBeLessThanOrEqual(tolerance * norm(b))
    }
  })

  test('an initial guess and a preconditioner change the way, not the solution', () => {
    const a = matrixFor(method, 7, 30)
    const b = normal(8, [30])
    const exact = Linalg.solve(a, b)
    const inverse = Linalg.inverse(a)
    const perfect = (r: T.Tensor): T.Tensor => T.matmul(inverse, r)
    const few = method === 'direct' ? {} : { maxIterations: 2 }
    close(solved(method, { preconditioner: perfect, ...few })(a, b), exact, 1e-12)
    close(solved(method, { initial: exact, ...few })(a, b), exact, 1e-12)
  })

  test('trees', () => {
    const [a, b, c] = [matrixFor(method, 1, 3), normal(2, [3]), T.scalar(0.25, 'float64')]
    interface Pair {
      readonly u: T.Tensor
      readonly s: readonly [T.Tensor]
    }
    const operator = ({ u, s: [s] }: Pair): Pair => ({
      u: T.add(T.matmul(a, u), T.mul(T.mul(c, T.ones([3], 'float64')), s)),
      s: [T.add(s, T.mul(c, T.sum(u)))]
    })
    const x = orThrow(linearSolve(operator, { method, tolerance: 1e-13 })({ u: b, s: [T.scalar(2, 'float64')] }))
    close(operator(x), { u: b, s: [T.scalar(2, 'float64')] }, 1e-12)
  })

  describe('derivatives are those of the dense solution', () => {
    const n = 4
    const a = matrixFor(method, 11, n)
    const b = normal(12, [n])
    const u = normal(13, [n])
    // The operator depends on p so that it stays symmetric.
    const scaled = (p: T.Tensor): T.Tensor => T.mul(a, T.outer(T.reshape(p, [n]), T.reshape(p, [n])))
    const p = T.add(T.ones([n], 'float64'), T.mul(normal(14, [n]), 0.1))
    const through = (p: T.Tensor, b: T.Tensor): T.Tensor => solved(method)(scaled(p), b)
    const dense = (p: T.Tensor, b: T.Tensor): T.Tensor => Linalg.solve(scaled(p), b)

    test('backward, in the right side and in what the operator closes over', () => {
      close(vjp(through)(p, b)[1](u), vjp(dense)(p, b)[1](u), 1e-11)
    })

    test('forward', () => {
      close(jvp(through)([p, b], [u, p])[1], jvp(dense)([p, b], [u, p])[1], 1e-11)
    })

    test('of second order, in all mixtures', () => {
      const f = (solve: typeof through) => (p: T.Tensor) => T.sum(T.mul(u, solve(p, T.mul(b, p))))
      close(hessian(f(through))(p), hessian(f(dense))(p), 1e-10)
      const g = (solve: typeof through) => (p: T.Tensor) => jvp(grad(f(solve)))([p], [u])[1]
      close(g(through)(p), g(dense)(p), 1e-10)
      const h = (solve: typeof through) => grad((p: T.Tensor) => jvp(f(solve))([p], [u])[1])
      close(h(through)(p), h(dense)(p), 1e-10)
    })

    test('mapped, over the right side, over the operator, and over gradients', () => {
      const bs = normal(15, [3, n])
      const ps = T.add(T.ones([3, n], 'float64'), T.mul(normal(16, [3, n]), 0.1))
      close(vmap(through, { inAxes: [null, 0] })(p, bs), vmap(dense, { inAxes: [null, 0] })(p, bs), 1e-11)
      close(vmap(through, { inAxes: [0, null] })(ps, b), vmap(dense, { inAxes: [0, null] })(ps, b), 1e-11)
      const each = (solve: typeof through) =>
        vmap(
          grad((p: T.Tensor, b: T.Tensor) => T.sum(T.mul(u, solve(p, b)))),
          { inAxes: [0, 0] }
        )(ps, bs)
      close(each(through), each(dense), 1e-10)
      const all = (solve: typeof through) => grad((ps: T.Tensor) => T.sum(vmap(solve)(ps, bs)))(ps)
      close(all(through), all(dense), 1e-10)
    })

    test('inside checkpoint', () => {
      const f = (solve: typeof through) => (p: T.Tensor) => T.sum(T.square(solve(p, b)))
      close(grad(checkpoint(f(through)))(p), grad(f(dense))(p), 1e-10)
      close(jacobian(grad(checkpoint(f(through))))(p), jacobian(grad(f(dense)))(p), 1e-9)
    })

    test('the initial guess and the preconditioner have none', () => {
      const f = (q: T.Tensor): S =>
        T.sum(
          orThrow(
            linearSolve((x: T.Tensor) => T.matmul(a, x), {
              method,
              tolerance: 1e-13,
              initial: q,
              preconditioner: (r: T.Tensor) => T.mul(r, T.sum(T.square(q)))
            })(b)
          )
        )
      expect(T.toNested(grad(f)(p))).toEqual([0, 0, 0, 0])
    })
  })
})

const norm = (x: T.Tensor): number => Number(T.item(T.sqrt(T.sum(T.square(x)))))

describe('gmres', () => {
  test('starts again, and still arrives', () => {
    const a = general(1, 50)
    const b = normal(2, [50])
    close(solved('gmres', { restart: 5 })(a, b), Linalg.solve(a, b), 1e-12)
  })

  test('solves in as many iterations as there are different eigenvalues', () => {
    const d = T.of([1, 2, 3, 1, 2, 3, 1, 2, 3], 'float64')
    const b = normal(3, [9])
    const x = orThrow(
      linearSolve((x: T.Tensor) => T.mul(d, x), { method: 'gmres', maxIterations: 3, tolerance: 1e-12 })(b)
    )
    close(x, T.div(b, d), 1e-13)
  })
})

describe('is deterministic', () => {
  test.each(methods)('%s', (method) => {
    const [a, b] = [matrixFor(method, 1, 20), normal(2, [20])]
    expect(T.toArray(solved(method)(a, b))).toEqual(T.toArray(solved(method)(a, b)))
  })
})

describe('right sides whose squares leave the range of numbers', () => {
  const diagonal = T.of([2, 3], 'float64')
  test.each(methods)('%s', (method) => {
    const solve = linearSolve((x: T.Tensor) => T.mul(diagonal, x), { method })
    for (const size of [2 ** 1023, 1e250, 1e160, 1e-160, 1e-250, 1e-300]) {
      const b = T.of([size, -size / 4], 'float64')
      close(T.div(orThrow(solve(b)), size), T.of([1 / 2, -1 / 12], 'float64'), 1e-10)
    }
  })

  test.each(methods)('an infinite solution is refused: %s', (method) => {
    const solve = linearSolve((x: T.Tensor) => T.mul(diagonal, x), { method })
    expect(solve(T.of([Infinity, 1], 'float64'))).toMatchObject({
      _tag: 'Left',
      left: { residual: Infinity, iterations: 0 }
    })
  })
})
