/** Tensors with other elements in some places: at positions on each axis, or at indices along one. */
import { coded } from '../primitive/code.js'
import { allocate, promote } from '../DType.js'
import { describe, isCopy, refusal, restore } from '../internal/describe.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { bindOne } from '../primitive/bind.js'
import { besideNumber } from '../primitive/front.js'
import { type Primitive, none } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { normalizeIndex, normalizeIndices } from '../shape/indices.js'
import type { Positioned } from '../shape/layout.js'
import { type Shape, ShapeError, broadcast, equals, normalizeAxis, show, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { greaterEqual } from './comparison.js'
import { gather } from './indexing.js'
import { type AlongAxis, type Gathered, type ShapeOfIndices, axisOption, requireOperand, toIndices } from './indices.js'
import { type Tensor, contiguous, fill, fromData, fromNumber, isTensor } from './model.js'
import { wherePrimitive } from './select.js'
import { type Positions, type SliceRange, positions } from './slice.js'
import { type Window, place, take } from './stridedWindow.js'
import { broadcastToShape, cast, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Where `set` and `update` write.
 *
 * - An array is a position on each axis, from the first on: an integer, `null` for all of it, or a range as `slice`
 *   takes it. Axes behind the last position are taken whole, those with an integer are missing in the part.
 * - An integer, or an int32 tensor of any shape, is a list of indices along one axis, as `gather` takes them.
 *
 * So `[0, 2]` is one element of a matrix, and `T.of([0, 2], 'int32')` two of its rows.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const lastColumn: T.Places = [null, -1]
 * T.set(T.zeros([2, 2]), lastColumn, 1) // => T.of([[0, 1], [0, 1]])
 */
export type Places = Tensor | number | readonly (number | SliceRange)[]

/** The shape of the part of a tensor at given places. */
type Part<S extends Shape, I, Axis> = I extends readonly unknown[]
  ? Positioned<S, I>
  : Gathered<S, ShapeOfIndices<I>, Axis>

interface SetAt {
  <S extends Shape>(x: Tensor<S>, index: Places, value: Tensor | number, options?: AlongAxis): Tensor<S>
  (index: Places, value: Tensor | number, options?: AlongAxis): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

interface UpdateAt {
  <S extends Shape, const I extends Places, const O extends AlongAxis = {}>(
    x: Tensor<S>,
    index: I,
    f: (part: Tensor<Part<S, I, Given<O, 'axis', 0>>>) => Tensor<Part<S, I, Given<O, 'axis', 0>>>,
    options?: O & Only<O, AlongAxis>
  ): Tensor<S>
  (index: Places, f: (part: Tensor) => Tensor, options?: AlongAxis): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/** A part of a tensor: what is there, and the tensor with something else there, of the same shape and type. */
interface Located {
  readonly shape: Shape
  readonly read: () => Tensor
  readonly write: (value: Tensor) => Tensor
}

// -----------------------------------------------------------------------------
// positions on each axis
// -----------------------------------------------------------------------------

const windowOf = (each: readonly Positions[]): Window => ({
  starts: each.map(({ start }) => start),
  steps: each.map(({ step }) => step),
  sizes: each.map(({ count }) => count)
})

/** True inside a window; of size 1 along the axes that it covers. */
const mask = (shape: Shape, each: readonly Positions[]): Tensor => {
  const covers = shape.map((n, axis) => each[axis]!.count === n)
  const window = windowOf(each.map((at, axis) => (covers[axis] ? { start: 0, step: 1, count: 1 } : at)))
  const placement = { ...window, shape: shape.map((n, axis) => (covers[axis] ? 1 : n)), value: 0 }
  return place(fill(window.sizes, 'bool', 1), placement)
}

const onEachAxis = (operation: string, x: Tensor, list: readonly (number | SliceRange)[]): Located => {
  const { shape } = x
  if (list.length > shape.length) {
    throw new ShapeError(
      operation,
      [shape],
      `${describe(list)} has ${list.length} positions for shape ${show(shape)}; expected at most ${shape.length}. For ` +
        `several places along one axis pass T.of([...], 'int32')`
    )
  }
  const each = shape.map((n, axis) => {
    const position = axis < list.length ? list[axis]! : null
    if (typeof position === 'number') return { start: normalizeIndex(operation, position, n), step: 1, count: 1 }
    return positions(operation, shape, axis, position)
  })
  const window = windowOf(each)
  const kept = window.sizes.filter((_, axis) => typeof list[axis] !== 'number')
  return {
    shape: kept,
    read: () => reshapeTo(take(x, window), kept),
    write: (value) => {
      const placed = place(reshapeTo(value, window.sizes), { ...window, shape, value: 0 })
      return bindOne(wherePrimitive, [broadcastToShape(mask(shape, each), shape), placed, x], none)
    }
  }
}

// -----------------------------------------------------------------------------
// indices along an axis
// -----------------------------------------------------------------------------

export interface LastOccurrence {
  /** The operation that the indices are for, which names the error for one that is out of range. */
  readonly operation: string
  /** The length of the axis that they are for. */
  readonly length: number
}

/** `out[..., k]` = the last j with `indices[..., j]` = k, or -1. */
export const lastOccurrencePrimitive: Primitive<LastOccurrence> = coded(
  op<1, LastOccurrence>({
    name: 'lastOccurrence',
    kind: 'index',
    arity: 1,
    refuses: [0],
    infer: ({ shape }, { length }) => ({ shape: [...shape.slice(0, -1), length], dtype: 'int32' }),
    evaluate: (indices, { operation, length }, out) => {
      const { data, offset } = contiguous(indices)
      const places = normalizeIndices(operation, data, offset, size(indices.shape), length)
      const count = indices.shape[indices.shape.length - 1]!
      const result = allocate('int32', size(out.shape)).fill(-1)
      for (let i = 0; i < places.length; i++) result[Math.floor(i / count) * length + places[i]!] = i % count
      return fromData(out.shape, 'int32', result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(lastOccurrencePrimitive, operands, params),
    sample: (draw) => {
      const length = draw.integer(1, 4)
      return { operands: [draw.indices(draw.shape({ minRank: 1 }), length)], params: { operation: 'set', length } }
    }
  })
)

const alongAxis = (operation: string, x: Tensor, indices: Tensor, axis: number): Located => {
  const [before, n, behind] = [x.shape.slice(0, axis), x.shape[axis]!, x.shape.slice(axis + 1)]
  const count = size(indices.shape)
  const last = bindOne(lastOccurrencePrimitive, [reshapeTo(indices, [count])], { operation, length: n })
  return {
    shape: [...before, ...indices.shape, ...behind],
    read: () => bindOne(gather.primitive, [x, indices], { axis }),
    write: (value) => {
      if (count === 0) return x
      // Where nothing is written, the last value is read and not chosen.
      const latest = bindOne(gather.primitive, [reshapeTo(value, [...before, count, ...behind]), last], { axis })
      const written = reshapeTo(greaterEqual(last, 0), [n, ...behind.map(() => 1)])
      return bindOne(wherePrimitive, [broadcastToShape(written, x.shape), latest, x], none)
    }
  }
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const isList = (index: Places): index is readonly (number | SliceRange)[] => Array.isArray(index)

const locate = (operation: string, x: Tensor, index: Places, options: AlongAxis): Located => {
  requireTensor(operation, x)
  if (isList(index)) {
    if (options.axis === undefined) return onEachAxis(operation, x, index)
    const rule = `an array has positions on each axis, and axis is ${options.axis}`
    throw new ShapeError(operation, [x.shape], `${rule}; expected an integer or an int32 tensor beside it`)
  }
  if (typeof index !== 'number' && !isTensor(index)) {
    const expected = 'an integer, an array of positions or an int32 tensor'
    throw new TypeError(`${refusal(operation, 'the index', index, expected)}${isCopy(index) ? restore : ''}`)
  }
  const axis = normalizeAxis(operation, options.axis ?? 0, x.shape)
  if (!isTensor(index)) return onEachAxis(operation, x, [...x.shape.slice(0, axis).map(() => null), index])
  return alongAxis(operation, x, toIndices(operation, index, x.shape[axis]!), axis)
}

/** A value as it is written: of the type of the tensor and the shape of the part. */
const fitted = (operation: string, value: Tensor | number, { dtype }: Tensor, shape: Shape): Tensor => {
  if (typeof value !== 'number') requireTensor(operation, value, 'the value')
  const own = typeof value === 'number' ? besideNumber(operation, 'any', value, dtype) : promote(value.dtype, dtype)
  if (own !== dtype) {
    const given = typeof value === 'number' ? `${value}` : `of ${value.dtype}`
    throw new DTypeError(
      operation,
      `the value is ${given}; expected one of ${dtype}, cast it or the tensor with T.cast`
    )
  }
  if (typeof value === 'number') return broadcastToShape(fromNumber(dtype, value), shape)
  const fit = broadcast(value.shape, shape)
  if (fit !== undefined && equals(fit, shape)) return broadcastToShape(cast(value, dtype), shape)
  const rule = `the value has shape ${show(value.shape)}; expected ${show(shape)}, or a shape that broadcasts to it`
  throw new ShapeError(operation, [value.shape, shape], rule)
}

/**
 * The tensor with a value in some places: JAX's `x.at[index].set(value)`, NumPy's `x[index] = value` on a copy.
 *
 * `index` is an array with a position on each axis, or an integer or int32 tensor along one axis (0 unless given), see
 * `Places`. The value is a number, or a tensor that broadcasts to the shape of the part and whose type promotes to that of
 * `x`, which stays. Where an index is given twice, the last one wins. Gradients follow: the cotangent of a value is that
 * of its place, and exactly 0 for a value that another one has replaced, and for the elements of `x` that were replaced.
 *
 * @throws IndexError when an index is out of range
 * @throws ShapeError when the value does not broadcast to the part, or for more positions than axes
 * @throws DTypeError when the indices are not int32, or the value is of a type that `x` cannot hold
 *
 * @see update
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.zeros([2, 3])
 * T.set(x, [1, 2], 5) // => T.of([[0, 0, 0], [0, 0, 5]])
 * T.set(x, [null, [0, 2]], T.of([1, 2])) // => T.of([[1, 2, 0], [1, 2, 0]])
 * pipe(x, T.set(-1, T.of([7, 8]), { axis: 1 })) // => T.of([[0, 0, 7], [0, 0, 8]])
 *
 * const twice = T.of([0, 2, 0], 'int32')
 * const written = (value: T.Tensor<[3]>): T.Tensor<[4]> => T.set(T.zeros([4]), twice, value)
 * written(T.of([1, 2, 3])) // => T.of([3, 0, 2, 0])
 * grad((value: T.Tensor<[3]>) => T.sum(written(value)))(T.of([1, 2, 3])) // => T.of([0, 1, 1])
 */
export const set: SetAt = dualBy<SetAt>(
  dataAt(2, axisOption('set'), (index, value) => {
    if (isTensor(index) && index.dtype !== 'int32') {
      const expected = 'expected T.set(x, index, value), or int32 indices and a value'
      throw new TypeError(`set: the value is missing behind a tensor of ${index.dtype}; ${expected}`)
    }
    requireOperand('set')(index)
    if (typeof value !== 'number') requireTensor('set', value, 'the value')
  }),
  (x: Tensor, index: Places, value: Tensor | number, options: AlongAxis = {}): Tensor => {
    const part = locate('set', x, index, options)
    return part.write(fitted('set', value, x, part.shape))
  }
)

const requireFunction = (f: unknown): void => {
  if (typeof f === 'function') return
  throw new TypeError(`update: f is ${describe(f)}; expected a function, or use T.set for a value`)
}

/**
 * The tensor with a function applied to some of its elements: JAX's `x.at[index].apply(f)`.
 *
 * It is `set(x, index, f(part))`, with the part of `x` at `index` (see `Places`), whose shape and type `f` must keep. `f` is
 * called once, with all of the part; where an index is given twice, both are given the old element, and the last
 * one wins. To add at indices, each as often as it is given, take `scatterAdd`.
 *
 * @throws IndexError when an index is out of range
 * @throws ShapeError when `f` changes the shape, or for more positions than axes
 * @throws DTypeError when `f` changes the type, or the indices are not int32
 *
 * @see set
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 2], [3, 4]])
 * T.update(x, [0, 1], T.square) // => T.of([[1, 4], [3, 4]])
 * T.update(x, 0, (row) => T.mul(row, 10)) // => T.of([[10, 20], [3, 4]])
 * pipe(x, T.update(T.of([1], 'int32'), T.neg, { axis: 1 })) // => T.of([[1, -2], [3, -4]])
 * grad((y: T.Tensor<[2, 2]>) => T.sum(T.update(y, [0, 1], T.square)))(x) // => T.of([[1, 4], [1, 1]])
 */
export const update: UpdateAt = dualBy<UpdateAt>(
  dataAt(2, axisOption('update'), (index, f) => {
    requireOperand('update')(index)
    requireFunction(f)
  }),
  (x: Tensor, index: Places, f: (part: Tensor) => Tensor, options: AlongAxis = {}): Tensor => {
    requireFunction(f)
    const part = locate('update', x, index, options)
    const result = f(part.read())
    const asked = `expected ${x.dtype} of shape ${show(part.shape)}, as f was given`
    if (!isTensor(result)) throw new TypeError(`update: f returned ${describe(result)}; ${asked}`)
    if (result.dtype !== x.dtype) throw new DTypeError('update', `f returned ${result.dtype}; ${asked}`)
    if (equals(result.shape, part.shape)) return part.write(result)
    throw new ShapeError('update', [result.shape, part.shape], `f returned shape ${show(result.shape)}; ${asked}`)
  }
)
