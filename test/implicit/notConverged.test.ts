// Linear solves that fail: they return a Left, or throw where they cannot return one. Wrong arguments throw at once.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkpoint, grad, jvp, vjp } from 'pullback/Grad'
import { type LinearMethod, type NotConverged, linearSolve, orThrow } from 'pullback/Implicit'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { failureIn, reportOf } from '../../src/implicit/notConverged.js'

type S = T.Tensor<[]>
type Method = LinearMethod<T.Tensor>['method']

const methods: readonly Method[] = ['cg', 'gmres', 'bicgstab', 'direct']

const left = <X>(solution: E.Either<NotConverged, X>): NotConverged => {
  if (E.isLeft(solution)) return solution.left
  throw new Error('a solution')
}

describe('an iteration that does not converge is a Left with a sentence', () => {
  const b = T.of([3, 4], 'float64')
  const apply = (rows: readonly (readonly number[])[]) => (x: T.Tensor<[2]>) => T.matmul(T.of(rows, 'float64'), x)

  test('too few iterations', () => {
    const failure = left(
      linearSolve(
        apply([
          [1, 0],
          [0, 100]
        ]),
        { method: 'cg', maxIterations: 1, tolerance: 1e-6 }
      )(b)
    )
    expect(failure.message).toBe(
      'linearSolve (cg): the residual is 3.7e+0 after 1 iteration; expected at most 5e-6, raise maxIterations or give a preconditioner'
    )
    expect(failure).toMatchObject({
      _tag: 'NotConverged',
      operation: 'linearSolve (cg)',
      iterations: 1,
      example: []
    })
    expect(failure.tolerance).toBeCloseTo(5e-6, 15)
    expect(failure.residual).toBeCloseTo(Math.hypot(3 - (25 / 1609) * 3, 4 - (25 / 1609) * 400), 12)
  })

  test('an operator that is not positive definite', () => {
    expect(
      left(
        linearSolve(
          apply([
            [1, 0],
            [0, -1]
          ]),
          { method: 'cg' }
        )(b)
      ).message
    ).toBe(
      'linearSolve (cg): the residual is 5e+0 after 1 iteration, where the operator turned out not to be positive definite; expected at most 5e-10, use gmres, bicgstab or direct'
    )
  })

  test('a preconditioner that is not', () => {
    const solve = linearSolve(
      apply([
        [1, 0],
        [0, 1]
      ]),
      { method: 'cg', preconditioner: (r) => T.neg(r) }
    )
    expect(left(solve(b)).message).toBe(
      'linearSolve (cg): the residual is 5e+0 after 0 iterations, where the preconditioner turned out not to be positive definite; expected at most 5e-10, give another one'
    )
  })

  test.each([
    [
      'direct',
      'the residual is 5e+0 after 0 iterations, where the operator is singular; expected at most 5e-10, add a small multiple of the identity to the operator'
    ],
    [
      'gmres',
      'the residual is 8.9e-1 after 4 iterations, where the operator is singular; expected at most 5e-10, add a small multiple of the identity to the operator'
    ]
  ] as const)('a singular operator: %s', (method, sentence) => {
    const failure = left(
      linearSolve(
        apply([
          [1, 2],
          [2, 4]
        ]),
        { method }
      )(T.of([3, 4], 'float64'))
    )
    expect(failure.message).toBe(`linearSolve (${method}): ${sentence}`)
  })

  test('bicgstab that breaks down', () => {
    const failure = left(
      linearSolve(
        apply([
          [0, 1],
          [-1, 0]
        ]),
        { method: 'bicgstab' }
      )(T.of([3, 4], 'float64'))
    )
    expect(failure.message).toBe(
      'linearSolve (bicgstab): the residual is 5e+0 after 1 iteration, where the method breaks down; expected at most 5e-10, use gmres or direct'
    )
  })

  test('NaN', () => {
    for (const method of methods) {
      const failure = left(
        linearSolve(
          apply([
            [1, 0],
            [0, 1]
          ]),
          { method }
        )(T.of([NaN, 1], 'float64'))
      )
      expect(failure.message).toBe(
        `linearSolve (${method}): the residual is NaN after 0 iterations, where values are no longer finite; expected at most NaN, look for where they come from with Debug.checkFinite`
      )
    }
  })

  test('under vmap, with the example that is worst', () => {
    const solutions: E.Either<NotConverged, T.Tensor>[] = []
    vmap((d: T.Tensor<[2]>) => {
      solutions.push(linearSolve((x: T.Tensor<[2]>) => T.mul(x, d), { method: 'cg' })(T.of([3, 4], 'float64')))
      return d
    })(
      T.of(
        [
          [1, 1],
          [1, -1],
          [2, 2],
          [-10, -10]
        ],
        'float64'
      )
    )
    expect(left(solutions[0]!).example).toEqual([1])
    expect(left(solutions[0]!).message).toBe(
      'linearSolve (cg): the residual of example [1] is 5e+0 after 1 iteration, where the operator turned out not to be positive definite; expected at most 5e-10, use gmres, bicgstab or direct'
    )
  })

  test('under nested vmap, with both positions', () => {
    let failure: NotConverged | undefined
    const d = T.ones([2, 3, 1], 'float64')
    const wrong = T.where(T.equal(T.reshape(T.arange(6), [2, 3, 1]), 5), T.neg(d), d)
    vmap(
      vmap((d: T.Tensor<[1]>) => {
        failure = left(linearSolve((x: T.Tensor<[1]>) => T.mul(x, d), { method: 'cg' })(T.of([1], 'float64')))
        return d
      })
    )(T.ensure([2, 3, 1])(wrong))
    expect(failure?.example).toEqual([1, 2])
  })

  test('under grad and jvp', () => {
    const f = (d: T.Tensor<[2]>): S => {
      const solution = linearSolve((x: T.Tensor<[2]>) => T.mul(x, d), { method: 'cg' })(T.of([3, 4], 'float64'))
      return E.isLeft(solution) ? T.scalar(-1, 'float64') : T.sum(solution.right)
    }
    const bad = T.of([1, -1], 'float64')
    expect(T.toNested(grad(f)(bad))).toEqual([0, 0])
    expect(T.toNested(jvp(f)([bad], [bad])[0])).toBe(-1)
  })
})

