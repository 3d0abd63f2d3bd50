/**
 * Convolutions and their two gradients: the one trilinear sum
 *
 *     sum of x[n, c, p stride + t dilation - before] w[o, c, t] y[n, o, p]
 *
 * with one of the three factors left out. Blocks of terms are gathered into a panel and multiplied by `matmulInto`: a block is at most
 * 256 terms long, so that it is one block there too, and the bits are those of docs/arithmetic.md. Elements that came out NaN are
 * summed again, term by term, without the terms of padded elements and, where zeros are strong, those with a zero factor.
 */
import { addRunsFloat32, copyRunsFloat32 } from './convolutionRunsFloat32.js'
import { addRunsFloat64, copyRunsFloat64 } from './convolutionRunsFloat64.js'
import { type Convolution, type Windows, blockEnd, sumAgain, volume } from './convolutionSums.js'
import { blockTerms } from './library/kinds.js'
import { type MatmulData, matmulInto } from './matmul.js'

/** An array of the type of another. */
const like = (x: MatmulData, n: number): MatmulData =>
  x instanceof Float32Array ? new Float32Array(n) : x instanceof Float64Array ? new Float64Array(n) : new Int32Array(n)

/** The size of panels, in elements, which is to fit into a cache. */
const panelSize = 2 ** 16

// -----------------------------------------------------------------------------
// windows
// -----------------------------------------------------------------------------

/** How many outputs, from 0 on, have an input position before `n`, for one position of the window along one axis. */
const reach = (n: number, shift: number, stride: number, outputs: number): number =>
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
interface Runs {
  readonly columns: number
  readonly ofTaps: readonly Int32Array[]
  /** Whether none of the inputs is padded. */
  readonly isFull: boolean
}

const runsOfAll = (geometry: Windows, from: number, to: number): Runs => {
  const ofTaps = Array.from({ length: volume(geometry.window) }, (_, tap) => runsOf(geometry, tap, from, to))
  const columns = to - from
  const isFull = ofTaps.every((runs) => {
    let count = 0
    for (let i = 2; i < runs.length; i += 3) count += runs[i]!
    return count === columns
  })
  return { columns, ofTaps, isFull }
}

/** The loops in the text for the type. */
const copyRuns = (x: MatmulData, xAt: number, step: number, runs: Int32Array, to: MatmulData, toAt: number): void => {
  if (x instanceof Float64Array && to instanceof Float64Array) copyRunsFloat64(x, xAt, step, runs, to, toAt)
  else if (!(x instanceof Float64Array) && !(to instanceof Float64Array)) copyRunsFloat32(x, xAt, step, runs, to, toAt)
}

const addRuns = (x: MatmulData, xAt: number, step: number, runs: Int32Array, from: MatmulData, at: number): void => {
  if (x instanceof Float64Array && from instanceof Float64Array) addRunsFloat64(x, xAt, step, runs, from, at)
  else if (!(x instanceof Float64Array) && !(from instanceof Float64Array)) addRunsFloat32(x, xAt, step, runs, from, at)
}

/**
 * The inputs of the terms from `first` to `last`, in the order of window positions and channels: a matrix with a row per term, in which
 * padded elements are 0.
 */
const gatherPanel = (
  { inputs, input, stride }: Convolution,
  { columns, ofTaps, isFull }: Runs,
  x: MatmulData,
  xAt: number,
  first: number,
  last: number,
  panel: MatmulData
): void => {
  const plane = volume(input)
  if (!isFull) panel.fill(0, 0, (last - first) * columns)
  for (let term = first; term < last; term++) {
    const channel = term % inputs
    const runs = ofTaps[(term - channel) / inputs]!
    copyRuns(x, xAt + channel * plane, stride[2], runs, panel, (term - first) * columns)
  }
}

/** The kernel with channels last, [outputs, window, inputs], and back. */
const exchange = (from: MatmulData, at: number, outer: number, rows: number, columns: number): MatmulData => {
  const to = like(from, outer * rows * columns)
  for (let o = 0, i = at; o < outer; o++) {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) to[(o * columns + c) * rows + r] = from[i++]!
  }
  return to
}

// -----------------------------------------------------------------------------
// the three sums
// -----------------------------------------------------------------------------

