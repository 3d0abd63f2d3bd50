/** From many examples to one: takes away the axis that `vmap` puts in front. */
import { dual } from '../internal/dual.js'
import { requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { mapAs } from '../tree/model.js'

/**
 * The type of a tree whose leaves have one axis less, the one in front: the inverse of `WithAxis`.
 *
 * @example
 * import type { WithAxis, WithoutAxis } from 'pullback/Vmap'
 * import * as T from 'pullback/Tensor'
 *
 * const one: WithoutAxis<{ x: T.Tensor<[10, 2]> }> = { x: T.zeros([2]) }
 * const same: WithoutAxis<WithAxis<typeof one>> = one
 * same.x.shape // => [2]
 */
export type WithoutAxis<P> =
  P extends Tensor<infer S>
    ? number extends S['length']
      ? Tensor
      : S extends readonly [number, ...infer Rest extends number[]]
        ? Tensor<Rest>
        : never
    : P extends object
      ? { [Key in keyof P]: WithoutAxis<P[Key]> }
      : P

/** Casts a tree whose leaves have been checked to have lost their axis. */
const asWithout = <P>(tree: unknown): WithoutAxis<P> => tree as WithoutAxis<P>

const without = <P>(tree: P, f: (leaf: Tensor) => Tensor): WithoutAxis<P> =>
  asWithout<P>(
    mapAs<unknown>('overExamples', tree, (leaf, path) => {
      const { shape } = leaf
      const name = path === '' ? 'a leaf' : path
      if (shape.length === 0) {
        throw new ShapeError('overExamples', [shape], `${name} is a scalar; expected an axis of examples in front`)
      }
      const result = f(leaf)
      requireTensor('overExamples', result, `the result for ${name}`)
      const rest = shape.slice(1)
      if (equals(result.shape, rest)) return result
      const given = `${name} of shape ${show(shape)} became one of shape ${show(result.shape)}`
      throw new ShapeError('overExamples', [shape, result.shape], `${given}; expected shape ${show(rest)}`)
    })
  )

/**
 * Takes every leaf of a tree of many examples, as `vmap` gives it, to a leaf of one: a mean over examples, a sum, a maximum,
 * the first of them. The function must take the axis in front away and leave the rest of the shape as it is; the tree then
 * has the type of one example again: of a gradient per example, that of the parameters. Dual.
 *
 * @throws ShapeError when a leaf has no axis, or the function leaves another shape, naming the path
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 * import { overExamples, vmap } from 'pullback/Vmap'
 *
 * interface Params {
 *   readonly w: T.Tensor<[2]>
 * }
 * const loss = ({ w }: Params, x: T.Tensor<[2]>) => T.square(T.dot(w, x))
 * const each = vmap(grad(loss), { inAxes: [null, 0] })({ w: T.of([1, 1]) }, T.of([[1, 0], [0, 2]]))
 * const mean: Params = pipe(each, overExamples(T.mean({ axis: 0 })))
 * mean // => { w: T.of([1, 4]) }
 * overExamples(each, (leaf) => T.at(leaf, 0)) // => { w: T.of([2, 0]) }
 *
 * overExamples(each, T.sum) // throws overExamples: w of shape [2, 2] became one of shape []; expected shape [2]
 */
export const overExamples: {
  (f: (leaf: Tensor<Shape>) => Tensor): <P>(tree: P) => WithoutAxis<P>
  <P>(tree: P, f: (leaf: Tensor<Shape>) => Tensor): WithoutAxis<P>
} = dual(without)
