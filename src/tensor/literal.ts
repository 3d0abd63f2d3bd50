/** Tensors from JavaScript's own values: nested arrays, numbers and typed arrays. */
import type { Either } from 'fp-ts/lib/Either.js'
import { type DType, type Data, allocate, holds, ofData } from '../DType.js'
import { describe, refusal } from '../internal/describe.js'
import { DTypeError, requireDType } from '../internal/require.js'
import { type Shape, ShapeError, show as showShape, size, validate } from '../shape/model.js'
import type { Mutable, Nested, Regular, ShapeOf } from '../shape/static.js'
import { type Tensor, fromData, fromNumber, isTensor } from './model.js'
import { typed } from './typed.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Why a value is not a nested array of numbers or of booleans: the place, and the sentence.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as T from 'pullback/Tensor'
 *
 * const result: E.Either<T.NestedError, T.Tensor> = T.fromNested([[1, 2], [3, 'x']])
 * E.isLeft(result) ? [result.left.at, result.left.message] : []
 * // => [[1, 1], "entry [1][1] is 'x'; expected a number or a boolean"]
 */
export interface NestedError {
  readonly _tag: 'NestedError'
  /** `shape`: the nesting is uneven; `element`: an entry is not an element. */
  readonly reason: 'shape' | 'element'
  /** The indices of the entry; empty for the whole value. */
  readonly at: readonly number[]
  /** What stands there and what was expected, as a sentence. */
  readonly message: string
}

/** A nested array that has been checked and laid out. */
interface Laid {
  readonly _tag: 'Laid'
  readonly shape: Shape
  readonly values: readonly number[]
  readonly dtype: DType
}

/** Deeper nesting than this is a cycle or a mistake. */
const maxRank = 32

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

type Reason = NestedError['reason']

/** `entry [1][0]`, or `the value` for the whole. */
const entry = (at: readonly number[]): string =>
  at.length === 0 ? 'the value' : `entry ${at.map((index) => `[${index}]`).join('')}`

/** The error for the entry at some place. */
const fault = (reason: Reason, at: readonly number[], rest: string): NestedError => ({
  _tag: 'NestedError',
  reason,
  at: [...at],
  message: `${entry(at)} ${rest}`
})

const isElement = (x: unknown): x is number | boolean => typeof x === 'number' || typeof x === 'boolean'

const needs: Readonly<Record<DType, string>> = {
  float32: 'a number',
  float64: 'a number',
  int32: 'a whole number from -2147483648 to 2147483647',
  bool: 'a boolean, 0 or 1'
}

/** The clause for a number that a dtype does not hold. */
const heldRule = (dtype: DType, value: number): string => `is ${value}; for ${dtype}, expected ${needs[dtype]}`

const elementRule = (value: unknown): string => `is ${describe(value)}; expected a number or a boolean`

/** Refuses a value that is neither a number nor a boolean, such as text: it is not converted. */
export const requireElement = (operation: string, value: unknown): void => {
  if (!isElement(value)) throw new DTypeError(operation, `${entry([])} ${elementRule(value)}`)
}

/** Refuses a number that a dtype does not hold, such as a fraction for int32. */
export const requireHeld = (operation: string, dtype: DType, value: number): void => {
  requireDType(operation, dtype)
  if (!holds(dtype, value)) throw new DTypeError(operation, `${entry([])} ${heldRule(dtype, value)}`)
}

/** The sizes along the path of first entries. */
const shapeOf = (nested: unknown): Shape => {
  const sizes: number[] = []
  let node = nested
  while (Array.isArray(node) && sizes.length <= maxRank) {
    sizes.push(node.length)
    if (node.length === 0) break
    node = node[0]
  }
  return sizes
}

/** Checks that every row is as long as the first of its depth, and that all elements are of one kind. */
const lay = (nested: unknown, dtype: DType | undefined): NestedError | Laid => {
  const shape = shapeOf(nested)
  const rank = shape.length
  if (rank > maxRank) return fault('shape', [], `is nested deeper than ${maxRank}; expected fewer axes`)
  const values: number[] = []
  const at: number[] = []
  let kind: 'number' | 'boolean' | undefined
  const first = (axis: number): string => entry(new Array<number>(axis).fill(0))
  const element = (node: unknown): NestedError | undefined => {
    if (Array.isArray(node)) {
      return fault('shape', at, `is an array and ${first(rank)} a ${kind ?? 'number'}; expected equal depths`)
    }
    if (!isElement(node)) {
      const remedy = isTensor(node) ? ', or use T.stack' : ArrayBuffer.isView(node) ? ', or use T.fromTypedArray' : ''
      return fault('element', at, `${elementRule(node)}${remedy}`)
    }
    const own = typeof node === 'number' ? 'number' : 'boolean'
    kind ??= own
    if (own !== kind) {
      return fault('element', at, `is a ${own} and ${first(rank)} a ${kind}; expected elements of one kind`)
    }
    const value = Number(node)
    if (dtype !== undefined && !holds(dtype, value)) return fault('element', at, heldRule(dtype, value))
    values.push(value)
    return undefined
  }
  const visit = (node: unknown): NestedError | undefined => {
    const axis = at.length
    if (axis === rank) return element(node)
    const length = shape[axis]!
    if (!Array.isArray(node)) {
      if (!isElement(node)) return element(node)
      return fault('shape', at, `is a ${typeof node} and ${first(axis)} an array; expected equal depths`)
    }
    if (node.length !== length) {
      return fault('shape', at, `has length ${node.length} and ${first(axis)} ${length}; expected equal lengths`)
    }
    for (let i = 0; i < length; i++) {
      at.push(i)
      const found = visit(node[i])
      if (found !== undefined) return found
      at.pop()
    }
    return undefined
  }
  return visit(nested) ?? { _tag: 'Laid', shape, values, dtype: dtype ?? (kind === 'boolean' ? 'bool' : 'float32') }
}

