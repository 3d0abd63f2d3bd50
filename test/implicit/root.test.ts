import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad, hessian, jacobian, jvp, vjp } from 'pullback/Grad'
import { type NotConverged, type SolverOptions, orThrow, root } from 'pullback/Implicit'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))

const left = <X>(solution: E.Either<NotConverged, X>): NotConverged => {
  if (E.isLeft(solution)) return solution.left
  throw new Error('a solution')
}

const squareRoot = root((x: S, a: S) => T.sub(T.square(x), a))
const sqrt = (a: S): S => orThrow(squareRoot(scalar(1), a))

/** The same with the iterations written out. */
const unrolled = (a: S): S => {
  let x = scalar(1)
  for (let i = 0; i < 12; i++) x = T.sub(x, T.div(T.sub(T.square(x), a), T.mul(x, 2)))
  return x
}

describe('root', () => {
  test('of numbers, to the last digit', () => {
    for (const a of [0.01, 2, 9, 1e6]) expect(item(sqrt(scalar(a)))).toBeCloseTo(Math.sqrt(a), 14)
    expect(item(orThrow(squareRoot(scalar(-3), scalar(9))))).toBe(-3)
    expect(item(orThrow(squareRoot(scalar(3), scalar(9))))).toBe(3)
  })

  test('in float32', () => {
    const x = orThrow(root((x: S) => T.sub(T.exp(x), 2))(T.scalar(0)))
    expect(x.dtype).toBe('float32')
    expect(item(x)).toBeCloseTo(Math.LN2, 6)
  })

  test('backtracks where a full step leaves the basin', () => {
    // Newton's steps for atan grow beyond all bounds from |x| > 1.39 on.
    expect(item(orThrow(root((x: S) => T.atan(x))(scalar(20))))).toBeCloseTo(0, 14)
  })

  test('of trees', () => {
    interface Point {
      readonly x: S
      readonly rest: readonly [T.Tensor<[2]>]
    }
    const f = ({ x, rest: [y] }: Point, c: S): Point => ({
      x: T.sub(T.add(x, T.sum(T.square(y))), c),
      rest: [T.sub(T.mul(y, 2), T.sin(T.mul(y, x)))]
    })
    const start: Point = { x: scalar(0.5), rest: [T.of([1, -0.3], 'float64')] }
    const found = orThrow(root(f)(start, scalar(3)))
    close(f(found, scalar(3)), Tree.zerosLike(found), 1e-14)
    // 2 y_i = sin(y_i x) and x + y^2 = c: y_1^2 = y_2^2 or one of them is 0, by differences
    const x = (c: S): S => orThrow(root(f)(start, c)).x
    const slope = (item(x(scalar(3 + 1e-5))) - item(x(scalar(3 - 1e-5)))) / 2e-5
    expect(Math.abs(slope)).toBeGreaterThan(0.1)
    expect(item(grad(x)(scalar(3)))).toBeCloseTo(slope, 8)
  })

  test('parameters of any type, and none', () => {
    const f = (x: S, n: number, { shift }: { shift: number }): S => T.sub(T.pow(x, n), shift)
    expect(item(orThrow(root(f)(scalar(1), 3, { shift: 8 })))).toBeCloseTo(2, 14)
    expect(item(orThrow(root((x: S) => T.sub(x, 5))(scalar(1))))).toBe(5)
  })

  test('of many unknowns, with gmres', () => {
    const n = 200
    const c = T.cast(T.linspace(-1, 1, n), 'float64')
    const f = (x: T.Tensor, c: T.Tensor): T.Tensor => T.sub(T.add(x, T.mul(T.tanh(T.roll(x, 1)), 0.5)), c)
    const x = orThrow(root(f)(T.zeros([n], 'float64'), c))
    close(f(x, c), T.zeros([n], 'float64'), 1e-12)
    const total = (options: SolverOptions<T.Tensor, T.Tensor>) => (c: T.Tensor) =>
      T.sum(T.square(orThrow(root(f, options)(T.zeros([n], 'float64'), c))))
    close(grad(total({}))(c), grad(total({ linear: { method: 'direct' } }))(c), 1e-9)
  })
})

