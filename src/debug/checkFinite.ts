/** Finding the operation that made a NaN. */
import { mapTensors } from '../tree/model.js'
import { Watch } from './watch.js'

/**
 * The same function, except that the first operation that makes a NaN or an infinity throws a `NonFiniteError`. The error
 * names the operation, the shapes of its operands, the index of the number in its result, and the origin of the
 * operands: the path of an argument's leaf, or the operation that made them.
 *
 * It checks every operation that depends on an argument, also in transformations inside: `checkFinite(grad(loss))` sees
 * the backward pass as well, and so do `jvp`, `vmap`, `checkpoint` and loops. The rules:
 *
 * - Arguments must be finite. An infinite constant, as in a mask, is not an error. Neither is an infinity that an operation
 *   makes from infinite or empty operands (the largest of no numbers). A NaN always is.
 * - In a backward pass, an infinite local derivative at a singular point is not an error if a zero cotangent makes it
 *   harmless.
 * - Operations on constants alone are not checked. A NaN that they make is found when an argument is combined with it, or
 *   in the result.
 * - `grad(checkFinite(f))` and `jvp(checkFinite(f))` also check the cotangents and tangents of every operation.
 * - `vmap(checkFinite(f))` names the example in the error. `checkFinite(vmap(f))` reports shapes and indices of whole
 *   batches, whose first axis is the example. It checks both branches where examples differ.
 * - In a staged program (`trace`, `checkpoint`, `scan`), the checks are equations of the program, and throw when it runs.
 *
 * Arguments and result are values of any kind with tensors in them. The function cannot read tensors as numbers. This is
 * for debugging: every operation reads its result once more.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const entropy = ({ p }: { p: T.Tensor<[3]> }) => T.neg(T.sum(T.mul(p, T.log(p))))
 * Debug.checkFinite(entropy)({ p: T.of([0.5, 0.25, 0.25]) }) // => T.scalar(1.0397208)
 * Debug.checkFinite(entropy)({ p: T.of([0.5, 0, 0.5]) })
 * // throws checkFinite: log of [3] made -Infinity at [1]; its operand is args[0].p
 *
 * const distance = (x: T.Tensor<[2]>) => T.sqrt(T.sum(T.square(x)))
 * Debug.checkFinite(grad(distance))(T.of([0, 0]))
 * // throws checkFinite: rsqrt of [] made Infinity, in the pullback of grad; its operand is the result of sum
 */
export const checkFinite =
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): ((...args: Args) => R) =>
  (...args) => {
    const watch = new Watch()
    try {
      const watched = mapTensors(args, (leaf, path) => watch.argument(leaf, `args${path}`))
      return mapTensors(f(...watched), (leaf, path) =>
        watch.result(leaf, path === '' ? 'the result' : `the result at ${path}`)
      )
    } finally {
      watch.close()
    }
  }
