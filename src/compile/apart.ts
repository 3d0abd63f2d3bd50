/** Elementwise operations that run by their own kernels: where compiled code would have to call a function for each element. */
import type { DType } from '../DType.js'
import type { Expression } from '../primitive/expression.js'
import type { Intrinsic } from '../primitive/intrinsics.js'
import { intrinsicsIn } from '../primitive/special.js'

/** Intrinsics that are instructions, or that compiled code calls as fast as any other code does. */
const direct: readonly Intrinsic[] = [
  ...(['neg', 'abs', 'sqrt', 'floor', 'ceil', 'round', 'min', 'max', 'imul'] as const),
  ...(['tan', 'asin', 'acos', 'atan', 'atan2', 'sin', 'cos', 'exp', 'log'] as const)
]

/** Those that are written out for float32. */
const fitted: readonly Intrinsic[] = ['expm1', 'log1p', 'tanh', 'erf', 'pow']

/** So many calls take longer than one call of a kernel and a copy of its result. */
const many = 256

/** Whether a function of `n` elements of a type is better called by its kernel. */
export const runsApart = (expression: Expression, dtype: DType, n: number): boolean =>
  n >= many &&
  [...intrinsicsIn(expression)].some(
    (name) => !direct.includes(name) && !(dtype === 'float32' && fitted.includes(name))
  )