describe('the derivatives of a root', () => {
  const a = scalar(2)
  const exact = [Math.SQRT1_2 / 2, -0.25 * 2 ** -1.5, (3 / 8) * 2 ** -2.5, (-15 / 16) * 2 ** -3.5]

  test('are those of the function that it is, to the fourth order', () => {
    expect(item(grad(sqrt)(a))).toBeCloseTo(exact[0]!, 15)
    expect(item(grad(grad(sqrt))(a))).toBeCloseTo(exact[1]!, 15)
    expect(item(grad(grad(grad(sqrt)))(a))).toBeCloseTo(exact[2]!, 14)
    expect(item(grad(grad(grad(grad(sqrt))))(a))).toBeCloseTo(exact[3]!, 14)
  })

  test('in all mixtures of modes', () => {
    const forward = (f: (x: S) => S) => (x: S) => jvp(f)([x], [scalar(1)])[1]
    expect(item(forward(sqrt)(a))).toBeCloseTo(exact[0]!, 15)
    for (const second of [forward(grad(sqrt)), grad(forward(sqrt)), forward(forward(sqrt))]) {
      expect(item(second(a))).toBeCloseTo(exact[1]!, 15)
    }
    for (const third of [forward(grad(grad(sqrt))), grad(forward(grad(sqrt))), forward(forward(grad(sqrt)))]) {
      expect(item(third(a))).toBeCloseTo(exact[2]!, 14)
    }
  })

  test('equal those of the iterations written out', () => {
    close(grad(sqrt)(a), grad(unrolled)(a), 1e-15)
    close(grad(grad(sqrt))(a), grad(grad(unrolled))(a), 1e-14)
  })

  test('are not those of the iterations: one step has none of its own', () => {
    // A solver that knows the answer: nothing of it is differentiated.
    const known = root((x: S, a: S) => T.sub(T.square(x), a), { solver: () => scalar(Math.SQRT2) })
    const f = (a: S): S => orThrow(known(scalar(1), a))
    expect(item(grad(f)(a))).toBeCloseTo(exact[0]!, 15)
  })

  test('reach what the function closes over', () => {
    const f = (a: S): S => orThrow(root((x: S) => T.sub(T.square(x), T.square(a)))(scalar(1)))
    expect(item(grad(f)(scalar(3)))).toBeCloseTo(1, 14)
    expect(item(grad(grad(f))(scalar(3)))).toBeCloseTo(0, 13)
    const both = (a: S): S => orThrow(root((x: S, b: S) => T.sub(T.square(x), T.mul(a, b)))(scalar(1), a))
    expect(item(grad(both)(scalar(3)))).toBeCloseTo(1, 14)
  })

  test('do not reach the initial guess', () => {
    const [, pull] = vjp((x: S, a: S) => orThrow(squareRoot(x, a)))(scalar(1), a)
    expect(pull(scalar(1)).map(item)).toEqual([0, grad(sqrt)(a) && item(grad(sqrt)(a))])
    expect(item(jvp((x: S) => orThrow(squareRoot(x, a)))([scalar(1)], [scalar(1)])[1])).toBe(0)
  })

  test('of a system: the Jacobian is -J^-1 df/dc', () => {
    const f = (x: T.Tensor<[2]>, c: T.Tensor<[2]>): T.Tensor<[2]> =>
      T.sub(T.add(x, T.mul(T.sin(T.flip(x)), 0.5)), T.square(c))
    const solve = (c: T.Tensor<[2]>): T.Tensor<[2]> => orThrow(root(f)(T.zeros([2], 'float64'), c))
    const c = T.of([0.7, -1.1], 'float64')
    const [x, y] = T.toArray(solve(c))
    const [p, q] = [0.5 * Math.cos(y!), 0.5 * Math.cos(x!)]
    const factor = 1 / (1 - p * q)
    const expected = T.of(
      [
        [factor * 1.4, factor * p * 2.2],
        [-factor * q * 1.4, factor * -2.2]
      ],
      'float64'
    )
    close(jacobian(solve)(c), expected, 1e-14)
    const u = T.of([1, 2], 'float64')
    const second = hessian((c: T.Tensor<[2]>) => T.dot(u, solve(c)))(c)
    close(second, T.transpose(second), 1e-13)
  })
})