describe('where failure cannot be a value, it is an error with the sentence', () => {
  const d = T.of([1, -1], 'float64')
  const f = (d: T.Tensor<[2]>): T.Tensor<[2]> =>
    orThrow(linearSolve((x: T.Tensor<[2]>) => T.mul(x, d), { method: 'cg' })(T.of([3, 4], 'float64')))
  const sentence =
    'linearSolve (cg): the residual is 5e+0 after 1 iteration, where the operator turned out not to be positive definite; expected at most 5e-10, use gmres, bicgstab or direct'

  test('orThrow', () => {
    expect(() => f(d)).toThrow(new Error(sentence))
  })

  test('in a staged function', () => {
    const rights: boolean[] = []
    const staged = checkpoint((d: T.Tensor<[2]>) => {
      const solution = linearSolve((x: T.Tensor<[2]>) => T.mul(x, d), { method: 'cg' })(T.of([3, 4], 'float64'))
      rights.push(E.isRight(solution))
      return orThrow(solution)
    })
    expect(T.toNested(staged(T.of([3, 4], 'float64')))).toEqual([1, 1])
    expect(() => staged(d)).toThrow(new Error(sentence))
    expect(rights).toEqual([true, true])
  })

  test('in a pullback', () => {
    // Gmres solves [[1, 1], [0, 1]] x = e1 in one iteration, and its transpose in two.
    const a = T.of(
      [
        [1, 1],
        [0, 1]
      ],
      'float64'
    )
    const [value, pull] = vjp((b: T.Tensor<[2]>) =>
      orThrow(linearSolve((x: T.Tensor<[2]>) => T.matmul(a, x), { method: 'gmres', maxIterations: 1 })(b))
    )(T.of([1, 0], 'float64'))
    expect(T.toNested(value)).toEqual([1, 0])
    expect(() => pull(T.of([1, 0], 'float64'))).toThrow(
      new Error(
        'linearSolve (gmres): the residual is 7.1e-1 after 1 iteration; expected at most 1e-10, raise maxIterations or give a preconditioner'
      )
    )
  })

  test('a cotangent of NaN gives NaN', () => {
    const [, pull] = vjp((b: T.Tensor<[2]>) => orThrow(linearSolve(T.neg<[2]>, { method: 'gmres' })(b)))(d)
    expect(T.toNested(pull(T.of([NaN, 1], 'float64'))[0])).toEqual([NaN, NaN])
  })
})

