/**
 * The two linear maps behind slicing, flipping and padding, each the other's transpose: taking evenly spaced positions
 * along each axis, and placing values at them.
 */
import { coded } from '../primitive/code.js'
import { allocate } from '../DType.js'
import { placeStrided } from '../kernel/strided.js'
import { type Draw, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, equals, size, strides } from '../shape/model.js'
import { type Concrete, Dense, Scalar, type Tensor, fromData } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Positions along each axis of a tensor: `start`, `start + step`, ..., `size` of them; steps may be negative. */
export interface Window {
  readonly starts: readonly number[]
  readonly steps: readonly number[]
  readonly sizes: Shape
}

/** A window on a tensor of a given shape, whose other elements have one value. */
export interface Placement extends Window {
  readonly shape: Shape
  readonly value: number
}

/** Where the elements of a window lie in an array with the given strides. */
const lie = (
  { starts, steps }: Window,
  offset: number,
  stride: readonly number[]
): { readonly offset: number; readonly strides: readonly number[] } => ({
  offset: starts.reduce((at, start, axis) => at + start * stride[axis]!, offset),
  strides: steps.map((step, axis) => step * stride[axis]!)
})

/** The same positions, of each of several tensors along an axis in front. */
const windowBehind = ({ starts, steps, sizes }: Window, size: number): Window => ({
  starts: [0, ...starts],
  steps: [1, ...steps],
  sizes: [size, ...sizes]
})

const drawWindow = (draw: Draw): { readonly shape: Shape; readonly window: Window } => {
  const sizes = draw.shape()
  const steps = sizes.map(() => draw.pick([1, 1, 2, -1, -2]))
  const before = sizes.map(() => draw.integer(0, 2))
  const spans = sizes.map((n, axis) => Math.max(0, (n - 1) * Math.abs(steps[axis]!) + 1))
  const starts = sizes.map((n, axis) => before[axis]! + (steps[axis]! < 0 && n > 0 ? spans[axis]! - 1 : 0))
  return {
    shape: spans.map((span, axis) => before[axis]! + span + draw.integer(0, 2)),
    window: { starts, steps, sizes }
  }
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The elements of a window: a view. */
export const viewOf = (x: Concrete, window: Window): Concrete => {
  if (x instanceof Scalar) return x
  const at = lie(window, x.offset, x.strides)
  return new Dense(window.sizes, x.dtype, x.data, at.strides, at.offset)
}

/** The elements at evenly spaced positions along each axis. */
export const slicePrimitive: Primitive<Window> = op<1, Window>({
  name: 'slice',
  kind: 'view',
  arity: 1,
  infer: (x, { sizes }) => ({ shape: sizes, dtype: x.dtype }),
  evaluate: viewOf,
  jvp: 'linear',
  vjp: [
    (x, _out, window) => {
      const { shape } = x
      return (ct) => place(ct, { ...window, shape, value: 0 })
    }
  ],
  batch: (operands, _mapped, window, size) => bindOne(slicePrimitive, operands, windowBehind(window, size)),
  sample: (draw) => {
    const { shape, window } = drawWindow(draw)
    return { operands: [draw.tensor(shape, real)], params: window }
  }
})

/** A tensor of one value with the operand's elements at evenly spaced positions along each axis. */
export const padPrimitive: Primitive<Placement> = coded(
  op<1, Placement>({
    name: 'pad',
    kind: 'move',
    arity: 1,
    infer: (x, { shape }) => ({ shape, dtype: x.dtype }),
    evaluate: (x, placement, out) => {
      if (x instanceof Scalar) return x
      const data = allocate(out.dtype, size(out.shape))
      if (placement.value !== 0) data.fill(placement.value)
      const at = lie(placement, 0, strides(out.shape))
      placeStrided(x.data, x.offset, x.shape, x.strides, data, at.offset, at.strides)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: [(tangent, _x, _out, placement) => place(tangent, { ...placement, value: 0 })],
    vjp: [
      (_x, _out, { starts, steps, sizes }) =>
        (ct) =>
          take(ct, { starts, steps, sizes })
    ],
    batch: (operands, _mapped, { shape, value, ...window }, size) =>
      bindOne(padPrimitive, operands, { ...windowBehind(window, size), shape: [size, ...shape], value }),
    sample: (draw) => {
      const { shape, window } = drawWindow(draw)
      const value = draw.pick([0, 1.5])
      return { operands: [draw.tensor(window.sizes, real)], params: { ...window, shape, value } }
    }
  })
)

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** The elements of a window that has been checked; the tensor itself where that is all of it, in order. */
export const take = (x: Tensor, window: Window): Tensor =>
  equals(window.sizes, x.shape) && window.steps.every((step, axis) => step === 1 || x.shape[axis]! <= 1)
    ? x
    : bindOne(slicePrimitive, [x], window)

/** Places the elements in a window that has been checked; the tensor itself where that is all there is. */
export const place = (x: Tensor, placement: Placement): Tensor =>
  equals(placement.shape, x.shape) && placement.steps.every((step, axis) => step === 1 || x.shape[axis]! <= 1)
    ? x
    : bindOne(padPrimitive, [x], placement)

/** The window of `count` positions from `start` on along one axis, `step` apart, and of everything along the others. */
export const along = (shape: Shape, axis: number, start: number, count: number, step = 1): Window => ({
  starts: shape.map((_, each) => (each === axis ? start : 0)),
  steps: shape.map((_, each) => (each === axis ? step : 1)),
  sizes: shape.map((n, each) => (each === axis ? count : n))
})
