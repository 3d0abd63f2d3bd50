/** One-hot rows: the indicator vectors of indices. */
import { coded } from '../primitive/code.js'
import { type DType, allocate } from '../DType.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { count, requireKind } from '../internal/options.js'
import { requireDType, requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { IndexError } from '../shape/indices.js'
import { type Shape, size } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import { requireIndices } from './indices.js'
import { type Tensor, contiguous, fromData } from './model.js'

export interface OneHotParams {
  readonly depth: number
  readonly dtype: DType
}

/** A new last axis of size `depth`, 1 at the index and 0 elsewhere. */
export const oneHotPrimitive: Primitive<OneHotParams> = coded(
  op<1, OneHotParams>({
    name: 'oneHot',
    kind: 'index',
    arity: 1,
    refuses: [0],
    infer: (x, { depth, dtype }) => ({ shape: [...x.shape, depth], dtype }),
    evaluate: (x, { depth, dtype }, out) => {
      const { data, offset } = contiguous(x)
      const rows = size(x.shape)
      const result = allocate(dtype, rows * depth)
      for (let row = 0; row < rows; row++) {
        const index = data[offset + row]!
        if (!(index >= 0 && index < depth)) throw new IndexError('oneHot', index, depth, 0)
        result[row * depth + index] = 1
      }
      return fromData(out.shape, dtype, result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(oneHotPrimitive, operands, params),
    sample: (draw) => {
      const depth = draw.integer(1, 4)
      const params = { depth, dtype: draw.dtype(['float32', 'float64', 'int32', 'bool']) }
      return { operands: [draw.indices(draw.shape(), depth)], params }
    }
  })
)

type Appended<S extends Shape, N extends number> = IsDynamic<S> extends true ? Shape : [...S, N]

/** Plain numbers as an int32 tensor; fractions and numbers out of range are refused. */
const fromList = (indices: readonly number[], depth: number): Tensor => {
  const data = allocate('int32', indices.length)
  indices.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0 || index >= depth) throw new IndexError('oneHot', index, depth, 0)
    data[i] = index
  })
  return fromData([indices.length], 'int32', data)
}

const isList = (indices: Tensor | readonly number[]): indices is readonly number[] => Array.isArray(indices)

const encode = (indices: Tensor | readonly number[], depth: number, dtype: DType = 'float32'): Tensor => {
  requireDType('oneHot', dtype)
  const operand = isList(indices) ? fromList(indices, depth) : requireIndices('oneHot', indices)
  return bindOne(oneHotPrimitive, [operand], { depth, dtype })
}

const requireDepth = (depth: unknown): number => {
  requireKind('oneHot', 'depth', depth, count)
  return Number(depth)
}

/**
 * One-hot rows: a new last axis of size `depth` that is 1 at the index and 0 elsewhere, float32 by default.
 *
 * The indices are an int32 tensor of any shape, or plain numbers. One that is negative, or not below `depth`, is an
 * `IndexError`: negative indices do not count from the end here, as labels do not. Dual: `pipe(labels, T.oneHot(10))`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[2, 3]> = pipe(T.of([0, 2], 'int32'), T.oneHot(3))
 * x // => T.of([[1, 0, 0], [0, 0, 1]])
 * T.oneHot([1], 2, 'bool') // => T.of([[false, true]])
 * T.oneHot([3], 3) // throws oneHot: index is 3 on an axis of size 3; expected an integer from 0 to 2
 */
export function oneHot<S extends Shape, const N extends number>(
  indices: Tensor<S>,
  depth: N,
  dtype?: DType
): Tensor<Appended<S, N>>
export function oneHot<const I extends readonly number[], const N extends number>(
  indices: I,
  depth: N,
  dtype?: DType
): Tensor<[I['length'], N]>
export function oneHot<const N extends number>(
  depth: N,
  dtype?: DType
): <S extends Shape>(indices: Tensor<S>) => Tensor<Appended<S, N>>
export function oneHot(
  first: Tensor | readonly number[] | number,
  second?: number | DType,
  third?: DType
): Tensor | ((indices: Tensor) => Tensor) {
  if (typeof first !== 'number') {
    if (!isList(first)) requireTensor('oneHot', first)
    return encode(first, requireDepth(second), third)
  }
  requireDepth(first)
  const dtype = typeof second === 'number' ? undefined : second
  return (indices) => encode(indices, first, dtype)
}
