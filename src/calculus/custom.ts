/** Functions with a derivative rule of the user's own, in either mode. */
import { bind } from '../primitive/bind.js'
import type { Leaves } from '../primitive/leaves.js'
import { type Bound, type Primitive, type Slots, type TensorType, none } from '../primitive/model.js'
import { LeakedTracerError, ownRule } from '../primitive/traced.js'
import { align } from '../primitive/batch.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { describe } from '../internal/describe.js'
import { TreeError } from '../tree/error.js'
import { type Flat, flattenAs, mapTensors } from '../tree/model.js'
import { callMapped } from './batching.js'
import {
  type CustomJvp,
  type CustomVjp,
  customJvpPrimitive,
  customVjpPrimitive,
  full,
  ofAll,
  transposed
} from './customPrimitive.js'
import { closedProgram } from './program.js'
import { leavesLike, ofArguments, requireFunctions, requirePair, results, zeroLike } from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * One cotangent per argument, of the argument's structure, shapes and types; `undefined` stands for zero.
 *
 * @example
 * import type { Cotangents } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const ofTwoArguments: Cotangents<[T.Tensor<[2]>, T.Tensor<[]>]> = [T.of([1, 2]), undefined]
 * ofTwoArguments.length // => 2
 */
export type Cotangents<Args extends readonly unknown[]> = { readonly [I in keyof Args]: Args[I] | undefined }

/** A function of leaves with a rule. */
interface Rule {
  readonly value: Leaves
  /** The tangents of the results. */
  readonly jvp: (operands: readonly Tensor[], tangents: Slots, out: readonly TensorType[]) => Slots
  /** The pullback, at operands and results. */
  readonly vjp: (operands: readonly Tensor[], out: readonly TensorType[]) => (cotangents: Slots) => Slots
  /** The rule as programs, for operands of some types; throws where function or rule cannot be staged. */
  readonly close: (operands: readonly TensorType[]) => Bound
}

// -----------------------------------------------------------------------------
// the primitive of a rule
// -----------------------------------------------------------------------------

const closedOver = (name: string): LeakedTracerError => ownRule(name, 'a transformation')

/**
 * The primitive of a function with a rule, which belongs to one call. A program has it only where the rule cannot be staged:
 * a wrong rule is refused when a derivative is taken.
 */
const primitiveOf = (name: string, rule: Rule): Primitive => ({
  name,
  kind: 'opaque',
  infer: (operands) => {
    const { program, captured } = stage(name, operands, rule.value)
    if (captured.length > 0) throw closedOver(name)
    return program.outputs
  },
  evaluate: (operands) =>
    rule.value(operands).map((each): Concrete => {
      if (isConcrete(each)) return each
      throw closedOver(name)
    }),
  derivative: {
    jvp: (tangents, operands, out) => rule.jvp(operands, tangents, out),
    vjp: (operands, out) => rule.vjp(operands, out)
  },
  batch: (operands, mapped, _params, size) =>
    bind(primitiveOf(name, mappedRule(rule, size)), align(operands, mapped, size), none),
  close: (operands) => {
    try {
      return rule.close(operands)
    } catch {
      // A wrong rule is refused when its derivative is taken, and not before.
      return undefined
    }
  }
})

/** The type of one example. */
const example = ({ shape, dtype }: TensorType): TensorType => ({ shape: shape.slice(1), dtype })

/** The rule of all examples at once: every leaf carries the mapped axis in front. */
const mappedRule = (rule: Rule, size: number): Rule => {
  const all = (leaves: readonly Tensor[], f: Leaves): readonly Tensor[] =>
    callMapped(
      'vmap',
      size,
      leaves,
      leaves.map(() => true),
      f
    )
  return {
    value: (operands) => all(operands, rule.value),
    jvp: (operands, tangents, out) => {
      const along = full(tangents, operands)
      const n = operands.length
      return all([...operands, ...along], (leaves) =>
        full(rule.jvp(leaves.slice(0, n), leaves.slice(n), out.map(example)), out.map(example))
      )
    },
    vjp: (operands, out) => {
      const n = operands.length
      return (cotangents) =>
        all([...operands, ...full(cotangents, out)], (leaves) => {
          const each = leaves.slice(0, n)
          return full(rule.vjp(each, out.map(example))(leaves.slice(n)), each)
        })
    },
    close: (operands) => {
      const { primitive, params } = rule.close(operands.map(example))
      const programs = (primitive.programs?.(params) ?? []).map((program) => ofAll(program, size, callMapped))
      return { primitive, params: primitive.withPrograms?.(params, programs) ?? params }
    }
  }
}

/** Names the rule in the error of a value that leaks out of it, or out of the linear map that it gives. */
const guarded =
  <A extends readonly unknown[], B>(name: string, rule: (...args: A) => B): ((...args: A) => B) =>
  (...args) => {
    try {
      return rule(...args)
    } catch (error) {
      if (error instanceof LeakedTracerError && error.reason === 'finished') throw closedOver(name)
      throw error
    }
  }