describe('rejects', () => {
  const b = T.of([1, 2], 'float64')
  // Options are checked before there is a right side.
  const solve = (options: object) => () => linearSolve(T.neg<[2]>, options as LinearMethod<T.Tensor<[2]>>)

  test.each([
    [{ method: 'lu' }, "linearSolve: method is 'lu'; expected 'cg', 'gmres', 'bicgstab' or 'direct'"],
    [{}, "linearSolve: method is undefined; expected 'cg', 'gmres', 'bicgstab' or 'direct'"],
    [{ method: 'cg', maxIterations: 0 }, 'linearSolve: maxIterations is 0; expected an integer of at least 1'],
    [{ method: 'cg', maxIterations: 1.5 }, 'linearSolve: maxIterations is 1.5; expected an integer of at least 1'],
    [{ method: 'gmres', restart: -1 }, 'linearSolve: restart is -1; expected an integer of at least 1'],
    [{ method: 'cg', tolerance: -1 }, 'linearSolve: tolerance is -1; expected a finite number of at least 0'],
    [
      { method: 'cg', absoluteTolerance: NaN },
      'linearSolve: absoluteTolerance is NaN; expected a finite number of at least 0'
    ],
    [
      { method: 'cg', tol: 1 },
      'linearSolve: unknown option tol; expected method, tolerance, absoluteTolerance, maxIterations, restart, preconditioner or initial'
    ]
  ])('%o', (options, sentence) => {
    expect(solve(options)).toThrow(sentence)
  })

  test('an operator that changes the shape, the type or the structure', () => {
    const given = (f: (x: T.Tensor) => T.Tensor) => () => linearSolve(f, { method: 'cg' })(b)
    expect(given((x) => T.sum(x))).toThrow('linearSolve: the result has shape []; expected shape [2]')
    expect(given((x) => T.cast(x, 'float32'))).toThrow(
      'linearSolve: the result is float32; expected float64, cast it with T.cast'
    )
    expect(given((x) => [x] as never)).toThrow('linearSolve: the trees differ')
    expect(given(() => 3 as never)).toThrow(
      'linearSolve: the function returned 3; expected a tensor or a tree of tensors'
    )
  })

  test('integers', () => {
    expect(() => linearSolve((x: T.Tensor) => x, { method: 'cg' })(T.of([1, 2], 'int32'))).toThrow(
      'linearSolve: the right side is int32; expected float32 or float64'
    )
  })

  test('an initial guess of another shape', () => {
    const options: LinearMethod<T.Tensor> = { method: 'cg', initial: T.zeros([3], 'float64') }
    expect(() => linearSolve((x: T.Tensor) => x, options)(b)).toThrow(
      'linearSolve: the initial guess has shape [3]; expected shape [2]'
    )
  })

  test('reading values of the unknown', () => {
    expect(() => linearSolve((x: T.Tensor<[2]>) => T.mul(x, T.item(T.sum(x))), { method: 'cg' })(b)).toThrow(
      'inside linearSolve'
    )
  })
})

test('a report has the same bits for every NaN, whose sign an engine chooses', () => {
  const report = (high: number): T.Tensor => {
    const [residual] = new Float64Array(Int32Array.of(0, high).buffer)
    return reportOf({
      x: new Float64Array(0),
      residual: residual!,
      iterations: 3,
      tolerance: 1e-6,
      ending: 'not finite'
    })
  }
  expect(T.toArray(report(0xfff80000 | 0))).toEqual(T.toArray(report(0x7ff80000)))
  const wording = { name: 'root', what: 'the residual', map: 'the Jacobian', remedies: {} }
  expect(failureIn(wording, report(0xfff80000 | 0))).toMatchObject({ residual: NaN, tolerance: 1e-6 })
})
