// How a mutation changes the rules, the kernel, the types or the mapping of a primitive.
import { bind } from '../../src/primitive/bind.js'
import type { Derivative, Primitive, Pullback, Slots, TensorType, Rules } from '../../src/primitive/model.js'
import type { Concrete, Tensor } from '../../src/tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Makes a primitive wrong; one to which it does not apply stays as it is. */
export type Mutate = (primitive: Primitive) => Primitive

/** Which of the two modes are wrong; when both are, they may still be each other's transpose. */
type Modes = 'vjp' | 'jvp' | 'both'

type Tensors = readonly Tensor[]

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

/** The rules of both modes, each with a change for the list with a rule per operand and one for the joint rule. */
interface Changes {
  readonly jvp?: readonly [
    (rule: Rules<object>['jvp'], index: number) => Rules<object>['jvp'],
    Joint<Rules<object>['jointJvp']>
  ]
  readonly vjp?: readonly [
    (rule: Rules<object>['vjp'], index: number) => Rules<object>['vjp'],
    Joint<Rules<object>['jointVjp']>
  ]
}

type Joint<Rule> = (rule: Rule) => Rule

const withRules = (primitive: Primitive, { jvp, vjp }: Changes): Primitive => {
  const { derivative } = primitive
  if (derivative === undefined) return primitive
  const changed: Derivative = {
    ...derivative,
    ...(jvp && {
      jvp:
        typeof derivative.jvp === 'function'
          ? jvp[1](derivative.jvp)
          : derivative.jvp.map((rule, i) => rule && jvp[0](rule, i))
    }),
    ...(vjp && {
      vjp:
        typeof derivative.vjp === 'function'
          ? vjp[1](derivative.vjp)
          : derivative.vjp.map((rule, i) => rule && vjp[0](rule, i))
    })
  }
  return { ...primitive, derivative: changed }
}

type Change = (x: Tensor, index: number, operands: Tensors) => Tensor

/** Changes what goes to or comes from each operand. Joint rules take the tangents together, so it is these that are changed. */
export const after = (modes: Modes, change: Change): Mutate => {
  const all = (list: Slots, operands: Tensors): Slots => list.map((x, index) => x && change(x, index, operands))
  const jvp: Changes['jvp'] = [
    (rule, index) => (tangent, operands, out, params) => change(rule(tangent, operands, out, params), index, operands),
    (rule) =>
      (tangents, operands, ...more) =>
        rule(all(tangents, operands), operands, ...more)
  ]
  const vjp: Changes['vjp'] = [
    (rule, index) => (operands, out, params) => {
      const right = rule(operands, out, params)
      return (ct) => change(right(ct), index, operands)
    },
    (rule) => (operands, out, params) => {
      const right = rule(operands, out, params)
      return (cts, before) => all(right(cts, before), operands)
    }
  ]
  return (primitive) => withRules(primitive, { ...(modes !== 'vjp' && { jvp }), ...(modes !== 'jvp' && { vjp }) })
}

/** Changes pullbacks, of primitives with a rule per operand. */
export const pulled =
  (change: (pullback: Pullback) => Pullback): Mutate =>
  (primitive) =>
    typeof primitive.derivative?.vjp === 'function'
      ? primitive
      : withRules(primitive, {
          vjp: [(rule) => (operands, out, params) => change(rule(operands, out, params)), (rule) => rule]
        })

/** Changes the operands and the results that rules see, in both modes. */
export const seeing = (
  change: (operands: Tensors, out: Tensors, params: object) => readonly [operands: Tensors, out: Tensors]
): Mutate => {
  const one = (operands: Tensors, out: Tensor, params: object): readonly [operands: Tensors, out: Tensor] => {
    const [at, [result]] = change(operands, [out], params)
    return [at, result ?? out]
  }
  return (primitive) =>
    withRules(primitive, {
      jvp: [
        (rule) => (tangent, operands, out, params) => rule(tangent, ...one(operands, out, params), params),
        (rule) => (tangents, operands, out, params, push) =>
          rule(tangents, ...change(operands, out, params), params, push)
      ],
      vjp: [
        (rule) => (operands, out, params) => rule(...one(operands, out, params), params),
        (rule) => (operands, out, params) => rule(...change(operands, out, params), params)
      ]
    })
}

/** The rule of each operand in the place of its opposite's. */
export const swapped: Mutate = (primitive) => {
  const { derivative } = primitive
  if (derivative === undefined) return primitive
  const { jvp, vjp } = derivative
  return {
    ...primitive,
    derivative: {
      ...derivative,
      jvp:
        typeof jvp === 'function' ? (tangents, ...more) => jvp([...tangents].reverse(), ...more) : [...jvp].reverse(),
      vjp:
        typeof vjp === 'function'
          ? (operands, out, params) => {
              const right = vjp(operands, out, params)
              return (cts, before) => [...right(cts, before)].reverse()
            }
          : [...vjp].reverse()
    }
  }
}

// -----------------------------------------------------------------------------
// kernels, types and mapping
// -----------------------------------------------------------------------------

/** Changes what the kernel sees, and what it makes. */
export const evaluating =
  (before: (operand: Concrete) => Concrete, then: (result: Concrete) => Concrete): Mutate =>
  (primitive) => ({
    ...primitive,
    evaluate: (operands, params) => primitive.evaluate(operands.map(before), params).map(then)
  })

/** Changes the inferred types, but not what is made. */
export const inferring =
  (change: (type: TensorType) => TensorType): Mutate =>
  (primitive) => ({
    ...primitive,
    infer: (operands, params) => primitive.infer(operands, params).map(change)
  })

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
  (primitive) =>
    primitive.batch === undefined
      ? primitive
      : {
          ...primitive,
          batch: (operands, mapped, params, size, map) =>
            change({
              operands,
              mapped,
              size,
              rule: (at, which) => primitive.batch!(at, which, params, size, map),
              apply: (at) => bind(primitive, at, params)
            })
        }
