/** The error function, its complement and their inverses: the approximations of the kernels, and shorter ones in float32. */
import { centralRange, farRange, nearRange } from '../../../kernel/special/quantile.js'
import {
  type Expression,
  add,
  call,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  select,
  sub,
  x
} from '../../../primitive/expression.js'
import { type Formula, abs, both, oddly, polynomial, quotient } from './model.js'

// -----------------------------------------------------------------------------
// the error function
// -----------------------------------------------------------------------------

/** erf(x) for |x| <= 1/2, Cody (1969), rearranged as in kernel/special/erf.ts. */
const small = (): Expression =>
  add(
    x,
    mul(
      x,
      quotient(
        [-0.8142222938153968, -20.440167208473554, -130.16048378339403, -905.1312883920702, 365.14075569929884],
        [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
        mul(x, x)
      )
    )
  )

/** erfc(a) exp(a^2) for 1/2 <= a <= 4. */
const middle = (a: Expression): Expression =>
  div(
    add(
      1.15625,
      quotient(
        [
          3.7679518708020675e-8, -0.1689201087386738, -2.0953701783399183, -11.491897308693849, -32.38496654535704,
          -32.6801702222395, 73.0489270345799, 257.15645085156615, 227.40337549388852, -192.240524193838
        ],
        [
          1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
          4362.619090143247, 3439.3676741437216, 1230.3393548037495
        ],
        a
      )
    ),
    add(1, mul(1.75, a))
  )

/** erfc(a) exp(a^2) for a >= 4. */
const large = (a: Expression): Expression => {
  const z = div(1, mul(a, a))
  const q = quotient(
    [
      0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
      0.0006587491615298378
    ],
    [1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
    z
  )
  return div(sub(0.5641895835477563, mul(z, q)), a)
}

/** erfc(a) for a >= 1/2: the square is taken as the exact square of a number of few bits, and the rest, as Cody does. */
const ofTail = (a: Expression): Expression => {
  const few = div(call('floor', mul(a, 16)), 16)
  const powers = mul(call('exp', call('neg', mul(few, few))), call('exp', mul(sub(few, a), add(few, a))))
  return select(greater(a, 27.3), 0, mul(powers, select(lessEqual(a, 4), middle(a), large(a))))
}

/**
 * In float32 by one quotient, as XLA and Eigen have it (x P(x^2) / Q(x^2) up to where erf rounds to 1); else W. J. Cody, Rational Chebyshev
 * approximations for the error function, Math. Comp. 23 (1969).
 */
export const erf: Formula = (single) => {
  const size = abs(x)
  if (!single) return select(lessEqual(size, 0.5), small(), oddly(sub(1, ofTail(size))))
  const q = quotient(
    [0.00022905065861350646, 0.0034082910107109507, 0.05095569506238086, 0.18520832239976145, 1.128379143519084],
    [
      -1.1791602954361697e-7, 0.000023547966471313183, 0.0010179625278914884, 0.014070470171167667, 0.11098505178285362,
      0.49746925110067536, 1
    ],
    mul(x, x)
  )
  return select(greaterEqual(size, 3.832506856900711), select(less(x, 0), -1, 1), mul(x, q))
}

/** W. J. Cody (1969), in both types. */
export const erfc: Formula = () => {
  const size = abs(x)
  const tail = ofTail(size)
  return select(lessEqual(size, 0.5), sub(1, small()), select(less(x, 0), sub(2, tail), tail))
}

// -----------------------------------------------------------------------------
// the inverses
// -----------------------------------------------------------------------------

/** The ranges of AS 241, rearranged as in kernel/special/erfInverse.ts. */
const central = (p: Expression): Expression => {
  const half = mul(0.5, p)
  return add(p, mul(p, quotient(centralRange.above, centralRange.below, sub(0.180625, mul(half, half)))))
}

/** The quantile of a probability of less than 0.075. */
const tailOf = (p: Expression): Expression => {
  const s = call('sqrt', call('neg', call('log', p)))
  const near = quotient(nearRange.above, nearRange.below, sub(s, 1.6))
  const far = quotient(farRange.above, farRange.below, sub(s, 5))
  return add(s, select(lessEqual(s, 5), near, far))
}

/** M. B. Giles, Approximating the erfinv function, GPU Computing Gems (2011): a polynomial of -log(1 - x^2) or of its root. */
const giles = (): Expression => {
  const w = call('neg', call('log', mul(sub(1, x), add(1, x))))
  const near = polynomial(
    [
      2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
      0.246640727, 1.50140941
    ],
    sub(w, 2.5)
  )
  const far = polynomial(
    [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
      1.00167406, 2.83297682
    ],
    sub(call('sqrt', w), 3)
  )
  return mul(x, select(less(w, 5), near, far))
}

/** In float32 by Giles (2011); else M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988). */
export const erfInv: Formula = (single) => {
  const size = abs(x)
  const inside = single ? giles() : select(lessEqual(size, 0.85), central(x), oddly(tailOf(mul(0.5, sub(1, size)))))
  return select(less(size, 1), select(equal(x, 0), x, inside), select(equal(size, 1), mul(x, Infinity), NaN))
}

/** M. J. Wichura (1988), in both types. */
export const erfcInv: Formula = () => {
  const isLow = less(x, 1)
  const tail = tailOf(mul(0.5, select(isLow, x, sub(2, x))))
  const inside = select(
    both(greaterEqual(x, 0.15), lessEqual(x, 1.85)),
    central(sub(1, x)),
    select(isLow, tail, call('neg', tail))
  )
  const ends = select(equal(x, 0), Infinity, select(equal(x, 2), -Infinity, NaN))
  return select(both(greater(x, 0), less(x, 2)), inside, ends)
}
