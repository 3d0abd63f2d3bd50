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

/** The function on a line through the point. */
export const lineOf = ({ f, inputs }: Pick<Subject, 'f' | 'inputs'>, direction: Float64Array): Line => {
  const at = flat(inputs)
  return (t) => flat(f(unflat(inputs, combine(1, at, t, direction))))
}

/** The function on a line along which one element moves, by `reach` where t = 1. */
export const lineAt = ({ f, inputs }: Subject, leaf: number, element: number, reach: number): Line => {
  const like = [inputs[leaf]!]
  const at = flat(like)
  return (t) => {
    const moved = at.slice()
    moved[element]! += t * reach
    const x = unflat(like, moved)[0]!
    return flat(f(inputs.map((other, i) => (i === leaf ? x : other))))
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
