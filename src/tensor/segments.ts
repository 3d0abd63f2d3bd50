/** Reductions of segments: of the elements that have the same number. */
import { coded } from '../primitive/code.js'
import { type DType, allocate, isFloat } from '../DType.js'
import { refusal } from '../internal/describe.js'
import { dataAt, dataFirst, dualBy } from '../internal/dual.js'
import { type Options, count as countKind, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { segmentMaxInto } from '../kernel/segments.js'
import { align, behind } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import { real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { bottom, readForSize } from '../primitive/traced.js'
import { IndexError, normalizeIndices } from '../shape/indices.js'
import type { LeadingReplaced } from '../shape/layout.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { addAlongAxis, takeAlongAxis } from './alongAxis.js'
import { type OneAxis, arrange } from './alongBlock.js'
import { add, div } from './arithmetic.js'
import { equal } from './comparison.js'
import { arange } from './construct.js'
import { scatterAdd } from './indexing.js'
import { type ShapeOfIndices, requireIndices } from './indices.js'
import { type Tensor, contiguous, fill, fromData, isTensor } from './model.js'
import { mod } from './rounding.js'
import { broadcastToShape, cast, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `segmentSum` and `segmentMax`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const four: T.SegmentOptions = { numSegments: 4 }
 * T.segmentSum(T.of([1, 2]), [0, 2], four) // => T.of([1, 0, 2, 0])
 */
export interface SegmentOptions {
  /** How many segments there are; one more than the largest number by default, which must be concrete then. */
  readonly numSegments?: number
}

/**
 * The options of `bincount`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const five: T.BincountOptions = { length: 5 }
 * T.bincount(T.of([0, 2], 'int32'), five) // => T.of([1, 0, 1, 0, 0], 'int32')
 */
export interface BincountOptions {
  /** How many numbers are counted, from 0 on; one more than the largest by default, which must be concrete then. */
  readonly length?: number
}

type Ids = Tensor | readonly number[]

/** The number that an option gives. */
type Count<O, Key extends PropertyKey> = Given<O, Key, number> extends infer N extends number ? N : number

interface SegmentReduction {
  <S extends Shape, const I extends Ids, const O extends SegmentOptions = {}>(
    x: Tensor<S>,
    ids: I,
    options?: O & Only<O, SegmentOptions>
  ): Tensor<LeadingReplaced<S, ShapeOfIndices<I>, Count<O, 'numSegments'>>>
  <const I extends Ids, const O extends SegmentOptions = {}>(
    ids: I,
    options?: O & Only<O, SegmentOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<LeadingReplaced<S, ShapeOfIndices<I>, Count<O, 'numSegments'>>>
}

interface Bincount {
  <const O extends BincountOptions>(options: O & Only<O, BincountOptions>): (x: Tensor) => Tensor<[Count<O, 'length'>]>
  <const O extends BincountOptions = {}>(
    x: Tensor,
    options?: O & Only<O, BincountOptions>
  ): Tensor<[Count<O, 'length'>]>
}

export interface Segments extends OneAxis {
  readonly count: number
}

/** One more than the largest of some numbers, 0 of none. */
const countFrom = (operation: string, ids: Tensor, option: string): number => {
  const { data, offset } = contiguous(readForSize(operation, ids, `give ${option}`))
  let count = 0
  for (let i = 0; i < size(ids.shape); i++) count = Math.max(count, data[offset + i]! + 1)
  return count
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** What the largest of nothing is. */
export const least = (dtype: DType): number => (isFloat(dtype) ? -Infinity : dtype === 'int32' ? -(2 ** 31) : 0)

/** `out[o, k, i]` is the largest `x[o, j, i]` with `ids[o, j, i] = k`; the shapes of the two are the same. */
export const segmentMaxPrimitive: Primitive<Segments> = coded(
  op<2, Segments>({
    name: 'segmentMax',
    kind: 'index',
    arity: 2,
    refuses: [1],
    infer: (x, _ids, { axis, count }) => ({ shape: x.shape.map((n, i) => (i === axis ? count : n)), dtype: x.dtype }),
    evaluate: (x, ids, { axis, count }, out) => {
      const { data, offset, outer, along, inner } = arrange(x, [axis])
      const numbers = contiguous(ids)
      const places = normalizeIndices('segmentMax', numbers.data, numbers.offset, size(ids.shape), count)
      const result = allocate(out.dtype, size(out.shape)).fill(least(out.dtype))
      segmentMaxInto(data, offset, places, outer, along, inner, count, result)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: [
      (tangent, x, ids, out, { axis }) =>
        addAlongAxis(fill(out.shape, out.dtype, 0), ids, guardedMul(tangent, shares(x, ids, out, axis)), { axis }),
      undefined
    ],
    vjp: [
      (x, ids, out, { axis }) =>
        (ct) =>
          guardedMul(takeAlongAxis(ct, ids, { axis }), shares(x, ids, out, axis)),
      undefined
    ],
    batch: (operands, mapped, { axis, count }, size) =>
      bindOne(segmentMaxPrimitive, align(operands, mapped, size), { axis: behind(axis), count }),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1 })
      const axis = draw.integer(0, shape.length - 1)
      const n = shape[axis]!
      // Every segment has an element: of nothing the largest is infinite.
      const count = n === 0 ? 0 : draw.integer(1, n)
      const column = reshapeTo(
        arange(n, 'int32'),
        shape.map((_, i) => (i === axis ? n : 1))
      )
      const first = draw.indices(
        shape.map((m, i) => (i === axis ? Math.min(n, 1) : m)),
        Math.max(1, count)
      )
      return { operands: [draw.distinct(shape, real), mod(add(column, first), count)], params: { axis, count } }
    }
  })
)

/** One divided by the number of elements that equal the largest of their segment, for each of them; 0 for the others. */
const shares = (x: Tensor, ids: Tensor, out: Tensor, axis: number): Tensor => {
  const hits = cast(equal(x, takeAlongAxis(out, ids, { axis })), x.dtype)
  const counts = addAlongAxis(fill(out.shape, out.dtype, 0), ids, hits, { axis })
  return div(hits, takeAlongAxis(counts, ids, { axis }))
}

/** How often each number below a length occurs along the last axis. */
export const bincountPrimitive: Primitive<{ readonly length: number }> = coded(
  op<1, { readonly length: number }>({
    name: 'bincount',
    kind: 'index',
    arity: 1,
    refuses: [0],
    infer: (x, { length }) => ({ shape: [...x.shape.slice(0, -1), length], dtype: 'int32' }),
    evaluate: (x, { length }, out) => {
      const { data, offset } = contiguous(x)
      const n = x.shape[x.shape.length - 1]!
      const result = new Int32Array(size(out.shape))
      for (let i = 0; i < size(x.shape); i++) {
        const value = data[offset + i]!
        if (value < 0 || value >= length) throw new IndexError('bincount', value, length, 0)
        result[Math.floor(i / n) * length + value]!++
      }
      return fromData(out.shape, out.dtype, result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(bincountPrimitive, operands, params),
    sample: (draw) => {
      const length = draw.integer(1, 4)
      return { operands: [draw.indices(draw.shape({ minRank: 1 }), length)], params: { length } }
    }
  })
)

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const idsOf = (operation: string, ids: Ids): Tensor => {
  if (isTensor(ids)) return requireIndices(operation, ids)
  const wrong = ids.findIndex((id) => !Number.isInteger(id))
  if (wrong >= 0) throw new TypeError(refusal(operation, `ids[${wrong}]`, ids[wrong], 'an integer'))
  return fromData([ids.length], 'int32', Int32Array.from(ids))
}

/* @__NO_SIDE_EFFECTS__ */
const segmentReduction = (
  name: string,
  reduce: (x: Tensor, ids: Tensor, count: number) => Tensor
): SegmentReduction => {
  const check: Options = options<SegmentOptions>(name, { numSegments: countKind })
  const wait = (ids: unknown): void => {
    if (!Array.isArray(ids)) requireTensor(name, ids)
  }
  return dualBy<SegmentReduction>(
    dataAt(1, check, wait),
    (x: Tensor, given: Ids, { numSegments }: SegmentOptions = {}) => {
      requireTensor(name, x)
      const ids = idsOf(name, given)
      const rank = ids.shape.length
      if (!equals(ids.shape, x.shape.slice(0, rank))) {
        throw new ShapeError(
          name,
          [x.shape, ids.shape],
          `ids have shape ${show(ids.shape)}; for shape ${show(x.shape)}, expected that shape or its leading sizes`
        )
      }
      const count = numSegments ?? countFrom(name, ids, 'numSegments')
      const values = bottom(ids)
      if (values !== undefined) {
        const { data, offset } = contiguous(values)
        normalizeIndices(name, data, offset, size(values.shape), count)
      }
      return reduce(x, ids, count)
    }
  )
}

/**
 * The sums of segments: slice `k` of the result is the sum of the slices of `x` whose number is `k`. `jax.ops.segment_sum`.
 *
 * `ids` gives a number, from 0 on, for each slice along the first axis: an int32 tensor `[n]`, or an array of numbers, for `x`
 * `[n, ...]`; or for several leading axes, whose shape it has. The result is `[numSegments, ...]`, 0 where nothing belongs to a
 * segment. Negative numbers count from the end, as in `gather`; sums are those of `scatterAdd`, and bool counts as int32.
 *
 * @throws IndexError when a number is not below `numSegments`
 * @throws ShapeError when `ids` has another shape than the leading axes
 * @throws LeakedTracerError without `numSegments`, when `ids` comes from inside a transformation
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.segmentSum(T.of([1, 2, 4]), [0, 1, 0]) // => T.of([5, 2])
 * pipe(T.of([[1, 2], [3, 4]]), T.segmentSum(T.of([1, 1], 'int32'), { numSegments: 3 })) // => T.of([[0, 0], [4, 6], [0, 0]])
 */
export const segmentSum: SegmentReduction = segmentReduction('segmentSum', (x, ids, count) => {
  const zeros = fill([count, ...x.shape.slice(ids.shape.length)], x.dtype, 0)
  return scatterAdd(zeros, ids, x)
})

/**
 * The maxima of segments: slice `k` of the result is the elementwise maximum of the slices of `x` whose number is `k`, NaN where
 * there is one. `jax.ops.segment_max`. Where nothing belongs to a segment it is -Infinity, the least int32, or false.
 *
 * Shapes, numbers and errors are as in `segmentSum`. The derivative is divided evenly among equal largest elements, as with
 * `max`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.segmentMax(T.of([1, 5, 4]), [0, 1, 0]) // => T.of([4, 5])
 * pipe(T.of([[1, 2], [3, 0]]), T.segmentMax([0, 0])) // => T.of([[3, 2]])
 * grad((x: T.Tensor<[3]>) => T.sum(T.segmentMax(x, [0, 0, 1])))(T.of([2, 2, 7])) // => T.of([0.5, 0.5, 1])
 */
export const segmentMax: SegmentReduction = segmentReduction('segmentMax', (x, ids, count) => {
  const shape = [size(ids.shape), ...x.shape.slice(ids.shape.length)]
  const rows = reshapeTo(ids, [shape[0]!, ...shape.slice(1).map(() => 1)])
  return bindOne(segmentMaxPrimitive, [reshapeTo(x, shape), broadcastToShape(rows, shape)], { axis: 0, count })
})

/**
 * How often each of the numbers 0, 1, ... occurs in an int32 tensor of any shape, as int32: `numpy.bincount`. With weights, it
 * is `T.segmentSum(weights, x, { numSegments })`. It has no derivative.
 *
 * @throws IndexError when a number is negative, or not below `length`
 * @throws DTypeError when the tensor is not int32
 * @throws LeakedTracerError without `length`, when the tensor comes from inside a transformation
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.bincount(T.of([1, 3, 1], 'int32')) // => T.of([0, 2, 0, 1], 'int32')
 * pipe(T.of([0, 0], 'int32'), T.bincount({ length: 2 })) // => T.of([2, 0], 'int32')
 */
export const bincount: Bincount = dataFirst<Bincount>(
  options<BincountOptions>('bincount', { length: countKind }),
  (x: Tensor, { length }: BincountOptions = {}): Tensor => {
    const ids = requireIndices('bincount', x)
    return bindOne(bincountPrimitive, [reshapeTo(ids, [size(ids.shape)])], {
      length: length ?? countFrom('bincount', ids, 'length')
    })
  }
)
