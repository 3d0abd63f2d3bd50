/** Examples to map over: drawn operands, and others like them. */
import { isFloat } from '../DType.js'
import type { Tensor } from '../tensor/model.js'
import type { Instance } from './instance.js'
import { lattice, pick } from './directions.js'
import { count, flat, tensorAt } from './values.js'

/** An operand of each of many examples; example 0 is as drawn. */
export type Leaf = (example: number) => Tensor

/** The elements rotated by some places: all of them stay in the domain they were drawn from. */
const rotated = (values: Float64Array, by: number): Float64Array =>
  values.map((_, i) => values[(i + by) % values.length]!)

/**
 * An operand of a primitive. Drawn elements change places, a single float moves within its reach, and a tensor that was
 * computed from drawn ones (a sorted list, a positive definite matrix) is scaled by nearly 1.
 */
export const operandLeaf = (at: Instance, x: Tensor): Leaf => {
  const values = flat([x])
  const reach = at.reachOf(x)
  return (example) => {
    if (example === 0 || values.length === 0) return x
    if (isFloat(x.dtype) && reach === undefined) {
      return tensorAt(
        x.shape,
        x.dtype,
        values.map((value) => value * (1 + example * 2 ** -20))
      )
    }
    const moved = rotated(values, example)
    if (reach !== undefined && values.length === 1) {
      moved[0]! += (Math.min(1, reach[0]!) * example) / 16
    }
    return tensorAt(x.shape, x.dtype, moved)
  }
}

/** A direction, different in every example. */
export const directionLeaf =
  (salt: number, like: Tensor): Leaf =>
  (example) =>
    tensorAt(like.shape, like.dtype, lattice(salt + 101 * example, count([like])))

/** An argument of a function, moved within its reach. */
export const argumentLeaf =
  (x: Tensor, reach: Float64Array): Leaf =>
  (example) =>
    tensorAt(
      x.shape,
      x.dtype,
      flat([x]).map((value, i) => value + (Math.min(1, reach[i]!) * example) / 16)
    )

/** Tensors of one type one after another, along a new axis in front. */
export const stacked = (examples: readonly Tensor[], { shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): Tensor =>
  tensorAt([examples.length, ...shape], dtype, flat(examples))

/** Ways to map some of several operands: all of up to three; of more, each one alone and all together. */
export const masks = (n: number): readonly (readonly boolean[])[] =>
  n <= 3
    ? Array.from({ length: 2 ** n - 1 }, (_, bits) =>
        Array.from({ length: n }, (__, i) => (((bits + 1) >> i) & 1) === 1)
      )
    : Array.from({ length: n + 1 }, (_, one) => Array.from({ length: n }, (__, i) => one === n || one === i))

/** A way to map some of several operands, which a salt determines: any subset but the empty one. */
export const maskOf = (salt: number, n: number): readonly boolean[] => {
  const mask = Array.from({ length: n }, (_, i) => pick(salt, i, 2) === 1)
  return mask.includes(true) ? mask : mask.map(() => true)
}
