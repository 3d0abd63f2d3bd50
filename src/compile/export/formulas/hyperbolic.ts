/** The hyperbolic functions and their inverses. */
import { add, call, div, greater, less, mul, select, sub, x } from '../../../primitive/expression.js'
import { type Formula, abs, oddly } from './model.js'

/** By `expm1` below 1; above by the exponential of half of it, whose square alone may overflow. */
export const sinh: Formula = () => {
  const size = abs(x)
  const less1 = call('expm1', x)
  const near = mul(0.5, add(less1, div(less1, add(less1, 1))))
  const root = call('exp', mul(0.5, size))
  return select(less(size, 1), near, oddly(sub(mul(mul(0.5, root), root), div(div(0.5, root), root))))
}

/** By the exponential of half of it. */
export const cosh: Formula = () => {
  const root = call('exp', mul(0.5, abs(x)))
  return add(mul(mul(0.5, root), root), div(div(0.5, root), root))
}

/** `e / (e + 2)` with `e = exp(2 x) - 1`, NIST DLMF 4.28; 1 where that overflows. */
export const tanh: Formula = () => {
  const size = abs(x)
  const e = call('expm1', mul(2, size))
  return oddly(select(greater(size, 20), 1, div(e, add(e, 2))))
}

/** From where on the square of a number is all that counts beside 1. */
const far = (single: boolean): number => (single ? 1e5 : 1e9)

/** `log(|x| + sqrt(x^2 + 1))`, NIST DLMF 4.37, as the `log1p` of what is above 1. */
export const asinh: Formula = (single) => {
  const size = abs(x)
  const square = mul(size, size)
  const near = call('log1p', add(size, div(square, add(1, call('sqrt', add(square, 1))))))
  return oddly(select(greater(size, far(single)), add(call('log', size), Math.LN2), near))
}

/** `log(x + sqrt(x^2 - 1))`, as the `log1p` of what is above 1. */
export const acosh: Formula = (single) => {
  const t = sub(x, 1)
  const near = call('log1p', add(t, call('sqrt', mul(t, add(t, 2)))))
  return select(less(x, 1), NaN, select(greater(x, far(single)), add(call('log', x), Math.LN2), near))
}

/** `log((1 + x) / (1 - x)) / 2`, as the `log1p` of what is above 1. */
export const atanh: Formula = () => {
  const size = abs(x)
  return oddly(mul(0.5, call('log1p', div(mul(2, size), sub(1, size)))))
}
