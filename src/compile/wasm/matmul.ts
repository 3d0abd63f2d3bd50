/** Products of stacks of matrices: one product behind the other, of the matrices where they lie. */
import type { DType } from '../../DType.js'
import { float32, float64 } from '../../kernel/library/kinds.js'
import { add, get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Shape, size } from '../../shape/model.js'
import type { Zeros } from '../../tensor/matmul.js'
import { bytesOf } from '../elements.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Body, newLocal } from './body.js'
import { integerProduct } from './integerProducts.js'
import { type Matrix, type Sizes, times } from './matrix.js'
import { nothing, product, productScratch } from './products.js'
import { restoredZeros } from './strongZeros.js'

const kinds = { float32, float64 }

/** A matrix of an operand whose first element is at an address. */
const matrixOf = ({ strides, dtype }: Access, address: number, pointer?: string): Matrix => ({
  pointer,
  address,
  row: strides.at(-2)! * bytesOf[dtype],
  column: strides.at(-1)! * bytesOf[dtype]
})

/** An axis of stacks that has several matrices: how far they are apart in both operands, in bytes. */
interface Axis {
  readonly size: number
  readonly left: number
  readonly right: number
}

/** The leading axes of the result; an operand is repeated along those that it lacks. */
const axesOf = (a: Access, b: Access, shape: Shape): readonly Axis[] => {
  const step = ({ shape: own, strides, dtype }: Access, axis: number): number => {
    const place = axis - shape.length + own.length
    return place < 0 || own[place] === 1 ? 0 : strides[place]! * bytesOf[dtype]
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

/** One product: the code that leaves it at a place, and the working memory that it takes. */
interface One {
  readonly scratch: number
  readonly write: (body: Body, left: Matrix, right: Matrix, to: Matrix, scratch: number) => readonly Instruction[]
}

const oneOf = (a: Access, b: Access, sizes: Sizes, dtype: DType, { strongZero }: Zeros): One => {
  if (dtype !== 'float32' && dtype !== 'float64') {
    return {
      scratch: 0,
      write: (body, left, right, to) =>
        integerProduct(body, sizes, { matrix: left, dtype: a.dtype }, { matrix: right, dtype: b.dtype }, to)
    }
  }
  const kind = kinds[dtype]
  return {
    scratch: productScratch(kind, sizes, matrixOf(a, 0), matrixOf(b, 0)),
    write: (body, left, right, to, scratch) => [
      ...product(body, kind, sizes, left, right, to, scratch),
      ...(strongZero ? [restoredZeros(body, kind, sizes, left, right, to)] : [])
    ]
  }
}

/** `matmul`. */
export const matmulLowering = ({ operands, results }: Whole, zeros: Zeros): Emitter | undefined => {
  const [a, b] = operands
  const [result] = results
  if (a === undefined || b === undefined || result === undefined) return undefined
  const { shape, dtype } = result
  const bytes = bytesOf[dtype]
  const sizes: Sizes = { m: shape.at(-2)!, n: shape.at(-1)!, k: a.shape.at(-1)! }
  const { m, n, k } = sizes
  const axes = axesOf(a, b, shape)
  const one = size(shape) === 0 || k === 0 ? undefined : oneOf(a, b, sizes, dtype, zeros)
  return {
    scratch: one?.scratch ?? 0,
    emit: (body, { operand, result: resultAt, scratch }) => {
      const c = resultAt(0)
      if (one === undefined) {
        body.instructions.push(nothing(c, size(shape) * bytes))
        return
      }
      const to = { pointer: undefined, address: c, row: n * bytes, column: bytes }
      const starts = [operand(a), operand(b), c] as const
      body.instructions.push(
        ...(axes.length === 0
          ? one.write(body, matrixOf(a, starts[0]), matrixOf(b, starts[1]), to, scratch)
          : forEach(body, axes, m * n * bytes, starts, (x, y, z) =>
              one.write(body, matrixOf(a, 0, x), matrixOf(b, 0, y), { ...to, address: 0, pointer: z }, scratch)
            ))
      )
    }
  }
}
