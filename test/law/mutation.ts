// Wrong rules and kernels made on purpose, each of which the laws must refuse.
import { epsilon, isFloat } from '../../src/DType.js'
import { align } from '../../src/primitive/batch.js'
import type { Pullback } from '../../src/primitive/model.js'
import { bottom } from '../../src/primitive/traced.js'
import { size } from '../../src/shape/model.js'
import { add, mul } from '../../src/tensor/arithmetic.js'
import { swapAxes } from '../../src/tensor/axes.js'
import { stopGradient } from '../../src/tensor/cast.js'
import { gather } from '../../src/tensor/indexing.js'
import { type Concrete, Dense, type Tensor, isConcrete } from '../../src/tensor/model.js'
import { flip } from '../../src/tensor/slice.js'
import { broadcastToShape, cast, permuteTo, reshapeTo } from '../../src/tensor/structural.js'
import { type Mutate, after, evaluating, inferring, mapping, pulled, seeing, swapped } from './mutant.js'
import { flat, tensorAt } from '../../src/law/values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A way to be wrong. */
export interface Mutation {
  readonly name: string
  /** The same primitive, but wrong; itself where the mutation does not apply. */
  readonly mutate: Mutate
}

const scaled =
  (factor: number) =>
  (x: Tensor): Tensor =>
    isFloat(x.dtype) ? mul(x, factor) : x

// -----------------------------------------------------------------------------
// particular faults
// -----------------------------------------------------------------------------

/** Only what came from the first position along the first axis that has several. */
const unsummed =
  (pullback: Pullback): Pullback =>
  (ct) => {
    const axis = ct.shape.findIndex((n) => n > 1)
    if (axis < 0 || !isFloat(ct.dtype)) return pullback(ct)
    const inner = size(ct.shape.slice(axis + 1))
    const mask = Float64Array.from({ length: size(ct.shape) }, (_, i) =>
      Math.floor(i / inner) % ct.shape[axis]! === 0 ? 1 : 0
    )
    return pullback(mul(ct, tensorAt(ct.shape, ct.dtype, mask)))
  }

/** Where several results contribute to an element, the last one wins. */
const overwriting =
  (pullback: Pullback): Pullback =>
  (ct) => {
    const n = size(ct.shape)
    const right = pullback(ct)
    if (!isConcrete(ct) || !isConcrete(right) || n === 0) return right
    const values = flat([ct])
    const total = new Float64Array(size(right.shape))
    for (let i = 0; i < n; i++) {
      const part = flat([
        pullback(
          tensorAt(
            ct.shape,
            ct.dtype,
            values.map((value, j) => (i === j ? value : 0))
          )
        )
      ])
      part.forEach((value, j) => {
        if (value !== 0) total[j] = value
      })
    }
    return tensorAt(right.shape, right.dtype, total)
  }

/** Elements in the order of the reversed axes. */
const misread = (x: Tensor): Tensor =>
  x.shape.length < 2 ? x : reshapeTo(permuteTo(x, x.shape.map((_, axis) => axis).reverse()), x.shape)

/** The operands of the first call with these shapes and parameters, forever after. */
const stale = (): Mutate => {
  const captured = new Map<string, readonly [readonly Tensor[], readonly Tensor[]]>()
  return seeing((operands, out, params) => {
    if (![...operands, ...out].every(isConcrete)) return [operands, out]
    const key = JSON.stringify([operands.map(({ shape, dtype }) => [shape, dtype]), params])
    const first = captured.get(key)
    if (first !== undefined) return first
    captured.set(key, [operands, out])
    return [operands, out]
  })
}

/** The storage of a view as though it were in order. */
const unstrided = (x: Concrete): Concrete => {
  if (!(x instanceof Dense)) return x
  const n = size(x.shape)
  const values = Float64Array.from({ length: n }, (_, i) => x.data[x.offset + i] ?? 0)
  const read = tensorAt(x.shape, x.dtype, values)
  return isConcrete(read) ? read : x
}

/** Floats moved by a bit, those that are not 0. */
const nudged = (x: Tensor): Tensor => (isFloat(x.dtype) ? mul(x, 1 + epsilon(x.dtype)) : x)

const nudgedWhere = (moves: boolean, x: Concrete): Concrete => {
  const moved = moves ? nudged(x) : x
  return isConcrete(moved) ? moved : x
}

/** Whether a kernel is given a tensor in order, without gaps. */
const inOrder = (x: Concrete): boolean =>
  !(x instanceof Dense) || x.strides.every((stride, axis) => stride === size(x.shape.slice(axis + 1)))

/** The kernel rounds in another way where operands are views. */
const otherwiseForViews: Mutate = (primitive) => ({
  ...primitive,
  evaluate: (operands, params) =>
    primitive.evaluate(operands, params).map((x) => nudgedWhere(!operands.every(inOrder), x))
})

const withoutNaN = (x: Concrete): Concrete => {
  const values = flat([x]).map((value) => (Number.isNaN(value) ? 0 : value))
  const read = tensorAt(x.shape, x.dtype, values)
  return isConcrete(read) ? read : x
}

