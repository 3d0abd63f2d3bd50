/** Derivatives of functions of leaves, as rules of program-carrying primitives need them. */
import { add } from '../tensor/arithmetic.js'
import type { Leaves, PushForward } from '../primitive/leaves.js'
import type { Slots } from '../primitive/model.js'
import type { Tensor } from '../tensor/model.js'
import { isFloat } from '../DType.js'
import { ForwardTrace } from '../transform/forward.js'
import { ReverseTrace } from '../transform/reverse.js'

/** The value of a function and its tangent. */
export const pushForward: PushForward = (transformation, ...call) => new ForwardTrace(transformation, add).push(...call)

/**
 * The value of a function, and its pullback to the float leaves among those that are wanted. The pullback adds to what the
 * leaves have been given `before`.
 */
export const pullBack = (
  transformation: string,
  f: Leaves,
  primals: readonly Tensor[],
  wanted: (index: number) => boolean = () => true
): { readonly value: readonly Tensor[]; readonly pull: (cotangents: Slots, before?: Slots) => Slots } => {
  const tape = new ReverseTrace(transformation, add)
  const chosen = primals.flatMap((primal, i) => (wanted(i) && isFloat(primal.dtype) ? [i] : []))
  const places = new Map(chosen.map((index, place) => [index, place]))
  try {
    const results = f(primals.map((primal, i) => (places.has(i) ? tape.input(primal) : primal)))
    const value = results.map((result) => tape.primal(result))
    const pull = (cotangents: Slots, before: Slots = []): Slots => {
      const seeds = results.flatMap((result, i) => {
        const cotangent = cotangents[i]
        return cotangent === undefined ? [] : [[result, cotangent] as const]
      })
      const found = tape.backward(
        seeds,
        chosen.length,
        false,
        chosen.map((index) => before[index])
      )
      return primals.map((_, i) => found[places.get(i) ?? -1])
    }
    return { value, pull }
  } finally {
    tape.close()
  }
}
