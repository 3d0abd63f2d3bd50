/** The law of kernels: layouts of storage, and inferred types. */
import { allocate, isFloat } from '../DType.js'
import type { TensorType } from '../primitive/model.js'
import { show, size } from '../shape/model.js'
import { type Concrete, Dense, type Tensor } from '../tensor/model.js'
import { broken, compare } from './compare.js'
import { maskOf } from './examples.js'
import { type Instance, concrete, inEither, subjectOf } from './instance.js'
import { type Verdict, all, nothing } from './model.js'
import { pick, spoiled } from './directions.js'
import { flat } from './values.js'

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
 * law.says // => 'a view gives what its copy gives bit for bit; infer gives the types of the results'
 */
export interface PrimitiveLaw {
  readonly name: string
  /** The law in one line. */
  readonly says: string
  /** Whether it is held at kinks and ties instead of smooth points. */
  readonly singular?: boolean
  /** The most elements of shapes that are drawn for it; 32 by default. */
  readonly maxElements?: number
  /** The longest axis of a shape, where one may be far longer than the others. */
  readonly longest?: number
  readonly check: (instance: Instance, salt: number) => Verdict
}

/** The names of results in sentences. */
export const paths = (results: readonly Tensor[]): readonly string[] =>
  results.map((_, i) => (results.length === 1 ? 'the result' : `result ${i}`))

// -----------------------------------------------------------------------------
// layout
// -----------------------------------------------------------------------------

/** The value between the elements of a view, which shows when it is read by mistake. */
const between = (x: Tensor): number => (isFloat(x.dtype) ? NaN : x.dtype === 'bool' ? 1 : 1 << 30)

/** How a tensor is laid out: axes from the one whose neighbours lie closest, how far apart these are, and which run backward. */
interface Layout {
  readonly axes: readonly number[]
  readonly step: number
  readonly backward: (axis: number) => boolean
}

/** The same values in another layout, behind an offset. */
const laidOut = (x: Concrete, { axes, step, backward }: Layout): Concrete => {
  if (!(x instanceof Dense)) return x
  const { shape } = x
  const n = size(shape)
  const values = flat([x])
  const strides = new Array<number>(shape.length)
  let stride = step
  let offset = 3
  for (const axis of axes) {
    strides[axis] = backward(axis) ? -stride : stride
    if (backward(axis)) offset += stride * Math.max(0, shape[axis]! - 1)
    stride *= shape[axis]!
  }
  const data = allocate(x.dtype, step * n + 3).fill(between(x))
  for (let i = 0; i < n; i++) {
    let rest = i
    let at = offset
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!
      rest = Math.floor(rest / shape[axis]!)
    }
    data[at] = values[i]!
  }
  return new Dense(shape, x.dtype, data, strides, offset)
}

const axesOf = (x: Tensor): readonly number[] => x.shape.map((_, axis) => axis)

/** The same values as a view: axes stored in reverse order, every second element, from an offset. */
export const scattered = (x: Concrete): Concrete => laidOut(x, { axes: axesOf(x), step: 2, backward: () => false })

/** The same values in a layout that a salt determines: axes in any order, backward or not, with steps or without. */
const shuffled = (x: Concrete, salt: number): Concrete => {
  const places = axesOf(x).map((axis) => pick(salt, axis, 1 << 30))
  return laidOut(x, {
    axes: [...axesOf(x)].sort((a, b) => places[a]! - places[b]!),
    step: 1 + pick(salt + 1, 0, 2),
    backward: (axis) => pick(salt + 2, axis, 3) === 0
  })
}

/** The first of the elements along some axes in the place of all: stored once, and stored in full. */
const repeated = (x: Concrete, salt: number): readonly [once: Concrete, inFull: Concrete] => {
  if (!(x instanceof Dense) || size(x.shape) === 0) return [x, x]
  const { data, offset, strides }: Dense = x
  const along = maskOf(salt, x.shape.length)
  const once = new Dense(
    x.shape,
    x.dtype,
    data,
    strides.map((stride, axis) => (along[axis] === true ? 0 : stride)),
    offset
  )
  return [once, contiguousCopy(once)]
}

const contiguousCopy = (x: Concrete): Concrete =>
  laidOut(x, { axes: [...axesOf(x)].reverse(), step: 1, backward: () => false })

/** The results of a kernel at operands, or the name of the error that it throws. */
const outcome = (instance: Instance, operands: readonly Concrete[]): readonly Concrete[] | string => {
  try {
    return instance.evaluate(operands)
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

/** The results of two layouts are the same, bit for bit. */
const agree = (at: Instance, what: string, a: readonly Concrete[], b: readonly Concrete[]): Verdict => {
  const left = outcome(at, a)
  const right = outcome(at, b)
  if (typeof left === 'string' || typeof right === 'string') {
    return left === right ? nothing : broken(subjectOf(at), 'layout', 0, `${what}: only one of them is refused`)
  }
  return compare(subjectOf(at), {
    law: 'layout',
    order: 0,
    what,
    automatic: flat(left),
    expected: flat(right),
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
 * A kernel depends on values, not on storage: views with strides and offsets, transposed, reversed or with steps, and elements repeated
 * by stride 0 give what their copies give, bit for bit, in float32 and float64. `infer` gives the shapes and types of what
 * `evaluate` makes.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.layout.name // => 'layout'
 */
export const layout: PrimitiveLaw = {
  name: 'layout',
  longest: 300,
  says: 'a view gives what its copy gives bit for bit; infer gives the types of the results',
  check: (drawn, salt) => {
    const at = inEither(drawn, salt)
    const operands = concrete(at.operands)
    const viewed = (xs: readonly Concrete[], from: number): readonly Concrete[] =>
      xs.map((x, i) => (pick(from, i, 4) === 0 ? x : shuffled(x, from + 3 * i)))
    const special = concrete(operands.map((x, i) => (isFloat(x.dtype) ? spoiled(x, salt + i) : x)))
    const constants = special.map((x, i) => repeated(pick(salt + 1, i, 2) === 0 ? x : operands[i]!, salt + 5 * i))
    return all([
      () => repeats(at),
      () => inferAgrees(at),
      () => agree(at, 'a strided view and its copy give different results', viewed(operands, salt), operands),
      () => agree(at, 'a strided view and its copy give different results', viewed(special, salt + 1), special),
      () =>
        agree(
          at,
          'repeated elements and their copies give different results',
          constants.map(([once]) => once),
          constants.map(([, inFull]) => inFull)
        )
    ])
  }
}