/** y = the sum over c and t of x w. */
export const convolve = (
  geometry: Convolution,
  x: MatmulData,
  xAt: number,
  w: MatmulData,
  wAt: number,
  y: MatmulData,
  strongZero: boolean
): void => {
  const { examples, groups, inputs, outputs, input, window, output } = geometry
  const taps = volume(window)
  const pixels = volume(output)
  const terms = taps * inputs
  const row = window[2] * inputs
  const kernel = exchange(w, wAt, groups * outputs, inputs, taps)
  const longest = Math.min(terms, blockTerms)
  const chunk = Math.min(pixels, Math.max(64, Math.floor(panelSize / Math.max(1, longest))))
  const panel = like(x, longest * chunk)
  const product = like(x, outputs * chunk)
  const sums = Int32Array.of(0, 0, 0)
  for (let from = 0; from < pixels; from += chunk) {
    const n = Math.min(chunk, pixels - from)
    const runs = runsOfAll(geometry, from, from + n)
    sums[2] = n
    for (let each = 0; each < examples * groups; each++) {
      const image = xAt + each * inputs * volume(input)
      const rows = (each % groups) * outputs * terms
      const to = each * outputs * pixels
      for (let first = 0; first < terms;) {
        const last = blockEnd(first, row, terms)
        gatherPanel(geometry, runs, x, image, first, last, panel)
        const k = last - first
        if (first === 0 && n === pixels) matmulInto(outputs, n, k, kernel, rows, terms, 1, panel, 0, n, 1, y, to)
        else {
          matmulInto(outputs, n, k, kernel, rows + first, terms, 1, panel, 0, n, 1, product, 0)
          for (let o = 0; o < outputs; o++) addRuns(y, to + o * pixels + from, 1, sums, product, o * n)
        }
        first = last
      }
    }
  }
  sumAgain(geometry, 'y', { x, xAt, w, wAt, y, yAt: 0 }, strongZero)
}

/** x = the sum over o and t of w y: the gradient to the input. */
export const convolveInput = (
  geometry: Convolution,
  y: MatmulData,
  yAt: number,
  w: MatmulData,
  wAt: number,
  x: MatmulData,
  strongZero: boolean
): void => {
  const { examples, groups, inputs, outputs, input, window, output, stride } = geometry
  const taps = volume(window)
  const plane = volume(input)
  const pixels = volume(output)
  const terms = taps * inputs
  const kernel = exchange(w, wAt, groups * outputs, inputs, taps)
  // Of more than one block per position, those of one position come before those of the next.
  const most = outputs > blockTerms ? 1 : Math.max(1, Math.floor((4 * panelSize) / Math.max(1, inputs * pixels)))
  const several = Math.min(taps, most)
  const product = like(x, several * inputs * pixels)
  const runs = runsOfAll(geometry, 0, pixels).ofTaps
  for (let each = 0; each < examples * groups; each++) {
    const image = each * inputs * plane
    const from = yAt + each * outputs * pixels
    const rows = (each % groups) * outputs * terms
    for (let tap = 0; tap < taps; tap += several) {
      const m = Math.min(several, taps - tap) * inputs
      for (let o = 0; o < outputs; o += blockTerms) {
        const k = Math.min(blockTerms, outputs - o)
        const left = rows + o * terms + tap * inputs
        matmulInto(m, pixels, k, kernel, left, 1, terms, y, from + o * pixels, pixels, 1, product, 0)
        for (let row = 0; row < m; row++) {
          const c = row % inputs
          addRuns(x, image + c * plane, stride[2], runs[tap + (row - c) / inputs]!, product, row * pixels)
        }
      }
    }
  }
  if (strongZero) sumAgain(geometry, 'x', { x, xAt: 0, w, wAt, y, yAt }, strongZero)
}

/** w = the sum over n and p of x y: the gradient to the kernel. */
export const convolveKernel = (
  geometry: Convolution,
  x: MatmulData,
  xAt: number,
  y: MatmulData,
  yAt: number,
  w: MatmulData,
  strongZero: boolean
): void => {
  const { examples, groups, inputs, outputs, input, window, output } = geometry
  const taps = volume(window)
  const pixels = volume(output)
  const terms = taps * inputs
  const size = outputs * terms
  const panel = like(x, terms * Math.min(blockTerms, pixels))
  const product = like(x, size)
  const kernel = like(x, groups * size)
  const sums = Int32Array.of(0, 0, size)
  const blocks: { readonly first: number; readonly runs: Runs }[] = []
  for (let first = 0, last = 0; first < pixels; first = last) {
    last = blockEnd(first, output[2], pixels)
    blocks.push({ first, runs: runsOfAll(geometry, first, last) })
  }
  for (let each = 0; each < examples * groups; each++) {
    const image = xAt + each * inputs * volume(input)
    const from = yAt + each * outputs * pixels
    for (const { first, runs } of blocks) {
      const k = runs.columns
      gatherPanel(geometry, runs, x, image, 0, terms, panel)
      matmulInto(outputs, terms, k, y, from + first, pixels, 1, panel, 0, 1, k, product, 0)
      addRuns(kernel, (each % groups) * size, 1, sums, product, 0)
    }
  }
  w.set(exchange(kernel, 0, groups * outputs, taps, inputs))
  sumAgain(geometry, 'w', { x, xAt, w, wAt: 0, y, yAt }, strongZero)
}
