// Tensors as functions of their indices: what the tests compute with, independently of strides and kernels.
import * as fc from 'fast-check'
import { jvp, vjp } from 'pullback/Grad'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { cast, permuteTo } from '../../src/tensor/structural.js'

type Index = readonly number[]

/** All indices of a shape, in row-major order. */
export const indicesOf = (shape: Shape): readonly Index[] =>
  shape.reduce<readonly Index[]>(
    (lead, n) => lead.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]]
  )

/** The flat values of a tensor, row-major, without the sign of zero. */
export const flat = (x: T.Tensor): readonly number[] => Array.from(T.toArray(x), (value) => value + 0)

/** Reads a tensor by index. */
export const reader = (x: T.Tensor): ((index: Index) => number) => {
  const values = flat(x)
  return (index) => values[index.reduce((position, i, axis) => position * x.shape[axis]! + i, 0)]!
}

/** The flat values that a function gives at each index of a shape. */
export const tabulate = (shape: Shape, f: (index: Index) => number): readonly number[] =>
  indicesOf(shape).map((index) => f(index) + 0)

/** The position in a tensor that broadcasts to a larger shape. */
export const clip = (index: Index, shape: Shape): Index =>
  shape.map((n, axis) => (n === 1 ? 0 : index[index.length - shape.length + axis]!))

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** The inner product of two lists of numbers. */
const inner = (a: readonly number[], b: readonly number[]): number => total(a.map((value, i) => value * b[i]!))

const shuffled = (n: number): fc.Arbitrary<readonly number[]> => {
  const axes = Array.from({ length: n }, (_, axis) => axis)
  return fc.shuffledSubarray(axes, { minLength: n, maxLength: n })
}

/** A float64 tensor of small whole numbers, so that sums and products are exact; its memory order is any. */
export const whole = (shape: Shape, dtype: 'float64' | 'float32' | 'int32' = 'float64'): fc.Arbitrary<T.Tensor> =>
  shuffled(shape.length).chain((order) => {
    const stored = order.map((axis) => shape[axis]!)
    const length = stored.reduce((product, n) => product * n, 1)
    return fc.array(fc.integer({ min: -4, max: 4 }), { minLength: length, maxLength: length }).map((values) => {
      const x = T.fromTypedArray(new Float64Array(values), stored)
      const back = shape.map((_, axis) => order.indexOf(axis))
      return cast(permuteTo(x, back), dtype)
    })
  })

/** Whole numbers from `-below` to `below - 1` as indices, duplicates included. */
export const indices = (shape: Shape, below: number): fc.Arbitrary<T.Tensor> => {
  const length = shape.reduce((product, n) => product * n, 1)
  return fc
    .array(fc.integer({ min: -below, max: below - 1 }), { minLength: length, maxLength: length })
    .map((values) => T.fromTypedArray(new Int32Array(values), shape))
}

/** The index as counted from the front. */
export const fromFront = (index: number, size: number): number => (index < 0 ? index + size : index)

export const sizes = (min: number, max: number): fc.Arbitrary<Shape> =>
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: min, maxLength: max })

/** Both sides of `<J v, u> = <v, J^T u>`, for a function of any number of tensors, by the forward and the reverse mode. */
export const adjoint = (
  f: (...args: readonly T.Tensor[]) => T.Tensor,
  args: readonly T.Tensor[],
  tangents: readonly T.Tensor[],
  cotangent: T.Tensor
): readonly [forward: number, reverse: number] => {
  const [, tangent] = jvp(f)(args, tangents)
  const [, pullback] = vjp(f)(...args)
  const cotangents = pullback(cotangent)
  return [
    inner(flat(tangent), flat(cotangent)),
    total(cotangents.map((each, i) => inner(flat(each), flat(tangents[i]!))))
  ]
}

/** A call that must be refused: the sentence, the class of the error, and the call. */
export type Refusal = readonly [message: string, kind: new (...args: never[]) => Error, call: () => unknown]

/** What a call throws. */
export const thrownBy = (call: () => unknown): unknown => {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}
