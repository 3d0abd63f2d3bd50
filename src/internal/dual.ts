/**
 * Functions with two readings, data first and data last: `f(a, b)` and `pipe(a, f(b))` mean the same. `Signature` states
 * both of them, and each maker here casts to it.
 */
import { type Tensor, isTensor } from '../tensor/model.js'
import { isCopy, isOptions } from './describe.js'
import type { Options } from './options.js'
import { requireTensor, requireTensors } from './require.js'

type Body<First> = (first: First, ...rest: never[]) => unknown

/** Arguments as the body of a function takes them, whose types `Signature` has checked. */
const asArguments = (args: readonly unknown[]): readonly never[] => args as readonly never[]

/**
 * Makes a function of two arguments, or of three, dual: their number alone says which reading is meant. `wait` checks the
 * arguments when the data are still to come.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dual = <Signature>(
  body: (...args: never[]) => unknown,
  arity: 2 | 3 = 2,
  wait?: (first: unknown) => void
): Signature => {
  const call = function (a: never, b: never, c: never): unknown {
    if (arguments.length >= arity) return body(a, b, c)
    wait?.(a)
    return (self: never): unknown => body(self, a, b)
  }
  return call as Signature
}

/** Refuses a copy of a tensor where a parameter of an operation may stand, and what `check` refuses. */
/* @__NO_SIDE_EFFECTS__ */
export const parameter =
  (operation: string, check: (operation: string, given: unknown) => void) =>
  (given: unknown): void => {
    if (isCopy(given)) requireTensor(operation, given)
    check(operation, given)
  }

const isParameter = (x: unknown): boolean => typeof x === 'number' || Array.isArray(x) || (isOptions(x) && !isCopy(x))

/**
 * Makes an operation dual by its first argument: `f(x, ...rest)` when it is a tensor, else `f(...rest)`, which waits for
 * the tensor. Options are checked at once in both readings; `at` is their place in `rest`.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dataFirst = <Signature>(operation: string | Options, body: Body<Tensor>, at = 0): Signature => {
  const check = typeof operation === 'string' ? undefined : operation
  const name = typeof operation === 'string' ? operation : operation.operation
  const onlyOptions = check !== undefined && at === 0
  const call = (first: unknown, ...rest: readonly never[]): unknown => {
    if (isTensor(first)) {
      check?.(rest[at])
      return body(first, ...rest)
    }
    const args = [first, ...rest]
    const fits = onlyOptions ? isOptions(first) && !isCopy(first) : isParameter(first) && !rest.some(Array.isArray)
    if (!fits) requireTensor(name, first)
    check?.(args[at])
    return (x: Tensor): unknown => {
      requireTensor(name, x)
      return body(x, ...asArguments(args))
    }
  }
  return call as Signature
}

/** Makes an operation on a list of tensors dual: `f(tensors, options)`, or `f(options)`, which waits for the list. */
/* @__NO_SIDE_EFFECTS__ */
export const listFirst = <Signature>(check: Options, body: Body<readonly Tensor[]>): Signature => {
  const run = (tensors: unknown, given: never): unknown => {
    requireTensors(check.operation, tensors)
    check(given)
    return body(tensors as readonly Tensor[], given)
  }
  const call = (first: never, given: never): unknown => {
    if (!isOptions(first)) return run(first, given)
    check(first)
    return (tensors: unknown): unknown => run(tensors, first)
  }
  return call as Signature
}

/**
 * Makes a function dual whose parameters may look like its data: `isDataFirst` tells from all arguments, and may throw for
 * arguments that fit neither reading.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dualBy = <Signature>(
  isDataFirst: (args: readonly unknown[]) => boolean,
  body: (...args: never[]) => unknown
): Signature => {
  const call = (...args: readonly never[]): unknown =>
    isDataFirst(args) ? body(...args) : (first: never): unknown => body(first, ...args)
  return call as Signature
}

const isData = (x: unknown): boolean =>
  isTensor(x) || isCopy(x) || typeof x === 'number' || typeof x === 'function' || Array.isArray(x)

const requireData =
  (operation: string) =>
  (first: unknown): void => {
    if (isCopy(first) || !isData(first)) requireTensor(operation, first)
  }

/**
 * Tells `f(x, y, options)` from `f(y, options)`: data come first when the argument at `last` is a tensor, a number, a
 * list or a function. Checks the options in both readings, and by `wait` the other arguments when the data are still to
 * come: by default, that the first of them is data as well.
 */
/* @__NO_SIDE_EFFECTS__ */
export const dataAt =
  (last: number, check: Options, wait: (...args: readonly unknown[]) => void = requireData(check.operation)) =>
  (args: readonly unknown[]): boolean => {
    const isFirst = isData(args[last])
    if (!isFirst) wait(...args)
    check(args[isFirst ? last + 1 : last])
    return isFirst
  }
