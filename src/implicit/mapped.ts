/**
 * A primitive under `vmap` whose kernel goes from example to example: one operation, however many examples there are. Its
 * rules are those of one example, mapped.
 */
import { allocate } from '../DType.js'
import { align } from '../primitive/batch.js'
import { bind } from '../primitive/bind.js'
import type { Params, Primitive, Slots, TensorType, Rules } from '../primitive/model.js'
import { callMapped } from '../calculus/batching.js'
import type { Leaves } from '../calculus/leafwise.js'
import { spreadOver } from '../calculus/program.js'
import { size } from '../shape/model.js'
import { type Concrete, Dense, type Tensor, contiguous, fromData, fromNumber } from '../tensor/model.js'

/** A primitive whose rules are joint ones, in both modes. */
export interface Jointly<P extends Params> extends Primitive<P> {
  readonly derivative: { readonly jvp: Rules<P>['jointJvp']; readonly vjp: Rules<P>['jointVjp'] }
}

/** The parameters of one example, and how many examples there are: all operands and results carry them in front. */
export interface Examples<P extends Params> {
  readonly params: P
  readonly count: number
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

/** A function of leaves that may be missing, mapped: what is missing stays so. */
const mapSlots = (count: number, slots: Slots, f: (slots: Slots) => Slots): Slots => {
  const given = slots.map((slot) => slot !== undefined)
  let found: readonly boolean[] = []
  const inside: Leaves = (leaves) => {
    const results = f(spreadOver(leaves, given))
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

/** Slots that are all there. */
const all = (slots: Slots): readonly Tensor[] => slots.filter((slot) => slot !== undefined)

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const made = /* @__PURE__ */ new WeakMap<object, unknown>()

/** The mapped primitive, made once; mapped again, it is one of examples of examples. */
const mappedPrimitive = <P extends Params>(base: Jointly<P>): Jointly<Examples<P>> => {
  const known = made.get(base)
  if (known !== undefined) return asMappedOf(known)
  const mapped: Jointly<Examples<P>> = {
    name: `${base.name}Mapped`,
    kind: base.kind,
    infer: (operands, { params, count }) =>
      base.infer(operands.map(withoutFront), params).map(({ shape, dtype }) => ({ shape: [count, ...shape], dtype })),
    evaluate: (operands, { params, count }) => {
      const types = base.infer(operands.map(withoutFront), params)
      const results = Array.from({ length: count }, (_, i) =>
        base.evaluate(
          operands.map((operand) => exampleOf(operand, i)),
          params
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
      jvp: (tangents, operands, out, { params, count }) => {
        const [n, k] = [operands.length, out.length]
        return mapSlots(count, [...operands, ...out, ...tangents], (slots) =>
          base.derivative.jvp(slots.slice(n + k), all(slots.slice(0, n)), all(slots.slice(n, n + k)), params)
        )
      },
      vjp: (operands, out, { params, count }) => {
        const [n, k] = [operands.length, out.length]
        return (cotangents) =>
          mapSlots(count, [...operands, ...out, ...cotangents], (slots) =>
            base.derivative.vjp(all(slots.slice(0, n)), all(slots.slice(n, n + k)), params)(slots.slice(n + k), [])
          )
      }
    },
    batch: (operands, flags, params, count) => bindMapped(mapped, operands, flags, params, count),
    programs: ({ params }) => base.programs?.(params) ?? [],
    withPrograms: ({ params, count }, programs) => ({ params: base.withPrograms?.(params, programs) ?? params, count })
  }
  made.set(base, mapped)
  return mapped
}

/** What was remembered for a primitive is its mapped one. */
const asMappedOf = <P extends Params>(known: unknown): Jointly<Examples<P>> => known as Jointly<Examples<P>>

/** The rule of `vmap` for a primitive that works example by example. */
export const bindMapped = <P extends Params>(
  base: Jointly<P>,
  operands: readonly Tensor[],
  mapped: readonly boolean[],
  params: P,
  count: number
): readonly Tensor[] => bind(mappedPrimitive(base), align(operands, mapped, count), { params, count })
