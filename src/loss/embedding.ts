/** Losses that compare embeddings, or ranks of scores, two or three at a time. */
import { finite, flag, number } from '../internal/options.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import { add, div, greater, minimum, mul, norm, relu, sqrt, square, sub, sum, where } from '../Tensor.js'
import { requireTensor } from '../internal/require.js'
import { guardedMul } from '../primitive/elementwise.js'
import type { Tensor } from '../tensor/model.js'
import { requireSameShape, requireValues } from './check.js'
import { makeTriple, maskOf } from './make.js'
import type { Options, TripleLoss } from './model.js'

const margin = finite

/** Refuses labels that are not one for each row of embeddings. */
const requireRows = (operation: string, x: Tensor, labels: Tensor): Shape => {
  requireTensor(operation, labels, 'the argument labels')
  const rows = x.shape.slice(0, -1)
  if (x.shape.length > 0 && equals(labels.shape, rows)) return rows
  throw new ShapeError(
    operation,
    [x.shape, labels.shape],
    `the shapes of embeddings and labels are ${show(x.shape)} and ${show(labels.shape)}; expected one label for each row`
  )
}

/** Refuses pairs of embeddings of different shapes, and labels that are not one of two numbers for each pair. */
const requirePairs = (
  operation: string,
  x1: Tensor,
  x2: Tensor,
  labels: Tensor,
  [yes, no]: readonly [number, number],
  given: Options
): void => {
  requireSameShape(operation, x1, x2, ['embeddings', 'others'])
  const mask = maskOf(operation, given.mask, requireRows(operation, x1, labels))
  const rule = `is neither ${yes} nor ${no}; expected ${yes} for pairs that are alike, else ${no}`
  requireValues(operation, 'label', labels, rule, (label) => label === yes || label === no, mask)
}

/**
 * The options of losses with a margin.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.MarginOptions = { margin: 1 }
 * Loss.marginRanking(T.of([3]), T.of([1]), T.of([-1]), options) // => T.scalar(3)
 */
export interface MarginOptions extends Options {
  /** How far apart is far enough; each loss states its default. */
  readonly margin?: number
}

/**
 * The loss of pairs of embeddings by their cosine c: 1 - c for the label 1, max(0, c - margin) for -1 (margin is 0 by default); one loss
 * per pair.
 *
 * Embeddings have shape [..., d], labels shape [...]. A square length of 1e-12 is added to each, so that the cosine of a zero
 * vector is 0, with finite derivatives.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a label is neither 1 nor -1
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const [a, b] = [T.of([[1, 0], [1, 0]]), T.of([[0, 2], [0, 2]])]
 * Loss.cosineEmbedding(a, b, T.of([1, -1]), { reduction: 'none' }) // => T.of([1, 0])
 */
export const cosineEmbedding: TripleLoss<MarginOptions> = makeTriple<TripleLoss<MarginOptions>, MarginOptions>(
  'cosineEmbedding',
  (x1, x2, labels, given) => {
    requirePairs('cosineEmbedding', x1, x2, labels, [1, -1], given)
    const over = (x: Tensor): Tensor => sum(x, { axis: -1 })
    const length = (x: Tensor): Tensor => sqrt(add(over(square(x)), 1e-12))
    const cosine = div(over(mul(x1, x2)), mul(length(x1), length(x2)))
    return where(greater(labels, 0), sub(1, cosine), relu(sub(cosine, given.margin ?? 0)))
  },
  { margin }
)

/**
 * The loss of the order of two scores, max(0, -y (x1 - x2) + margin) (margin is 0 by default), elementwise: the label 1 asks for the
 * first to be larger, -1 for the second. The derivative at the kink is 0. The call is `marginRanking(x1, x2, labels)`.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.marginRanking(T.of([3, 1]), T.of([1, 2]), T.of([1, 1]), { reduction: 'none' }) // => T.of([0, 1])
 */
export const marginRanking: TripleLoss<MarginOptions> = makeTriple<TripleLoss<MarginOptions>, MarginOptions>(
  'marginRanking',
  (x1, x2, labels, given) => {
    requireSameShape('marginRanking', x1, x2, ['scores', 'others'])
    requireSameShape('marginRanking', x1, labels, ['scores', 'labels'])
    return relu(sub(given.margin ?? 0, mul(labels, sub(x1, x2))))
  },
  { margin }
)

/**
 * The options of the triplet loss.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.TripletOptions = { p: 1 }
 * Loss.triplet(T.of([[0, 0]]), T.of([[1, 1]]), T.of([[2, 0]]), options) // => T.scalar(1)
 */
export interface TripletOptions extends Options {
  /** By how much the negative must be farther than the positive; 1 by default. */
  readonly margin?: number
  /** The norm of distances: 1, 2 or Infinity; 2 by default. */
  readonly p?: number
  /** Whether the negative may be compared with the positive, where that is nearer than the anchor. */
  readonly swap?: boolean
}

/**
 * The triplet loss, max(0, d(a, p) - d(a, n) + margin), of an anchor, a positive that is like it, and a negative that is not; one
 * loss per row of embeddings, all of shape [..., d].
 *
 * Distances are exact, and their derivative is 0 where they are 0 (PyTorch adds 1e-6 to each difference instead).
 * F. Schroff, D. Kalenichenko and J. Philbin, FaceNet, CVPR 2015; with `swap`, V. Balntas et al., BMVC 2016.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.triplet(T.of([[0, 0]]), T.of([[3, 4]]), T.of([[0, 2]])) // => T.scalar(4)
 */
export const triplet: TripleLoss<TripletOptions> = makeTriple<TripleLoss<TripletOptions>, TripletOptions>(
  'triplet',
  (anchor, positive, negative, { margin: by = 1, p = 2, swap = false }) => {
    requireSameShape('triplet', anchor, positive, ['anchors', 'positives'])
    requireSameShape('triplet', anchor, negative, ['anchors', 'negatives'])
    const distance = (a: Tensor, b: Tensor): Tensor => norm(sub(a, b), { axis: -1, ord: p })
    const apart = distance(anchor, negative)
    const least = swap ? minimum(apart, distance(positive, negative)) : apart
    return relu(add(sub(distance(anchor, positive), least), by))
  },
  { margin, p: number('1, 2 or Infinity', (p) => p === 1 || p === 2 || p === Infinity), swap: flag }
)

/**
 * The contrastive loss of pairs at distance d, (y d^2 + (1 - y) max(0, margin - d)^2) / 2, where y is 1 for pairs that are alike, else 0
 * (margin is 1 by default); one loss per pair.
 *
 * Embeddings have shape [..., d], labels shape [...].
 * R. Hadsell, S. Chopra and Y. LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006, where labels are the other way
 * round.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a label is neither 1 nor 0
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const [a, b] = [T.of([[0, 0], [0, 0]]), T.of([[3, 4], [0, 0.5]])]
 * Loss.contrastive(a, b, T.of([1, 0]), { reduction: 'none' }) // => T.of([12.5, 0.125])
 */
export const contrastive: TripleLoss<MarginOptions> = makeTriple<TripleLoss<MarginOptions>, MarginOptions>(
  'contrastive',
  (x1, x2, labels, given) => {
    requirePairs('contrastive', x1, x2, labels, [1, 0], given)
    const difference = sub(x1, x2)
    const near = sum(square(difference), { axis: -1 })
    const far = square(relu(sub(given.margin ?? 1, norm(difference, { axis: -1 }))))
    return mul(add(guardedMul(labels, near), guardedMul(sub(1, labels), far)), 0.5)
  },
  { margin }
)
