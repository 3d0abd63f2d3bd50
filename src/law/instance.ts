/** A primitive with operands and parameters, at which the laws of primitives are checked. */
import { bind } from '../primitive/bind.js'
import { type Params, type Primitive, type TensorType, none } from '../primitive/model.js'
import { DTypeError } from '../internal/require.js'
import { Traced } from '../primitive/traced.js'
import type { Sample } from '../primitive/domain.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { stopGradientPrimitive } from '../tensor/cast.js'
import { castPrimitive } from '../tensor/structural.js'
import { freshLevel } from '../transform/level.js'
import { literal } from './literal.js'
import { rounded, roundedParams } from './rounded.js'
import { pick } from './directions.js'
import { type Subject, reachOfAll } from './subject.js'
import { flat, largest, replaced } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A primitive at operands and parameters of its sample, at which a law of primitives is checked.
 *
 * @example
 * import type { Instance } from 'pullback/Law'
 *
 * const isSmooth = ({ differentiable, smooth }: Instance): boolean => differentiable && smooth
 * isSmooth.length // => 1
 */
export interface Instance {
  readonly name: string
  readonly operands: readonly Tensor[]
  /** How far each operand's elements may move; `undefined` where that is not known. */
  readonly reachOf: (operand: Tensor) => readonly number[] | undefined
  /** Whether it has rules at all. */
  readonly differentiable: boolean
  /** Whether it is the identity, declared constant: its derivative is zero, though its value changes. */
  readonly constant: boolean
  /** Whether the type of the result is a parameter, as that of `cast` is. */
  readonly choosesType: boolean
  /** Whether the operands lie where it is smooth. */
  readonly smooth: boolean
  readonly apply: (operands: readonly Tensor[]) => readonly Tensor[]
  readonly infer: (operands: readonly Tensor[]) => readonly TensorType[]
  /** The kernel alone. */
  readonly evaluate: (operands: readonly Concrete[]) => readonly Concrete[]
  /** Whether it is declared linear in an operand: its jvp there is the operation itself, applied to the tangent. */
  readonly linearIn: (index: number) => boolean
  readonly literals: () => readonly string[]
  /** The instance in float32: operands, and programs in the parameters. */
  readonly inSingle: () => Instance
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** A stand-in for a tangent, which records the operations that are applied to it. */
class Probe extends Traced {
  readonly interpreter: Traced['interpreter']
  readonly primal: undefined = undefined

  constructor(
    like: Tensor,
    level: number,
    seen: (primitive: object, operands: readonly Tensor[], params: Params) => void
  ) {
    super(level, like.shape, like.dtype)
    this.interpreter = {
      level,
      transformation: 'a law',
      remedy: 'ask for its shape only',
      open: true,
      apply: (primitive, operands, params) => {
        seen(primitive, operands, params)
        return [like]
      },
      applyPair: ({ primitive }, x, y) => {
        seen(primitive, [x, y], none)
        return like
      },
      applySingle: ({ primitive }, x) => {
        seen(primitive, [x], none)
        return like
      }
    }
  }
}

/** Whether the jvp to an operand is the primitive itself, with the tangent in the operand's place. */
const declaredLinear = (primitive: Primitive, operands: readonly Tensor[], params: Params, index: number): boolean => {
  const operand = operands[index]
  const jvp = primitive.derivative?.jvp
  if (jvp === undefined || typeof jvp === 'function' || operand === undefined) return false
  let found = false
  const probe: Probe = new Probe(operand, freshLevel(), (applied, given, along) => {
    const same = (x: Tensor, i: number): boolean => x === (i === index ? probe : operands[i])
    found ||= applied === primitive && along === params && given.length === operands.length && given.every(same)
  })
  try {
    jvp[index]?.(probe, operands, bind(primitive, operands, params)[0]!, params)
  } catch {
    // A rule that needs more than shapes is not the operation itself.
  }
  return found
}

/** A primitive at a point. `reachOf` gives how far the elements of an operand may move, where that is known. */
export const instance = (
  primitive: Primitive,
  { operands, params }: ReturnType<Sample<Params>>,
  reachOf: (operand: Tensor) => readonly number[] | undefined,
  smooth: boolean
): Instance => ({
  name: primitive.name,
  operands,
  reachOf,
  smooth,
  literals: () => [...operands.map(literal), ...(Object.keys(params).length === 0 ? [] : [literal(params)])],
  differentiable: primitive.derivative !== undefined,
  constant: primitive === stopGradientPrimitive,
  choosesType: primitive === castPrimitive,
  apply: (at) => bind(primitive, at, params),
  infer: (at) => primitive.infer(at, params),
  evaluate: (at) => primitive.evaluate(at, params),
  linearIn: (index) => declaredLinear(primitive, operands, params, index),
  inSingle: () => {
    const single = operands.map(rounded)
    const origins = new Map(single.map((x, i) => [x, operands[i]!]))
    const known = (x: Tensor): readonly number[] | undefined => reachOf(origins.get(x) ?? x)
    return instance(primitive, { operands: single, params: roundedParams(primitive, params) }, known, smooth)
  }
})

/** The concrete operands of a sample. */
export const concrete = (operands: readonly Tensor[]): readonly Concrete[] =>
  operands.map((operand) => {
    if (isConcrete(operand)) return operand
    throw new DTypeError('Law', 'an operand of a sample is traced; expected concrete tensors')
  })

/** Whether laws move an operand. */
export const movable = (x: Tensor): boolean => x.dtype === 'float64'

/** The primitive as a function of those operands that move, at the others, to those results that do. */
export const movedFrom =
  ({ apply }: Instance, operands: readonly Tensor[], moves: (x: Tensor) => boolean = movable): Subject['f'] =>
  (moved) =>
    apply(replaced(operands, moves, moved)).filter(moves)

/** In one float type or the other, which the salt decides: laws that hold bit for bit hold in both. */
export const inEither = (at: Instance, salt: number): Instance => (pick(salt, 5, 2) === 0 ? at : at.inSingle())

const subjects = new WeakMap<Instance, Subject>()

/** The instance as a function of its float64 operands, made once. */
export const subjectOf = (at: Instance): Subject => {
  const known = subjects.get(at)
  if (known !== undefined) return known
  const made = subjectFrom(at)
  subjects.set(at, made)
  return made
}

const subjectFrom = (at: Instance): Subject => {
  const { name, operands, smooth, reachOf, literals } = at
  const inputs = operands.filter(movable)
  const f = movedFrom(at, operands)
  const value = f(inputs)
  return {
    name,
    inputs,
    paths: operands.flatMap((operand, i) => (movable(operand) ? [`operand ${i}`] : [])),
    resultPaths: value.map((_, i) => (value.length === 1 ? 'the result' : `result ${i}`)),
    reach: reachOfAll(inputs, reachOf),
    smooth,
    f,
    value,
    natural: largest(flat(value)),
    literals
  }
}
