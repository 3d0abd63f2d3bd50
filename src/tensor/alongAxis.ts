/** Picking along an axis by indices of their own for each lane, and its transpose. */
import { coded } from '../primitive/code.js'
import { dualBy, dataAt } from '../internal/dual.js'
import { type DType, allocate, promote } from '../DType.js'
import { around } from '../kernel/axisView.js'
import { takeAlongInto } from '../kernel/gather.js'
import { addAlongInto } from '../kernel/scatter.js'
import { align, behind } from '../primitive/batch.js'
import { type Draw, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { normalizeIndices } from '../shape/indices.js'
import { type Shape, ShapeError, broadcast, equals, normalizeAxis, show, size } from '../shape/model.js'
import type { OneAxis } from './alongBlock.js'
import { asDense, copyOf } from './dense.js'
import { type AlongAxis, requireIndices, requireOperand, axisOption } from './indices.js'
import { type Concrete, type Tensor, contiguous, fill, fromData } from './model.js'
import { broadcastToShape, cast } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A shape of the same rank. */
type SameRank<S extends Shape> = { -readonly [Axis in keyof S]: number }

interface TakeAlongAxis extends HasPrimitive<OneAxis> {
  <S extends Shape>(x: Tensor<S>, indices: Tensor, options?: AlongAxis): Tensor<SameRank<S>>
  (indices: Tensor, options?: AlongAxis): <S extends Shape>(x: Tensor<S>) => Tensor<SameRank<S>>
}

interface AddAlongAxis extends HasPrimitive<OneAxis> {
  <S extends Shape>(x: Tensor<S>, indices: Tensor, updates: Tensor, options?: AlongAxis): Tensor<S>
  (indices: Tensor, updates: Tensor, options?: AlongAxis): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

const replace = (shape: Shape, axis: number, n: number): Shape => shape.map((each, i) => (i === axis ? n : each))

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** A shape, an axis of it, and indices along the axis in the same lanes. */
const drawLanes = (draw: Draw): { readonly shape: Shape; readonly axis: number; readonly indices: Tensor } => {
  const shape = draw.shape({ minRank: 1 })
  const axis = draw.integer(0, shape.length - 1)
  const n = shape[axis]!
  const count = n === 0 ? 0 : draw.integer(0, 4)
  return { shape, axis, indices: draw.indices(replace(shape, axis, count), Math.max(1, n)) }
}

const places = (operation: string, indices: Concrete, n: number): Int32Array => {
  const { data, offset } = contiguous(indices)
  return normalizeIndices(operation, data, offset, size(indices.shape), n)
}

/** `out[o, j, i] = x[o, indices[o, j, i], i]`; the shapes agree beside the axis. */
export const takeAlongAxisPrimitive: Primitive<OneAxis> = coded(
  op<2, OneAxis>({
    name: 'takeAlongAxis',
    kind: 'index',
    arity: 2,
    refuses: [1],
    infer: (x, indices) => ({ shape: indices.shape, dtype: x.dtype }),
    evaluate: (x, indices, { axis }, out) => {
      const view = asDense(x)
      const picked = places('takeAlongAxis', indices, x.shape[axis]!)
      const data = allocate(out.dtype, picked.length)
      const lanes = around(x.shape, view.strides, view.offset, axis)
      takeAlongInto(view.data, lanes, indices.shape[axis]!, picked, data)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: 'linear',
    vjp: [
      (x, indices, _out, { axis }) => {
        const { shape, dtype } = x
        return (ct) => addedAlong(shape, dtype, indices, ct, axis)
      },
      undefined
    ],
    batch: (operands, mapped, { axis }, size) =>
      bindOne(takeAlongAxisPrimitive, align(operands, mapped, size), { axis: behind(axis) }),
    sample: (draw) => {
      const { shape, axis, indices } = drawLanes(draw)
      return { operands: [draw.tensor(shape, real), indices], params: { axis } }
    }
  })
)

/** `out[o, indices[o, j, i], i] = x[o, indices[o, j, i], i] + sum updates[o, j, i]`; the shapes agree beside the axis. */
export const addAlongAxisPrimitive: Primitive<OneAxis> = coded(
  op<3, OneAxis>({
    name: 'addAlongAxis',
    kind: 'index',
    arity: 3,
    refuses: [1],
    infer: (x) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: (x, indices, updates, { axis }, out) => {
      const n = x.shape[axis]!
      const at = places('addAlongAxis', indices, n)
      const outer = size(x.shape.slice(0, axis))
      const width = size(x.shape.slice(axis + 1))
      const data = copyOf(x)
      const added = contiguous(updates)
      addAlongInto({ data, outer, size: n, width }, indices.shape[axis]!, at, added.data, added.offset)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: [
      (tangent) => tangent,
      undefined,
      (tangent, x, indices, _updates, _out, { axis }) => addedAlong(x.shape, x.dtype, indices, tangent, axis)
    ],
    vjp: [
      () => (ct) => ct,
      undefined,
      (_x, indices, _updates, _out, params) => (ct) => bindOne(takeAlongAxisPrimitive, [ct, indices], params)
    ],
    batch: (operands, mapped, { axis }, size) =>
      bindOne(addAlongAxisPrimitive, align(operands, mapped, size), { axis: behind(axis) }),
    sample: (draw) => {
      const { shape, axis, indices } = drawLanes(draw)
      return { operands: [draw.tensor(shape, real), indices, draw.tensor(indices.shape, real)], params: { axis } }
    }
  })
)

/** The updates added to zeros: the transpose of `takeAlongAxis`. */
const addedAlong = (shape: Shape, dtype: DType, indices: Tensor, updates: Tensor, axis: number): Tensor =>
  bindOne(addAlongAxisPrimitive, [fill(shape, dtype, 0), indices, updates], { axis })

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The common shape beside the axis, where 1 stands on the axis itself; throws in the user's terms. */
const besideAxis = (operation: string, x: Shape, indices: Shape, axis: number): Shape => {
  const shape = x.length === indices.length ? broadcast(replace(x, axis, 1), replace(indices, axis, 1)) : undefined
  if (shape !== undefined) return shape
  throw new ShapeError(
    operation,
    [x, indices],
    `indices have shape ${show(indices)} and the operand ${show(x)}; expected as many axes, with sizes that agree or are 1 beside axis ${axis}`
  )
}

/**
 * The elements at given indices along an axis (by default the last), each lane by indices of its own:
 * `numpy.take_along_axis`, `torch.gather`.
 *
 * Beside the axis, the shapes of `x` and of `indices` broadcast. Negative indices count from the end. Where an index is
 * given twice, the gradients add up.
 *
 * @throws IndexError when an index is out of range
 * @throws DTypeError when the indices are not int32
 * @throws ShapeError when the shapes do not broadcast beside the axis
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[10, 30, 20], [3, 1, 2]])
 * T.takeAlongAxis(x, T.argsort(x)) // => T.of([[10, 20, 30], [1, 2, 3]])
 * T.takeAlongAxis(x, T.argmax(x, { axis: 1, keepDims: true }), { axis: 1 }) // => T.of([[30], [3]])
 */
export const takeAlongAxis: TakeAlongAxis = expose(
  dualBy<TakeAlongAxis>(
    dataAt(1, axisOption('takeAlongAxis'), requireOperand('takeAlongAxis')),
    (x: Tensor, indices: Tensor, options: AlongAxis = {}): Tensor => {
      requireTensor('takeAlongAxis', x)
      const axis = normalizeAxis('takeAlongAxis', options.axis ?? -1, x.shape)
      requireIndices('takeAlongAxis', indices)
      const lanes = besideAxis('takeAlongAxis', x.shape, indices.shape, axis)
      const from = broadcastToShape(x, replace(lanes, axis, x.shape[axis]!))
      const at = broadcastToShape(indices, replace(lanes, axis, indices.shape[axis]!))
      return bindOne(takeAlongAxisPrimitive, [from, at], { axis })
    }
  ),
  takeAlongAxisPrimitive
)

/**
 * The tensor with updates added at given indices along an axis (by default the last), each lane by indices of its own;
 * an index given twice takes both: `torch.scatter_add`.
 *
 * It is the transpose of `takeAlongAxis`. The indices broadcast to `x` beside the axis, the updates to the indices. What
 * meets at one place is summed in float64.
 *
 * @throws IndexError when an index is out of range
 * @throws DTypeError when the indices are not int32
 * @throws ShapeError when shapes do not broadcast
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const at = T.of([[0, 0], [2, 1]], 'int32')
 * T.addAlongAxis(T.zeros([2, 3]), at, T.of([[1, 10], [1, 10]])) // => T.of([[11, 0, 0], [0, 10, 1]])
 */
export const addAlongAxis: AddAlongAxis = expose(
  dualBy<AddAlongAxis>(
    dataAt(2, axisOption('addAlongAxis'), requireOperand('addAlongAxis')),
    (x: Tensor, indices: Tensor, updates: Tensor, options: AlongAxis = {}): Tensor => {
      requireTensor('addAlongAxis', x)
      requireTensor('addAlongAxis', updates)
      const axis = normalizeAxis('addAlongAxis', options.axis ?? -1, x.shape)
      requireIndices('addAlongAxis', indices)
      const lanes = besideAxis('addAlongAxis', x.shape, indices.shape, axis)
      const shape = replace(x.shape, axis, indices.shape[axis]!)
      const fit = broadcast(updates.shape, shape)
      if (!equals(replace(lanes, axis, x.shape[axis]!), x.shape) || fit === undefined || !equals(fit, shape)) {
        throw new ShapeError(
          'addAlongAxis',
          [x.shape, indices.shape, updates.shape],
          `updates have shape ${show(updates.shape)} and indices ${show(indices.shape)}; for the operand ${show(x.shape)}, expected both to broadcast to ${show(shape)}`
        )
      }
      const dtype = promote(x.dtype, updates.dtype)
      const summed = dtype === 'bool' ? 'int32' : dtype
      const added = broadcastToShape(cast(updates, summed), shape)
      return bindOne(addAlongAxisPrimitive, [cast(x, summed), broadcastToShape(indices, shape), added], { axis })
    }
  ),
  addAlongAxisPrimitive
)
