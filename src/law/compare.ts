/** The comparison of two lists of numbers within bounds, and the description of the worst disagreement. */
import * as E from 'fp-ts/lib/Either.js'
import { size } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import type { GradientMismatch, Jacobians, Verdict } from './model.js'
import type { Subject } from './subject.js'
import { locate } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The part of a mismatch that describes the function. */
export type Reported = Pick<Subject, 'name' | 'inputs' | 'value' | 'literals'>

/** The two sides of a comparison, and their place. */
export interface Comparison {
  readonly law: string
  readonly order: number
  readonly what: string
  readonly automatic: Float64Array
  readonly expected: Float64Array
  /**
   * How far apart each pair may lie; a pair with an infinite bound is not compared. Without it, pairs are the same bit for
   * bit: -0 is not 0, and all NaN count as one.
   */
  readonly bound?: Float64Array
  /** The tensors whose elements the lists are, and their paths. */
  readonly like: readonly Tensor[]
  readonly paths: readonly string[]
  /** Per element, the size below which a bound counts as too coarse to compare; without it no pair is inconclusive. */
  readonly coarse?: Float64Array
  /** Computed only when the law is broken. */
  readonly jacobians?: () => Jacobians | undefined
}

// -----------------------------------------------------------------------------
// hints
// -----------------------------------------------------------------------------

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(b)

/** The axis of a shape along which a list of its elements is constant, and not zero. */
const constantAxis = (values: readonly number[], shape: readonly number[]): number | undefined => {
  if (values.every((value) => value === 0)) return undefined
  let stride = values.length
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!
    stride /= n
    const step = stride
    if (
      n > 1 &&
      values.every(
        (value, i) => i + step >= values.length || Math.floor(i / step) % n === n - 1 || near(values[i + step]!, value)
      )
    ) {
      return axis
    }
  }
  return undefined
}

/** Whether outputs move together along an axis by finite differences, but not by differentiation. */
const missingSum = (jacobians: Jacobians | undefined, column: number, value: readonly Tensor[]): string | undefined => {
  const shape = value.length === 1 ? value[0]!.shape : undefined
  if (jacobians === undefined || shape === undefined) return undefined
  const of = (rows: readonly (readonly number[])[]): readonly number[] => rows.map((row) => row[column] ?? 0)
  const axis = constantAxis(of(jacobians.numeric), shape)
  return axis === undefined || constantAxis(of(jacobians.automatic), shape) === axis
    ? undefined
    : `the true derivative is equal along axis ${axis} of the result: a sum over a broadcast axis is missing`
}

/** The usual cause of a ratio of a derivative to the right one. */
export const hintOf = (ratio: number, sizes: readonly number[]): string | undefined => {
  if (ratio === 0) return 'a dependency is lost: the derivative is 0'
  if (near(ratio, -1)) return 'a sign is wrong'
  if (near(ratio, 2)) return 'a factor 2 is too much'
  if (near(ratio, 0.5)) return 'a factor 2 is missing'
  const n = sizes.find((each) => each > 2 && (near(ratio, each) || near(ratio, 1 / each)))
  return n === undefined ? undefined : `the ratio is a size, ${n}: a sum in place of a mean, or the reverse`
}

// -----------------------------------------------------------------------------
// comparing
// -----------------------------------------------------------------------------

/** By how much a pair exceeds its bound: at most 1 where it does not. */
const excess = (automatic: number, expected: number, bound: number | undefined): number => {
  if (bound === undefined) return Object.is(automatic, expected) ? 0 : Infinity
  const distance = Math.abs(automatic - expected)
  if (distance <= bound || Object.is(automatic, expected)) return 0
  return Number.isNaN(distance) ? Infinity : distance / bound
}

/** Checks each pair against its bound. */
export const compare = (subject: Reported, comparison: Comparison): Verdict => {
  const { automatic, expected, bound, coarse } = comparison
  let worst = -1
  let most = 0
  let inconclusive = 0
  for (let i = 0; i < automatic.length; i++) {
    if (bound?.[i] === Infinity) {
      inconclusive++
      continue
    }
    const over = excess(automatic[i]!, expected[i]!, bound?.[i])
    if (over > most) {
      most = over
      worst = i
    } else if (coarse !== undefined && bound !== undefined && bound[i]! > coarse[i]!) inconclusive++
  }
  if (worst >= 0) return E.left(mismatch(subject, comparison, worst))
  const compared = automatic.length
  return coarse === undefined
    ? E.right({ compared: compared - inconclusive, differences: 0, inconclusive: 0 })
    : E.right({ compared, differences: compared, inconclusive })
}

const mismatch = (subject: Reported, comparison: Comparison, worst: number): GradientMismatch => {
  const { law, order, what, automatic, expected, bound, like, paths } = comparison
  const [leaf, index] = locate(like, worst)
  const ratio = automatic[worst]! / expected[worst]!
  const jacobians = comparison.jacobians?.()
  const sizes = [...subject.inputs, ...subject.value].flatMap((x) => [size(x.shape), ...x.shape])
  const column = like === subject.inputs ? missingSum(jacobians, worst, subject.value) : undefined
  return {
    law,
    name: subject.name,
    order,
    what,
    operands: subject.literals(),
    path: paths[leaf] ?? '',
    index,
    automatic: automatic[worst]!,
    expected: expected[worst]!,
    bound: bound?.[worst] ?? 0,
    ratio,
    hint: order === 0 ? undefined : (column ?? hintOf(ratio, sizes)),
    jacobians
  }
}

/** A broken law without two numbers to show: `what` describes it. */
export const broken = (subject: Reported, law: string, order: number, what: string): Verdict =>
  E.left({
    law,
    name: subject.name,
    order,
    what,
    operands: subject.literals(),
    path: '',
    index: [],
    automatic: NaN,
    expected: NaN,
    bound: NaN,
    ratio: NaN,
    hint: undefined,
    jacobians: undefined
  })
