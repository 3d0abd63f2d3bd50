/** Elements of products that came out NaN: looked for in code, and summed again by the kernels of eager products. */
import { type Kind, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import { restoreZeros } from '../../kernel/strongZero.js'
import { access, block, branchIf, call, get, i32, locals, loop, op, sub, when } from '../../kernel/wasm/build.js'
import type { Func, Instruction } from '../../kernel/wasm/model.js'
import type { Body } from './body.js'
import { type Matrix, type Sizes, addressOf } from './matrix.js'

/** Vectors that are looked at together. */
const together = 4

/** `hasNaN(at, end)`: whether an element from `at` to `end` is NaN. */
const hasNaN = (kind: Kind): Func => {
  const vector = (i: number): Instruction => {
    const v = access('v128.load', i * vectorBytes, get('at'))
    return op(kind.name === 'f32' ? 'f32x4.ne' : 'f64x2.ne', v, v)
  }
  const ofVectors = upTo(together - 1).reduce<Instruction>((any, i) => op('v128.or', any, vector(i + 1)), vector(0))
  const single = access(kind.load, 0, get('at'))
  const length = together * vectorBytes
  return {
    name: `hasNaN_${kind.name}`,
    exported: false,
    params: locals('i32', ['at', 'end']),
    results: ['i32'],
    locals: [],
    body: [
      block(
        'found',
        ...loop('at', get('at'), sub(get('end'), i32(length - 1)), length, [
          branchIf('found', op('v128.any_true', ofVectors))
        ]),
        ...loop('at', get('at'), get('end'), kind.bytes, [branchIf('found', op(`${kind.name}.ne`, single, single))]),
        i32(0),
        op('return')
      ),
      i32(1)
    ]
  }
}

/** What is done if an element from an address to an end is NaN. */
export const whereNaN = (
  body: Body,
  kind: Kind,
  at: Instruction,
  end: Instruction,
  mended: readonly Instruction[]
): Instruction => {
  const helper = hasNaN(kind)
  body.helpers.set(helper.name, helper)
  return when(call(helper.name, at, end), mended)
}

/** The memory as elements. */
export const elementsOf = ({ name }: Kind, buffer: ArrayBuffer): Float32Array | Float64Array =>
  name === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer)

/** Computes elements of C = A B that are NaN again, with strong zeros; the rows of C lie one behind the other. */
export const restoredZeros = (
  body: Body,
  kind: Kind,
  { m, n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix
): Instruction => {
  const strides = [a.row, a.column, b.row, b.column].map((step) => step / kind.bytes)
  const name = `restoreZeros_${kind.name} ${[m, n, k, ...strides].join()}`
  const [aRow = 0, aColumn = 0, bRow = 0, bColumn = 0] = strides
  body.hosts.set(name, {
    arity: 3,
    over: (buffer) => {
      const data = elementsOf(kind, buffer)
      return (x = 0, y = 0, z = 0) => {
        const [left, right, to] = [x / kind.bytes, y / kind.bytes, z / kind.bytes]
        restoreZeros(m, n, k, data, left, aRow, aColumn, data, right, bRow, bColumn, data, to)
      }
    }
  })
  const start = ({ pointer, address }: Matrix, distance = 0): Instruction =>
    addressOf({ pointer, address: address, row: 0, column: 1 }, i32(0), i32(distance))
  const [at, end] = [start(c), start(c, m * n * kind.bytes)]
  return whereNaN(body, kind, at, end, [call(name, start(a), start(b), at)])
}
