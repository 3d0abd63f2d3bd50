/**
 * Walking through strided views of typed arrays.
 *
 * A view is a shape, a stride per axis and an offset, all in elements. Loops over several views of one shape first
 * merge the axes that lie evenly in all of them (`plan`), so that contiguous operands become one long inner loop.
 */
import type { Data } from '../DType.js'

/** A merged iteration space: sizes of the outer axes, one inner length, and strides per view. */
export interface Plan {
  /** Sizes of the axes outside the inner loop. */
  readonly outer: readonly number[]
  /** Length of the inner loop. */
  readonly inner: number
  /** Per view: strides along the outer axes. */
  readonly outerStrides: readonly (readonly number[])[]
  /** Per view: stride of the inner loop. */
  readonly innerStrides: readonly number[]
}

/** Merges neighbouring axes wherever every view steps evenly across them. */
export const plan = (shape: readonly number[], strides: readonly (readonly number[])[]): Plan => {
  const sizes: number[] = []
  const merged: number[][] = strides.map(() => [])
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!
    if (n === 1) continue
    const last = sizes.length - 1
    let even = last >= 0
    for (let view = 0; even && view < strides.length; view++) {
      even = merged[view]![last] === strides[view]![axis]! * n
    }
    if (even) {
      sizes[last]! *= n
      for (let view = 0; view < strides.length; view++) merged[view]![last] = strides[view]![axis]!
    } else {
      sizes.push(n)
      for (let view = 0; view < strides.length; view++) merged[view]!.push(strides[view]![axis]!)
    }
  }
  const inner = sizes.pop() ?? 1
  const innerStrides = merged.map((each) => each.pop() ?? 0)
  return { outer: sizes, inner, outerStrides: merged, innerStrides }
}

/**
 * Calls `row` once for each position of the outer axes, with the position of each view's first element; at most three
 * views (unused ones stay 0).
 */
export const forEachRow = (
  { outer, outerStrides }: Plan,
  start: readonly number[],
  row: (first: number, second: number, third: number) => void
): void => {
  let first = start[0] ?? 0
  let second = start[1] ?? 0
  let third = start[2] ?? 0
  const rank = outer.length
  if (rank === 0) return row(first, second, third)
  if (outer.includes(0)) return
  const s0 = outerStrides[0] ?? []
  const s1 = outerStrides[1] ?? []
  const s2 = outerStrides[2] ?? []
  const index = new Int32Array(rank)
  for (;;) {
    row(first, second, third)
    let axis = rank - 1
    for (; axis >= 0; axis--) {
      const next = index[axis]! + 1
      if (next < outer[axis]!) {
        index[axis] = next
        first += s0[axis] ?? 0
        second += s1[axis] ?? 0
        third += s2[axis] ?? 0
        break
      }
      index[axis] = 0
      first -= (s0[axis] ?? 0) * (next - 1)
      second -= (s1[axis] ?? 0) * (next - 1)
      third -= (s2[axis] ?? 0) * (next - 1)
    }
    if (axis < 0) return
  }
}

/** Whether strides are those of a row-major array; axes of size 1 may have any. */
export const isContiguous = (shape: readonly number[], strides: readonly number[]): boolean => {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!
    if (n === 0) return true
    if (n !== 1 && strides[axis] !== expected) return false
    expected *= n
  }
  return true
}

/** Side of the squares in which a matrix is transposed: both of their edges lie in the cache. */
const tile = 32

/** Copies `m` rows of `n` elements, square by square, as the one view may be evenest along rows and the other along columns. */
const copyBlock = (
  data: Data,
  from: number,
  rowStep: number,
  step: number,
  out: Data,
  to: number,
  toRowStep: number,
  toStep: number,
  m: number,
  n: number
): void => {
  for (let top = 0; top < m; top += tile) {
    const bottom = Math.min(top + tile, m)
    for (let left = 0; left < n; left += tile) {
      const right = Math.min(left + tile, n)
      for (let i = top; i < bottom; i++) {
        let p = from + i * rowStep + left * step
        let q = to + i * toRowStep + left * toStep
        for (let j = left; j < right; j++, p += step, q += toStep) out[q] = data[p]!
      }
    }
  }
}

/** Writes each element of a view to its place in `out`, which has the view's shape under other strides. */
export const placeStrided = (
  data: Data,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  out: Data,
  to: number,
  toStrides: readonly number[]
): void => {
  if (shape.includes(0)) return
  const { outer, inner: n, outerStrides, innerStrides } = plan(shape, [strides, toStrides])
  const last = outer.length - 1
  const m = outer[last] ?? 1
  const [step, toStep] = [innerStrides[0]!, innerStrides[1]!]
  const [rowStep, toRowStep] = [outerStrides[0]![last] ?? 0, outerStrides[1]![last] ?? 0]
  const whole = step === 1 && toStep === 1 && n > 16
  const blocks: Plan = {
    outer: outer.slice(0, -1),
    inner: n,
    outerStrides: outerStrides.map((each) => each.slice(0, -1)),
    innerStrides
  }
  forEachRow(blocks, [offset, to], (from, at) => {
    if (!whole) return copyBlock(data, from, rowStep, step, out, at, toRowStep, toStep, m, n)
    for (let i = 0; i < m; i++) {
      const p = from + i * rowStep
      out.set(data.subarray(p, p + n), at + i * toRowStep)
    }
  })
}

/** Copies a strided view into a contiguous array of the same or another element type. */
export const copyStrided = (
  data: Data,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  out: Data,
  at = 0
): void => {
  const toStrides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    toStrides[axis] = stride
    stride *= shape[axis]!
  }
  placeStrided(data, offset, shape, strides, out, at, toStrides)
}
