/** All partial results of an associative operation, in logarithmically many steps. */
import { requireFunctions } from '../calculus/arguments.js'
import { options, checkedLater, flag } from '../internal/options.js'
import { ShapeError, normalizeAxis, show } from '../shape/model.js'
import { concat, stack } from '../tensor/join.js'
import type { Tensor } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { flip } from '../tensor/slice.js'
import { take } from '../tensor/stridedWindow.js'
import { inLoop } from './depth.js'
import { changes, inXs, ofXs, structureOf } from './structure.js'

type Leaves = readonly Tensor[]

/**
 * The options of `associativeScan`.
 *
 * @example
 * import type { AssociativeScanOptions } from 'pullback/Control'
 *
 * const options: AssociativeScanOptions = { axis: 1, reverse: true }
 * options.axis // => 1
 */
export interface AssociativeScanOptions {
  /** The axis along which elements stand, of every leaf: 0 by default; negative from the back. */
  readonly axis?: number
  /** Whether it starts from the last element. */
  readonly reverse?: boolean
}

const elementChanges = /* @__PURE__ */ changes('an element')

/** Every second slice or all of them, along an axis: `count` from `start` on. */
const slices = (x: Tensor, axis: number, start: number, step: number, count: number): Tensor =>
  take(x, {
    starts: x.shape.map((_, each) => (each === axis ? start : 0)),
    steps: x.shape.map((_, each) => (each === axis ? step : 1)),
    sizes: x.shape.map((n, each) => (each === axis ? count : n))
  })

/** Slices of two tensors in alternation, starting with the first, which may have one more. */
const interleaved = (even: Tensor, odd: Tensor, axis: number): Tensor => {
  const n = odd.shape[axis]!
  const shape = odd.shape.map((size, each) => (each === axis ? 2 * n : size))
  const pairs = reshapeTo(stack([slices(even, axis, 0, 1, n), odd], { axis: axis + 1 }), shape)
  return even.shape[axis] === n ? pairs : concat([pairs, slices(even, axis, n, 1, 1)], { axis })
}

const scanned = (f: (a: Leaves, b: Leaves) => Leaves, xs: Leaves, axes: readonly number[], n: number): Leaves => {
  if (n < 2) return xs
  const each = (list: Leaves, start: number, step: number, count: number): Leaves =>
    list.map((x, i) => slices(x, axes[i]!, start, step, count))
  const half = Math.floor(n / 2)
  const odd = scanned(f, f(each(xs, 0, 2, half), each(xs, 1, 2, half)), axes, half)
  const rest = Math.ceil(n / 2) - 1
  const first = each(xs, 0, 1, 1)
  const later = rest === 0 ? [] : f(each(odd, 0, 1, rest), each(xs, 2, 2, rest))
  const even = rest === 0 ? first : first.map((x, i) => concat([x, later[i]!], { axis: axes[i]! }))
  return even.map((x, i) => interleaved(x, odd[i]!, axes[i]!))
}

const check = options<AssociativeScanOptions>('associativeScan', { axis: checkedLater, reverse: flag })

/**
 * All partial results of an associative operation: `x_0, f(x_0, x_1), f(f(x_0, x_1), x_2), ...` along an axis, in
 * logarithmically many calls of `f`, on about twice as many elements in all.
 *
 * `f` is called with many elements at once, along the axis where they stand, and must treat them alike: elementwise
 * operations and products of matrices in the last two axes do. It must be associative; else the result depends on how the
 * calls are arranged. Elements are trees of tensors, of equal length along the axis. With `reverse`, element i is the
 * result for all from the last down to i, with the later ones as the first operand.
 *
 * G. E. Blelloch, Prefix Sums and Their Applications, 1990.
 *
 * @example
 * import { associativeScan } from 'pullback/Control'
 * import * as T from 'pullback/Tensor'
 *
 * const products = associativeScan((a: T.Tensor, b: T.Tensor) => T.mul(a, b))
 * products(T.of([1, 2, 3, 4, 5])) // => T.of([1, 2, 6, 24, 120])
 *
 * // the recurrence h_t = a_t h_(t-1) + b_t, by composing affine maps
 * interface Affine {
 *   readonly a: T.Tensor
 *   readonly b: T.Tensor
 * }
 * const recurrence = associativeScan((f: Affine, g: Affine): Affine => ({ a: T.mul(g.a, f.a), b: T.add(T.mul(g.a, f.b), g.b) }))
 * recurrence({ a: T.of([0.5, 0.5, 0.5]), b: T.of([1, 1, 1]) }).b // => T.of([1, 1.5, 1.75])
 */
export const associativeScan = <E>(
  f: (a: E, b: E) => NoInfer<E>,
  options: AssociativeScanOptions = {}
): (<X extends E>(xs: X) => X) => {
  requireFunctions('associativeScan', { f })
  check(options)
  const { axis = 0, reverse = false } = options
  const body = inLoop(f)
  return (xs) => {
    const tree = structureOf('associativeScan', xs, ofXs)
    const { leaves, paths } = tree
    const axes = leaves.map(({ shape }) => normalizeAxis('associativeScan', axis, shape))
    const sizes = leaves.map(({ shape }, i) => shape[axes[i]!]!)
    const other = sizes.findIndex((n) => n !== sizes[0])
    if (other > 0) {
      throw new ShapeError(
        'associativeScan',
        [leaves[0]!.shape, leaves[other]!.shape],
        `${inXs(paths[0]!)} of shape ${show(leaves[0]!.shape)} and ${inXs(paths[other]!)} of shape ${show(leaves[other]!.shape)} ` +
          `differ along axis ${axis}; expected the same size`
      )
    }
    const combine = (a: Leaves, b: Leaves): Leaves => {
      const given = structureOf('associativeScan', tree.build(a))
      return given.match(body(given.build(a), given.build(b)), elementChanges)
    }
    const turned = (list: Leaves): Leaves => (reverse ? list.map((x, i) => flip(x, { axis: axes[i]! })) : list)
    return tree.build(turned(scanned(combine, turned(leaves), axes, sizes[0] ?? 0)))
  }
}
