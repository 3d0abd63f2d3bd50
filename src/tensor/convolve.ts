/** Convolution as signal processing has it: the kernel is flipped. */
import { oneOf, options } from '../internal/options.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { requireTensor } from '../internal/require.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { correlate } from './conv.js'
import type { Tensor } from './model.js'
import { flip } from './slice.js'
import { reshapeTo } from './structural.js'

/**
 * The options of `convolve`.
 *
 * @example
 * import type { ConvolveOptions } from 'pullback/Tensor'
 *
 * const options: ConvolveOptions = { mode: 'same' }
 * options.mode // => 'same'
 */
export interface ConvolveOptions {
  /**
   * Which part of the result: all of it (`'full'`, the default), as much as there is of the signal (`'same'`), or where the kernel lies
   * inside the signal (`'valid'`).
   */
  readonly mode?: 'full' | 'same' | 'valid'
}

interface Flipped {
  <X extends Shape>(x: Tensor<X>, kernel: Tensor, options?: ConvolveOptions): Tensor<Resized<X>>
  (kernel: Tensor, options?: ConvolveOptions): <X extends Shape>(x: Tensor<X>) => Tensor<Resized<X>>
}

/**
 * The convolution of a signal with a kernel of one, two or three axes: y[n] = sum over t of k[t] x[n - t], `numpy.convolve` and
 * `scipy.signal.convolve`. Both operands have the same number of axes and no channels; `conv2d` and its like do not flip the kernel.
 *
 * Sizes n and k give n + k - 1 (`'full'`), n (`'same'`, the middle of it) or n - k + 1 (`'valid'`) along each axis.
 *
 * @throws ShapeError when the operands have not the same number of axes, from 1 to 3, or when a kernel in mode `'valid'` is larger than the signal
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * // the coefficients of (1 + 2x)(3 + 4x + 5x^2)
 * T.convolve(T.of([3, 4, 5]), T.of([1, 2])) // => T.of([3, 10, 13, 10])
 * pipe(T.of([3, 4, 5]), T.convolve(T.of([1, 2]), { mode: 'same' })) // => T.of([3, 10, 13])
 */
export const convolve: Flipped = dualBy<Flipped>(
  dataAt(1, options<ConvolveOptions>('convolve', { mode: oneOf('full', 'same', 'valid') }), (kernel) =>
    requireTensor('convolve', kernel, 'the kernel')
  ),
  (x: Tensor, kernel: Tensor, { mode = 'full' }: ConvolveOptions = {}): Tensor => {
    requireTensor('convolve', x)
    requireTensor('convolve', kernel, 'the kernel')
    const rank = x.shape.length
    if (rank < 1 || rank > 3 || kernel.shape.length !== rank) {
      const rule = `the shapes are ${show(x.shape)} and ${show(kernel.shape)}; expected as many axes in both, from 1 to 3`
      throw new ShapeError('convolve', [x.shape, kernel.shape], rule)
    }
    const middle = kernel.shape.map((n) => [Math.floor(n / 2), Math.floor((n - 1) / 2)] as const)
    const padding = mode === 'same' ? middle : mode
    const flipped = reshapeTo(flip(kernel), [1, 1, ...kernel.shape])
    const out = correlate('convolve', rank, reshapeTo(x, [1, ...x.shape]), flipped, { padding })
    return reshapeTo(out, out.shape.slice(1))
  }
)
