/** One step of an explicit Runge-Kutta method, on the leaves of a state. */
import type { Tensor } from '../tensor/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { cast } from '../tensor/structural.js'
import type { Tableau } from './tableau.js'

/** A state, as the leaves of its tree. */
export type State = readonly Tensor[]

/** The right-hand side of the equation, on leaves. */
export type Field = (y: State, t: Tensor) => State

/** `y + h (w[0] k[0] + w[1] k[1] + ...)`, in the types of `y`. */
export const ahead = (y: State, slopes: readonly State[], weights: readonly number[], h: Tensor): State =>
  y.map((leaf, i) => {
    const sum = weighted(slopes, weights, i)
    return sum === undefined ? leaf : add(leaf, mul(cast(h, leaf.dtype), sum))
  })

/** `w[0] k[0] + w[1] k[1] + ...` of one leaf; `undefined` where all weights are zero. */
export const weighted = (slopes: readonly State[], weights: readonly number[], leaf: number): Tensor | undefined =>
  slopes.reduce((sum: Tensor | undefined, slope, stage) => {
    const weight = weights[stage] ?? 0
    if (weight === 0) return sum
    const part = mul(slope[leaf]!, weight)
    return sum === undefined ? part : add(sum, part)
  }, undefined)

/** The slopes of all stages of a step, up to the last one that is asked for; the first may be known. */
export const slopesOf = (
  { a, c }: Tableau,
  field: Field,
  y: State,
  t: Tensor,
  h: Tensor,
  count: number,
  first?: State
): readonly State[] => {
  const slopes: State[] = [first ?? field(y, t)]
  for (let stage = 1; stage < count; stage++) {
    slopes.push(field(ahead(y, slopes, a[stage]!, h), add(t, mul(h, c[stage]!))))
  }
  return slopes
}

/** The state after a step. */
export const stepOf = (tableau: Tableau, field: Field, y: State, t: Tensor, h: Tensor): State => {
  // Stages that the result does not read are left out.
  const count = tableau.b.reduce((last, weight, stage) => (weight === 0 ? last : stage + 1), 0)
  return ahead(y, slopesOf(tableau, field, y, t, h, count), tableau.b, h)
}
