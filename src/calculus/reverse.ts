/** The reverse mode for users: `vjp`, and `grad` in its forms. */
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Show } from '../shape/static.js'
import { add } from '../tensor/arithmetic.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { Traced, leaked } from '../primitive/traced.js'
import { ReverseTrace } from '../transform/reverse.js'
import { typed } from '../tensor/typed.js'
import { mapAs, mapTensors } from '../tree/model.js'
import {
  leavesLike,
  ofArguments,
  passLater,
  requireFloat,
  requireFloatArgument,
  requireFunctions,
  requirePair,
  results,
  zeroLike
} from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A function with a scalar result, of parameters to differentiate and of further arguments that are constants.
 *
 * @example
 * import { type ScalarFunction, grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: ScalarFunction<T.Tensor<[2]>, [number]> = (w, scale) => T.mul(T.sum(w), scale)
 * grad(loss)(T.of([1, 2]), 10) // => T.of([10, 10])
 */
export type ScalarFunction<P, Rest extends readonly unknown[]> = (params: P, ...rest: Rest) => Tensor<[]>

type Found<R> = R extends Tensor<infer S> ? `shape ${Show<S>}` : 'no tensor'

/**
 * The parameters `P` of a function whose result `R` may be a scalar; else the sentence that says that it is not.
 *
 * The condition stands on the parameters of the gradient, and not on the function itself, because that lets functions of
 * any shape through, which turn out to be scalar when they are called: `grad(grad(T.sin))(T.scalar(1))`.
 */
type IfScalar<Name extends string, R, P> =
  Tensor<[]> extends R ? P : `${Name}: the function returned ${Found<R>}; expected a scalar`

/** Casts parameters that have passed the condition. */
const passed = <P>(params: unknown): P => params as P

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** The tree on a tape: each leaf an input. The path of a leaf that cannot be differentiated is in the error. */
const lift = <P>(operation: string, tape: ReverseTrace, params: P): P =>
  mapAs(operation, params, (leaf, path) => {
    requireFloat(operation, leaf, path || 'the argument', passLater)
    return tape.input(leaf)
  })

/** Whether an operation gives a gradient, and so could have an aux beside it, or be `vjp`. */
const isGradient = (operation: string): boolean => /grad/i.test(operation)

const notScalar = (operation: string, shapes: readonly Shape[], found: string, remedy: string): ShapeError => {
  const other = isGradient(operation) ? ', or differentiate with vjp' : ''
  return new ShapeError(operation, shapes, `the function returned ${found}; expected a scalar${remedy}${other}`)
}

const requireScalar = (operation: string, value: unknown): Tensor => {
  if (!isTensor(value)) {
    results(operation, value)
    const aux = `, return the rest as aux with ${operation.replace('WithAux', '')}WithAux`
    throw notScalar(operation, [], 'a tree of tensors', isGradient(operation) ? aux : '')
  }
  if (value.shape.length > 0) {
    throw notScalar(operation, [value.shape], `shape ${show(value.shape)}`, ', reduce it with T.sum or T.mean')
  }
  requireFloat(operation, value, 'the result')
  return value
}

const asPair = <Pair>(operation: string, pair: Pair): Pair => {
  requirePair(operation, 'the function', pair, '[value, aux]')
  return pair
}

/** Refuses a result that belongs to a transformation inside, which has finished: its derivative would be lost. */
const requireLive = (operation: string, result: unknown): void => {
  if (result instanceof Traced && !result.interpreter.open) throw leaked(operation, result.interpreter.transformation)
}

/** The value, the gradient and the aux of a function; errors name the operation. */
export const differentiate = <P, Aux>(
  operation: string,
  f: (params: P) => readonly [value: unknown, aux: Aux],
  params: P
): readonly [value: Tensor, gradient: P, aux: Aux] => {
  const tape = new ReverseTrace(operation, add)
  try {
    const traced = lift(operation, tape, params)
    const inputs = tape.size
    const [result, aux] = f(traced)
    requireLive(operation, result)
    tape.close()
    const value = requireScalar(operation, result)
    const cotangents = tape.backward([[value, fill([], value.dtype, 1)]], inputs, true)
    let next = 0
    const gradient = mapAs(operation, params, (leaf) => cotangents[next++] ?? zeroLike(leaf))
    return [tape.primal(value), gradient, mapTensors(aux, (leaf) => tape.primal(leaf))]
  } finally {
    tape.close()
  }
}

/**
 * The gradient of a function with a scalar result, in its first argument: `grad(f)(params, ...rest)` has the type and
 * the structure of `params`.
 *
 * `params` is any tree of float tensors; further arguments are constants of any type. It nests to any order. A
 * result that is not of shape `[]`, and a leaf that is not a float tensor, are errors.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = ({ w, b }: { w: T.Tensor<[2]>; b: T.Tensor<[]> }) => T.add(T.dot(w, T.of([3, 4])), b)
 * grad(loss)({ w: T.of([1, 2]), b: T.scalar(0) }) // => { w: T.of([3, 4]), b: T.scalar(1) }
 * grad(grad(T.sin))(T.scalar(1)) // => T.scalar(-0.84147098)
 */
export const grad = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  ...more: readonly []
): ((params: IfScalar<'grad', R, P>, ...rest: Rest) => P) => {
  requireFunctions('grad', { f }, more)
  return (params, ...rest) => differentiate('grad', (p: P) => [f(p, ...rest), undefined], passed<P>(params))[1]
}

