/** Sums along one lane or four in the order of eager kernels: of terms of float64, by blocks. */
import type { DType } from '../../DType.js'
import { blockFloat32, blockFloat64, depthOf } from '../../kernel/sumOrder.js'
import { get, i32, op } from '../../kernel/wasm/build.js'
import { bytesOf, strip } from '../elements.js'
import type { Arranged } from './arrange.js'
import { type Body, keep } from './body.js'
import { type Source, type Terms, columnSums, rowSums } from './groups.js'
import { pointerAt } from './nest.js'
import { type Wide, load, store, widened } from './strip.js'
import { inBlocks } from './sumBlocks.js'

/** The bytes of four sums. */
const sumBytes = strip * bytesOf.float64

export const blockOf = (dtype: DType): number => (dtype === 'float64' ? blockFloat64 : blockFloat32)

/** The working memory that `count` sums of `n` terms take. */
export const stackBytes = (dtype: DType, n: number, count: number): number =>
  n <= blockOf(dtype) ? 0 : count * sumBytes * depthOf(n, blockOf(dtype))

/** What is summed: lanes of a type, and where their working memory lies. */
export interface Lanes {
  readonly dtype: DType
  readonly mode: Arranged['mode']
  readonly n: number
  readonly run: Arranged['run']
  readonly stack: number
}

/** Sums of `count` kinds of terms, in each place that the lanes have: in all of them the same for a row. */
export const laneSums = (
  body: Body,
  { dtype, mode, n, run, stack }: Lanes,
  sources: readonly Source[],
  count: number,
  terms: Terms
): readonly Wide[] => {
  const direct = (inside: Body, axes: Arranged['run']): readonly Wide[] => {
    if (mode === 'columns') return columnSums(inside, sources, axes, count, terms)
    return rowSums(inside, sources, axes, count, terms).map((sum) => {
      const v = keep(inside, 'v128', op('f64x2.splat', sum))
      return { type: 'f64', lo: v, hi: v }
    })
  }
  if (n <= blockOf(dtype)) return direct(body, run)
  inBlocks(body, n, stack, count * sumBytes, (inside, size, to) =>
    direct(inside, [{ size, steps: run[0]!.steps }]).forEach((sum, i) => store(inside, to, i * sumBytes, sum))
  )
  const from = pointerAt(body, i32(stack))
  return Array.from({ length: count }, (_, i) =>
    widened(body, load(body, 'float64', get(from), i * sumBytes, bytesOf.float64))
  )
}
