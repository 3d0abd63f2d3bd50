/** Functions that are traced once for each form of their arguments, and then run as compiled programs. */
import { requireFunctions } from '../calculus/arguments.js'
import { bind } from '../primitive/bind.js'
import { memo } from '../calculus/program.js'
import type { Atom, Program } from '../primitive/model.js'
import { LeakedTracerError, Traced as InsideTransformation } from '../primitive/traced.js'
import { reading, replacedBy, withEquations } from '../program/rewrite.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { hasEffects } from '../transform/program.js'
import { stageWhole } from '../transform/stage.js'
import type { Runner } from './run.js'
import { jitPrimitive, runnerFor, warn } from './runner.js'
import {
  type Form,
  FormlessError,
  build,
  containersOf,
  formOf,
  hasForm,
  otherNumber,
  requireFound
} from './signature.js'

// -----------------------------------------------------------------------------
// tracing
// -----------------------------------------------------------------------------

/** A function, traced at arguments of one form. */
interface Traced<Args, R> {
  readonly program: Program
  /** Values of transformations around the call that the function closes over. */
  readonly captured: readonly Tensor[]
  readonly result: (outputs: readonly Tensor[], args: Args) => R
}

/** Casts a value with the structure that a function returned to the type of that. */
const returned = <R>(value: unknown): R => value as R

/** Casts arguments that were put together again to what they were. */
const asArguments = <Args extends readonly unknown[]>(value: unknown): Args => value as Args

/** Traces a function at arguments of a form; the tensors in its result are the outputs of the program. */
const tracedOf = <Args extends readonly unknown[], R>(
  operation: string,
  f: (...args: Args) => R,
  form: Form,
  leaves: readonly Tensor[]
): Traced<Args, R> => {
  let result: Form | undefined
  const { program, captured } = stageWhole(operation, leaves, (inputs) => {
    const outputs: Tensor[] = []
    const given = asArguments<Args>(build(form, inputs, undefined))
    const containers = containersOf(given)
    result = formOf(operation, 'the result', f(...given), outputs, containers)
    requireFound(operation, result)
    return outputs
  })
  const made = result!
  return { program, captured, result: (outputs, given) => returned<R>(build(made, outputs, given)) }
}

/** Traces a function at arguments. */
export const traceAt = <Args extends readonly unknown[], R>(
  operation: string,
  f: (...args: Args) => R,
  args: Args
): Traced<Args, R> & { readonly leaves: readonly Tensor[] } => {
  const leaves: Tensor[] = []
  const form = formOf(operation, 'args', args, leaves)
  return { ...tracedOf(operation, f, form, leaves), leaves }
}

const merged = /* @__PURE__ */ memo<Program>()

/**
 * The program in which inputs that are given the same tensor are one, so that cotangents are added in the order in which the function
 * uses it. `places` says for each input which of the distinct tensors it is given.
 */
const ofDistinct = (program: Program, places: readonly number[]): Program => {
  if (places.every((place, i) => place === i)) return program
  return merged(program, places.join(), () => {
    const first = program.inputs.filter((_, i) => places.indexOf(places[i]!) === i)
    const replaced = new Map<Atom, Atom>(program.inputs.map((input, i) => [input, first[places[i]!]!]))
    const equations = program.equations.map((each) => reading(each, replaced))
    const outputs = program.outputs.map((output) => replacedBy(replaced, output))
    return Object.freeze({ ...withEquations(program, equations, outputs), inputs: Object.freeze(first) })
  })
}

// -----------------------------------------------------------------------------
// numbers among the arguments
// -----------------------------------------------------------------------------

/** So many values of one number are traced without a word. */
const patience = 8

declare const console: { readonly warn: (line: string) => void }

/** Counts the values of numbers that a function is traced for again, and says once where a tensor would spare that. */
const numberWatch = (): ((form: Form, args: unknown) => void) => {
  const seen = new Map<string, Set<number>>()
  let isTold = false
  return (form, args) => {
    const other = isTold ? undefined : otherNumber(form, args, 'args')
    if (other === undefined) return
    const values = seen.get(other.path) ?? new Set()
    seen.set(other.path, values.add(other.number))
    if (values.size < patience) return
    isTold = true
    // oxlint-disable-next-line no-console -- the results are right, only slow
    console.warn(
      `jit: ${other.path} has had ${patience + 1} values, and the function is traced for each; pass T.scalar(x) instead of the number`
    )
  }
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** So many forms of arguments are remembered for each function. */
const capacity = 32

const allConcrete = (leaves: readonly Tensor[]): leaves is readonly Concrete[] => {
  for (let i = 0; i < leaves.length; i++) if (!isConcrete(leaves[i]!)) return false
  return true
}

/** Whether a value belongs to a transformation that has finished. */
const isLeaked = (x: Tensor): boolean => x instanceof InsideTransformation && !x.interpreter.open

/** How a function runs at arguments of one form. */
interface Known<Args, R> {
  readonly form: Form
  /** So many tensors are in the arguments. */
  readonly count: number
  readonly call: (leaves: readonly Tensor[], args: Args) => R
}

/**
 * Runs a traced function; of values that nobody may use any more, the function itself says so. What a program refuses, the function may
 * not: it may catch the error, or compute what is refused in a branch that is not taken, of values from outside of that branch. So it has
 * the last word, unless effects would come twice.
 */
const callOf = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  { program, captured, result }: Traced<Args, R>
): Known<Args, R>['call'] => {
  let run: Runner | undefined
  const outputsOf = (leaves: readonly Concrete[]): readonly Tensor[] | undefined => {
    run ??= runnerFor(program)
    try {
      return run(leaves)
    } catch (error) {
      if (hasEffects(program)) throw error
      return undefined
    }
  }
  return (leaves, args) => {
    if (captured.length === 0 && allConcrete(leaves)) {
      const outputs = outputsOf(leaves)
      return outputs === undefined ? f(...args) : result(outputs, args)
    }
    const operands = [...leaves, ...captured]
    if (operands.some(isLeaked)) return f(...args)
    const distinct = [...new Set(operands)]
    const places = operands.map((each) => distinct.indexOf(each))
    return result(bind(jitPrimitive, distinct, { program: ofDistinct(program, places) }), args)
  }
}

