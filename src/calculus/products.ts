/** Products with derivatives that are never formed: linear maps, Hessians, Gauss-Newton matrices. */
import { type ScalarFunction, differentiate } from './reverse.js'
import { add } from '../tensor/arithmetic.js'
import { ForwardTrace } from '../transform/forward.js'
import { run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import type { Tensor } from '../tensor/model.js'
import { type Flat, flattenAs } from '../tree/model.js'
import { leafwise } from './jacobian.js'
import { pullBack, pushForward } from './leafwise.js'
import { leavesLike, ofArguments, requireFloatArgument, requireFunctions, results, zeroLike } from './arguments.js'

/**
 * The value of a function and its derivative there, as a linear map of tangents that may be applied many times: the
 * function itself runs once, the map is a program of what depends on the tangents alone.
 *
 * @example
 * import { linearize } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const [value, derivative] = linearize((x: T.Tensor<[2]>) => T.square(x))(T.of([1, 3]))
 * value // => T.of([1, 9])
 * derivative(T.of([1, 0])) // => T.of([2, 0])
 * derivative(T.of([0, 1])) // => T.of([0, 6])
 */
export const linearize = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((...args: Args) => readonly [value: R, derivative: (...tangents: Args) => R]) => {
  requireFunctions('linearize', { f }, more)
  return (...args) => {
    const flatArgs = flattenAs('linearize', args, ofArguments)
    flatArgs.leaves.forEach((leaf, i) => requireFloatArgument('linearize', leaf, flatArgs.paths[i]!))
    let outcome: Flat<R> | undefined
    let value: readonly Tensor[] = []
    const { program, captured } = stage('linearize', flatArgs.leaves, (tangents) => {
      const forward = new ForwardTrace('linearize', add)
      try {
        const moving = flatArgs.leaves.map((leaf, i) => forward.input(leaf, tangents[i]!))
        const flat = results('linearize', f(...flatArgs.unflatten(moving)))
        outcome = flat
        value = flat.leaves.map((leaf) => forward.primal(leaf))
        return flat.leaves.map((leaf) => forward.tangent(leaf) ?? zeroLike(leaf))
      } finally {
        forward.close()
      }
    })
    const at = (leaves: readonly Tensor[]): R => outcome!.unflatten(leaves)
    return [
      at(value),
      (...tangents) => at(run(program, [...leavesLike('linearize', 'tangent', args, tangents), ...captured]))
    ]
  }
}

/** The product of a Hessian with a vector; errors name the operation. */
const hessianProduct = <P>(operation: string, f: (params: P) => unknown, params: P, v: P): P => {
  const gradient = (p: P): P => differentiate(operation, (at: P) => [f(at), undefined], p)[1]
  const { params: flat, f: ofLeaves } = leafwise(operation, gradient, params)
  const along = leavesLike(operation, 'vector', params, v)
  return flat.unflatten(moved(pushForward(operation, ofLeaves, flat.leaves, along)))
}

/** The tangent of every result. */
const moved = ({ value, tangent }: ReturnType<typeof pushForward>): readonly Tensor[] =>
  value.map((each, i) => tangent[i] ?? zeroLike(each))

/**
 * The product of a Hessian with a vector, `H v`, by forward over reverse, at about the cost of two gradients:
 * `hvp(f)(params, v, ...rest)`, where `v` has the structure, shapes and types of `params`. The Hessian is never formed.
 *
 * B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6, 1994.
 *
 * @example
 * import { hvp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * hvp((x: T.Tensor<[2]>) => T.prod(x))(T.of([3, 5]), T.of([1, 10])) // => T.of([10, 1])
 */
export const hvp = <P, Rest extends readonly unknown[]>(
  f: ScalarFunction<P, Rest>,
  ...more: readonly []
): ((params: P, v: NoInfer<P>, ...rest: Rest) => P) => {
  requireFunctions('hvp', { f }, more)
  return (params, v, ...rest) => hessianProduct('hvp', (p: P) => f(p, ...rest), params, v)
}

/**
 * The product of the generalised Gauss-Newton matrix with a vector, `J' H J v`, where `J` is the Jacobian of the model in
 * its parameters and `H` the Hessian of the loss in the model's outputs: positive semi-definite where the loss is convex.
 * `gaussNewtonVectorProduct(model, loss)(params, v, ...rest)`, with `model(params, ...rest)` and `loss(outputs)`.
 *
 * N. N. Schraudolph, Fast curvature matrix-vector products for second-order gradient descent, Neural Computation 14, 2002.
 *
 * @example
 * import { gaussNewtonVectorProduct } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const model = (w: T.Tensor<[]>, x: T.Tensor<[2]>) => T.mul(w, x)
 * const loss = (outputs: T.Tensor<[2]>) => T.sum(T.square(outputs))
 * gaussNewtonVectorProduct(model, loss)(T.scalar(1), T.scalar(1), T.of([1, 2])) // => T.scalar(10)
 */
export const gaussNewtonVectorProduct = <P, Rest extends readonly unknown[], Outputs>(
  model: (params: P, ...rest: Rest) => Outputs,
  loss: (outputs: NoInfer<Outputs>) => Tensor<[]>,
  ...more: readonly []
): ((params: P, v: NoInfer<P>, ...rest: Rest) => P) => {
  const operation = 'gaussNewtonVectorProduct'
  requireFunctions(operation, { model, loss }, more)
  return (params, v, ...rest) => {
    const { params: flat, f, result } = leafwise(operation, (p: P) => model(p, ...rest), params)
    const pushed = pushForward(operation, f, flat.leaves, leavesLike(operation, 'vector', params, v))
    const { unflatten } = result()
    const curved = hessianProduct(operation, loss, unflatten(pushed.value), unflatten(moved(pushed)))
    const pulled = pullBack(operation, f, flat.leaves).pull(flattenAs(operation, curved).leaves)
    return flat.unflatten(flat.leaves.map((leaf, i) => pulled[i] ?? zeroLike(leaf)))
  }
}
