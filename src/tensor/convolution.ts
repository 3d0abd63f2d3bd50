/**
 * Convolution and its two gradients: one sum of products x w y, of which each primitive takes two factors and gives the third. Each is linear in both,
 * and the transposes of each are the other two.
 */
import { coded } from '../primitive/code.js'
import { type DType, allocate } from '../DType.js'
import { convolve, convolveInput, convolveKernel } from '../kernel/convolution.js'
import type { Convolution, Triple } from '../kernel/convolutionSums.js'
import type { MatmulData } from '../kernel/matmul.js'
import { traffic } from '../primitive/cost.js'
import { type Draw, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive, TensorType } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { type Concrete, type Tensor, contiguous, fill, fromData } from './model.js'
import { permuteTo, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A factor: the input [n, c, ...], the kernel [o, c / groups, ...] or the output [n, o, ...]. */
export type Factor = 'x' | 'w' | 'y'

/** How the kernel slides, and the sizes of the result's spatial axes. */
export interface ConvolutionParams {
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  /** The padding in front; that behind follows from the sizes. */
  readonly before: readonly number[]
  readonly groups: number
  readonly size: Shape
  /** Whether a zero in either factor of a term makes the term zero, whatever the other holds. */
  readonly strongZero: boolean
}

const names = { y: 'convolution', x: 'convolutionInput', w: 'convolutionKernel' } as const

/** The factors that each takes, in order. */
export const operandsOf: { readonly [Result in Factor]: readonly [Factor, Factor] } = {
  y: ['x', 'w'],
  x: ['y', 'w'],
  w: ['x', 'y']
}

/** The axis that two factors share is called so; a number says which axis of a factor it is. */
const shared = {
  examples: { x: 0, y: 0 },
  inputs: { x: 1, w: 1 },
  outputs: { y: 1, w: 0 },
  groups: { x: 1, w: 0, y: 1 }
} as const

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

const spatial = (shape: Shape): Shape => shape.slice(2)

/** The shapes of the three factors, of which one is missing; `undefined` where the two do not go together. */
const shapesOf = (
  result: Factor,
  [a, b]: readonly [Shape, Shape],
  { groups, size, stride }: ConvolutionParams
): { readonly [F in Factor]: Shape } | undefined => {
  const rank = stride.length + 2
  if (a.length !== rank || b.length !== rank || groups < 1) return undefined
  const [m = 0, p = 0] = a
  const [n = 0, q = 0] = b
  if (result === 'y') return p === groups * q && n % groups === 0 ? { x: a, w: b, y: [m, n, ...size] } : undefined
  if (result === 'x') return p === n && p % groups === 0 ? { x: [m, groups * q, ...size], w: b, y: a } : undefined
  return m === n && p % groups === 0 && q % groups === 0 ? { x: a, w: [q, p / groups, ...size], y: b } : undefined
}

const requireShapes = (
  result: Factor,
  a: Shape,
  b: Shape,
  params: ConvolutionParams
): { readonly [F in Factor]: Shape } => {
  const shapes = shapesOf(result, [a, b], params)
  if (shapes !== undefined) return shapes
  const given = `${show(a)} and ${show(b)} do not go together in ${params.groups} groups`
  throw new ShapeError(names[result], [a, b], `${given}; expected examples and channels that agree`)
}

const triple = (list: readonly number[], front: number): Triple => {
  const [a = front, b = front, c = front] = [...new Array<number>(3 - list.length).fill(front), ...list]
  return [a, b, c]
}

const geometryOf = (shapes: { readonly [F in Factor]: Shape }, params: ConvolutionParams): Convolution => ({
  examples: shapes.x[0]!,
  groups: params.groups,
  inputs: shapes.w[1]!,
  outputs: shapes.w[0]! / params.groups,
  input: triple(spatial(shapes.x), 1),
  window: triple(spatial(shapes.w), 1),
  output: triple(spatial(shapes.y), 1),
  stride: triple(params.stride, 1),
  dilation: triple(params.dilation, 1),
  before: triple(params.before, 0)
})

/** The convolution of which two factors have the given shapes, and the third is the result. */
export const convolutionOf = (result: Factor, a: Shape, b: Shape, params: ConvolutionParams): Convolution =>
  geometryOf(requireShapes(result, a, b, params), params)

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

const kernels = { y: convolve, x: convolveInput, w: convolveKernel }

/** The array of an operand: booleans count as int32. */
const numbers = (x: Concrete): { readonly data: MatmulData; readonly offset: number } => {
  const { data, offset } = contiguous(x)
  return data instanceof Uint8Array ? { data: Int32Array.from(data), offset } : { data, offset }
}

const evaluate = (result: Factor, a: Concrete, b: Concrete, params: ConvolutionParams, out: TensorType): Concrete => {
  const shapes = requireShapes(result, a.shape, b.shape, params)
  const data = allocate(out.dtype, size(out.shape))
  const first = numbers(a)
  const second = numbers(b)
  if (!(data instanceof Uint8Array) && data.length > 0) {
    const geometry = geometryOf(shapes, params)
    kernels[result](geometry, first.data, first.offset, second.data, second.offset, data, params.strongZero)
  }
  return fromData(out.shape, out.dtype, data)
}

/** A factor from the two others. */
const contract = (result: Factor, a: Tensor, b: Tensor, params: ConvolutionParams): Tensor =>
  bindOne(primitives[result], [a, b], params)

const strong = (params: ConvolutionParams): ConvolutionParams => ({ ...params, strongZero: true })

/** The pullback to one factor: that factor from the cotangent and the other operand. */
const pull = (to: Factor, result: Factor, shape: Shape, other: Tensor, params: ConvolutionParams) => {
  const there = { ...params, size: spatial(shape), strongZero: true }
  const isCotangentFirst = operandsOf[to][0] === result
  return (ct: Tensor): Tensor => (isCotangentFirst ? contract(to, ct, other, there) : contract(to, other, ct, there))
}

const computed = (dtype: DType): DType => (dtype === 'bool' ? 'int32' : dtype)

/* @__NO_SIDE_EFFECTS__ */
const product = (result: Factor): Primitive<ConvolutionParams> => {
  const [first, second] = operandsOf[result]
  return op<2, ConvolutionParams>({
    name: names[result],
    kind: 'contract',
    arity: 2,
    cost: (operands, params, results) => {
      const { w, y } = requireShapes(result, operands[0]!.shape, operands[1]!.shape, params)
      return traffic(2 * size(y) * size(w.slice(1)), operands, results)
    },
    infer: (a, b, params) => ({
      shape: requireShapes(result, a.shape, b.shape, params)[result],
      dtype: computed(a.dtype)
    }),
    evaluate: (a, b, params, out) => evaluate(result, a, b, params, out),
    jvp: [
      (tangent, _a, b, _out, params) => contract(result, tangent, b, strong(params)),
      (tangent, a, _b, _out, params) => contract(result, a, tangent, strong(params))
    ],
    vjp: [
      (a, b, _out, params) => pull(first, result, a.shape, b, params),
      (a, b, _out, params) => pull(second, result, b.shape, a, params)
    ],
    batch: ([a, b], [ofFirst, ofSecond], params, examples) =>
      batched(result, a!, b!, ofFirst!, ofSecond!, params, examples),
    sample: (draw) => sample(result, draw)
  })
}

/** The three primitives by what they give: the output, the gradient to the input, the gradient to the kernel. */
const primitives: { readonly [F in Factor]: Primitive<ConvolutionParams> } = {
  y: product('y'),
  x: product('x'),
  w: product('w')
}

export const convolutionPrimitive: Primitive<ConvolutionParams> = coded(primitives.y)
export const convolutionInputPrimitive: Primitive<ConvolutionParams> = coded(primitives.x)
export const convolutionKernelPrimitive: Primitive<ConvolutionParams> = coded(primitives.w)

/** Operands of a product. */
const sample = (
  result: Factor,
  draw: Draw
): { readonly operands: readonly Tensor[]; readonly params: ConvolutionParams } => {
  const axes = Array.from({ length: draw.pick([1, 1, 2, 2, 3]) }, (_, axis) => axis)
  const most = axes.length === 1 ? 3 : 2
  const groups = draw.pick([1, 1, 2])
  const inputs = draw.size(1, 2)
  const outputs = draw.size(1, 2)
  const examples = draw.size(0, 2)
  const window = axes.map(() => draw.integer(1, most))
  const stride = axes.map(() => draw.integer(1, most))
  const dilation = axes.map(() => draw.integer(1, 2))
  const before = axes.map(() => draw.integer(0, 2))
  const output = axes.map(() => draw.integer(1, most))
  const slack = axes.map(() => draw.integer(-2, 2))
  const input = axes.map((i) =>
    Math.max(1, (output[i]! - 1) * stride[i]! + (window[i]! - 1) * dilation[i]! + 1 - before[i]! + slack[i]!)
  )
  const shapes = {
    x: [examples, groups * inputs, ...input],
    w: [groups * outputs, inputs, ...window],
    y: [examples, groups * outputs, ...output]
  }
  return {
    operands: operandsOf[result].map((factor) => draw.tensor(shapes[factor], real)),
    params: { stride, dilation, before, groups, size: spatial(shapes[result]), strongZero: draw.pick([false, true]) }
  }
}

// -----------------------------------------------------------------------------
// vmap
// -----------------------------------------------------------------------------

/** The mapped axis in front of a tensor, laid inside of another axis, behind its `groups`. */
const fold = (x: Tensor, axis: number, groups: number): Tensor => {
  const [count, ...shape] = x.shape
  const [lead, n, rest] = [shape.slice(0, axis), shape[axis]!, shape.slice(axis + 1)]
  const apart = reshapeTo(x, [count!, ...lead, groups, n / groups, ...rest])
  const order = apart.shape.map((_, i) => (i <= axis ? i + 1 : i === axis + 1 ? 0 : i))
  return reshapeTo(permuteTo(apart, order), [...lead, count! * n, ...rest])
}

/** The reverse of `fold`: a tensor of the given shape for each of `count` examples. */
const unfold = (x: Tensor, axis: number, groups: number, count: number, shape: Shape): Tensor => {
  const [lead, n, rest] = [shape.slice(0, axis), shape[axis]!, shape.slice(axis + 1)]
  const apart = reshapeTo(x, [...lead, groups, count, n / groups, ...rest])
  const order = apart.shape.map((_, i) => (i === 0 ? axis + 1 : i <= axis + 1 ? i - 1 : i))
  return reshapeTo(permuteTo(apart, order), [count, ...shape])
}

/** Where examples go: into the axis that the mapped operand shares with the result, or into groups if both are mapped. */
const placeOf = (result: Factor, mapped: Factor | undefined): keyof typeof shared =>
  mapped === undefined
    ? 'groups'
    : mapped !== 'w' && result !== 'w'
      ? 'examples'
      : mapped !== 'y' && result !== 'y'
        ? 'inputs'
        : 'outputs'

/** One convolution for all examples. An element does not depend on how many stand beside it, so it has the bits of an example alone. */
const batched = (
  result: Factor,
  a: Tensor,
  b: Tensor,
  ofFirst: boolean,
  ofSecond: boolean,
  params: ConvolutionParams,
  count: number
): Tensor => {
  const [first, second] = operandsOf[result]
  const place = placeOf(result, ofFirst && ofSecond ? undefined : ofFirst ? first : second)
  const axes: Partial<Record<Factor, number>> = shared[place]
  const groups = place === 'inputs' || place === 'outputs' ? params.groups : 1
  const groupsOf = (factor: Factor): number => (place === 'inputs' && factor === 'w' ? 1 : groups)
  const shape = requireShapes(
    result,
    ofFirst ? a.shape.slice(1) : a.shape,
    ofSecond ? b.shape.slice(1) : b.shape,
    params
  )[result]
  if (count === 0) return fill([0, ...shape], computed(a.dtype), 0)
  const given = { ...params, groups: place === 'groups' ? params.groups * count : params.groups }
  const left = ofFirst ? fold(a, axes[first]!, groupsOf(first)) : a
  const right = ofSecond ? fold(b, axes[second]!, groupsOf(second)) : b
  return unfold(contract(result, left, right, given), axes[result]!, groupsOf(result), count, shape)
}
