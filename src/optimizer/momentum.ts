/** Sums and means of gradients over steps. */
import { flag, options as optionsOf } from '../internal/options.js'
import { requireKind } from '../internal/options.js'
import { add } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { correction, decayed, kept, over, running, stepsAt, times, zerosOf } from './coefficient.js'
import type { Optimizer } from './model.js'
import { leafwise } from './rule.js'

const traceOptions = optionsOf<{ readonly nesterov?: boolean }>('trace', { nesterov: flag })

/**
 * Momentum: the decayed sum of all gradients, v <- decay v + g. With `nesterov` the result looks one step ahead, g +
 * decay v. The decay is a number or a scalar tensor.
 *
 * B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964; I. Sutskever et al., On the importance
 * of initialization and momentum in deep learning, ICML 2013.
 *
 * @throws RangeError when the decay is not a number from 0 to 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const velocity = Optimizer.trace(0.5)
 * const [, state] = velocity.update(T.of([1]), velocity.init(T.of([0])), T.of([0]))
 * velocity.update(T.of([1]), state, T.of([0]))[0] // => T.of([1.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const trace = (decay: number | Tensor<[]>, options: { readonly nesterov?: boolean } = {}): Optimizer => {
  requireKind('trace', 'decay', decay, kept)
  traceOptions(options)
  const { nesterov = false } = options
  return leafwise(
    (leaf) => ({ trace: zerosOf(leaf) }),
    () => (gradient, before) => {
      const trace = add(gradient, times(before.trace, decay))
      return [nesterov ? add(gradient, times(trace, decay)) : trace, { trace }]
    }
  )
}

const emaOptions = optionsOf<{ readonly debias?: boolean }>('ema', { debias: flag })

/**
 * The running mean of the gradients, m <- decay m + (1 - decay) g, divided by 1 - decay^t, because it began at zero; without that
 * where `debias` is false.
 *
 * @throws RangeError when the decay is not a number from 0 up to but not including 1
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const mean = Optimizer.ema(0.5)
 * const [first, state] = mean.update(T.of([1]), mean.init(T.of([0])), T.of([0]))
 * first // => T.of([1])
 * mean.update(T.of([4]), state, T.of([0]))[0] // => T.of([3])
 */
/* @__NO_SIDE_EFFECTS__ */
export const ema = (decay: number | Tensor<[]>, options: { readonly debias?: boolean } = {}): Optimizer => {
  requireKind('ema', 'decay', decay, decayed)
  emaOptions(options)
  const { debias = true } = options
  const mixed = running(decay)
  return leafwise(
    (leaf) => ({ mean: zerosOf(leaf) }),
    (count) => {
      const come = debias ? correction(decay, stepsAt(count)) : 1
      return (gradient, before) => {
        const mean = mixed(before.mean, gradient)
        return [debias ? over(mean, come) : mean, { mean }]
      }
    }
  )
}
