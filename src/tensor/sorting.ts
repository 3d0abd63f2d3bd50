/** Sorting along an axis: stable, by number, NaN last. */
import { describe } from '../internal/describe.js'
import { type Options, options, checkedLater, flag } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { argsortInto } from '../kernel/sort.js'
import { behind } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { type Shape, ShapeError, normalizeAxis, show } from '../shape/model.js'
import type { ReplaceAxis } from '../shape/axes.js'
import type { Given, Only } from '../shape/options.js'
import { takeAlongAxis } from './alongAxis.js'
import { arrange } from './alongBlock.js'
import type { AlongAxis } from './indices.js'
import { type Tensor, fromData } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How to sort: along which axis (by default the last), and whether the largest comes first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const largestFirst: T.SortOptions = { descending: true }
 * T.sort(T.of([1, 3, 2]), largestFirst) // => T.of([3, 2, 1])
 */
export interface SortOptions extends AlongAxis {
  readonly descending?: boolean
}

/** A function that sorts: the shape stays. */
interface Sort {
  (options: SortOptions): <S extends Shape>(x: Tensor<S>) => Tensor<S>
  <S extends Shape>(x: Tensor<S>, options: SortOptions): Tensor<S>
  <S extends Shape>(x: Tensor<S>): Tensor<S>
}

type Pair<S extends Shape> = readonly [values: Tensor<S>, indices: Tensor<S>]

interface TopK {
  <K extends number, const O extends AlongAxis = {}>(
    k: K,
    options?: O & Only<O, AlongAxis>
  ): <S extends Shape>(x: Tensor<S>) => Pair<ReplaceAxis<S, Given<O, 'axis', -1>, K>>
  <S extends Shape, K extends number, const O extends AlongAxis = {}>(
    x: Tensor<S>,
    k: K,
    options?: O & Only<O, AlongAxis>
  ): Pair<ReplaceAxis<S, Given<O, 'axis', -1>, K>>
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The order along one axis (counted from the front), and how many of the first positions are wanted. */
interface Order {
  readonly axis: number
  readonly descending: boolean
  readonly count: number
}

/** Positions along the axis, in order of the elements there. */
const argsortPrimitive: Primitive<Order> = op<1, Order>({
  name: 'argsort',
  kind: 'lane',
  arity: 1,
  infer: (x, { axis, count }) => ({
    shape: x.shape.map((n, i) => (i === axis ? count : n)),
    dtype: 'int32'
  }),
  evaluate: (x, { axis, descending, count }, out) => {
    const lanes = arrange(x, [axis])
    const data = new Int32Array(lanes.outer * count * lanes.inner)
    argsortInto(lanes, descending, count, data)
    return fromData(out.shape, out.dtype, data)
  },
  jvp: undefined,
  vjp: undefined,
  batch: (operands, _mapped, order) => bindOne(argsortPrimitive, operands, { ...order, axis: behind(order.axis) }),
  sample: (draw) => {
    const shape = draw.shape({ minRank: 1 })
    const axis = draw.integer(0, shape.length - 1)
    const count = draw.integer(0, shape[axis]!)
    return { operands: [draw.distinct(shape, real)], params: { axis, descending: draw.pick([false, true]), count } }
  }
})

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const sortOptions = (operation: string): Options =>
  options<SortOptions>(operation, { axis: checkedLater, descending: flag })

const order = (operation: string, x: Tensor, given: SortOptions): readonly [order: Tensor, axis: number] => {
  const axis = normalizeAxis(operation, given.axis ?? -1, x.shape)
  const params = { axis, descending: given.descending ?? false, count: x.shape[axis]! }
  return [bindOne(argsortPrimitive, [x], params), axis]
}

/**
 * The positions that sort a tensor along an axis, as int32: `takeAlongAxis(x, argsort(x))` is `sort(x)`.
 *
 * Options: `axis` (by default the last), `descending`. Stable in both directions: equal elements keep their order, and
 * -0 equals 0. NaN comes last in both. It has no derivative. O(n log n).
 *
 * @throws ShapeError when the axis is out of range
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.argsort(T.of([30, 10, 20])) // => T.of([1, 2, 0], 'int32')
 * pipe(T.of([1, 2, 1]), T.argsort({ descending: true })) // => T.of([1, 0, 2], 'int32')
 */
export const argsort: Sort & HasPrimitive<Order> = expose(
  dataFirst<Sort>(sortOptions('argsort'), (x, given: SortOptions = {}) => order('argsort', x, given)[0]),
  argsortPrimitive
)

/**
 * The elements in increasing order along an axis.
 *
 * Options: `axis` (by default the last), `descending`. Stable in both directions, so that the gradient at a tie goes
 * where the element came from; NaN comes last in both. O(n log n).
 *
 * @throws ShapeError when the axis is out of range
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.sort(T.of([10, 9, 1])) // => T.of([1, 9, 10])
 * pipe(T.of([[1, 4], [3, 2]]), T.sort({ axis: 0, descending: true })) // => T.of([[3, 4], [1, 2]])
 * grad((x: T.Tensor<[3]>) => T.dot(T.sort(x), T.of([1, 2, 3])))(T.of([10, 9, 1])) // => T.of([3, 2, 1])
 */
export const sort: Sort = dataFirst<Sort>(sortOptions('sort'), (x, options: SortOptions = {}) => {
  const [positions, axis] = order('sort', x, options)
  return takeAlongAxis(x, positions, { axis })
})

/**
 * The `k` largest elements along an axis (by default the last), largest first, and their positions as int32.
 *
 * Of equal elements the first are taken first; NaN comes last. The gradient goes to the elements that were taken.
 *
 * @throws ShapeError when the axis is out of range, or has fewer than `k` elements
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.topK(T.of([3, 1, 4, 1, 5]), 2) // => [T.of([5, 4]), T.of([4, 2], 'int32')]
 * pipe(T.of([[1, 2], [4, 3]]), T.topK(1, { axis: 0 })) // => [T.of([[4, 3]]), T.of([[1, 1]], 'int32')]
 */
export const topK: TopK = dataFirst<TopK>(
  options<AlongAxis>('topK', { axis: checkedLater }),
  (x, k: number, given: AlongAxis = {}) => {
    const axis = normalizeAxis('topK', given.axis ?? -1, x.shape)
    const n = x.shape[axis]!
    if (!(Number.isInteger(k) && k >= 0 && k <= n)) {
      throw new ShapeError(
        'topK',
        [x.shape],
        `k is ${describe(k)}; along axis ${axis} of shape ${show(x.shape)}, expected an integer from 0 to ${n}`
      )
    }
    const positions = bindOne(argsortPrimitive, [x], { axis, descending: true, count: k })
    return [takeAlongAxis(x, positions, { axis }), positions]
  },
  1
)
