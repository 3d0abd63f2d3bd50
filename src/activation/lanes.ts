/** Activations that take all elements of a lane together: weights of classes, and the largest piece. */
import { checkedLater, options } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { normalizeAxis } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Preserving, Reshaping } from '../tensor/dataFirst.js'
import type { Tensor } from '../tensor/model.js'

/**
 * The softmax of -x along an axis, by default the last: the smallest element has the largest weight.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.softmin(T.of([0, 0, 1000])) // => T.of([0.5, 0.5, 0])
 * pipe(T.of([[1], [1]]), Activation.softmin({ axis: 0 })) // => T.of([[0.5], [0.5]])
 */
export const softmin: Preserving<T.SoftmaxOptions> = dataFirst<Preserving<T.SoftmaxOptions>>(
  options<T.SoftmaxOptions>('softmin', { axis: checkedLater }),
  (x: Tensor, given?: T.SoftmaxOptions): Tensor => T.softmax(T.neg(x), given)
)

/**
 * The point of the probability simplex that is nearest to x along an axis, by default the last: max(x - tau, 0), where tau is the
 * number for which these sum to 1. Unlike those of the softmax, weights may be 0.
 *
 * Its derivative takes t to t minus its mean over the elements whose weight is above 0, and to 0 elsewhere.
 * A. F. T. Martins and R. F. Astudillo, From Softmax to Sparsemax, ICML 2016.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.sparsemax(T.of([0.5, 0.25, -1])) // => T.of([0.625, 0.375, 0])
 * Activation.sparsemax(T.of([0, 0, 1000])) // => T.of([0, 0, 1])
 */
export const sparsemax: Preserving<T.AlongAxis> = dataFirst<Preserving<T.AlongAxis>>(
  options<T.AlongAxis>('sparsemax', { axis: checkedLater }),
  (x: Tensor, { axis: given = -1 }: T.AlongAxis = {}): Tensor => {
    const axis = normalizeAxis('sparsemax', given, x.shape)
    const n = x.shape[axis]!
    if (n === 0) return x
    const over = { axis, keepDims: true } as const
    // Weights do not change when all of x is moved by one number.
    const moved: Tensor = T.sub(x, T.stopGradient(T.max(x, over)))
    const tau = T.stopGradient(thresholdOf(moved, axis))
    const inside = T.greater(moved, tau)
    const size = T.sum(T.cast(inside, moved.dtype), over)
    const exact = T.div(T.sub(T.sum(T.where(inside, moved, 0), over), 1), size)
    return T.where(inside, T.sub(moved, exact), T.where(T.isNaN(tau), tau, 0))
  }
)

/** The number that is taken from each element: (the sum of the k largest - 1) / k, for the k that makes it largest. */
const thresholdOf = (x: Tensor, axis: number): Tensor => {
  const n = x.shape[axis]!
  const sorted = T.flip(T.sort(T.stopGradient(x), { axis }), { axis })
  const counts = T.reshape(
    T.arange(1, n + 1),
    x.shape.map((_, i) => (i === axis ? n : 1))
  )
  return T.max(T.div(T.sub(T.cumsum(sorted, { axis }), 1), counts), { axis, keepDims: true })
}

/**
 * The largest of several pieces, elementwise: the maximum over the axis along which they are stacked, by default the first, where
 * `T.stack` puts them. Among equal pieces the derivative is divided evenly.
 *
 * I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio, Maxout Networks, ICML 2013.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.maxout(T.stack([T.of([1, 2]), T.of([3, 0])])) // => T.of([3, 2])
 * pipe(T.of([[1, 2], [3, 0]]), Activation.maxout({ axis: 1 })) // => T.of([2, 3])
 */
export const maxout: Reshaping<T.AlongAxis> = dataFirst<Reshaping<T.AlongAxis>>(
  options<T.AlongAxis>('maxout', { axis: checkedLater }),
  (x: Tensor, { axis = 0 }: T.AlongAxis = {}): Tensor => T.max(x, { axis: normalizeAxis('maxout', axis, x.shape) })
)
