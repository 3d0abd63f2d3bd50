/** Results whose size depends on values: of concrete tensors only. */
import { dataFirst, dual } from '../internal/dual.js'
import { flag, options } from '../internal/options.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { allocate } from '../DType.js'
import { argsortInto } from '../kernel/sort.js'
import { readForSize } from '../primitive/traced.js'
import type { LeadingReplaced } from '../shape/layout.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { gather } from './indexing.js'
import { type Tensor, contiguous, fromData } from './model.js'
import { reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What `unique` gives beside the values.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const counted: T.UniqueOptions = { counts: true }
 * T.unique(T.of([7, 7]), counted) // => { values: T.of([7]), counts: T.of([2], 'int32') }
 */
export interface UniqueOptions {
  /** Whether to give the position of each element among the values, int32 and of the shape of the operand. */
  readonly inverse?: boolean
  /** Whether to give how often each value occurs, as int32. */
  readonly counts?: boolean
}

interface Values {
  readonly values: Tensor<[number]>
}

interface Inverse<S extends Shape> {
  readonly inverse: Tensor<S>
}

interface Counts {
  readonly counts: Tensor<[number]>
}

interface Unique {
  <S extends Shape>(
    x: Tensor<S>,
    options: { readonly inverse: true; readonly counts: true }
  ): Values & Inverse<S> & Counts
  <S extends Shape>(x: Tensor<S>, options: { readonly inverse: true; readonly counts?: false }): Values & Inverse<S>
  (x: Tensor, options: { readonly inverse?: false; readonly counts: true }): Values & Counts
  <S extends Shape>(x: Tensor<S>, options: UniqueOptions): Tensor<[number]> | (Values & Partial<Inverse<S> & Counts>)
  (options: {
    readonly inverse: true
    readonly counts: true
  }): <S extends Shape>(x: Tensor<S>) => Values & Inverse<S> & Counts
  (options: { readonly inverse: true; readonly counts?: false }): <S extends Shape>(x: Tensor<S>) => Values & Inverse<S>
  (options: { readonly inverse?: false; readonly counts: true }): (x: Tensor) => Values & Counts
  (x: Tensor): Tensor<[number]>
}

/** One vector of positions per axis. */
type PositionsOf<S extends Shape> = { readonly [Axis in keyof S]: Tensor<[number]> }

interface BooleanMask {
  <S extends Shape, M extends Shape>(x: Tensor<S>, mask: Tensor<M>): Tensor<LeadingReplaced<S, M, number>>
  <M extends Shape>(mask: Tensor<M>): <S extends Shape>(x: Tensor<S>) => Tensor<LeadingReplaced<S, M, number>>
}

// -----------------------------------------------------------------------------
// values
// -----------------------------------------------------------------------------

/** Where in increasing order a number differs from the one before; NaN is one value. */
const isNew = (value: number, before: number): boolean => !(value === before || (value !== value && before !== before))

const int32 = (values: readonly number[]): Tensor => fromData([values.length], 'int32', Int32Array.from(values))

const distinct = (x: Tensor, { inverse = false, counts = false }: UniqueOptions = {}): unknown => {
  const { data, offset } = contiguous(readForSize('unique', x))
  const n = size(x.shape)
  const order = new Int32Array(n)
  argsortInto({ data, offset, outer: 1, along: n, inner: 1 }, false, n, order)
  const places = new Int32Array(n)
  const firsts: number[] = []
  order.forEach((position, i) => {
    if (i === 0 || isNew(data[offset + position]!, data[offset + order[i - 1]!]!)) firsts.push(i)
    places[position] = firsts.length - 1
  })
  const found = allocate(x.dtype, firsts.length)
  firsts.forEach((first, i) => {
    found[i] = data[offset + order[first]!]!
  })
  const values = fromData([firsts.length], x.dtype, found)
  if (!inverse && !counts) return values
  return {
    values,
    ...(inverse && { inverse: fromData(x.shape, 'int32', places) }),
    ...(counts && { counts: int32(firsts.map((first, i) => (firsts[i + 1] ?? n) - first)) })
  }
}

/**
 * The values of a tensor in increasing order, each once; with options also where they are and how often: `numpy.unique`.
 *
 * `T.unique(x)` is a vector. With `inverse` or `counts` it is a record of `values`, of `inverse`, which has the shape of `x` and
 * `T.gather(values, inverse)` equal to it, and of `counts`. -0 equals 0, and the first of them stays; all NaN are one value,
 * the last. O(n log n).
 *
 * Its size depends on the values: inside `vmap`, or a function that is staged or differentiated in `x`, it throws a
 * `LeakedTracerError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.unique(T.of([3, 1, 3])) // => T.of([1, 3])
 * const { values, inverse, counts } = T.unique(T.of([3, 1, 3]), { inverse: true, counts: true })
 * T.gather(values, inverse) // => T.of([3, 1, 3])
 * counts // => T.of([1, 2], 'int32')
 * pipe(T.of([2, 2]), T.unique({ counts: true })).counts // => T.of([2], 'int32')
 */
export const unique: Unique = dataFirst<Unique>(
  options<UniqueOptions>('unique', { inverse: flag, counts: flag }),
  distinct
)

// -----------------------------------------------------------------------------
// positions
// -----------------------------------------------------------------------------

/** The row-major positions of the elements other than 0. */
const positionsIn = (operation: string, x: Tensor): readonly number[] => {
  const { data, offset } = contiguous(readForSize(operation, x))
  const found: number[] = []
  for (let i = 0; i < size(x.shape); i++) if (data[offset + i] !== 0) found.push(i)
  return found
}

/**
 * Where the elements other than 0 are (NaN is among them), in row-major order: one int32 vector of positions per axis.
 * `numpy.nonzero`, and `torch.nonzero` with `as_tuple=True`. `T.stack(T.nonzero(x), { axis: 1 })` has a row per element.
 *
 * The sizes depend on the values: inside `vmap`, or a function that is staged or differentiated in `x`, it throws a
 * `LeakedTracerError`. A scalar throws a `ShapeError`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([5, 0, 7])
 * const [at] = T.nonzero(x)
 * T.gather(x, at) // => T.of([5, 7])
 * T.nonzero(T.of([[0, 1], [1, 0]])) // => [T.of([0, 1], 'int32'), T.of([1, 0], 'int32')]
 */
export function nonzero<S extends Shape>(x: Tensor<S>): PositionsOf<S>
export function nonzero(x: Tensor): readonly Tensor[] {
  const found = positionsIn('nonzero', x)
  if (x.shape.length === 0) throw new ShapeError('nonzero', [[]], 'the operand is a scalar; expected one axis or more')
  return x.shape.map((n, axis) => {
    const inner = size(x.shape.slice(axis + 1))
    return int32(found.map((position) => Math.floor(position / inner) % n))
  })
}

/**
 * The elements of a tensor, or its slices along leading axes, where a mask is true, in row-major order: `x[mask]` in NumPy
 * and PyTorch, `tf.boolean_mask`.
 *
 * The mask has the shape of `x` or of its leading axes, which one axis of as many elements as are true replaces. The
 * derivative in `x` is that of `gather`.
 *
 * The size depends on the mask: one from inside `vmap`, or a staged or differentiated function, throws a
 * `LeakedTracerError`. Where the size need not change, write `T.where(mask, x, 0)`, which works everywhere.
 *
 * @throws ShapeError when the shape of the mask is not that of leading axes
 * @throws DTypeError when the mask is not bool
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, -2], [3, 4]])
 * T.booleanMask(x, T.greater(x, 0)) // => T.of([1, 3, 4])
 * pipe(x, T.booleanMask(T.of([false, true]))) // => T.of([[3, 4]])
 * grad((y: T.Tensor<[2]>) => T.sum(T.booleanMask(y, T.of([false, true]))))(T.of([5, 6])) // => T.of([0, 1])
 */
export const booleanMask: BooleanMask = dual((x: Tensor, mask: Tensor): Tensor => {
  requireTensor('booleanMask', x)
  requireTensor('booleanMask', mask, 'the mask')
  if (mask.dtype !== 'bool') throw new DTypeError('booleanMask', `the mask is ${mask.dtype}; expected bool`)
  const rank = mask.shape.length
  if (!equals(mask.shape, x.shape.slice(0, rank))) {
    throw new ShapeError(
      'booleanMask',
      [x.shape, mask.shape],
      `the mask has shape ${show(mask.shape)}; for shape ${show(x.shape)}, expected that shape or its leading sizes`
    )
  }
  const rows = reshapeTo(x, [size(mask.shape), ...x.shape.slice(rank)])
  return gather(rows, int32(positionsIn('booleanMask', mask)))
})
