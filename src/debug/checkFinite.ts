/** Finding the operation that made a NaN. */
import { mapTensors } from '../tree/model.js'
import { Watch } from './watch.js'

/**
 * The same function, which throws a `NonFiniteError` at the first operation that makes a NaN or an infinity, and names
 * it with the shapes of its operands, where in its result the number stands, and where the operands come from: the path
 * of an argument's leaf, or the operation that made them.
 *
 * Every operation that an argument reaches is checked, also in transformations inside: `checkFinite(grad(loss))` sees
 * the backward pass as well, and so do `jvp`, `vmap`, `checkpoint` and loops. The rules:
 *
 * - Arguments must be finite. An infinite constant, such as a mask's, is not an error, and neither are infinities that an
 *   operation makes of infinite operands, or of empty ones (the largest of nothing); a NaN always is.
 * - In a backward pass, an infinite local derivative at a singular point that a zero cotangent makes harmless is no
 *   error.
 * - Operations on constants alone are done before anybody could look; a NaN of theirs is found when an argument is
 *   combined with it, or in the result.
 * - `grad(checkFinite(f))`, `jvp(checkFinite(f))`: the cotangents and tangents that every operation passes on are
 *   checked too. `vmap(checkFinite(f))`: the error says the example. Inside, `checkFinite(vmap(f))` has shapes and
 *   indices of whole batches, whose first axis is the example, and checks both branches where examples differ.
 * - In a staged program (`trace`, `checkpoint`, `scan`), the checks are equations of it, and throw when it runs.
 *
 * Arguments and result are values of any kind with tensors in them. Values inside cannot be read as numbers. It is for
 * finding errors: each operation costs one more look at its result.
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