/** The result of a function, whose structure is known once it has run. */
const remembered = <R>(name: string): Remembered<R> => {
  let outcome: Flat<R> | undefined
  const known = (): Flat<R> => {
    if (outcome === undefined) throw closedOver(name)
    return outcome
  }
  return {
    keep: (value) => {
      outcome = results(name, value)
      return outcome.leaves
    },
    count: () => known().leaves.length,
    at: (leaves) => known().unflatten(leaves.slice(0, known().leaves.length))
  }
}

interface Remembered<R> {
  /** Takes a result apart. */
  readonly keep: (value: R) => readonly Tensor[]
  /** The number of its leaves. */
  readonly count: () => number
  /** A result of other leaves; behind them, an operation in a program may have residuals. */
  readonly at: (leaves: readonly Tensor[]) => R
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The leaves of the cotangents that a backward rule gave, in the order of the leaves of the arguments. */
const cotangentLeaves = (args: readonly unknown[], given: readonly unknown[]): Slots => {
  if (!Array.isArray(given)) {
    const rule = `the backward rule returned ${describe(given)}; expected a list of one cotangent per argument`
    throw new TreeError('customVjp', '', rule)
  }
  if (given.length !== args.length) {
    throw new TreeError(
      'customVjp',
      '',
      `the backward rule returned ${given.length} cotangents; expected one per argument, ${args.length}`
    )
  }
  return args.flatMap((arg, i): Slots => {
    const { leaves } = flattenAs('customVjp', arg)
    const own: unknown = given[i]
    return own === undefined ? leaves.map(() => undefined) : leavesLike('customVjp', 'cotangent', arg, own)
  })
}

/**
 * A function whose pullback is given, for use where the derivative of the formula is not the one you want: where it is
 * unstable or wasteful, or where another one is intended (a straight-through estimator, a reversed gradient).
 *
 * `forward` returns the value and the residuals, everything that `backward` needs: neither may close over values of a
 * transformation, which is refused. `backward(residuals, cotangent)` must be linear in the cotangent, and gives one
 * cotangent per argument. Both are ordinary functions of tensors, so that derivatives nest to any order; forward mode
 * follows from `backward` by transposition, and `vmap` maps both. Arguments, value and residuals are trees of tensors.
 *
 * In a staged function it is one equation, with `forward` and `backward` as programs; if `backward` cannot be staged, because
 * it reads values, the equation holds the functions themselves, and its primitive is of the kind `opaque`.
 *
 * @example
 * import { customVjp, grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * // rounds forward, and passes the cotangent straight through
 * const roundStraightThrough = customVjp(
 *   (x: T.Tensor<[2]>) => [T.round(x), {}] as const,
 *   (_residuals, cotangent) => [cotangent]
 * )
 * grad((x: T.Tensor<[2]>) => T.sum(roundStraightThrough(x)))(T.of([0.4, 1.7])) // => T.of([1, 1])
 */
export const customVjp = <Args extends readonly unknown[], R, Residuals>(
  forward: (...args: Args) => readonly [value: R, residuals: Residuals],
  backward: (residuals: Residuals, cotangent: R) => Cotangents<Args>,
  ...more: readonly []
): ((...args: Args) => R) => {
  requireFunctions('customVjp', { forward, backward }, more)
  return (...args) => {
    const flatArgs = flattenAs('customVjp', args, ofArguments)
    const forwardAt = (operands: readonly Tensor[]): readonly [value: R, residuals: Residuals] => {
      const pair = forward(...flatArgs.unflatten(operands))
      requirePair('customVjp', 'the forward rule', pair, '[value, residuals]')
      return pair
    }
    const outcome = remembered<R>('customVjp')
    let known: { readonly operands: readonly Tensor[]; readonly residuals: Residuals } | undefined

    const value = (operands: readonly Tensor[]): readonly Tensor[] => {
      const [value, residuals] = forwardAt(operands)
      known = { operands, residuals }
      if (operands.every(isConcrete)) requireConcrete('customVjp', residuals)
      return outcome.keep(value)
    }
    const residualsAt = (operands: readonly Tensor[]): Residuals =>
      known !== undefined && operands.every((operand, i) => operand === known?.operands[i])
        ? known.residuals
        : forwardAt(operands)[1]
    const pull = guarded('customVjp', (operands: readonly Tensor[], cotangents: readonly Tensor[]): Slots => {
      const given = flatArgs.unflatten(operands)
      return cotangentLeaves(given, backward(residualsAt(operands), outcome.at(cotangents)))
    })
    const close = (operands: readonly TensorType[]): Bound => {
      let residuals: Residuals | undefined
      const program = closedProgram('customVjp', operands, (leaves) => {
        const [value, kept] = forwardAt(leaves)
        residuals = kept
        return [...outcome.keep(value), ...tensorsOf(kept)]
      })
      const values = outcome.count()
      const kept = program.outputs.slice(values)
      let reached: readonly boolean[] = []
      const pulled = closedProgram('customVjp', [...kept, ...program.outputs.slice(0, values)], (leaves) => {
        const at = withTensors(residuals!, leaves.slice(0, kept.length))
        const given = flatArgs.unflatten(operands.map(zeroLike))
        const cotangents = cotangentLeaves(given, backward(at, outcome.at(leaves.slice(kept.length))))
        reached = cotangents.map((each) => each !== undefined)
        return cotangents.filter((each) => each !== undefined)
      })
      const params: CustomVjp = { forward: program, backward: pulled, values, reached }
      return { primitive: customVjpPrimitive, params }
    }
    const rule: Rule = {
      value,
      vjp: (operands, out) => (cotangents) => {
        const values = out.slice(0, outcome.count())
        return pull(operands, full(cotangents.slice(0, values.length), values))
      },
      // The tangent is the transpose of the pullback, which is linear in the cotangent: its pullback anywhere.
      jvp: (operands, tangents, out) => {
        const back: Leaves = (cotangents) => full(pull(operands, cotangents), operands)
        return guarded('customVjp', transposed('customVjp', out.slice(0, outcome.count()), back))(tangents)
      },
      close
    }
    return outcome.at(bind(primitiveOf('customVjp', rule), flatArgs.leaves, none))
  }
}

/** The tensors in a value of any kind. */
const tensorsOf = (value: unknown): readonly Tensor[] => {
  const found: Tensor[] = []
  mapTensors(value, (leaf) => {
    found.push(leaf)
    return leaf
  })
  return found
}

/** The value with other tensors, in the order of `tensorsOf`. */
const withTensors = <A>(value: A, tensors: readonly Tensor[]): A => {
  let next = 0
  return mapTensors(value, () => tensors[next++]!)
}

/** Refuses values of transformations among residuals that were made from concrete arguments. */
const requireConcrete = (name: string, residuals: unknown): void => {
  mapTensors(residuals, (leaf) => {
    if (isConcrete(leaf)) return leaf
    throw closedOver(name)
  })
}

/**
 * A function whose derivative along a direction is given: `rule(primals, tangents)` returns the value and its tangent,
 * which must be linear in the tangents.
 *
 * The rule is an ordinary function of tensors, so that derivatives nest to any order; reverse mode follows by
 * transposition, and `vmap` maps both. Neither may close over values of a transformation, which is refused. Arguments and
 * value are trees of tensors. In a staged function it is one equation, as that of `customVjp` is.
 *
 * @example
 * import { customJvp, grad, jvp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * // log(1 + e^x), with a derivative that does not overflow
 * const softplus = customJvp(
 *   (x: T.Tensor<[]>) => T.log1p(T.exp(x)),
 *   ([x], [t]) => [T.log1p(T.exp(x)), T.mul(t, T.sigmoid(x))]
 * )
 * grad(softplus)(T.scalar(0)) // => T.scalar(0.5)
 * jvp(softplus)([T.scalar(0)], [T.scalar(2)])[1] // => T.scalar(1)
 */
export const customJvp = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  rule: (primals: Args, tangents: Args) => readonly [value: R, tangent: R],
  ...more: readonly []
): ((...args: Args) => R) => {
  requireFunctions('customJvp', { f, rule }, more)
  return (...args) => {
    const flatArgs = flattenAs('customJvp', args, ofArguments)
    const outcome = remembered<R>('customJvp')
    const ruleAt = guarded('customJvp', (operands: readonly Tensor[], tangents: readonly Tensor[]) => {
      const pair = rule(flatArgs.unflatten(operands), flatArgs.unflatten(tangents))
      requirePair('customJvp', 'the rule', pair, '[value, tangent]')
      return pair
    })
    const push = (operands: readonly Tensor[], tangents: readonly Tensor[], out: readonly TensorType[]) => {
      const [value, tangent] = ruleAt(operands, tangents)
      leavesLike('customJvp', 'value', outcome.at(out.map(zeroLike)), value)
      return leavesLike('customJvp', 'tangent', value, tangent)
    }
    const own: Rule = {
      value: (operands) => outcome.keep(f(...flatArgs.unflatten(operands))),
      jvp: (operands, tangents, out) => push(operands, full(tangents, operands), out),
      vjp: (operands, out) =>
        guarded(
          'customJvp',
          transposed('customJvp', operands, (tangents) => push(operands, tangents, out))
        ),
      close: (operands) => {
        const value = closedProgram('customJvp', operands, (leaves) => outcome.keep(f(...flatArgs.unflatten(leaves))))
        const tangent = closedProgram('customJvp', [...operands, ...operands], (leaves) =>
          push(leaves.slice(0, operands.length), leaves.slice(operands.length), value.outputs)
        )
        const params: CustomJvp = { value, tangent }
        return { primitive: customJvpPrimitive, params }
      }
    }
    return outcome.at(bind(primitiveOf('customJvp', own), flatArgs.leaves, none))
  }
}
