/**
 * Functions that a format may lack, as expressions over `exp`, `log`, `pow`, `sin`, `sqrt`, `floor`, `round`, `abs` and arithmetic, which
 * each format has. They are accurate in the arithmetic of their type, also where all intermediate results are rounded to it: the
 * errors that `test/export/formulas.test.ts` finds stand there.
 *
 * There is none for `rem`, whose result is exact and would not be by a quotient; both formats have it.
 */
import type { DType } from '../../DType.js'
import type { Expression } from '../../primitive/expression.js'
import type { Intrinsic } from '../../primitive/intrinsics.js'
import { acos, asin, atan, atan2, cos, tan } from './formulas/circular.js'
import { erf, erfInv, erfc, erfcInv } from './formulas/error.js'
import { cbrt, expm1, ipow, log1p, log2, max, min } from './formulas/exponential.js'
import { digamma, lgamma } from './formulas/gamma.js'
import { acosh, asinh, atanh, cosh, sinh, tanh } from './formulas/hyperbolic.js'
import type { Formula } from './formulas/model.js'

const ofFloats: { readonly [Name in Intrinsic]?: Formula } = {
  expm1,
  log1p,
  log2,
  cbrt,
  min,
  max,
  tan,
  cos,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  erf,
  erfc,
  erfInv,
  erfcInv,
  lgamma,
  digamma
}

const ofIntegers: { readonly [Name in Intrinsic]?: Formula } = { min, max, ipow }

/** The expression of a function of operands 0 and 1, for numbers of a type, if there is one. */
export const formula = (name: Intrinsic, dtype: DType): Expression | undefined =>
  (dtype === 'int32' ? ofIntegers : ofFloats)[name]?.(dtype === 'float32')
