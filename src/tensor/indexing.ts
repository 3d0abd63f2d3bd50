/** Picking along an axis by a list of indices, and its transpose, adding at them. */
import { coded } from '../primitive/code.js'
import { dualBy, dataAt } from '../internal/dual.js'
import { type DType, allocate, promote } from '../DType.js'
import { around } from '../kernel/axisView.js'
import { gatherInto } from '../kernel/gather.js'
import { scatterAddInto } from '../kernel/scatter.js'
import { align, behind } from '../primitive/batch.js'
import { type Draw, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { normalizeIndex, normalizeIndices } from '../shape/indices.js'
import { type Shape, ShapeError, broadcast, equals, normalizeAxis, show, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { OneAxis } from './alongBlock.js'
import { asDense, copyOf } from './dense.js'
import { foldIndices } from './foldIndices.js'
import {
  type AlongAxis,
  type Gathered,
  type Indices,
  type ShapeOfIndices,
  requireOperand,
  toIndices,
  axisOption
} from './indices.js'
import { type Concrete, Dense, Scalar, type Tensor, contiguous, fill, fromData, fromNumber } from './model.js'
import { broadcastToShape, cast, permuteTo, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

interface Gather extends HasPrimitive<OneAxis> {
  <S extends Shape, const I extends Indices, const O extends AlongAxis = {}>(
    x: Tensor<S>,
    indices: I,
    options?: O & Only<O, AlongAxis>
  ): Tensor<Gathered<S, ShapeOfIndices<I>, Given<O, 'axis', 0>>>
  <const I extends Indices, const O extends AlongAxis = {}>(
    indices: I,
    options?: O & Only<O, AlongAxis>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Gathered<S, ShapeOfIndices<I>, Given<O, 'axis', 0>>>
}

interface ScatterAdd extends HasPrimitive<OneAxis> {
  <S extends Shape>(x: Tensor<S>, indices: Indices, updates: Tensor, options?: AlongAxis): Tensor<S>
  (indices: Indices, updates: Tensor, options?: AlongAxis): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

const splice = (shape: Shape, axis: number, inserted: Shape): Shape => [
  ...shape.slice(0, axis),
  ...inserted,
  ...shape.slice(axis + 1)
]

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** An axis of a drawn shape, and indices along it; none when it is empty. */
const drawIndices = (draw: Draw, shape: Shape): { readonly axis: number; readonly indices: Tensor } => {
  const axis = draw.integer(0, shape.length - 1)
  const n = shape[axis]!
  return { axis, indices: draw.indices(n === 0 ? [0] : draw.shape({ maxRank: 2, maxSize: 5 }), Math.max(1, n)) }
}

/** The elements at one index: a view. */
const select = ({ shape, dtype, data, strides, offset }: Dense, axis: number, index: number): Concrete => {
  const start = offset + index * strides[axis]!
  if (shape.length === 1) return fromNumber(dtype, data[start]!)
  return new Dense(splice(shape, axis, []), dtype, data, splice(strides, axis, []), start)
}

/** The tensor with `count` neighbouring axes, from one on, brought to another place among the others. */
const moved = (x: Tensor, from: number, count: number, to: number): Tensor => {
  const axes = x.shape.map((_, axis) => axis)
  const rest = [...axes.slice(0, from), ...axes.slice(from + count)]
  return permuteTo(x, [...rest.slice(0, to), ...axes.slice(from, from + count), ...rest.slice(to)])
}

/** The tables of all examples as one, along the axis that is picked from, which is brought to the front. */
const folded = (x: Tensor, axis: number): Tensor => {
  const tables = moved(x, behind(axis), 1, 1)
  const [count, n, ...rest] = tables.shape
  return reshapeTo(tables, [count! * n!, ...rest])
}

/** `out[o, ...j, i] = x[o, indices[...j], i]`, along an axis counted from the front. */
export const gatherPrimitive: Primitive<OneAxis> = coded(
  op<2, OneAxis>({
    name: 'gather',
    kind: 'index',
    arity: 2,
    refuses: [1],
    infer: (x, indices, { axis }) => ({ shape: splice(x.shape, axis, indices.shape), dtype: x.dtype }),
    evaluate: (x, indices, { axis }, out) => {
      const view = asDense(x)
      const n = x.shape[axis]!
      if (indices instanceof Scalar) return select(view, axis, normalizeIndex('gather', indices.value, n))
      const list = contiguous(indices)
      const picked = normalizeIndices('gather', list.data, list.offset, size(indices.shape), n)
      const data = allocate(out.dtype, size(out.shape))
      gatherInto(view.data, around(x.shape, view.strides, view.offset, axis), picked, data)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: 'linear',
    vjp: [
      ({ shape }, indices, _out, { axis }) =>
        (ct) =>
          scattered(shape, ct.dtype, indices, ct, axis),
      undefined
    ],
    batch: ([x, indices], [ofTables, ofIndices], { axis }) => {
      if (ofIndices !== true) return bindOne(gatherPrimitive, [x!, indices!], { axis: behind(axis) })
      if (ofTables !== true) return moved(bindOne(gatherPrimitive, [x!, indices!], { axis }), axis, 1, 0)
      const places = foldIndices('gather', indices!, x!.shape[behind(axis)]!)
      const picked = bindOne(gatherPrimitive, [folded(x!, axis), places], { axis: 0 })
      return moved(picked, 1, places.shape.length - 1, behind(axis))
    },
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1 })
      const { axis, indices } = drawIndices(draw, shape)
      return { operands: [draw.tensor(shape, real), indices], params: { axis } }
    }
  })
)

/** `out[o, indices[...j], i] = x[o, indices[...j], i] + sum updates[o, ...j, i]`, along an axis counted from the front. */
export const scatterAddPrimitive: Primitive<OneAxis> = coded(
  op<3, OneAxis>({
    name: 'scatterAdd',
    kind: 'index',
    arity: 3,
    refuses: [1],
    infer: (x) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: (x, indices, updates, { axis }, out) => {
      const n = x.shape[axis]!
      const list = contiguous(indices)
      const places = normalizeIndices('scatterAdd', list.data, list.offset, size(indices.shape), n)
      const outer = size(x.shape.slice(0, axis))
      const width = size(x.shape.slice(axis + 1))
      const data = copyOf(x)
      const added = contiguous(updates)
      scatterAddInto({ data, outer, size: n, width }, places, added.data, added.offset)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: [
      (tangent) => tangent,
      undefined,
      (tangent, x, indices, _updates, _out, { axis }) => scattered(x.shape, x.dtype, indices, tangent, axis)
    ],
    vjp: [
      () => (ct) => ct,
      undefined,
      (_x, indices, _updates, _out, params) => (ct) => bindOne(gatherPrimitive, [ct, indices], params)
    ],
    batch: ([x, indices, updates], [ofTables, ofIndices, ofUpdates], { axis }, size) => {
      const [to, added] = align([x!, updates!], [ofTables === true, ofUpdates === true], size)
      if (ofIndices !== true) return bindOne(scatterAddPrimitive, [to!, indices!, added!], { axis: behind(axis) })
      const n = to!.shape[behind(axis)]!
      const places = foldIndices('scatterAdd', indices!, n)
      const inOrder = moved(added!, behind(axis), places.shape.length - 1, 1)
      const sums = bindOne(scatterAddPrimitive, [folded(to!, axis), places, inOrder], { axis: 0 })
      return moved(reshapeTo(sums, [size, n, ...sums.shape.slice(1)]), 1, 1, behind(axis))
    },
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1 })
      const { axis, indices } = drawIndices(draw, shape)
      const updates = draw.tensor(splice(shape, axis, indices.shape), real)
      return { operands: [draw.tensor(shape, real), indices, updates], params: { axis } }
    }
  })
)

/** The updates added to zeros: the transpose of `gather`. */
const scattered = (shape: Shape, dtype: DType, indices: Tensor, updates: Tensor, axis: number): Tensor =>
  bindOne(scatterAddPrimitive, [fill(shape, dtype, 0), indices, updates], { axis })

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The elements at given indices along an axis (0 by default): `numpy.take`, `jax.numpy.take`.
 *
 * `indices` is an int32 tensor of any shape, an array of numbers or a number; its axes replace the axis. Negative
 * indices count from the end. Where an index is given twice, the gradients add up.
 *
 * @throws IndexError when an index is out of range
 * @throws DTypeError when the indices are not int32
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const table = T.of([[1, 2], [3, 4], [5, 6]])
 * T.gather(table, [2, 0, -1]) // => T.of([[5, 6], [1, 2], [5, 6]])
 * T.gather(table, 1) // => T.of([3, 4])
 * pipe(table, T.gather([1], { axis: 1 })) // => T.of([[2], [4], [6]])
 */
export const gather: Gather = expose(
  dualBy<Gather>(
    dataAt(1, axisOption('gather'), requireOperand('gather')),
    (x: Tensor, indices: Indices, options: AlongAxis = {}): Tensor => {
      requireTensor('gather', x)
      const axis = normalizeAxis('gather', options.axis ?? 0, x.shape)
      return bindOne(gatherPrimitive, [x, toIndices('gather', indices, x.shape[axis]!)], { axis })
    }
  ),
  gatherPrimitive
)

/**
 * The tensor with updates added at given indices along an axis (0 by default); an index given twice takes both.
 *
 * It is the transpose of `gather`: the updates have the shape that `gather(x, indices)` has, or broadcast to it. What
 * meets at one index is summed in float64.
 *
 * @throws IndexError when an index is out of range
 * @throws DTypeError when the indices are not int32
 * @throws ShapeError when the updates do not broadcast to the shape of `gather(x, indices)`
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.scatterAdd(T.zeros([3]), [0, 2, 0], T.of([1, 10, 100])) // => T.of([101, 0, 10])
 * pipe(T.ones([2, 2]), T.scatterAdd([1], T.scalar(5), { axis: 1 })) // => T.of([[1, 6], [1, 6]])
 */
export const scatterAdd: ScatterAdd = expose(
  dualBy<ScatterAdd>(
    dataAt(2, axisOption('scatterAdd'), requireOperand('scatterAdd')),
    (x: Tensor, indices: Indices, updates: Tensor, options: AlongAxis = {}): Tensor => {
      requireTensor('scatterAdd', x)
      requireTensor('scatterAdd', updates)
      const axis = normalizeAxis('scatterAdd', options.axis ?? 0, x.shape)
      const places = toIndices('scatterAdd', indices, x.shape[axis]!)
      const shape = splice(x.shape, axis, places.shape)
      const fit = broadcast(updates.shape, shape)
      if (fit === undefined || !equals(fit, shape)) {
        throw new ShapeError(
          'scatterAdd',
          [x.shape, places.shape, updates.shape],
          `updates have shape ${show(updates.shape)}; expected shape ${show(shape)}, or one that broadcasts to it`
        )
      }
      const dtype = promote(x.dtype, updates.dtype)
      const summed = dtype === 'bool' ? 'int32' : dtype
      const added = broadcastToShape(cast(updates, summed), shape)
      return bindOne(scatterAddPrimitive, [cast(x, summed), places, added], { axis })
    }
  ),
  scatterAddPrimitive
)
