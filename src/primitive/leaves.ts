/** Functions of leaves, and what transformations hand to the rules of primitives that carry programs. */
import type { Tensor } from '../tensor/model.js'

/** A function of leaves. */
export type Leaves = (leaves: readonly Tensor[]) => readonly Tensor[]

type Slots = readonly (Tensor | undefined)[]

/** The value of a function and its tangent; `undefined` is zero. */
export type PushForward = (
  transformation: string,
  f: Leaves,
  primals: readonly Tensor[],
  tangents: Slots
) => { readonly value: readonly Tensor[]; readonly tangent: Slots }

/** A function of leaves on all examples at once: those that are mapped carry the axis in front, and so do all results. */
export type CallMapped = (
  transformation: string,
  size: number,
  leaves: readonly Tensor[],
  mapped: readonly boolean[],
  f: Leaves
) => readonly Tensor[]
