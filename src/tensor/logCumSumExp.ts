/** Logarithms of running sums of exponentials. */
import { toFloat } from '../DType.js'
import { dataFirst } from '../internal/dual.js'
import { checkedLater, flag, options } from '../internal/options.js'
import { abs, add, sub } from './arithmetic.js'
import { cast, stopGradient } from './cast.js'
import { equal } from './comparison.js'
import { type RunningOptions, courseOf, cummax } from './cumulativeExtrema.js'
import type { Preserving } from './dataFirst.js'
import { exp, log } from './exponential.js'
import type { Tensor } from './model.js'
import { recurrence, shifted } from './recurrence.js'
import { where } from './select.js'

/**
 * The logarithms of running sums of exponentials along an axis: element `j` of the result is `log sum exp x[i]` over `i <= j`,
 * or over `i >= j` with `reverse`, without overflow. `jax.lax.cumlogsumexp`, `torch.logcumsumexp`. Integers become float32.
 *
 * With the running maxima m it is `m[j] + log s[j]`, where `s[j] = exp(m[j-1] - m[j]) s[j-1] + exp(x[j] - m[j])`; m counts as
 * constant in derivatives, which are those of the definition to any order, and 0 where a result is infinite. A vector needs no
 * axis; other ranks without one throw a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.logCumSumExp(T.of([1000, 1000])) // => T.of([1000, 1000.6932])
 * pipe(T.of([[0, 0], [-Infinity, 0]]), T.logCumSumExp({ axis: 1 })) // => T.of([[0, 0.6931472], [-Infinity, 0]])
 */
export const logCumSumExp: Preserving<RunningOptions> = dataFirst(
  options<RunningOptions>('logCumSumExp', { axis: checkedLater, reverse: flag }),
  (operand: Tensor, given: RunningOptions = {}): Tensor => {
    const x = cast(operand, toFloat(operand.dtype))
    const course = courseOf('logCumSumExp', x, given)
    const largest = stopGradient(cummax(x, course))
    const before = shifted(largest, course)
    const unit = where(equal(abs(largest), Infinity), 0, largest)
    // The first of a lane has no sum in front of it, so that its factor does not matter.
    const factors = where(equal(before, largest), 1, exp(sub(before, largest)))
    return add(unit, log(recurrence(factors, exp(sub(x, unit)), course)))
  }
)
