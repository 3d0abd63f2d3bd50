/** Products of stacks of matrices: one product behind the other, of the matrices where they lie. */
import { type Kind, float32, float64 } from '../../kernel/library/kinds.js'
import { add, get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Shape, size } from '../../shape/model.js'
import type { Zeros } from '../../tensor/matmul.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Body, newLocal } from './body.js'
import { type Matrix, type Sizes, times } from './matrix.js'
import { nothing, product, productScratch } from './products.js'
import { restoredZeros } from './strongZeros.js'

const kinds = { float32, float64 }

/** A matrix of an operand whose first element is at an address. */
const matrixOf = ({ strides }: Access, { bytes }: Kind, address: number, pointer?: string): Matrix => ({
  pointer,
  address,
  row: strides.at(-2)! * bytes,
  column: strides.at(-1)! * bytes
})

/** An axis of stacks that has several matrices: how far they are apart in both operands, in bytes. */
interface Axis {
  readonly size: number
  readonly left: number
  readonly right: number
}

/** The leading axes of the result; an operand is repeated along those that it lacks. */
const axesOf = (a: Access, b: Access, shape: Shape, { bytes }: Kind): readonly Axis[] => {
  const step = ({ shape: own, strides }: Access, axis: number): number => {
    const place = axis - shape.length + own.length
    return place < 0 || own[place] === 1 ? 0 : strides[place]! * bytes
  }
  return shape
    .slice(0, -2)
    .map((n, axis) => ({ size: n, left: step(a, axis), right: step(b, axis) }))
    .filter((axis) => axis.size > 1)
}

/** The code for each matrix of a stack, given the places of the operands and of the result. */
const forEach = (
  body: Body,
  axes: readonly Axis[],
  bytes: number,
  starts: readonly [a: number, b: number, c: number],
  inside: (a: string, b: string, c: string) => readonly Instruction[]
): readonly Instruction[] => {
  const [a, b, c] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
  const counters = axes.map(() => newLocal(body, 'i32'))
  const placed = (start: number, step: (axis: Axis) => number): Instruction =>
    axes.reduce((sum, axis, i) => add(sum, times(get(counters[i]!), step(axis))), i32(start))
  const one = [
    set(
      a,
      placed(starts[0], ({ left }) => left)
    ),
    set(
      b,
      placed(starts[1], ({ right }) => right)
    ),
    ...inside(a, b, c),
    increase(c, i32(bytes))
  ]
  const all = axes.reduceRight<readonly Instruction[]>(
    (each, axis, i) => loop(counters[i]!, i32(0), i32(axis.size), 1, each),
    one
  )
  return [set(c, i32(starts[2])), ...all]
}

/** `matmul` of floats; integers have a kernel of their own. */
export const matmulLowering = ({ operands, results }: Whole, { strongZero }: Zeros): Emitter | undefined => {
  const [a, b] = operands
  const [result] = results
  if (a === undefined || b === undefined || result === undefined) return undefined
  const { shape, dtype } = result
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const kind = kinds[dtype]
  const sizes: Sizes = { m: shape.at(-2)!, n: shape.at(-1)!, k: a.shape.at(-1)! }
  const { m, n, k } = sizes
  const axes = axesOf(a, b, shape, kind)
  const isEmpty = size(shape) === 0 || k === 0
  return {
    scratch: isEmpty ? 0 : productScratch(kind, sizes, matrixOf(a, kind, 0), matrixOf(b, kind, 0)),
    emit: (body, { operand, result: resultAt, scratch }) => {
      const c = resultAt(0)
      if (isEmpty) {
        body.instructions.push(nothing(c, size(shape) * kind.bytes))
        return
      }
      const one = (left: Matrix, right: Matrix, to: Matrix): readonly Instruction[] => [
        ...product(body, kind, sizes, left, right, to, scratch),
        ...(strongZero ? [restoredZeros(body, kind, sizes, left, right, to)] : [])
      ]
      const to = { pointer: undefined, address: c, row: n * kind.bytes, column: kind.bytes }
      const starts = [operand(a), operand(b), c] as const
      body.instructions.push(
        ...(axes.length === 0
          ? one(matrixOf(a, kind, starts[0]), matrixOf(b, kind, starts[1]), to)
          : forEach(body, axes, m * n * kind.bytes, starts, (x, y, z) =>
              one(matrixOf(a, kind, 0, x), matrixOf(b, kind, 0, y), { ...to, address: 0, pointer: z })
            ))
      )
    }
  }
}
