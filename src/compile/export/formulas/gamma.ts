/** The logarithm of the gamma function and its derivative: the approximations of the kernels. */
import {
  type Expression,
  add,
  call,
  constant,
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
import { type Formula, abs, both, either, parts, polynomial, quotient } from './model.js'

// -----------------------------------------------------------------------------
// the logarithm of the gamma function
// -----------------------------------------------------------------------------

/** lgamma(1 + t) for -1/2 <= t <= 1/2, Cody and Hillstrom (1967), rearranged as in kernel/special/logGamma.ts. */
const aroundOne = (t: Expression): Expression => {
  const q = quotient(
    [
      -0.8125, -49.88399161192146, -702.771307923297, -3996.901734928665, -11137.722920493336, -16124.649068871175,
      -11574.155428598333, -3157.923804711312, 87.56573397509
    ],
    [
      1, 67.48212550303776, 1113.3323938571993, 7738.757056935399, 27639.87074403341, 54993.102062261576,
      61611.22180066002, 36351.2759150194, 8785.536302431014
    ],
    t
  )
  return mul(t, add(-0.5772156649015329, mul(t, add(0.8125, q))))
}

/** lgamma(2 + t) for -1/2 <= t <= 2. */
const aroundTwo = (t: Expression): Expression => {
  const q = quotient(
    [
      -0.3125, -52.22315463476209, -1884.1640529624574, -26115.05597415617, -170427.27871855226, -558034.0172305297,
      -870289.0767351631, -464389.97842662944, 95016.68239917906
    ],
    [
      1, 183.03283993705926, 7765.049321445006, 133190.38279660742, 1136705.8213219696, 5267964.117437947,
      13467014.543111017, 17827365.303532742, 9533095.591844354
    ],
    t
  )
  return mul(t, add(0.42278433509846713, mul(t, add(0.3125, q))))
}

/** lgamma(a) for a >= 8: Stirling's series to 1 / a^15, NIST DLMF 5.11.1. */
const stirling = (a: Expression): Expression => {
  const r = div(1, a)
  const series = polynomial(
    [-3617 / 122400, 1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12],
    mul(r, r)
  )
  return add(add(mul(sub(a, 0.5), sub(call('log', a), 1)), 0.9189385332046728 - 0.5), mul(series, r))
}

/** log |Gamma(a)| for a >= -1/2. */
const toTheRight = (a: Expression): Expression => {
  let product: Expression = constant(1)
  let lower = a
  for (let step = 0; step < 5; step++) {
    const isHigh = both(greater(a, 4), greater(lower, 3))
    lower = select(isHigh, sub(lower, 1), lower)
    product = select(isHigh, mul(product, lower), product)
  }
  const isLow = less(a, 0.6796875)
  const t = select(lessEqual(a, 0.5), a, select(lessEqual(a, 1.5), sub(a, 1), sub(lower, 2)))
  const isOne = either(lessEqual(a, 0.5), both(greaterEqual(a, 0.6796875), lessEqual(a, 1.5)))
  const near = select(isOne, aroundOne(t), aroundTwo(t))
  const beside = call('log', select(isLow, abs(a), product))
  return select(greaterEqual(a, 8), stirling(a), select(isLow, sub(near, beside), add(near, beside)))
}

/**
 * W. J. Cody and K. E. Hillstrom, Chebyshev approximations for the natural logarithm of the gamma function, Math. Comp. 21 (1967), up to 4;
 * NIST DLMF 5.5.1 to 8; Stirling's series above; NIST DLMF 5.5.3 below -1/2.
 */
export const lgamma: Formula = () => {
  const isLeft = less(x, -0.5)
  const right = toTheRight(select(isLeft, call('neg', x), x))
  const fraction = sub(x, call('round', x))
  const sine = call('sin', mul(Math.PI, fraction))
  const reflected = sub(call('log', div(Math.PI, abs(mul(x, sine)))), right)
  const isPole = both(lessEqual(x, 0), either(equal(fraction, 0), equal(x, -Infinity)))
  return select(isPole, Infinity, select(isLeft, reflected, right))
}

// -----------------------------------------------------------------------------
// its derivative
// -----------------------------------------------------------------------------

/** psi(a) for 1/2 <= a <= 3, Cody, Strecok and Thacher (1973), rearranged as in kernel/special/polygamma.ts. */
const middle = (a: Expression, single: boolean): Expression => {
  const q = quotient(
    [
      0.004510468124576294, 3.495540817362327, 186.93026500249806, 2883.2393926786076, 15702.876316908978,
      18154.23909867619, -80407.75485578517, -186679.57396520188, -28780.18582506163, 82928.47514867681
    ],
    [
      1, 96.14165477422236, 2628.771579058119, 29862.497022250278, 162065.66091533672, 434878.8071276833,
      542563.8453726999, 242421.85002017985, 6.415522378357623e-8
    ],
    a
  )
  const [high, low] = parts(1.4616321449683622, 9.549995429965697e-17, single)
  return div(mul(sub(sub(a, high), low), add(2, q)), add(a, 0.5))
}

/** psi(a) for a >= 3. */
const large = (a: Expression): Expression => {
  const r = div(1, a)
  const q = quotient(
    [
      -2.7103228277757836, -15.16627177689612, -19.78455414871922, -8.810095882831222, -1.4479614616899843,
      -0.07368960033239455, -6.513538773271817e-21
    ],
    [
      1, 44.992760373789366, 202.40955312679932, 247.3697900331529, 107.42543875702279, 17.46396506067857,
      0.8842752039887348
    ],
    mul(r, r)
  )
  return add(call('log', a), sub(q, mul(0.5, r)))
}

/** pi cot(pi f) for 0 < |f| <= 1/2, from the nearer of the pole and the zero. */
const cotangent = (f: Expression): Expression => {
  const size = abs(f)
  const isFar = greater(size, 0.25)
  const angle = mul(Math.PI, select(isFar, sub(0.5, size), size))
  const [s, c] = [call('sin', angle), call('cos', angle)]
  const ofSize = mul(Math.PI, div(select(isFar, s, c), select(isFar, c, s)))
  return select(less(f, 0), call('neg', ofSize), ofSize)
}

/**
 * W. J. Cody, A. J. Strecok and H. C. Thacher, Chebyshev approximations for the psi function, Math. Comp. 27 (1973); below 1/2
 * NIST DLMF 5.5.2, and 5.5.4 below -1/2.
 */
export const digamma: Formula = (single) => {
  const isLeft = lessEqual(x, -0.5)
  const a = select(isLeft, sub(1, x), x)
  const isNear = less(a, 0.5)
  const near = middle(select(isNear, add(a, 1), a), single)
  const right = select(greaterEqual(a, 3), large(a), select(isNear, sub(near, div(1, a)), near))
  const fraction = sub(x, call('round', x))
  const left = select(greater(abs(fraction), 0), sub(right, cotangent(fraction)), NaN)
  return select(isLeft, left, right)
}