describe('a root inside of other transformations', () => {
  const as = T.of([1, 2, 3], 'float64')

  test('vmap is the stack of the roots; so are its gradients', () => {
    const each = [1, 2, 3].map((a) => sqrt(scalar(a)))
    expect(T.toNested(vmap(sqrt)(as))).toEqual(each.map(item))
    expect(T.toNested(vmap(grad(sqrt))(as))).toEqual([1, 2, 3].map((a) => item(grad(sqrt)(scalar(a)))))
    close(grad((as: T.Tensor<[3]>) => T.sum(T.square(vmap(sqrt)(as))))(as), T.ones([3], 'float64'), 1e-14)
    close(vmap(grad(grad(sqrt)))(as), T.mul(T.pow(as, -1.5), -0.25), 1e-14)
  })

  test('mapped over initial guesses', () => {
    const from = T.of([1, -1, 5], 'float64')
    close(vmap((x: S) => orThrow(squareRoot(x, scalar(4))))(from), T.of([2, -2, 2], 'float64'), 1e-15)
  })

  test('checkpoint', () => {
    close(grad(checkpoint(sqrt))(scalar(2)), grad(sqrt)(scalar(2)), 0)
    close(grad(grad(checkpoint(sqrt)))(scalar(2)), grad(grad(sqrt))(scalar(2)), 1e-15)
    close(vmap(grad(checkpoint(sqrt)))(as), vmap(grad(sqrt))(as), 1e-15)
    close(grad(checkpoint((as: T.Tensor<[3]>) => T.sum(vmap(sqrt)(as))))(as), vmap(grad(sqrt))(as), 1e-15)
  })

  test('a root of a root', () => {
    const fourth = (a: S): S => orThrow(root((x: S) => T.sub(T.square(x), sqrt(a)))(scalar(1)))
    expect(item(fourth(scalar(16)))).toBeCloseTo(2, 14)
    expect(item(grad(fourth)(scalar(16)))).toBeCloseTo(0.25 * 16 ** -0.75, 15)
    // the root inside depends on the unknown of the one outside
    const inner = (a: S): S => orThrow(root((x: S) => T.sub(T.mul(x, sqrt(x)), a))(scalar(1)))
    expect(item(inner(scalar(8)))).toBeCloseTo(4, 13)
    expect(item(grad(inner)(scalar(8)))).toBeCloseTo((2 / 3) * 8 ** (-1 / 3), 13)
  })

  test('the function may take derivatives', () => {
    // the extremum of x^3 / 3 - a x
    const flat = (a: S): S =>
      orThrow(root((x: S) => grad((y: S) => T.sub(T.div(T.pow(y, 3), 3), T.mul(a, y)))(x))(scalar(1)))
    expect(item(flat(scalar(9)))).toBeCloseTo(3, 14)
    expect(item(grad(flat)(scalar(9)))).toBeCloseTo(1 / 6, 14)
  })
})

describe('a solver of the user', () => {
  test('makes the equation opaque, others leave it data', () => {
    const kinds = (options: object): readonly string[] =>
      Debug.trace((a: S) => orThrow(root((x: S) => T.sub(T.square(x), a), options)(scalar(1))))(
        scalar(2)
      ).equations.flatMap(({ primitive: { name, kind } }) => (name === 'implicit' ? [kind] : []))
    expect(kinds({})).toEqual(['control'])
    expect(kinds({ solver: () => scalar(Math.SQRT2) })).toEqual(['opaque'])
  })

  test('is given the function and the guess, may read values and take derivatives', () => {
    const steps: number[] = []
    const solve = root((x: S, a: S) => T.sub(T.square(x), a), {
      solver: (f, initial) => {
        let x = initial
        for (let i = 0; i < 8; i++) {
          steps.push(item(x))
          x = T.sub(x, T.div(T.ensure([])(f(x)), grad((y: S) => T.ensure([])(f(y)))(x)))
        }
        return x
      }
    })
    const g = (a: S): S => orThrow(solve(scalar(1), a))
    expect(item(grad(g)(scalar(4)))).toBeCloseTo(0.25, 15)
    expect(steps.slice(0, 2)).toEqual([1, 2.5])
  })

  test('is held against the tolerance', () => {
    const wrong = root((x: S) => T.sub(T.square(x), 2), { solver: (f) => (f(scalar(1)), f(scalar(2)), scalar(1.5)) })
    expect(left(wrong(scalar(1))).message).toBe(
      'root (solver): the residual is 2.5e-1 after 2 iterations; expected at most 1e-10, give a solver that comes closer, or raise the tolerance'
    )
  })

  test('that returns something else is rejected', () => {
    const f = (x: S): S => T.sub(x, 1)
    expect(() => root(f, { solver: () => T.zeros([2], 'float64') as never })(scalar(1))).toThrow(
      'root: the solution has shape [2]; expected shape []'
    )
    expect(() =>
      grad((a: S): S => orThrow(root((x: S) => T.sub(x, a), { solver: () => a })(scalar(1))))(scalar(1))
    ).toThrow(
      'root: the solver returned a value inside a transformation; compute it from the function and the guess that the solver gets'
    )
  })
})

