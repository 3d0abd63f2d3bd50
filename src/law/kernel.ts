/** The law of kernels: layouts of storage, and inferred types. */
import { allocate, isFloat } from '../DType.js'
import type { TensorType } from '../primitive/model.js'
import { show, size } from '../shape/model.js'
import { type Concrete, Dense, type Tensor, fill } from '../tensor/model.js'
import { broken, compare } from './compare.js'
import { type Instance, concrete, subjectOf } from './instance.js'
import { type Verdict, all, nothing } from './model.js'
import { flat, leafwise } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A law of primitives.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * const law: Law.PrimitiveLaw = Law.layout
 * law.says // => 'a view gives what its copy gives; infer gives the types of the results'
 */
export interface PrimitiveLaw {
  readonly name: string
  /** The law in one line. */
  readonly says: string
  /** Whether it is held at kinks and ties instead of smooth points. */
  readonly singular?: boolean
  /** The most elements of shapes that are drawn for it, 32 unless it says so. */
  readonly maxElements?: number
  readonly check: (instance: Instance, salt: number) => Verdict
}

/** What results are to the reader. */
export const paths = (results: readonly Tensor[]): readonly string[] =>
  results.map((_, i) => (results.length === 1 ? 'the result' : `result ${i}`))

// -----------------------------------------------------------------------------
// layout
// -----------------------------------------------------------------------------

/** What lies between the elements of a view: read by mistake, it shows. */
const between = (x: Tensor): number => (isFloat(x.dtype) ? NaN : x.dtype === 'bool' ? 1 : 1 << 30)

/** The same values as a view: axes stored in reverse order, every second element, from an offset. */
export const scattered = (x: Concrete): Concrete => {
  if (!(x instanceof Dense)) return x
  const n = size(x.shape)
  const values = flat([x])
  const strides = new Array<number>(x.shape.length)
  let stride = 2
  for (let axis = 0; axis < x.shape.length; axis++) {
    strides[axis] = stride
    stride *= x.shape[axis]!
  }
  const data = allocate(x.dtype, 2 * n + 3).fill(between(x))
  for (let i = 0; i < n; i++) {
    let rest = i
    let at = 3
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      at += (rest % x.shape[axis]!) * strides[axis]!
      rest = Math.floor(rest / x.shape[axis]!)
    }
    data[at] = values[i]!
  }
  return new Dense(x.shape, x.dtype, data, strides, 3)
}

/** Each operand's first element everywhere: stored once, and stored in full. */
const uniform = (x: Concrete): readonly [once: Concrete, inFull: Concrete] => {
  if (!(x instanceof Dense) || size(x.shape) === 0) return [x, x]
  const once = fill(x.shape, x.dtype, flat([x])[0]!)
  return [once, scattered(once)]
}

/** What a kernel does at operands: its results, or the name of what it throws. */
const outcome = (instance: Instance, operands: readonly Concrete[]): readonly Concrete[] | string => {
  try {
    return instance.evaluate(operands)
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

/** Floats may differ by rounding, because the order of a sum may follow the layout. */
const agree = (at: Instance, what: string, a: readonly Concrete[], b: readonly Concrete[]): Verdict => {
  const left = outcome(at, a)
  const right = outcome(at, b)
  if (typeof left === 'string' || typeof right === 'string') {
    return left === right ? nothing : broken(subjectOf(at), 'layout', 0, `${what}: only one of them is refused`)
  }
  const expected = flat(right)
  const finite = expected.map((each) => (Number.isFinite(each) ? each : 0))
  return compare(subjectOf(at), {
    law: 'layout',
    order: 0,
    what,
    automatic: flat(left),
    expected,
    bound: leafwise(right, finite).map((each) => 256 * Number.EPSILON * each),
    like: right,
    paths: paths(right)
  })
}

/** Twice the same to the bit, of any element type, with the operands as they were. */
const repeats = (at: Instance): Verdict => {
  const operands = concrete(at.operands)
  const before = flat(operands)
  const first = flat(at.evaluate(operands))
  const second = flat(at.evaluate(operands))
  const after = flat(operands)
  const same = (a: Float64Array, b: Float64Array): boolean => a.every((each, i) => Object.is(each, b[i]))
  if (!same(first, second)) return broken(subjectOf(at), 'layout', 0, 'a second evaluation gave another result')
  return same(before, after) ? nothing : broken(subjectOf(at), 'layout', 0, 'the operands were changed')
}

const showType = (type: TensorType | undefined): string =>
  type === undefined ? 'nothing' : `${type.dtype} ${show(type.shape)}`

const inferAgrees = (at: Instance): Verdict => {
  const types = at.infer(at.operands)
  const results = at.evaluate(concrete(at.operands))
  const wrong = Array.from({ length: Math.max(types.length, results.length) }, (_, i) => i).find(
    (i) => showType(types[i]) !== showType(results[i])
  )
  if (wrong === undefined) return nothing
  const which = results.length === 1 ? '' : ` of result ${wrong}`
  const difference = `infer says ${showType(types[wrong])}${which}, evaluate made ${showType(results[wrong])}`
  return broken(subjectOf(at), 'layout', 0, difference)
}

/**
 * A kernel sees values, not storage: views with strides and offsets, and single values repeated by stride 0, give what
 * their copies give. `infer` gives the shapes and types of what `evaluate` makes.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.layout.name // => 'layout'
 */
export const layout: PrimitiveLaw = {
  name: 'layout',
  says: 'a view gives what its copy gives; infer gives the types of the results',
  check: (at) => {
    const operands = concrete(at.operands)
    const constants = operands.map(uniform)
    return all([
      () => repeats(at),
      () => inferAgrees(at),
      () => agree(at, 'a strided view and its copy give different results', operands.map(scattered), operands),
      () =>
        agree(
          at,
          'a repeated value and its copy give different results',
          constants.map(([once]) => once),
          constants.map(([, inFull]) => inFull)
        )
    ])
  }
}
