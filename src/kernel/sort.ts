/**
 * Stable sorting of lanes by number, as permutations: equal numbers (and -0 beside 0) keep their order, NaN comes last.
 *
 * Bottom-up merge sort of keys and positions side by side: O(n log n) whatever the input, O(n) when it is sorted already.
 */
import type { Data } from '../DType.js'

/** Lanes of a row-major block (outer, n, inner), from `offset` on. */
export interface Lanes {
  readonly data: Data
  readonly offset: number
  readonly outer: number
  readonly along: number
  readonly inner: number
}

// -----------------------------------------------------------------------------
// keys
// -----------------------------------------------------------------------------

/** Keys that are to be in increasing order, and where in its lane each was. */
interface Run {
  readonly keys: Float64Array
  readonly order: Int32Array
}

const makeRun = (n: number): Run => ({ keys: new Float64Array(n), order: new Int32Array(n) })

/** Reads a lane, numbers first, then NaN; the number of numbers. */
const load = (data: Data, start: number, step: number, n: number, sign: number, { keys, order }: Run): number => {
  let numbers = 0
  for (let j = 0, at = start; j < n; j++, at += step) {
    const key = sign * data[at]!
    if (key !== key) continue
    keys[numbers] = key
    order[numbers++] = j
  }
  if (numbers < n) {
    let to = numbers
    for (let j = 0, at = start; j < n; j++, at += step) if (data[at] !== data[at]) order[to++] = j
  }
  return numbers
}

// -----------------------------------------------------------------------------
// merge sort
// -----------------------------------------------------------------------------

/** Runs up to this length are sorted by insertion. */
const short = 8

const insert = ({ keys, order }: Run, from: number, to: number): void => {
  for (let i = from + 1; i < to; i++) {
    const key = keys[i]!
    const position = order[i]!
    let j = i - 1
    while (j >= from && keys[j]! > key) {
      keys[j + 1] = keys[j]!
      order[j + 1] = order[j]!
      j--
    }
    keys[j + 1] = key
    order[j + 1] = position
  }
}

const merge = (source: Run, from: number, middle: number, to: number, target: Run): void => {
  const { keys, order } = source
  let left = from
  let right = middle
  for (let i = from; i < to; i++) {
    const leftFirst = right >= to || (left < middle && keys[left]! <= keys[right]!)
    const next = leftFirst ? left++ : right++
    target.keys[i] = keys[next]!
    target.order[i] = order[next]!
  }
}

const copy = (source: Run, from: number, to: number, target: Run): void => {
  target.keys.set(source.keys.subarray(from, to), from)
  target.order.set(source.order.subarray(from, to), from)
}

/** Sorts the first `n` keys; the result is in one of the two runs. */
const mergeSort = (run: Run, spare: Run, n: number): Run => {
  for (let from = 0; from < n; from += short) insert(run, from, Math.min(n, from + short))
  let source = run
  let target = spare
  for (let length = short; length < n; length *= 2) {
    for (let from = 0; from < n; from += 2 * length) {
      const middle = Math.min(n, from + length)
      const to = Math.min(n, middle + length)
      if (middle === to || source.keys[middle - 1]! <= source.keys[middle]!) copy(source, from, to, target)
      else merge(source, from, middle, to, target)
    }
    const swap = source
    source = target
    target = swap
  }
  return source
}

// -----------------------------------------------------------------------------
// selection
// -----------------------------------------------------------------------------

/** Up to this many first ones are selected by insertion into a short list, in one pass over the lane. */
const fewFirst = 16

/** Moves the `count` smallest of the first `n` keys to the front, in order. Reads each key before its place is taken. */
const select = ({ keys, order }: Run, n: number, count: number): void => {
  insert({ keys, order }, 0, count)
  for (let i = count; i < n; i++) {
    const key = keys[i]!
    if (!(key < keys[count - 1]!)) continue
    const position = order[i]!
    let j = count - 2
    while (j >= 0 && keys[j]! > key) {
      keys[j + 1] = keys[j]!
      order[j + 1] = order[j]!
      j--
    }
    keys[j + 1] = key
    order[j + 1] = position
  }
}

// -----------------------------------------------------------------------------
// lanes
// -----------------------------------------------------------------------------

/** Writes the positions of the `count` first elements of each lane, in order, as a row-major block (outer, count, inner). */
export const argsortInto = (
  { data, offset, outer, along, inner }: Lanes,
  descending: boolean,
  count: number,
  out: Int32Array
): void => {
  if (count === 0) return
  const run = makeRun(along)
  const few = count <= fewFirst && count < along
  const spare = few ? run : makeRun(along)
  const sign = descending ? -1 : 1
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const numbers = load(data, offset + o * along * inner + i, inner, along, sign, run)
      let order = run.order
      if (few && count < numbers) {
        select(run, numbers, count)
      } else {
        // NaN stands behind the numbers already, in `run` only.
        order = few ? (insert(run, 0, numbers), run.order) : mergeSort(run, spare, numbers).order
        if (order !== run.order) order.set(run.order.subarray(numbers, along), numbers)
      }
      for (let j = 0, to = o * count * inner + i; j < count; j++, to += inner) out[to] = order[j]!
    }
  }
}
