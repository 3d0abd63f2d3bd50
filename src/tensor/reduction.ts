/** The common part of all reductions over axes. */
import { type Kinds, options, checkedLater, flag } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { behind } from '../primitive/batch.js'
import type { Draw } from '../primitive/domain.js'
import type { Only, Reduced } from '../shape/options.js'
import { type Shape, normalizeAxes } from '../shape/model.js'
import type { Axes } from '../shape/static.js'
import { type OverAxes, keepAxes } from './alongBlock.js'
import type { Tensor } from './model.js'
import { reshapeTo } from './structural.js'

/**
 * The options of a reduction: the axes to reduce, and whether they stay in the result.
 *
 * @example
 * import type { ReduceOptions } from 'pullback/Tensor'
 *
 * const overRows: ReduceOptions = { axis: -1, keepDims: true }
 * overRows.axis // => -1
 */
export interface ReduceOptions {
  /** The axis or axes to reduce, negative ones from the end; all of them by default. */
  readonly axis?: Axes
  /** Whether the reduced axes stay, with size 1; `false` by default. */
  readonly keepDims?: boolean
}

/**
 * A reduction over axes, dual by what comes first: `f(x)`, `f(x, { axis: 0 })`, `pipe(x, f)`, `pipe(x, f({ axis: 0 }))`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const reductions: readonly T.Reduction[] = [T.sum, T.max]
 * reductions.map((f) => T.item(pipe(T.of([1, 2]), f))) // => [3, 2]
 */
export interface Reduction<Options extends ReduceOptions = ReduceOptions> {
  <S extends Shape, const O extends Options>(x: Tensor<S>, options: O & Only<O, Options>): Tensor<Reduced<S, O>>
  <const O extends Options>(options: O & Only<O, Options>): <S extends Shape>(x: Tensor<S>) => Tensor<Reduced<S, O>>
  <S extends Shape>(x: Tensor<S>): Tensor<[]>
}

/** Makes a reduction from a function of a tensor and axes that are checked, counted from the front and sorted. */
/* @__NO_SIDE_EFFECTS__ */
export const reduction = <Options extends ReduceOptions = ReduceOptions>(
  name: string,
  over: (x: Tensor, axes: readonly number[], options: Partial<Options>) => Tensor,
  further: Kinds<Omit<Options, keyof ReduceOptions>> = {} as never
): Reduction<Options> => {
  const none: Partial<Options> = {}
  const check = options<ReduceOptions>(name, { axis: checkedLater, keepDims: flag, ...further })
  return dataFirst(check, (x: Tensor, given: Partial<Options> = none) => {
    const axes = normalizeAxes(name, given.axis, x.shape)
    const result = over(x, axes, given)
    return given.keepDims === true ? reshapeTo(result, keepAxes(x.shape, axes)) : result
  })
}

/** The same axes of one example, where the mapped axis stands in front. */
export const axesBehind = ({ axes }: OverAxes): OverAxes => ({ axes: axes.map(behind) })

/** Any of the sets of axes of a shape, for test operands. */
export const drawAxes = (draw: Draw, shape: Shape): readonly number[] =>
  shape.map((_, axis) => axis).filter(() => draw.integer(0, 1) === 1)
