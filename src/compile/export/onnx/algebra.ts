/** Elementwise arithmetic in ONNX, with the functions that ONNX Runtime has kernels for. */
import type { DType } from '../../../DType.js'
import type { Intrinsic } from '../../../primitive/intrinsics.js'
import type { TensorType } from '../../../primitive/model.js'
import type { Algebra, Comparison } from '../model.js'
import { type Value, type Writer, int } from './graph.js'
import { choose, convert, filled, onBits, pointwise } from './values.js'

/** The operator of a function, by its name. */
const operators: ReadonlyMap<Intrinsic, string> = /* @__PURE__ */ new Map([
  ['neg', 'Neg'],
  ['abs', 'Abs'],
  ['sqrt', 'Sqrt'],
  ['floor', 'Floor'],
  ['ceil', 'Ceil'],
  ['round', 'Round'],
  ['exp', 'Exp'],
  ['log', 'Log'],
  ['tanh', 'Tanh'],
  ['sin', 'Sin'],
  ['cos', 'Cos'],
  ['tan', 'Tan'],
  ['asin', 'Asin'],
  ['acos', 'Acos'],
  ['atan', 'Atan'],
  ['sinh', 'Sinh'],
  ['cosh', 'Cosh'],
  ['asinh', 'Asinh'],
  ['acosh', 'Acosh'],
  ['atanh', 'Atanh'],
  ['erf', 'Erf'],
  ['min', 'Min'],
  ['max', 'Max'],
  ['rem', 'Mod'],
  ['pow', 'Pow'],
  ['imul', 'Mul']
])

/** What the engine's kernels compute in float64 too. */
const ofDouble: readonly Intrinsic[] = [
  'neg',
  'abs',
  'sqrt',
  'floor',
  'ceil',
  'round',
  'exp',
  'log',
  'tanh',
  'sin',
  'cos',
  'min',
  'max',
  'rem',
  'pow'
]

const ofIntegers: readonly Intrinsic[] = ['neg', 'abs', 'min', 'max', 'imul', 'floor', 'ceil', 'round']

/** Whether the engine has a function for numbers of a type. */
export const has = (name: Intrinsic, dtype: DType): boolean => {
  if (dtype === 'int32') return ofIntegers.includes(name)
  return dtype === 'float64' ? ofDouble.includes(name) : name !== 'imul' && operators.has(name)
}

const comparisons: Readonly<Record<Exclude<Comparison, 'notEqual'>, string>> = {
  equal: 'Equal',
  less: 'Less',
  lessEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterEqual: 'GreaterOrEqual'
}

const arithmetic = { add: 'Add', sub: 'Sub', mul: 'Mul', div: 'Div' } as const

/** Arithmetic on numbers of a shape and type. */
export const algebra = (writer: Writer, type: Pick<TensorType, 'shape' | 'dtype'>): Algebra<Value> => {
  const masks: TensorType = { shape: type.shape, dtype: 'bool' }
  const logical = (op: string, ...values: readonly Value[]): Value => pointwise(writer, op, masks, values)
  const compare = (op: Comparison, left: Value, right: Value): Value =>
    op === 'notEqual' ? logical('Not', logical('Equal', left, right)) : logical(comparisons[op], left, right)
  return {
    constant: (value) => filled(writer, type, value),
    mask: (value) => filled(writer, masks, value ? 1 : 0),
    arithmetic: (op, left, right) =>
      op === 'div'
        ? pointwise(writer, arithmetic[op], type, [left, right])
        : onBits(writer, arithmetic[op], type, [left, right]),
    compare,
    select: (mask, onTrue, onFalse) => choose(writer, mask, onTrue, onFalse),
    and: (left, right) => logical('And', left, right),
    or: (left, right) => logical('Or', left, right),
    xor: (left, right) => logical('Xor', left, right),
    not: (mask) => logical('Not', mask),
    fromMask: (mask) => convert(writer, mask, type.dtype),
    intrinsic: (name, args) => {
      const isSame = type.dtype === 'int32' && (name === 'floor' || name === 'ceil' || name === 'round')
      if (isSame) return args[0]!
      return pointwise(writer, operators.get(name)!, type, args, name === 'rem' ? { fmod: int(1) } : {})
    },
    convert: (value, dtype) => convert(writer, value, dtype)
  }
}
