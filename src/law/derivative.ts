/** Differentiating a subject, through the transformations that users call. */
import { jvp } from '../calculus/forward.js'
import { vjp } from '../calculus/reverse.js'
import type { Tensor } from '../tensor/model.js'
import type { Subject } from './subject.js'
import { combine, count, flat, unflat } from './values.js'
import type { Line } from './difference.js'

type Tensors = readonly Tensor[]

/** The cotangents of the inputs, from those of the outputs. */
export const pull = (f: (inputs: Tensors) => Tensors, inputs: Tensors, cotangents: Tensors): Tensors =>
  vjp(f)(inputs)[1](cotangents)[0]

/** The tangents of the outputs, from those of the inputs. */
export const push = (f: (inputs: Tensors) => Tensors, inputs: Tensors, tangents: Tensors): Tensors =>
  jvp(f)([inputs], [tangents])[1]

/**
 * How far rounding may displace a value on its way, relative to the way: steps by powers of two are exact, but for those
 * that cross one.
 */
const jitterOf = (value: number, reach: number): number => {
  const low = Math.floor(Math.log2(Math.abs(value - reach / 128)))
  const high = Math.floor(Math.log2(Math.abs(value + reach / 128)))
  return low === high ? 0 : (Number.EPSILON * Math.abs(value)) / (2 * Math.abs(reach))
}

/** The function on a line through the point, in the direction of powers of two. */
export const lineOf = ({ f, inputs }: Pick<Subject, 'f' | 'inputs'>, direction: Float64Array): Line => {
  const point = flat(inputs)
  return {
    at: (t) => flat(f(unflat(inputs, combine(1, point, t, direction)))),
    jitter: direction.reduce((most, reach, i) => Math.max(most, jitterOf(point[i]!, reach)), 0)
  }
}

/** The function on a line along which one element moves, by `reach` where t = 1. */
export const lineAt = ({ f, inputs }: Subject, leaf: number, element: number, reach: number): Line => {
  const like = [inputs[leaf]!]
  const point = flat(like)
  return {
    at: (t) => {
      const moved = point.slice()
      moved[element]! += t * reach
      const x = unflat(like, moved)[0]!
      return flat(f(inputs.map((other, i) => (i === leaf ? x : other))))
    },
    jitter: jitterOf(point[element]!, reach)
  }
}

/** The Jacobian by the reverse mode: one row per output. */
export const jacobian = ({ f, inputs, value }: Subject): readonly (readonly number[])[] => {
  const [, pullback] = vjp(f)(inputs)
  const n = count(value)
  return Array.from({ length: n }, (_, row) => {
    const basis = new Float64Array(n)
    basis[row] = 1
    return [...flat(pullback(unflat(value, basis))[0])]
  })
}
