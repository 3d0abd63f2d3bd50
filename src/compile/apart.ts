/** Elementwise operations that run by their own kernels: where compiled code would have to call a function for each element. */
import type { DType } from '../DType.js'
import type { Expression } from '../primitive/expression.js'
import type { Intrinsic } from '../primitive/intrinsics.js'

/** Intrinsics that are instructions, or that compiled code calls as fast as any other code does. */
const direct: readonly Intrinsic[] = [
  ...(['neg', 'abs', 'sqrt', 'floor', 'ceil', 'round', 'min', 'max', 'imul'] as const),
  ...(['tan', 'asin', 'acos', 'atan', 'atan2', 'sin', 'cos', 'exp', 'log'] as const)
]

/** Those that are written out for float32. */
const fitted: readonly Intrinsic[] = ['expm1', 'log1p', 'tanh', 'erf', 'pow']

/** So many calls take longer than one call of a kernel and a copy of its result. */
const many = 256

/** The nodes that a node reads. */
export const partsOf = (node: Expression): readonly Expression[] => {
  if ('left' in node) return [node.left, node.right]
  switch (node.op) {
    case 'operand':
    case 'constant':
    case 'parameter':
      return []
    case 'intrinsic':
      return node.args
    case 'select':
      return [node.condition, node.onTrue, node.onFalse]
  }
}

const known = /* @__PURE__ */ new WeakMap<Expression, ReadonlySet<Intrinsic>>()

/** The intrinsics that an expression calls. */
const calledBy = (node: Expression): ReadonlySet<Intrinsic> => {
  const before = known.get(node)
  if (before !== undefined) return before
  const own: readonly Intrinsic[] = node.op === 'intrinsic' ? [node.name] : []
  const found = new Set([...own, ...partsOf(node).flatMap((part) => [...calledBy(part)])])
  known.set(node, found)
  return found
}

/** Whether a function of `n` elements of a type is better called by its kernel. */
export const runsApart = (expression: Expression, dtype: DType, n: number): boolean =>
  n >= many &&
  [...calledBy(expression)].some((name) => !direct.includes(name) && !(dtype === 'float32' && fitted.includes(name)))
