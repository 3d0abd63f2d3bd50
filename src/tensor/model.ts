/**
 * Tensors: immutable arrays of any rank. Concrete ones are `Scalar` and `Dense`; values that stand for a
 * tensor inside a transformation are `Traced`, in `primitive/model.ts`.
 */
import { type Data, type DType, allocate, round } from '../DType.js'
import { encode } from '../internal/base64.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import { type Shape, empty, show, size, strides } from '../shape/model.js'
import { showTensor } from './show.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An immutable array of numbers or booleans, of shape `S`. Operations on it live in `pullback/Tensor`; it has none.
 *
 * `S` is a tuple of sizes where they are known to the compiler (`Tensor<[2, 3]>`, `Tensor<[number, 10]>`), and `Shape`
 * where not even the rank is.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[2]> = T.of([1, 2])
 * x.shape // => [2]
 * x.dtype // => 'float32'
 */
export abstract class Tensor<S extends Shape = Shape> {
  declare private readonly opaque: true
  /** The transformation that this value belongs to: 0 for a concrete value. */
  abstract readonly level: number
  /** The sizes along each axis. */
  declare readonly shape: Readonly<S>
  /** The type of the elements. */
  declare readonly dtype: DType

  constructor(shape: Readonly<S>, dtype: DType) {
    this.shape = shape
    this.dtype = dtype
  }

  /** The printed form: shape, dtype and values. */
  abstract toString(): string

  /** What `JSON.stringify` writes, without loss: `T.fromJSON` reads it. A value inside a transformation throws. */
  abstract toJSON(): TensorJson

  /** JavaScript's operators on tensors are refused, rather than answered with NaN. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw new TypeError(
      `a tensor of shape ${show(this.shape)} was used as a JavaScript number; use T.add, T.less and so on, or read it with T.item`
    )
  }
}

// What `console.log` prints in Node. A computed name in the class would not be one that declarations can infer.
Object.defineProperty(Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Tensor): string {
    return this.toString()
  }
})

/**
 * A tensor in JSON: its elements in row-major order, as little-endian bytes in base64, so that NaN, infinities and -0 are
 * kept. A tensor of one value everywhere has one element and `uniform`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const json = T.of([1, 2]).toJSON()
 * json // => { shape: [2], dtype: 'float32', data: 'AACAPwAAAEA=' }
 */
export interface TensorJson {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly data: string
  readonly uniform?: true | undefined
}

const base64 = ({ buffer, byteOffset, byteLength }: Data): string =>
  encode(new Uint8Array(buffer, byteOffset, byteLength))

const uniformJson = ({ shape, dtype }: Tensor, value: number): TensorJson => {
  const data = allocate(dtype, 1)
  data[0] = value
  return { shape: [...shape], dtype, data: base64(data), uniform: true }
}

/** A concrete tensor of rank 0: just a number, so that scalar programs do not pay for arrays. */
export class Scalar extends Tensor<[]> {
  declare readonly value: number

  constructor(dtype: DType, value: number) {
    super(empty, dtype)
    this.value = value
  }

  // Of the class, so that a copy, which has lost its class, is not taken for a tensor.
  get level(): number {
    return 0
  }

  toString(): string {
    return showTensor(this.shape, this.dtype, () => this.value)
  }

  toJSON(): TensorJson {
    return uniformJson(this, this.value)
  }
}

/** A concrete tensor of rank 1 or more: a strided view of a typed array that nobody writes to. */
export class Dense<S extends Shape = Shape> extends Tensor<S> {
  declare readonly data: Data
  declare readonly strides: readonly number[]
  declare readonly offset: number

  constructor(shape: Readonly<S>, dtype: DType, data: Data, stride: readonly number[], offset: number) {
    super(shape, dtype)
    this.data = data
    this.strides = stride
    this.offset = offset
  }

  get level(): number {
    return 0
  }

  toString(): string {
    return showTensor(this.shape, this.dtype, (position) => this.data[this.offset + this.steps(position)]!)
  }

  toJSON(): TensorJson {
    const { shape, dtype, data, offset } = this
    const n = size(shape)
    if (n > 0 && this.strides.every((stride) => stride === 0)) return uniformJson(this, data[offset]!)
    const values = contiguous(this)
    return { shape: [...shape], dtype, data: base64(values.data.subarray(values.offset, values.offset + n)) }
  }

  /** How far from the first element the one at a row-major position lies: printing reads a few, and copies none. */
  private steps(position: number): number {
    let rest = position
    let steps = 0
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const n = this.shape[axis]!
      steps += (rest % n) * this.strides[axis]!
      rest = Math.floor(rest / n)
    }
    return steps
  }
}