const build = ({ shape, values, dtype }: Laid): Tensor => {
  if (shape.length === 0) return fromNumber(dtype, values[0]!)
  const data = allocate(dtype, values.length)
  data.set(values)
  return fromData(Object.freeze(shape), dtype, data)
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A tensor from nested arrays of numbers or of booleans; the compiler reads its shape off a literal.
 *
 * Numbers become float32 and booleans bool, unless `dtype` says otherwise. Rows of different lengths, numbers mixed
 * with booleans, and numbers that `dtype` does not hold are errors that say where.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[2, 3]> = T.of([[1, 2, 3], [4, 5, 6]])
 * x.dtype // => 'float32'
 * T.of([true, false]).dtype // => 'bool'
 * T.of([1, 2], 'int32').dtype // => 'int32'
 * const rows: readonly (readonly number[])[] = [[1, 2, 3], [4, 5]]
 * T.of(rows) // throws of: entry [1] has length 2 and entry [0] 3; expected equal lengths
 */
export const of = <const D extends Nested>(nested: D & Regular<'of', D>, dtype?: DType): Tensor<ShapeOf<D>> => {
  if (dtype !== undefined) requireDType('of', dtype)
  const laid = lay(nested, dtype)
  if (laid._tag === 'Laid') return typed(build(laid))
  throw laid.reason === 'shape' ? new ShapeError('of', [], laid.message) : new DTypeError('of', laid.message)
}

/**
 * A tensor from a value that came from outside, if it is a nested array of numbers or of booleans: the value-returning
 * form of `of`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.fromNested(JSON.parse('[[1, 2], [3, 4]]')) // => E.right(T.of([[1, 2], [3, 4]]))
 * E.isLeft(T.fromNested([[1, 2], [3]])) // => true
 */
export const fromNested = (nested: unknown, dtype?: DType): Either<NestedError, Tensor> => {
  if (dtype !== undefined) requireDType('fromNested', dtype)
  const laid = lay(nested, dtype)
  return laid._tag === 'Laid' ? { _tag: 'Right', right: build(laid) } : { _tag: 'Left', left: laid }
}

/**
 * A tensor of rank 0; a number becomes float32 and a boolean bool, unless `dtype` says otherwise.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.scalar(0.5).shape // => []
 * T.scalar(0.1, 'float64').dtype // => 'float64'
 * T.scalar(true).dtype // => 'bool'
 */
export const scalar = (value: number | boolean, dtype?: DType): Tensor<[]> => {
  requireElement('scalar', value)
  const own = dtype ?? (typeof value === 'boolean' ? 'bool' : 'float32')
  const number = Number(value)
  requireHeld('scalar', own, number)
  return fromNumber(own, number)
}

/**
 * A tensor from a copy of a typed array, in row-major order.
 *
 * Without `dtype` the array's own type is kept: `Float32Array`, `Float64Array`, `Int32Array`, and `Uint8Array` for
 * booleans, as `toArray` gives them. Bytes other than 0 and 1 need a `dtype`: `fromTypedArray(pixels, [28, 28],
 * 'float32')`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.fromTypedArray(new Float64Array([1, 2, 3, 4]), [2, 2]) // => T.of([[1, 2], [3, 4]], 'float64')
 * T.fromTypedArray(new Uint8Array([0, 255]), [2], 'float32') // => T.of([0, 255])
 */
export const fromTypedArray = <const S extends Shape>(data: Data, shape: S, dtype?: DType): Tensor<Mutable<S>> => {
  const given: unknown = data
  if (!ArrayBuffer.isView(given)) {
    throw new TypeError(`${refusal('fromTypedArray', 'data', given, 'a typed array')}; use T.of for nested arrays`)
  }
  const sizes = validate('fromTypedArray', shape)
  if (size(sizes) !== data.length) {
    const counts = `data has length ${data.length}; for shape ${showShape(sizes)}, expected ${size(sizes)}`
    throw new ShapeError('fromTypedArray', [sizes], counts)
  }
  const source = ofData(data)
  const own = dtype ?? source
  requireDType('fromTypedArray', own)
  const copy = allocate(own, data.length)
  const foreign = data.findIndex((value: number) => !holds(own, value))
  if (foreign >= 0) {
    const remedy = own === 'bool' ? ", or a dtype such as 'float32'" : ''
    throw new DTypeError('fromTypedArray', `${entry([foreign])} ${heldRule(own, data[foreign]!)}${remedy}`)
  }
  copy.set(data)
  return typed(fromData(sizes, own, copy))
}
