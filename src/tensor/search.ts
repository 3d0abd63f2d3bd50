/** Where values belong in a sorted vector. */
import { options, oneOf } from '../internal/options.js'
import { dualBy, dataAt } from '../internal/dual.js'
import { isFloat } from '../DType.js'
import { searchSortedInto } from '../kernel/search.js'
import { align } from '../primitive/batch.js'
import { awayFrom, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { toArray } from './destruct.js'
import { type Tensor, contiguous, fromData, fromNumber } from './model.js'
import { sort } from './sorting.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * On which side of equal elements a value belongs: `'left'` before them, `'right'` behind them.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const behind: T.Side = 'right'
 * T.searchSorted(T.of([1, 2, 2]), 2, { side: behind }) // => T.scalar(3, 'int32')
 */
export type Side = 'left' | 'right'

interface SearchOptions {
  readonly side?: Side
}

type SearchParams = Required<SearchOptions>

interface SearchSorted extends HasPrimitive<SearchParams> {
  <S extends Shape>(sorted: Tensor, values: Tensor<S>, options?: SearchOptions): Tensor<S>
  (sorted: Tensor, value: number, options?: SearchOptions): Tensor<[]>
  <S extends Shape>(values: Tensor<S>, options?: SearchOptions): (sorted: Tensor) => Tensor<S>
  (value: number, options?: SearchOptions): (sorted: Tensor) => Tensor<[]>
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** Positions in sorted vectors `[..., n]`, of values `[..., ...]` whose leading axes are those of the vectors. */
const searchSortedPrimitive: Primitive<SearchParams> = op<2, SearchParams>({
  name: 'searchSorted',
  kind: 'opaque',
  arity: 2,
  infer: (_sorted, values) => ({ shape: values.shape, dtype: 'int32' }),
  evaluate: (sorted, values, { side }, out) => {
    const list = contiguous(sorted)
    const wanted = contiguous(values)
    const n = sorted.shape[sorted.shape.length - 1]!
    const lists = size(sorted.shape.slice(0, -1))
    const data = new Int32Array(size(out.shape))
    const each = lists === 0 ? 0 : data.length / lists
    for (let i = 0; i < lists; i++) {
      const found = data.subarray(i * each, (i + 1) * each)
      const [start, first] = [list.offset + i * n, wanted.offset + i * each]
      searchSortedInto(list.data, start, n, wanted.data, first, side === 'right', found)
    }
    return fromData(out.shape, out.dtype, data)
  },
  jvp: undefined,
  vjp: undefined,
  batch: ([sorted, values], mapped, params, size) =>
    mapped[0] !== true && sorted!.shape.length === 1
      ? bindOne(searchSortedPrimitive, [sorted!, values!], params)
      : bindOne(searchSortedPrimitive, align([sorted!, values!], mapped, size), params),
  sample: (draw) => {
    const lists = draw.shape({ maxRank: 1, maxSize: 3 })
    const list = draw.tensor([...lists, draw.integer(0, 4)], real)
    // Where a value meets an element, its position jumps.
    const values = draw.tensor([...lists, ...draw.shape({ maxRank: 2 })], awayFrom([...toArray(list)])(real))
    return { operands: [sort(list), values], params: { side: draw.pick<Side>(['left', 'right']) } }
  }
})

/**
 * The positions at which values would be inserted into a sorted vector to keep it sorted, as int32: `numpy.searchsorted`.
 *
 * `side: 'left'` (the default) counts the elements less than the value, `'right'` those not greater. NaN counts as
 * greater than every number. The vector must be in increasing order, which is not checked. It has no derivative.
 *
 * @throws ShapeError when `sorted` is not a vector
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const edges = T.of([0, 10, 20])
 * T.searchSorted(edges, T.of([-5, 10, 15, 99])) // => T.of([0, 1, 2, 3], 'int32')
 * pipe(edges, T.searchSorted(10, { side: 'right' })) // => T.scalar(2, 'int32')
 */
export const searchSorted: SearchSorted = expose(
  dualBy<SearchSorted>(
    dataAt(1, options<SearchOptions>('searchSorted', { side: oneOf('left', 'right') })),
    (sorted: Tensor, values: Tensor | number, { side = 'left' }: SearchOptions = {}): Tensor => {
      requireTensor('searchSorted', sorted)
      if (sorted.shape.length !== 1) {
        throw new ShapeError('searchSorted', [sorted.shape], `shape is ${show(sorted.shape)}; expected a sorted vector`)
      }
      const wanted =
        typeof values === 'number' ? fromNumber(isFloat(sorted.dtype) ? sorted.dtype : 'float64', values) : values
      return bindOne(searchSortedPrimitive, [sorted, wanted], { side })
    }
  ),
  searchSortedPrimitive
)