/**
 * The value and the gradient of a function with a scalar result, in one pass.
 *
 * @example
 * import { valueAndGrad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * valueAndGrad((x: T.Tensor<[]>) => T.square(x))(T.scalar(3)) // => [T.scalar(9), T.scalar(6)]
 */
export const valueAndGrad = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  ...more: readonly []
): ((params: IfScalar<'valueAndGrad', R, P>, ...rest: Rest) => readonly [value: Tensor<[]>, gradient: P]) => {
  requireFunctions('valueAndGrad', { f }, more)
  return (params, ...rest) => {
    const [value, gradient] = differentiate('valueAndGrad', (p: P) => [f(p, ...rest), undefined], passed<P>(params))
    return [typed<[]>(value), gradient]
  }
}

/**
 * The gradient of a function that returns `[scalar, aux]`, and the aux beside it, which is not differentiated.
 *
 * @example
 * import { gradWithAux } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[2]>) => [T.sum(T.square(x)), { largest: T.max(x) }] as const
 * gradWithAux(f)(T.of([1, 2])) // => [T.of([2, 4]), { largest: T.scalar(2) }]
 */
export const gradWithAux = <P, Rest extends readonly unknown[], Aux>(
  f: (params: P, ...rest: Rest) => readonly [value: Tensor<[]>, aux: Aux],
  ...more: readonly []
): ((params: P, ...rest: Rest) => readonly [gradient: P, aux: Aux]) => {
  requireFunctions('gradWithAux', { f }, more)
  return (params, ...rest) => {
    const [, gradient, aux] = differentiate('gradWithAux', (p) => asPair('gradWithAux', f(p, ...rest)), params)
    return [gradient, aux]
  }
}

/**
 * The value, the gradient and the aux of a function that returns `[scalar, aux]`.
 *
 * @example
 * import { valueAndGradWithAux } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[]>) => [T.square(x), T.neg(x)] as const
 * valueAndGradWithAux(f)(T.scalar(3)) // => [T.scalar(9), T.scalar(6), T.scalar(-3)]
 */
export const valueAndGradWithAux = <P, Rest extends readonly unknown[], Aux>(
  f: (params: P, ...rest: Rest) => readonly [value: Tensor<[]>, aux: Aux],
  ...more: readonly []
): ((params: P, ...rest: Rest) => readonly [value: Tensor<[]>, gradient: P, aux: Aux]) => {
  requireFunctions('valueAndGradWithAux', { f }, more)
  return (params, ...rest) => {
    const [value, gradient, aux] = differentiate(
      'valueAndGradWithAux',
      (p) => asPair('valueAndGradWithAux', f(p, ...rest)),
      params
    )
    return [typed<[]>(value), gradient, aux]
  }
}

/**
 * The value of a function and its pullback: the linear map from a cotangent of the result to one cotangent per argument.
 *
 * Arguments and result are trees of float tensors. The pullback may be called any number of times.
 *
 * @example
 * import { vjp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const [value, pullback] = vjp((x: T.Tensor<[2]>, y: T.Tensor<[2]>) => T.mul(x, y))(T.of([1, 2]), T.of([3, 4]))
 * value // => T.of([3, 8])
 * pullback(T.of([1, 10])) // => [T.of([3, 40]), T.of([1, 20])]
 */
export const vjp = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((...args: Args) => readonly [value: R, pullback: (cotangent: R) => Args]) => {
  requireFunctions('vjp', { f }, more)
  return (...args) => {
    const tape = new ReverseTrace('vjp', add)
    try {
      const traced = mapAs(
        'vjp',
        args,
        (leaf, path) => {
          requireFloatArgument('vjp', leaf, path)
          return tape.input(leaf)
        },
        ofArguments
      )
      const inputs = tape.size
      const flat = results('vjp', f(...traced))
      for (const leaf of flat.leaves) requireLive('vjp', leaf)
      const value = flat.unflatten(flat.leaves.map((leaf) => tape.primal(leaf)))
      const pullback = (cotangent: R): Args => {
        const seeds = leavesLike('vjp', 'cotangent', value, cotangent)
        const pairs = flat.leaves.map((leaf, i) => [leaf, seeds[i]!] as const)
        const cotangents = tape.backward(pairs, inputs, false)
        let next = 0
        return mapAs('vjp', args, (leaf) => cotangents[next++] ?? zeroLike(leaf))
      }
      return [value, pullback]
    } finally {
      tape.close()
    }
  }
}