describe('no root is a Left with a sentence', () => {
  test('none exists', () => {
    const failure = left(squareRoot(scalar(2), scalar(-1)))
    expect(failure.message).toMatch(
      /^root: the residual is 1e\+0 after \d+ iterations, and does not get smaller; expected at most 5e-10, start elsewhere$/
    )
    expect(failure).toMatchObject({ _tag: 'NotConverged', operation: 'root', example: [] })
  })

  test('too few iterations', () => {
    expect(left(root((x: S) => T.sub(T.square(x), 2), { maxIterations: 1 })(scalar(1))).message).toBe(
      'root: the residual is 2.5e-1 after 1 iteration; expected at most 1e-10, raise maxIterations or start nearer to a root'
    )
  })

  test('a singular Jacobian', () => {
    expect(left(squareRoot(scalar(0), scalar(1))).message).toBe(
      'root: the residual is 1e+0 after 0 iterations, where the Jacobian is singular; expected at most 1e-10, start elsewhere'
    )
  })

  test('not finite', () => {
    expect(left(root((x: S) => T.log(x))(scalar(-1))).message).toBe(
      'root: the residual is NaN after 0 iterations, where values are no longer finite; expected at most 1e-10, start where the function is defined'
    )
  })

  test('under vmap', () => {
    let failure: NotConverged | undefined
    vmap((a: S) => {
      failure = left(squareRoot(scalar(2), a))
      return a
    })(T.of([4, -1, 9, -4], 'float64'))
    expect(failure?.example).toEqual([3])
    expect(failure?.message).toMatch(/^root: the residual of example \[3\] is 4e\+0 after/)
  })

  test('staged it is an error', () => {
    const from = checkpoint((x: S, a: S) => orThrow(squareRoot(x, a)))
    expect(() => from(scalar(0), scalar(1))).toThrow(
      'root: the residual is 1e+0 after 0 iterations, where the Jacobian is singular; expected at most 1e-10, start elsewhere'
    )
    expect(item(from(scalar(1), scalar(1)))).toBe(1)
  })

  test('a Jacobian that is singular at the root is an error in the pullback', () => {
    const [value, pull] = vjp((a: S) => orThrow(root((x: S) => T.sub(T.mul(x, T.abs(x)), a))(scalar(0))))(scalar(0))
    expect(item(value)).toBe(0)
    expect(() => pull(scalar(1))).toThrow(
      'root, its derivative (direct): the residual is 1e+0 after 0 iterations, where the Jacobian is singular; expected at most 1e-10, differentiate where it is not'
    )
  })
})

describe('rejects', () => {
  const f = (x: T.Tensor): T.Tensor => x
  const refused = (options: object) => () => root(f, options)(scalar(1))

  test('options', () => {
    expect(refused({ maxIterations: 0 })).toThrow('root: maxIterations is 0; expected an integer of at least 1')
    expect(refused({ tolerance: -1 })).toThrow('root: tolerance is -1; expected a finite number of at least 0')
    expect(refused({ tol: 1 })).toThrow('root: unknown option tol; expected tolerance, maxIterations, solver or linear')
    expect(refused({ linear: { method: 'lu' } })).toThrow(
      "root: linear: method is 'lu'; expected 'cg', 'gmres', 'bicgstab' or 'direct'"
    )
    expect(refused({ linear: { preconditioner: T.neg } })).toThrow(
      'root: linear: unknown option preconditioner; expected method, tolerance, absoluteTolerance, maxIterations or restart'
    )
    expect(refused({ linear: 3 })).toThrow('root: linear: options are 3; expected an object with method')
  })

  test('a guess of integers, a result of another shape or type', () => {
    expect(() => root(f)(T.of([1], 'int32'))).toThrow('root: the initial guess is int32; expected float32 or float64')
    expect(() => root((x: T.Tensor) => T.sum(x))(T.of([1, 2]))).toThrow(
      'root: the result has shape []; expected shape [2]'
    )
    expect(() => root((x: S) => T.add(x, scalar(1)))(T.scalar(1))).toThrow(
      'root: the result is float64; expected float32, cast it with T.cast'
    )
  })
})
