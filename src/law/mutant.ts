/** Parts of mutations: how rules and kernels are changed, of primitives with one result and with several. */
import { bindOne, bind } from '../primitive/bind.js'
import type { Derivative, Primitive, Pullback, TensorType } from '../primitive/model.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { type AnyPrimitive, isSingle } from './instance.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Makes a primitive wrong; one to which it does not apply stays as it is. */
export type Mutate = <P>(primitive: AnyPrimitive<P>) => AnyPrimitive<P>

/** Which of the two modes are wrong; when both are, they may still be each other's transpose. */
type Modes = 'vjp' | 'jvp' | 'both'

type Tensors = readonly Tensor[]

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

const withRules = <P>(
  primitive: Primitive<P>,
  change: (rules: Derivative<P>) => Partial<Derivative<P>>
): Primitive<P> =>
  primitive.derivative === undefined
    ? primitive
    : { ...primitive, derivative: { ...primitive.derivative, ...change(primitive.derivative) } }

type Change = (x: Tensor, index: number, operands: Tensors) => Tensor

const afterSingle = <P>(primitive: Primitive<P>, modes: Modes, change: Change): Primitive<P> =>
  withRules(primitive, ({ jvp, vjp }) => ({
    jvp: (index, tangent, operands, out, params) => {
      const right = jvp(index, tangent, operands, out, params)
      return modes === 'vjp' ? right : change(right, index, operands)
    },
    vjp: (index, operands, out, params) => {
      const right = vjp(index, operands, out, params)
      return modes === 'jvp' ? right : (ct) => change(right(ct), index, operands)
    }
  }))

/** The tangents of several operands come together, so it is these that are changed. */
const afterTuple = <P>(primitive: Primitive<P>, modes: Modes, change: Change): Primitive<P> => {
  const changed = (list: readonly (Tensor | undefined)[], operands: Tensors): readonly (Tensor | undefined)[] =>
    list.map((x, index) => x && change(x, index, operands))
  return {
    ...primitive,
    jvp: (tangents, operands, out, params) =>
      primitive.jvp(modes === 'vjp' ? tangents : changed(tangents, operands), operands, out, params),
    vjp: (operands, out, params) => {
      const right = primitive.vjp(operands, out, params)
      return modes === 'jvp' ? right : (cts, before) => changed(right(cts, before), operands)
    }
  }
}

/** Changes what goes to or comes from each operand. */
export const after =
  (modes: Modes, change: Change): Mutate =>
  (primitive) =>
    isSingle(primitive) ? afterSingle(primitive, modes, change) : afterTuple(primitive, modes, change)

/** Changes pullbacks, of primitives with one result. */
export const pulled =
  (change: (pullback: Pullback) => Pullback): Mutate =>
  (primitive) =>
    isSingle(primitive)
      ? withRules(primitive, ({ vjp }) => ({
          vjp: (index, operands, out, params) => change(vjp(index, operands, out, params))
        }))
      : primitive

/** Changes the operands and the results that rules see, in both modes. */
export const seeing =
  (change: <P>(operands: Tensors, out: Tensors, params: P) => readonly [operands: Tensors, out: Tensors]): Mutate =>
  (primitive) => {
    if (!isSingle(primitive)) {
      return {
        ...primitive,
        jvp: (tangents, operands, out, params) => primitive.jvp(tangents, ...change(operands, out, params), params),
        vjp: (operands, out, params) => primitive.vjp(...change(operands, out, params), params)
      }
    }
    return withRules(primitive, ({ jvp, vjp }) => ({
      jvp: (index, tangent, operands, out, params) => {
        const [at, [result]] = change(operands, [out], params)
        return jvp(index, tangent, at, result ?? out, params)
      },
      vjp: (index, operands, out, params) => {
        const [at, [result]] = change(operands, [out], params)
        return vjp(index, at, result ?? out, params)
      }
    }))
  }

/** The rule of each operand in the place of its opposite's. */
export const swapped: Mutate = (primitive) =>
  isSingle(primitive)
    ? withRules(primitive, ({ jvp, vjp }) => ({
        jvp: (index, tangent, operands, out, params) =>
          jvp(operands.length - 1 - index, tangent, operands, out, params),
        vjp: (index, operands, out, params) => vjp(operands.length - 1 - index, operands, out, params)
      }))
    : {
        ...primitive,
        jvp: (tangents, operands, out, params) => primitive.jvp([...tangents].reverse(), operands, out, params),
        vjp: (operands, out, params) => {
          const right = primitive.vjp(operands, out, params)
          return (cts, before) => [...right(cts, before)].reverse()
        }
      }

// -----------------------------------------------------------------------------
// kernels
// -----------------------------------------------------------------------------

const evaluatingTuple = <P>(
  primitive: Primitive<P>,
  before: (operand: Concrete) => Concrete,
  then: (result: Concrete) => Concrete
): Primitive<P> => ({
  ...primitive,
  evaluate: (operands, params) => primitive.evaluate(operands.map(before), params).map(then)
})

/** Changes what the kernel sees, and what it makes. */
export const evaluating =
  (before: (operand: Concrete) => Concrete, then: (result: Concrete) => Concrete): Mutate =>
  (primitive) =>
    isSingle(primitive)
      ? {
          ...primitive,
          evaluate: (operands, params, out) => then(primitive.evaluate(operands.map(before), params, out))
        }
      : evaluatingTuple(primitive, before, then)

// -----------------------------------------------------------------------------
// types and mapping
// -----------------------------------------------------------------------------

const inferringSingle = <P>(primitive: Primitive<P>, change: (type: TensorType) => TensorType): Primitive<P> => ({
  ...primitive,
  infer: (operands, params) => change(primitive.infer(operands, params)),
  evaluate: (operands, params) => primitive.evaluate(operands, params, primitive.infer(operands, params))
})

const inferringTuple = <P>(primitive: Primitive<P>, change: (type: TensorType) => TensorType): Primitive<P> => ({
  ...primitive,
  infer: (operands, params) => primitive.infer(operands, params).map(change)
})

/** Changes what is foretold, but not what is made. */
export const inferring =
  (change: (type: TensorType) => TensorType): Mutate =>
  (primitive) =>
    isSingle(primitive) ? inferringSingle(primitive, change) : inferringTuple(primitive, change)

/** A call of the rule of `vmap`, as a mutation sees it. */
export interface Mapped {
  readonly operands: Tensors
  readonly mapped: readonly boolean[]
  readonly size: number
  /** The right rule. */
  readonly rule: (operands: Tensors, mapped: readonly boolean[]) => Tensors
  /** The primitive itself, at the parameters as they are. */
  readonly apply: (operands: Tensors) => Tensors
}

/** Changes the rule of `vmap`, where there is one. */
export const mapping =
  (change: (call: Mapped) => Tensors): Mutate =>
  (primitive) => {
    if (isSingle(primitive)) {
      const { batch } = primitive
      if (batch === undefined) return primitive
      return {
        ...primitive,
        batch: (operands, mapped, params, size) => {
          const [result] = change({
            operands,
            mapped,
            size,
            rule: (at, which) => [batch(at, which, params, size)],
            apply: (at) => [bindOne(primitive, at, params)]
          })
          return result!
        }
      }
    }
    const { batch } = primitive
    if (batch === undefined) return primitive
    return {
      ...primitive,
      batch: (operands, mapped, params, size) =>
        change({
          operands,
          mapped,
          size,
          rule: (at, which) => batch(at, which, params, size),
          apply: (at) => bind(primitive, at, params)
        })
    }
  }