/** What a value without a form does to a function: it runs as it is, and a line says so. */
const formless = (error: unknown): void => {
  if (!(error instanceof FormlessError)) throw error
  warn(error.message.slice('jit: '.length))
}

/** Whether a function must not run outside of its trace, where it would not fail: it has read a value. */
const isRead = (error: unknown): boolean => error instanceof LeakedTracerError && error.reason === 'read'

/**
 * How a function is called at arguments that have a form, and whether it is called so from now on. One that throws while it is traced runs
 * as it is, and so throws what it throws without `jit`: a refusal of values may come before that of a shape.
 */
const firstCall = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  form: Form,
  leaves: readonly Tensor[]
): { readonly call: Known<Args, R>['call']; readonly isKept: boolean } => {
  const call: Known<Args, R>['call'] = (_, args) => f(...args)
  let hasThrown = false
  const watched = (...args: Args): R => {
    try {
      return f(...args)
    } catch (error) {
      hasThrown = !isRead(error)
      throw error
    }
  }
  try {
    const traced = tracedOf('jit', watched, form, leaves)
    return { call: callOf(f, traced), isKept: traced.captured.length === 0 }
  } catch (error) {
    if (hasThrown) return { call, isKept: false }
    formless(error)
    return { call, isKept: true }
  }
}

/**
 * The function itself, faster: it is traced at the first call with arguments of a form, compiled to WebAssembly, and from then on that
 * program runs. Values, gradients and results of all transformations have the very bits that they have without it.
 *
 * Arguments and results are any values: tensors may stand anywhere in lists and records, and are known by shape and element type while the
 * function is traced. Numbers, strings, booleans, functions and other objects are constants: the function is traced again for each
 * other one. Up to 32 forms of arguments are remembered. Lists and records are known by their elements and fields: a function whose
 * arguments or result have one that holds itself, or has keys that are symbols, hidden keys, accessors or, in a list, names, runs
 * without being compiled, and a line says so once. A function that closes over a value of a transformation around the call is
 * traced at every call.
 *
 * The function must be pure and synchronous: what it does besides its result is done while it is traced, not at every call (`Debug.tap` is).
 *
 * @throws TypeError when `f` is not a function, or returns a promise, or tensors in objects that are neither lists nor records
 * @throws LeakedTracerError when the function reads the value of a tensor
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import { jit } from 'pullback/Jit'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = (w: T.Tensor<[2]>, x: T.Tensor<[2]>) => T.sum(T.tanh(T.mul(w, x)))
 * const slope = jit(grad(loss))
 * slope(T.of([1, 2]), T.of([0.5, 0])) // ≈ Tensor<[2], float32> [0.3932, 0]
 */
export const jit = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((...args: Args) => R) => {
  requireFunctions('jit', { f }, more)
  const known: Known<Args, R>[] = []
  const watch = numberWatch()
  return (...args) => {
    for (let i = 0; i < known.length; i++) {
      const traced = known[i]!
      const leaves = new Array<Tensor>(traced.count)
      if (!hasForm(traced.form, args, leaves)) continue
      if (i > 0) {
        known.splice(i, 1)
        known.unshift(traced)
      }
      return traced.call(leaves, args)
    }
    if (known[0] !== undefined) watch(known[0].form, args)
    const leaves: Tensor[] = []
    let form: Form
    try {
      form = formOf('jit', 'args', args, leaves)
    } catch (error) {
      formless(error)
      return f(...args)
    }
    if (leaves.some(isLeaked)) return f(...args)
    const { call, isKept } = firstCall(f, form, leaves)
    if (isKept) {
      known.unshift({ form, count: leaves.length, call })
      known.splice(capacity)
    }
    return call(leaves, args)
  }
}