/**
 * A tensor that holds its values, as all do outside of transformations: the operands of kernels.
 *
 * @example
 * import { type Concrete, contiguous } from 'pullback/Primitive'
 *
 * const first = (x: Concrete): number | undefined => contiguous(x).data[contiguous(x).offset]
 * first.length // => 1
 */
export type Concrete = Scalar | Dense

/** Whether a value is a tensor. */
export const isTensor = (x: unknown): x is Tensor => x instanceof Tensor

/** Whether a tensor holds its values, and does not stand for them inside a transformation. */
export const isConcrete = (x: Tensor): x is Concrete => x.level === 0

/** Whether a tensor is a concrete scalar: rank 0 and not traced, which costs less to ask than `instanceof` does. */
export const isScalar = (x: Tensor): x is Scalar => x.level === 0 && x.shape.length === 0

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** A concrete scalar; the number is rounded to its type. */
export const fromNumber = (dtype: DType, value: number): Scalar => new Scalar(dtype, round(dtype, value))

/**
 * A tensor around a row-major array that the caller has just made and gives away: how kernels return results. Not for data
 * that anyone may still write to; `T.fromTypedArray` copies.
 *
 * @example
 * import { fromData } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * fromData([2], 'float32', new Float32Array([1, 2])) // => T.of([1, 2])
 */
export const fromData = (shape: Shape, dtype: DType, data: Data): Concrete =>
  shape.length === 0 ? new Scalar(dtype, data[0]!) : new Dense(shape, dtype, data, strides(shape), 0)

/** A tensor of one value everywhere, stored once. */
export const fill = (shape: Shape, dtype: DType, value: number): Concrete => {
  if (shape.length === 0) return fromNumber(dtype, value)
  const data = allocate(dtype, 1)
  data[0] = value
  return new Dense(shape, dtype, data, zeroStrides(shape.length), 0)
}

const zeroStridesOfRank: readonly (readonly number[])[] = [[], [0], [0, 0], [0, 0, 0], [0, 0, 0, 0]]

/** The strides of a view that repeats one element. */
export const zeroStrides = (rank: number): readonly number[] =>
  zeroStridesOfRank[rank] ?? new Array<number>(rank).fill(0)

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * A row-major stretch of a typed array: elements `offset` to `offset + size`. Not to be written to.
 *
 * @example
 * import type { Contiguous } from 'pullback/Primitive'
 *
 * const values: Contiguous = { data: new Float32Array([9, 1, 2]), offset: 1 }
 * values.offset // => 1
 */
export interface Contiguous {
  readonly data: Data
  readonly offset: number
}

/**
 * The values in row-major order, copied only when the tensor is a view in another order: how kernels read operands.
 *
 * @example
 * import { type None, type Primitive, bindOne, contiguous, fromData, none, op, real } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const secondHalf: Primitive<None> = op<1, None>({
 *   name: 'secondHalf',
 *   kind: 'move',
 *   arity: 1,
 *   infer: (x) => ({ shape: [1], dtype: x.dtype }),
 *   evaluate: (x, _params, out) => {
 *     const { data, offset } = contiguous(x)
 *     return fromData(out.shape, out.dtype, data.slice(offset + 1, offset + 2))
 *   },
 *   jvp: 'linear',
 *   vjp: [() => (ct) => T.pad(ct, [[1, 0]])],
 *   sample: (draw) => ({ operands: [draw.tensor([2], real)], params: none })
 * })
 * bindOne(secondHalf, [T.of([1, 2])], none) // => T.of([2])
 */
export const contiguous = (x: Concrete): Contiguous => {
  if (x instanceof Scalar) {
    const data = allocate(x.dtype, 1)
    data[0] = x.value
    return { data, offset: 0 }
  }
  if (isContiguous(x.shape, x.strides)) return x
  const data = allocate(x.dtype, size(x.shape))
  copyStrided(x.data, x.offset, x.shape, x.strides, data)
  return { data, offset: 0 }
}

/** The number that all elements are, where the layout says that they are one: a scalar, one element, or one repeated. */
export const uniform = (x: Concrete): number | undefined => {
  if (x instanceof Scalar) return x.value
  const elements = size(x.shape)
  if (elements === 0) return undefined
  return elements === 1 || x.strides.every((stride) => stride === 0) ? x.data[x.offset] : undefined
}

/** The number of a concrete scalar, or of a tensor of one element. */
export const firstElement = (x: Concrete): number => (x instanceof Scalar ? x.value : x.data[x.offset]!)
