/** Quantiles over axes. */
import { toFloat } from '../DType.js'
import { refusal } from '../internal/describe.js'
import { dataFirst } from '../internal/dual.js'
import { checkedLater, flag, options } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import { type Shape, ShapeError, normalizeAxes, show } from '../shape/model.js'
import type { Only, Reduced } from '../shape/options.js'
import type { IsDynamic } from '../shape/static.js'
import { takeAlongAxis } from './alongAxis.js'
import { countOver, dropAxes, keepAxes } from './alongBlock.js'
import { add, sub } from './arithmetic.js'
import { moveAxis } from './axes.js'
import { isFinite, isNaN } from './comparison.js'
import { gather } from './indexing.js'
import { split } from './join.js'
import { type Tensor, fromData } from './model.js'
import { type ReduceOptions, type Reduction, reduction } from './reduction.js'
import { where } from './select.js'
import { argsort } from './sorting.js'
import { cast, permuteTo, reshapeTo } from './structural.js'

type Fractions = number | readonly number[]

/** A new first axis for several quantiles. */
type Leading<S extends Shape, Q extends Fractions> = Q extends readonly number[]
  ? IsDynamic<S> extends true
    ? Shape
    : [Q['length'], ...S]
  : S

interface Quantile {
  <S extends Shape, const Q extends Fractions, const O extends ReduceOptions = {}>(
    x: Tensor<S>,
    q: Q,
    options?: O & Only<O, ReduceOptions>
  ): Tensor<Leading<Reduced<S, O>, Q>>
  <const Q extends Fractions, const O extends ReduceOptions = {}>(
    q: Q,
    options?: O & Only<O, ReduceOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Leading<Reduced<S, O>, Q>>
}

/** Positions between two elements of a sorted lane, and the weights of the second ones. */
interface Between {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  readonly weights: readonly number[]
}

const between = (n: number, fractions: readonly number[]): Between => {
  const positions = fractions.map((q) => (n - 1) * q)
  const lower = positions.map(Math.floor)
  return { lower, upper: positions.map(Math.ceil), weights: positions.map((position, i) => position - lower[i]!) }
}

/** Quantiles along a new last axis, one per fraction. */
const quantilesOver = (
  operation: string,
  operand: Tensor,
  axes: readonly number[],
  fractions: readonly number[]
): Tensor => {
  const { shape } = operand
  const n = countOver(shape, axes)
  if (n === 0) {
    const rule = `shape ${show(shape)} is empty along axes ${show(axes)}; expected at least one element`
    throw new ShapeError(operation, [shape], rule)
  }
  const x = cast(operand, toFloat(operand.dtype))
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const lanes = reshapeTo(permuteTo(x, [...kept, ...axes]), [...dropAxes(shape, axes), n])
  const { lower, upper, weights } = between(n, fractions)
  const places = gather(argsort(lanes), [...lower, ...upper, n - 1], { axis: -1 })
  const [a, b, last] = split(takeAlongAxis(lanes, places), [lower.length, upper.length, 1], { axis: -1 })
  const weightsOf = (values: readonly number[]): Tensor =>
    cast(fromData([values.length], 'float64', Float64Array.from(values)), x.dtype)
  const step = sub(b, a)
  const finite = add(a, guardedMul(step, weightsOf(weights)))
  // Between infinities, and where the difference overflows.
  const weighed = add(guardedMul(a, weightsOf(weights.map((w) => 1 - w))), guardedMul(b, weightsOf(weights)))
  return where(isNaN(last), last, where(isFinite(step), finite, weighed))
}

const requireFraction = (name: string, q: unknown): void => {
  if (typeof q === 'number' && q >= 0 && q <= 1) return
  throw new RangeError(refusal('quantile', name, q, 'a number from 0 to 1'))
}

/**
 * Quantiles over axes, or of all elements, by linear interpolation: between the elements around place `(n - 1) q` in
 * increasing order. `numpy.quantile`, `torch.quantile`. Integers become float32; NaN where there is one.
 *
 * `q` is a number from 0 to 1, or an array of them, which gives the result a new first axis. The derivative goes to the two
 * elements that were taken, with the weights of the interpolation; of equal ones, to those that `sort` puts at the place.
 *
 * @throws RangeError when `q` is not from 0 to 1
 * @throws ShapeError when there are no elements
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.quantile(T.of([30, 10, 20]), 0.25) // => T.scalar(15)
 * pipe(T.of([[1, 3], [2, 8]]), T.quantile([0, 0.5], { axis: 1 })) // => T.of([[1, 2], [2, 5]])
 * grad((x: T.Tensor<[3]>) => T.quantile(x, 0.25))(T.of([30, 10, 20])) // => T.of([0, 0.5, 0.5])
 */
export const quantile: Quantile = dataFirst<Quantile>(
  options<ReduceOptions>('quantile', { axis: checkedLater, keepDims: flag }),
  (x: Tensor, q: Fractions, given: ReduceOptions = {}): Tensor => {
    const one = typeof q === 'number'
    if (Array.isArray(q)) q.forEach((each, i) => requireFraction(`q[${i}]`, each))
    else requireFraction('q', q)
    const axes = normalizeAxes('quantile', given.axis, x.shape)
    const fractions = typeof q === 'number' ? [q] : q
    const found = moveAxis(quantilesOver('quantile', x, axes, fractions), -1, 0)
    const shape = given.keepDims === true ? keepAxes(x.shape, axes) : dropAxes(x.shape, axes)
    return reshapeTo(found, one ? shape : [fractions.length, ...shape])
  },
  1
)

/**
 * The median over axes, or of all elements: the quantile of 0.5, which is the mean of the two middle elements of an even
 * number. `numpy.median`; PyTorch's is the lower of the two. Integers become float32; NaN where there is one.
 *
 * The derivative goes to the middle element, or by halves to the two. Without elements it throws a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.median(T.of([5, 1, 3])) // => T.scalar(3)
 * pipe(T.of([[1, 4], [2, 8]]), T.median({ axis: 1 })) // => T.of([2.5, 5])
 */
export const median: Reduction = reduction('median', (x, axes) =>
  reshapeTo(quantilesOver('median', x, axes, [0.5]), dropAxes(x.shape, axes))
)
