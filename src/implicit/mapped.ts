/**
 * Primitives whose kernel goes from example to example under `vmap`: one operation, however many examples there are. Its
 * rules are those of one example, mapped.
 */
import { allocate } from '../DType.js'
import { align } from '../primitive/batch.js'
import { bind } from '../primitive/bind.js'
import type { Leaves } from '../primitive/leaves.js'
import type { Params, Primitive, Rules, Slots, TensorType } from '../primitive/model.js'
import { callMapped } from '../calculus/batching.js'
import { spreadOver } from '../calculus/program.js'
import { size } from '../shape/model.js'
import { type Concrete, Dense, type Tensor, contiguous, fromData, fromNumber } from '../tensor/model.js'

/** A primitive whose rules are joint ones, in both modes. */
export interface Jointly<P extends Params> extends Primitive<P> {
  readonly derivative: { readonly jvp: Rules<P>['jointJvp']; readonly vjp: Rules<P>['jointVjp'] }
}

/** Parameters of one example, and how many examples there are. */
export interface Examples {
  /** The sizes of the mapped axes in front of all operands and results, the outermost first; empty for one example. */
  readonly examples: readonly number[]
}

// -----------------------------------------------------------------------------
// examples
// -----------------------------------------------------------------------------

const withoutFront = ({ shape, dtype }: TensorType): TensorType => ({ shape: shape.slice(1), dtype })

/** One example, without its axis: a view. */
const exampleOf = (x: Concrete, index: number): Concrete => {
  if (!(x instanceof Dense)) return x
  const offset = x.offset + index * x.strides[0]!
  return x.shape.length === 1
    ? fromNumber(x.dtype, x.data[offset]!)
    : new Dense(x.shape.slice(1), x.dtype, x.data, x.strides.slice(1), offset)
}

/** Examples of one type along a new axis in front. */
const stacked = (examples: readonly Concrete[], { shape, dtype }: TensorType): Concrete => {
  const n = size(shape)
  const data = allocate(dtype, examples.length * n)
  examples.forEach((example, i) => {
    const values = contiguous(example)
    data.set(values.data.subarray(values.offset, values.offset + n), i * n)
  })
  return fromData([examples.length, ...shape], dtype, data)
}

/** A function of leaves that may be missing, mapped: missing ones stay missing. */
const mapSlots = (count: number, slots: Slots, f: (slots: Slots) => Slots): Slots => {
  const present = slots.map((slot) => slot !== undefined)
  let found: readonly boolean[] = []
  const inside: Leaves = (leaves) => {
    const results = f(spreadOver(leaves, present))
    found = results.map((result) => result !== undefined)
    return results.filter((result) => result !== undefined)
  }
  const leaves = slots.filter((slot) => slot !== undefined)
  return spreadOver(
    callMapped(
      'vmap',
      count,
      leaves,
      leaves.map(() => true),
      inside
    ),
    found
  )
}

/** Slots that are all present. */
const given = (slots: Slots): readonly Tensor[] => slots.filter((slot) => slot !== undefined)

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** The parameters without the outermost mapped axis. */
const inner = <P extends Examples>(params: P): P => ({ ...params, examples: params.examples.slice(1) })

/** A primitive for any number of examples, from one for a single example. */
export const overExamples = <P extends Examples>(one: Jointly<P>): Jointly<P> => {
  const all: Jointly<P> = {
    ...one,
    infer: (operands, params) => {
      const [count] = params.examples
      if (count === undefined) return one.infer(operands, params)
      const types = all.infer(operands.map(withoutFront), inner(params))
      return types.map(({ shape, dtype }) => ({ shape: [count, ...shape], dtype }))
    },
    evaluate: (operands, params) => {
      const [count] = params.examples
      if (count === undefined) return one.evaluate(operands, params)
      const each = inner(params)
      const types = all.infer(operands.map(withoutFront), each)
      const results = Array.from({ length: count }, (_, i) =>
        all.evaluate(
          operands.map((operand) => exampleOf(operand, i)),
          each
        )
      )
      return types.map((type, k) =>
        stacked(
          results.map((result) => result[k]!),
          type
        )
      )
    },
    derivative: {
      jvp: (tangents, operands, out, params, push) => {
        const [count] = params.examples
        if (count === undefined) return one.derivative.jvp(tangents, operands, out, params, push)
        const [n, k] = [operands.length, out.length]
        return mapSlots(count, [...operands, ...out, ...tangents], (slots) =>
          all.derivative.jvp(
            slots.slice(n + k),
            given(slots.slice(0, n)),
            given(slots.slice(n, n + k)),
            inner(params),
            push
          )
        )
      },
      vjp: (operands, out, params) => {
        const [count] = params.examples
        if (count === undefined) return one.derivative.vjp(operands, out, params)
        const [n, k] = [operands.length, out.length]
        return (cotangents) =>
          mapSlots(count, [...operands, ...out, ...cotangents], (slots) => {
            const pull = all.derivative.vjp(given(slots.slice(0, n)), given(slots.slice(n, n + k)), inner(params))
            return pull(slots.slice(n + k), [])
          })
      }
    },
    batch: (operands, mapped, params, size) =>
      bind(all, align(operands, mapped, size), { ...params, examples: [size, ...params.examples] })
  }
  return all
}