/** The two float types changed for each other. */
const otherFloat = (x: Tensor): Tensor => cast(x, x.dtype === 'float64' ? 'float32' : 'float64')

// -----------------------------------------------------------------------------
// faults of mapping
// -----------------------------------------------------------------------------

/** The first example. */
const first = (x: Tensor): Tensor => gather(x, 0)

/** The last of the mapped operands is the same in every example. */
const constantOperand: Mutate = mapping(({ operands, mapped, rule }) => {
  const last = mapped.lastIndexOf(true)
  return rule(
    operands.map((x, i) =>
      i === last && x.shape[0] !== 0 ? broadcastToShape(reshapeTo(first(x), [1, ...first(x).shape]), x.shape) : x
    ),
    mapped
  )
})

/** The mapped axis and the one behind it changed for each other. */
const exchanged = (x: Tensor): Tensor => (x.shape.length < 2 ? x : swapAxes(x, 0, 1))

// -----------------------------------------------------------------------------
// the battery
// -----------------------------------------------------------------------------

/**
 * The ways to be wrong that the laws are tested with: of the rules of one mode or of both, of one operand, of an axis, in
 * one order or one precision only, of kernels, of the types that `infer` gives, and of mapping.
 */
export const mutations: readonly Mutation[] = [
  { name: 'vjp scaled by 1.001', mutate: after('vjp', scaled(1.001)) },
  { name: 'jvp scaled by 1.001', mutate: after('jvp', scaled(1.001)) },
  { name: 'both scaled by 1.001', mutate: after('both', scaled(1.001)) },
  { name: 'the sign of vjp flipped', mutate: after('vjp', scaled(-1)) },
  { name: 'the sign of both flipped', mutate: after('both', scaled(-1)) },
  { name: 'the first argument dropped', mutate: after('both', (x, index) => (index === 0 ? scaled(0)(x) : x)) },
  {
    name: 'the last argument dropped',
    mutate: after('both', (x, index, operands) => (index === operands.length - 1 ? scaled(0)(x) : x))
  },
  {
    name: 'arguments swapped',
    mutate: swapped
  },
  { name: 'an axis not summed', mutate: pulled(unsummed) },
  { name: 'the wrong axis', mutate: after('vjp', misread) },
  { name: 'set for add in scatter', mutate: pulled(overwriting) },
  { name: 'a stale captured value', mutate: (primitive) => stale()(primitive) },
  {
    name: 'an error in second order only',
    mutate: seeing((operands, out) => [operands.map((x) => stopGradient(x)), out.map((x) => stopGradient(x))])
  },
  {
    name: 'an error in float32 only',
    mutate: after('both', (x) => (x.dtype === 'float32' ? mul(x, 1.001) : x))
  },
  { name: 'a constant beside the derivative', mutate: after('both', (x) => (isFloat(x.dtype) ? add(x, 1e-6) : x)) },
  { name: 'a cotangent of the other type', mutate: after('vjp', otherFloat) },
  {
    name: 'a kernel that ignores strides',
    mutate: evaluating(unstrided, (result) => result)
  },
  { name: 'another bit for views', mutate: otherwiseForViews },
  {
    name: 'a kernel that answers NaN with 0',
    mutate: evaluating((operand) => operand, withoutNaN)
  },
  {
    name: 'another type inferred',
    mutate: inferring(({ shape, dtype }) => ({ shape, dtype: dtype === 'float64' ? 'float32' : 'float64' }))
  },
  { name: 'another shape inferred', mutate: inferring(({ shape, dtype }) => ({ shape: [1, ...shape], dtype })) },
  { name: 'an error in programs only', mutate: after('vjp', (x) => (bottom(x) === undefined ? scaled(1.001)(x) : x)) },
  {
    name: 'examples in reverse order',
    mutate: mapping(({ operands, mapped, rule }) => rule(operands, mapped).map((x) => flip(x, { axis: 0 })))
  },
  {
    name: 'a result of one example',
    mutate: mapping(({ operands, mapped, size, rule }) =>
      rule(operands, mapped).map((x) => (size === 0 ? x : first(x)))
    )
  },
  {
    name: 'another bit beside other examples',
    mutate: mapping(({ operands, mapped, size, rule }) => rule(operands, mapped).map((x) => (size < 2 ? x : nudged(x))))
  },
  {
    name: 'the mapped axis behind another',
    mutate: mapping(({ operands, mapped, rule }) => rule(operands, mapped).map(exchanged))
  },
  { name: 'a mapped operand taken for a constant', mutate: constantOperand },
  {
    name: 'all operands taken for mapped',
    mutate: mapping(({ operands, rule }) =>
      rule(
        operands,
        operands.map(() => true)
      )
    )
  },
  {
    name: 'axes counted as without the mapped one',
    mutate: mapping(({ operands, mapped, size, apply }) => apply(align(operands, mapped, size)))
  }
]
