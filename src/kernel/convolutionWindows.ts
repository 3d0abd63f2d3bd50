/** Where the elements under windows lie: runs of them along rows, and how they are copied into panels. */
import { addRunsFloat32, gatherFloat32 } from './convolutionRunsFloat32.js'
import { addRunsFloat64, gatherFloat64 } from './convolutionRunsFloat64.js'
import { type Windows, volume } from './convolutionSums.js'
import type { MatmulData } from './matmul.js'

/** How many outputs, from 0 on, have an input position before `n`, for one position of the window along one axis. */
export const reach = (n: number, shift: number, stride: number, outputs: number): number =>
  Math.max(0, Math.min(outputs, Math.ceil((n - shift) / stride)))

/** Runs of inputs under one position of the window: triples of the first, of its output counted from the first one, and of their number. */
const runsOf = (
  { input, window, output, stride, dilation, before }: Windows,
  tap: number,
  from: number,
  to: number
): Int32Array => {
  const width = output[2]
  const shift = (tap % window[2]) * dilation[2] - before[2]
  const middle = (Math.floor(tap / window[2]) % window[1]) * dilation[1] - before[1]
  const outer = Math.floor(tap / (window[1] * window[2])) * dilation[0] - before[0]
  const first = reach(0, shift, stride[2], width)
  const last = reach(input[2], shift, stride[2], width)
  const runs: number[] = []
  for (let row = Math.floor(from / width); row * width < to; row++) {
    const y = (row % output[1]) * stride[1] + middle
    const z = Math.floor(row / output[1]) * stride[0] + outer
    const begin = Math.max(first, from - row * width)
    const end = Math.min(last, to - row * width)
    if (y < 0 || y >= input[1] || z < 0 || z >= input[0] || begin >= end) continue
    runs.push((z * input[1] + y) * input[2] + begin * stride[2] + shift, row * width + begin - from, end - begin)
  }
  return Int32Array.from(runs)
}

/** The runs of all positions of the window for the outputs from `from` to `to`. */
export interface Runs {
  readonly columns: number
  readonly ofTaps: readonly Int32Array[]
  /** Whether none of the inputs is padded. */
  readonly isFull: boolean
}

export const runsOfAll = (geometry: Windows, from: number, to: number): Runs => {
  const ofTaps = Array.from({ length: volume(geometry.window) }, (_, tap) => runsOf(geometry, tap, from, to))
  const columns = to - from
  const isFull = ofTaps.every((runs) => {
    let count = 0
    for (let i = 2; i < runs.length; i += 3) count += runs[i]!
    return count === columns
  })
  return { columns, ofTaps, isFull }
}

/**
 * Copies the elements under positions of the window from planes of `channel` elements into planes of `plane` elements, in the order of positions and
 * channels. Padded elements are left as they are: they are to be 0 before.
 */
export const gather = (
  { ofTaps }: Pick<Runs, 'ofTaps'>,
  step: number,
  x: MatmulData,
  xAt: number,
  channels: number,
  channel: number,
  to: MatmulData,
  toAt: number,
  plane: number
): void => {
  if (x instanceof Float64Array && to instanceof Float64Array) {
    gatherFloat64(x, xAt, channel, channels, step, ofTaps, to, toAt, plane)
  } else if (!(x instanceof Float64Array) && !(to instanceof Float64Array)) {
    gatherFloat32(x, xAt, channel, channels, step, ofTaps, to, toAt, plane)
  }
}

export const addRuns = (
  x: MatmulData,
  xAt: number,
  step: number,
  runs: Int32Array,
  from: MatmulData,
  at: number
): void => {
  if (x instanceof Float64Array && from instanceof Float64Array) addRunsFloat64(x, xAt, step, runs, from, at)
  else if (!(x instanceof Float64Array) && !(from instanceof Float64Array)) addRunsFloat32(x, xAt, step, runs, from, at)
}
