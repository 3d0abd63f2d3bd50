/** Numbers of the unit interval from random bits, and the maker of primitives that draw floats. */
import { type Data, type FloatDType, allocate } from '../DType.js'
import { fillBits } from '../kernel/threefry.js'
import type { Draw } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { type Words, drawnWith, forEachKey } from './model.js'

/** The first words of the stream of a key. */
export const wordsFrom = ([key0, key1]: Words, count: number): Int32Array => {
  const words = new Int32Array(count)
  fillBits(key0, key1, count, words)
  return words
}

/** The number of random bits in a draw: as many as the significand holds. */
export const bitsOf = (dtype: FloatDType): number => (dtype === 'float32' ? 24 : 53)

/**
 * `out[i] = f(u)` for u uniform on the multiples of 2^-bits in [0, 1). An element depends on the key and its own place
 * only: float32 takes the 24 high bits of word i, float64 the 27 of word 2 i and the 26 of word 2 i + 1.
 */
export const fillUnit = (key: Words, dtype: FloatDType, out: Data, f: (u: number) => number): void => {
  const n = out.length
  if (dtype === 'float32') {
    const words = wordsFrom(key, n)
    for (let i = 0; i < n; i++) out[i] = f((words[i]! >>> 8) * 2 ** -24)
    return
  }
  const words = wordsFrom(key, 2 * n)
  for (let i = 0; i < n; i++) {
    out[i] = f(((words[2 * i]! >>> 5) * 2 ** 26 + (words[2 * i + 1]! >>> 6)) * 2 ** -53)
  }
}

/** The parameters of a draw of floats besides the key. */
export interface DrawParams {
  readonly shape: Shape
  readonly dtype: FloatDType
}

/** A key for the laws, or a stack of them. */
export const sampleKey = (draw: Draw, stack: Shape = draw.pick([[], [2], [3]])): Tensor =>
  draw.indices([...stack, 2], 2 ** 31 - 1)

/** Makes a primitive that draws floats: a function of uniform numbers of some bits, without a derivative. */
/* @__NO_SIDE_EFFECTS__ */
export const drawing = (
  name: string,
  of: (bits: number, dtype: FloatDType) => (u: number) => number
): Primitive<DrawParams> => {
  const primitive: Primitive<DrawParams> = op<1, DrawParams>({
    name,
    kind: 'random',
    arity: 1,
    infer: (keys, { shape, dtype }) => ({ shape: drawnWith(keys, shape), dtype }),
    evaluate: (keys, { shape, dtype }, out) => {
      const data = allocate(dtype, size(out.shape))
      const n = size(shape)
      const f = of(bitsOf(dtype), dtype)
      forEachKey(keys, (key, i) =>
        fillUnit(key, dtype, n === data.length ? data : data.subarray(i * n, (i + 1) * n), f)
      )
      return fromData(out.shape, dtype, data)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(primitive, operands, params),
    sample: (draw) => ({
      operands: [sampleKey(draw)],
      params: { shape: draw.shape(), dtype: draw.pick<FloatDType>(['float32', 'float64']) }
    })
  })
  return primitive
}
