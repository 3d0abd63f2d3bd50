/**
 * Convolutions and their two gradients: the one trilinear sum
 *
 *     sum of x[n, c, p stride + t dilation - before] w[o, c, t] y[n, o, p]
 *
 * with one of the three factors left out. Blocks of terms are gathered into a panel and multiplied by `matmulInto`: a block is at most
 * 256 terms long, so that it is one block there too, and the bits are those of docs/arithmetic.md. Elements that came out NaN are
 * summed again, term by term, without the terms of padded elements and, where zeros are strong, those with a zero factor.
 */
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

/**
 * Visits the inputs under one position of the window, for the outputs from `from` to `to`: runs of `count` inputs from `start` on, in steps of
 * the last stride, which belong to the outputs from `from + at` on. Padded ones are left out.
 */
const forEachRun = (
  { input, window, output, stride, dilation, before }: Windows,
  tap: number,
  from: number,
  to: number,
  visit: (start: number, at: number, count: number) => void
): void => {
  const width = output[2]
  const shift = (tap % window[2]) * dilation[2] - before[2]
  const middle = (Math.floor(tap / window[2]) % window[1]) * dilation[1] - before[1]
  const outer = Math.floor(tap / (window[1] * window[2])) * dilation[0] - before[0]
  const first = reach(0, shift, stride[2], width)
  const last = reach(input[2], shift, stride[2], width)
  for (let row = Math.floor(from / width); row * width < to; row++) {
    const y = (row % output[1]) * stride[1] + middle
    const z = Math.floor(row / output[1]) * stride[0] + outer
    if (y < 0 || y >= input[1] || z < 0 || z >= input[0]) continue
    const begin = Math.max(first, from - row * width)
    const end = Math.min(last, to - row * width)
    if (begin >= end) continue
    visit((z * input[1] + y) * input[2] + begin * stride[2] + shift, row * width + begin - from, end - begin)
  }
}

/**
 * The inputs of the terms from `first` to `last`, in the order of window positions and channels, for the outputs from `from` to `to`: a matrix
 * with a row per term, in which padded elements are 0.
 */
const gatherPanel = (
  geometry: Convolution,
  x: MatmulData,
  xAt: number,
  first: number,
  last: number,
  from: number,
  to: number,
  panel: MatmulData
): void => {
  const { inputs, input, stride } = geometry
  const plane = volume(input)
  const step = stride[2]
  const columns = to - from
  panel.fill(0, 0, (last - first) * columns)
  for (let tap = Math.floor(first / inputs); tap * inputs < last; tap++) {
    const begin = Math.max(0, first - tap * inputs)
    const end = Math.min(inputs, last - tap * inputs)
    const top = (tap * inputs - first) * columns
    forEachRun(geometry, tap, from, to, (start, at, count) => {
      for (let c = begin; c < end; c++) {
        let source = xAt + c * plane + start
        const target = top + c * columns + at
        for (let i = target; i < target + count; i++, source += step) panel[i] = x[source]!
      }
    })
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
  for (let each = 0; each < examples * groups; each++) {
    const image = xAt + each * inputs * volume(input)
    const rows = (each % groups) * outputs * terms
    const to = each * outputs * pixels
    for (let from = 0; from < pixels; from += chunk) {
      const n = Math.min(chunk, pixels - from)
      for (let first = 0; first < terms;) {
        const last = blockEnd(first, row, terms)
        gatherPanel(geometry, x, image, first, last, from, from + n, panel)
        const k = last - first
        if (first === 0 && n === pixels) matmulInto(outputs, n, k, kernel, rows, terms, 1, panel, 0, n, 1, y, to)
        else {
          matmulInto(outputs, n, k, kernel, rows + first, terms, 1, panel, 0, n, 1, product, 0)
          for (let o = 0, i = 0; o < outputs; o++) {
            const target = to + o * pixels + from
            for (let p = target; p < target + n; p++) y[p] = y[p]! + product[i++]!
          }
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
  const step = stride[2]
  const kernel = exchange(w, wAt, groups * outputs, inputs, taps)
  // Of more than one block per position, those of one position come before those of the next.
  const most = outputs > blockTerms ? 1 : Math.max(1, Math.floor((4 * panelSize) / Math.max(1, inputs * pixels)))
  const several = Math.min(taps, most)
  const product = like(x, several * inputs * pixels)
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
        for (let t = 0; t * inputs < m; t++) {
          forEachRun(geometry, tap + t, 0, pixels, (start, at, count) => {
            for (let c = 0; c < inputs; c++) {
              let target = image + c * plane + start
              const source = (t * inputs + c) * pixels + at
              for (let i = source; i < source + count; i++, target += step) x[target] = x[target]! + product[i]!
            }
          })
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
  for (let each = 0; each < examples * groups; each++) {
    const image = xAt + each * inputs * volume(input)
    const from = yAt + each * outputs * pixels
    const to = (each % groups) * size
    for (let first = 0; first < pixels;) {
      const last = blockEnd(first, output[2], pixels)
      const k = last - first
      gatherPanel(geometry, x, image, 0, terms, first, last, panel)
      matmulInto(outputs, terms, k, y, from + first, pixels, 1, panel, 0, 1, k, product, 0)
      for (let i = 0; i < size; i++) kernel[to + i] = kernel[to + i]! + product[i]!
      first = last
    }
  }
  w.set(exchange(kernel, 0, groups * outputs, taps, inputs))
  sumAgain(geometry, 'w', { x, xAt, w, wAt: 0, y, yAt }, strongZero)
}
