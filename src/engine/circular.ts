/** Sine and cosine over arithmetic, for engines whose own are coarse: WGSL asks for an absolute error of 2^-11 only. */
import { type Expression, add, call, equal, mul, select, sub, x } from '../primitive/expression.js'
import { type Formula, polynomial } from '../compile/export/formulas/model.js'

/** A quarter of the circle in three parts, of which the first two have few digits: products with small integers are exact. */
const quarter = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8] as const

/** The sine of the rest, or its cosine, by the quarter that the angle lies in, `turned` by some quarters. */
const circular = (turned: number): Expression => {
  const quarters = call('round', mul(x, 2 / Math.PI))
  const rest = quarter.reduce<Expression>((left, part) => sub(left, mul(quarters, part)), x)
  const z = mul(rest, rest)
  const sine = add(rest, mul(rest, mul(z, polynomial([-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1], z))))
  const bent = mul(mul(z, z), polynomial([2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2], z))
  const cosine = add(sub(1, mul(z, 0.5)), bent)
  const count = add(quarters, turned)
  const place = sub(count, mul(4, call('floor', mul(count, 0.25))))
  const either = (first: number, second: number): Expression => select(equal(place, first), 1, equal(place, second))
  const size = select(either(1, 3), cosine, sine)
  return select(either(2, 3), call('neg', size), size)
}

/** To 2e-7 for angles up to 8192, and coarser beyond: S. L. Moshier, Cephes Mathematical Library (1989), sinf. */
export const sin: Formula = () => select(equal(x, 0), x, circular(0))

/** As `sin`, a quarter further. */
export const cos: Formula = () => circular(1)
