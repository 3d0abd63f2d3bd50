/** The makers of losses: checks of their options, weights and masks, and the reduction of a batch to one number. */
import { toFloat } from '../DType.js'
import { type Kinds, type Options as Check, oneOf, options } from '../internal/options.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { DTypeError, tensorKind } from '../internal/require.js'
import { guardedMul } from '../primitive/elementwise.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { broadcastTo, cast, logicalAnd, mean, ones, sum, where } from '../Tensor.js'
import { divNoNan } from '../tensor/divNoNan.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { requireSameShape } from './check.js'
import type { ElementwiseLoss, Options } from './model.js'

/** The losses of a batch one by one, what they count for in the mean beside their weights, and which count at all. */
export interface Parts {
  readonly losses: Tensor
  readonly counts?: Tensor | undefined
  readonly mask?: Tensor | undefined
}

/** Refuses weights and masks that do not have the shape of the losses: nothing is given further axes. */
const spread = (operation: string, name: string, x: Tensor, shape: Shape): Tensor => {
  const fits = x.shape.length === shape.length && x.shape.every((n, axis) => n === 1 || n === shape[axis])
  if (fits) return broadcastTo(x, shape)
  throw new ShapeError(
    operation,
    [x.shape, shape],
    `${name} has shape ${show(x.shape)}; expected that of the losses, ${show(shape)}, or size 1 on some of its axes`
  )
}

/** The mask of losses of a shape. */
export const maskOf = (operation: string, mask: Tensor | undefined, shape: Shape): Tensor | undefined => {
  if (mask === undefined) return undefined
  if (mask.dtype !== 'bool') {
    throw new DTypeError(operation, `mask is ${mask.dtype}; expected bool, compare with T.greater(x, 0) or the like`)
  }
  return spread(operation, 'mask', mask, shape)
}

/** Where both masks are true. */
export const both = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : logicalAnd(a, b)

/** The options of every loss, any of which may be `undefined`. */
type Given = { readonly [Name in keyof Options]: Options[Name] | undefined }

const reduced = (operation: string, parts: Parts, options: Given): Tensor => {
  const { reduction = 'mean', weights } = options
  const losses = weights ? cast(parts.losses, toFloat(parts.losses.dtype)) : parts.losses
  const { counts } = parts
  const { shape, dtype } = losses
  const own = maskOf(operation, options.mask, shape)
  const mask = both(parts.mask, own)
  const factors = weights && cast(spread(operation, 'weights', weights, shape), dtype)
  const weighted = factors ? guardedMul(factors, losses) : losses
  const kept = mask ? where(mask, weighted, 0) : weighted
  if (reduction === 'none') return kept
  if (reduction === 'sum') return sum(kept)
  const counted = counts && factors ? guardedMul(factors, counts) : (factors ?? counts)
  if (!mask && !counted) return mean(kept)
  const all = counted ?? ones(shape, dtype)
  return divNoNan(sum(kept), sum(mask ? where(mask, all, 0) : all))
}

/** The options of a loss, which stand beside those of every loss. */
export type Further<O> = Kinds<Omit<O, keyof Options>>

const checkOf = <O extends Options>(name: string, further: Further<O>): Check =>
  options<Options>(name, { reduction: oneOf('mean', 'sum', 'none'), weights: tensorKind, mask: tensorKind, ...further })

const finish = (name: string, each: () => Tensor | Parts, given: Given): Tensor =>
  within(name, () => {
    const result = each()
    return reduced(name, isTensor(result) ? { losses: result } : result, given)
  })

/**
 * A loss from its name, which is the scope of its operations, and the function that computes the losses of a batch one by
 * one; `Signature` is its type.
 */
/* @__NO_SIDE_EFFECTS__ */
export const makeLoss = <Signature, O extends Options = Options>(
  name: string,
  each: (predicted: Tensor, right: Tensor, options: Partial<O>) => Tensor | Parts,
  further: Further<O> = {} as never
): Signature =>
  dualBy<Signature>(dataAt(1, checkOf<O>(name, further)), (predicted: Tensor, right: Tensor, given: Partial<O> = {}) =>
    finish(name, () => each(predicted, right, given), given)
  )

/** `makeLoss` of predictions and targets of one shape. */
/* @__NO_SIDE_EFFECTS__ */
export const elementwise = <Name extends string, O extends Options = Options>(
  name: Name,
  each: (predicted: Tensor, target: Tensor, options: Partial<O>) => Tensor | Parts,
  further: Further<O> = {} as never
): ElementwiseLoss<Name, O> =>
  makeLoss<ElementwiseLoss<Name, O>, O>(
    name,
    (predicted, target, given) => {
      requireSameShape(name, predicted, target)
      return each(predicted, target, given)
    },
    further
  )

/** `makeLoss` of three tensors. */
/* @__NO_SIDE_EFFECTS__ */
export const makeTriple = <Signature, O extends Options = Options>(
  name: string,
  each: (first: Tensor, second: Tensor, third: Tensor, options: Partial<O>) => Tensor | Parts,
  further: Further<O> = {} as never
): Signature =>
  dualBy<Signature>(
    dataAt(2, checkOf<O>(name, further)),
    (first: Tensor, second: Tensor, third: Tensor, given: Partial<O> = {}) =>
      finish(name, () => each(first, second, third, given), given)
  )
