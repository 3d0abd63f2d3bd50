/** What the steps of a solver would keep for the backward pass, if all of it was kept. */
import type { Program } from '../primitive/model.js'
import { bottom } from '../primitive/traced.js'
import { size } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'

/** How many bytes may be kept before steps are computed again instead. */
const affordable = 2 ** 26

/** About what a value takes besides its elements: itself, and what its pullback closes over. */
const overhead = 150

/** How many examples of mappings there are for one value of an operand; `Infinity` if unknown. */
const examplesOf = (operands: readonly Tensor[]): number =>
  operands.reduce((most, x) => {
    const values = bottom(x)
    return values === undefined ? Infinity : Math.max(most, size(values.shape) / Math.max(1, size(x.shape)))
  }, 1)

/**
 * Whether steps are to be computed again in the backward pass, where the user does not say: gradients are the same either way, and
 * faster without. `field` is the right-hand side, whose first inputs are the state.
 */
export const isTooMuch = (
  field: Program,
  y: readonly Tensor[],
  operands: readonly Tensor[],
  stages: number,
  steps: number
): boolean => {
  const examples = examplesOf(operands)
  const bytes = ({ shape }: { readonly shape: readonly number[] }): number => 8 * size(shape) * examples + overhead
  const total = (list: readonly { readonly shape: readonly number[] }[]): number =>
    list.reduce((sum, each) => sum + bytes(each), 0)
  const ofField = total(field.equations.flatMap(({ results }) => results))
  // A stage multiplies and adds the slopes of all before it.
  return steps * stages * (ofField + (stages + 1) * total(y)) > affordable
}
