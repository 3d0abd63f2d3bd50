/** Loops over 10^7 elements inside of compiled code, beside loops that only move them: bytes a second, of memory and of the cache. */
import { access, again, branchIf, get, i32, increase, locals, sub, tee } from '../src/kernel/wasm/build.js'
import { encode } from '../src/kernel/wasm/encode.js'
import type { Func } from '../src/kernel/wasm/model.js'
import { bestOf } from './best.js'
import { instance, kernelsOf, memoryOf } from './kernels.js'
import type { Compiler } from './load.js'
import type { Ours } from './steps.js'

const bytesOfFloat = 4
const seconds = 0.6

const unrolled = [0, 16, 32, 48]

/** Moves blocks of 64 bytes, `turns` of them. */
const moved: Func = {
  name: 'move',
  exported: true,
  params: locals('i32', ['from', 'to', 'turns']),
  results: [],
  locals: [],
  body: [
    again(
      'turn',
      ...unrolled.map((at) => access('v128.store', at, get('to'), access('v128.load', at, get('from')))),
      increase('from', i32(64)),
      increase('to', i32(64)),
      branchIf('turn', tee('turns', sub(get('turns'), i32(1))))
    )
  ]
}

const copied: Func = {
  name: 'copy',
  exported: true,
  params: locals('i32', ['from', 'to', 'bytes']),
  results: [],
  locals: [],
  body: [{ _tag: 'Bulk', op: 'memory.copy', operands: [get('to'), get('from'), get('bytes')] }]
}

/** Bytes that are read and written in a second by a loop, and by `memory.copy`. */
const copies = (n: number): Readonly<Record<string, number>> => {
  const bytes = n * bytesOfFloat
  const pages = Math.ceil((2 * bytes) / 65536) + 1
  const memory = memoryOf(pages)
  // memory that was never written is one page of zeros, which stays in the cache
  new Float32Array(memory.buffer).fill(1)
  const module = { memory: { pages, maximum: undefined, shared: false }, imports: [], functions: [moved, copied] }
  const { move, copy } = instance(encode(module), memory)
  const turns = Math.floor(bytes / 64)
  return {
    'copy loop': (2 * bytes) / bestOf(() => move?.(64, bytes + 128, turns), seconds),
    'memory.copy': (2 * bytes) / bestOf(() => copy?.(64, bytes + 128, bytes), seconds)
  }
}

type Matrix = readonly [x: ReturnType<Ours['Tensor']['zeros']>]

/** Bytes that each kernel reads and writes in a second, with matrices of n elements. */
export const streams = (ours: Ours, compiler: Compiler, n: number): Readonly<Record<string, number>> => {
  const { Tensor: T, Random } = ours
  const x = Random.uniform(Random.key(1), [n / 100, 100])
  const rate = (written: number, f: (...args: Matrix) => unknown): number => {
    const { run, leftOut } = kernelsOf(compiler, f, [x])
    return leftOut > 0 ? NaN : ((n + written) * bytesOfFloat) / bestOf(run, seconds)
  }
  return {
    ...copies(n),
    'relu(x * 2 + 1)': rate(n, (a) => T.relu(T.add(T.mul(a, 2), 1))),
    'where(x > 0.5, x * x, -x)': rate(n, (a) => T.where(T.greater(a, 0.5), T.mul(a, a), T.neg(a))),
    sum: rate(0, (a) => T.sum(a)),
    'sum of x * x + 1': rate(0, (a) => T.sum(T.add(T.mul(a, a), 1))),
    'sums of rows of 100': rate(n / 100, (a) => T.sum(a, { axis: 1 })),
    'sums of columns': rate(100, (a) => T.sum(a, { axis: 0 })),
    max: rate(0, (a) => T.max(a))
  }
}
