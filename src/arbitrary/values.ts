/** Tensors from lists of codes, and the reach of their values: how far each may move. */
import { type DType, allocate } from '../DType.js'
import type { Domain } from '../primitive/domain.js'
import { type Shape, size } from '../shape/model.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { lattice } from './lattice.js'

/** A tensor of given numbers in row-major order, each rounded to the element type. */
export const tensorOf = (shape: Shape, dtype: DType, values: readonly number[]): Tensor => {
  const data = allocate(dtype, size(shape))
  data.set(values)
  return fromData(Object.freeze([...shape]), dtype, data)
}

/** The lattice values of a list of codes. */
export const valuesOf = (domain: Domain, codes: readonly number[]): readonly number[] => {
  const { valueOf } = lattice(domain)
  return codes.map(valueOf)
}

/** How far each value may move before it meets an end of the domain or a kink. */
export const reachOf = (domain: Domain, values: readonly number[]): readonly number[] => {
  const { reachOf: reach } = lattice(domain)
  return values.map(reach)
}

/** Half the least distance between two values: all may move that far before two of them meet. */
export const halfGap = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.reduce((least, value, i) => (i === 0 ? least : Math.min(least, (value - sorted[i - 1]!) / 2)), Infinity)
}

/** The codes of well separated values: every `stride`-th lattice point, `min` to `max` of them. */
export interface Spread {
  readonly stride: number
  readonly min: number
  readonly max: number
}

/** Spreads `n` different values over a domain, with four times as many places as values where there is room. */
export const spread = (domain: Domain, n: number): Spread => {
  const { min, max } = lattice(domain)
  const stride = Math.max(1, Math.floor((max - min) / Math.max(4 * n, 16)))
  return { stride, min: Math.ceil(min / stride), max: Math.floor(max / stride) }
}
