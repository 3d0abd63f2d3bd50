/**
 * Convolutions and their two gradients: the one trilinear sum
 *
 *     sum of x[n, c, p stride + t dilation - before] w[o, c, t] y[n, o, p]
 *
 * with one of the three factors left out. The elements under the window are gathered into planes, and contracted with the kernel in the blocks of
 * docs/arithmetic.md. Where the window moves by single rows, its rows share planes: that of the next is the same, a row later. Elements that came out
 * NaN are summed again, term by term, without the terms of padded elements and, where zeros are strong, those with a zero factor.
 */
import { type Convolution, type Windows, blockEnd, sumAgain, volume } from './convolutionSums.js'
import { type Runs, addRuns, gather, runsOfAll } from './convolutionWindows.js'
import { type Arena, arenaFloat32, arenaFloat64, arenaInt32 } from './library/contraction.js'
import { blockTerms } from './library/kinds.js'
import { type MatmulData, matmulInto } from './matmul.js'

/** An array of the type of another. */
const like = (x: MatmulData, n: number): MatmulData =>
  x instanceof Float32Array ? new Float32Array(n) : x instanceof Float64Array ? new Float64Array(n) : new Int32Array(n)

const arenaOf = (x: MatmulData, size: number): Arena<MatmulData> =>
  x instanceof Float32Array ? arenaFloat32(size) : x instanceof Float64Array ? arenaFloat64(size) : arenaInt32(size)

/** The size of panels, in elements, which is to fit into a cache. */
const panelSize = 2 ** 16

/** The size of what else lies beside them, in elements; larger operands take turns. */
const partSize = 2 ** 20

/** An array [outer, rows, columns] with its last two axes exchanged. */
const exchange = (from: MatmulData, at: number, outer: number, rows: number, columns: number): MatmulData => {
  const to = like(from, outer * rows * columns)
  for (let o = 0, i = at; o < outer; o++) {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) to[(o * columns + c) * rows + r] = from[i++]!
  }
  return to
}

/** Copies rows that are `ld` apart to where they are `stride` apart. */
const copyRows = (
  from: MatmulData,
  at: number,
  ld: number,
  rows: number,
  columns: number,
  to: MatmulData,
  toAt: number,
  stride: number
): void => {
  if (ld === columns && stride === columns) to.set(from.subarray(at, at + rows * columns), toAt)
  else if (columns >= 64) {
    for (let i = 0; i < rows; i++) to.set(from.subarray(at + i * ld, at + i * ld + columns), toAt + i * stride)
  } else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) to[toAt + i * stride + j] = from[at + i * ld + j]!
    }
  }
}

// -----------------------------------------------------------------------------
// output
// -----------------------------------------------------------------------------

/** Whether the planes of one row of the window hold those of the others. */
export const sharesPlanes = ({ window, output, stride }: Windows): boolean =>
  window[0] === 1 && output[0] === 1 && stride[1] === 1 && window[1] > 1

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
  const { examples, groups, inputs, outputs, input, window, output, stride, dilation } = geometry
  const taps = volume(window)
  const terms = taps * inputs
  if (terms === 0) return
  const pixels = volume(output)
  const width = output[2]
  const isShared = sharesPlanes(geometry)
  const more = isShared ? (window[1] - 1) * dilation[1] : 0
  const lines: Windows = isShared
    ? { ...geometry, window: [1, 1, window[2]], output: [1, output[1] + more, width] }
    : geometry
  const row = window[2] * inputs
  const planes = isShared ? row : terms
  const fits = Math.floor(panelSize / (planes * (isShared ? width : 1)))
  const chunk = Math.min(pixels, isShared ? Math.max(more, fits - more) * width : Math.max(64, fits))
  // Planes whose distance is a power of 2 would share few lines of a cache.
  const plane = chunk + more * width + 16
  const nextRow = isShared ? dilation[1] * width : row * plane
  const ld = Math.ceil(chunk / 8) * 8
  const part = Math.min(outputs, Math.max(4, Math.floor(partSize / terms)))
  const panel = part * terms
  const product = panel + planes * plane
  const { data, contract } = arenaOf(y, product + part * ld)
  const kernel = exchange(w, wAt, groups * outputs, inputs, taps)
  let placed = -1
  for (let from = 0; from < pixels; from += chunk) {
    const n = Math.min(chunk, pixels - from)
    const runs = runsOfAll(lines, from, from + n + more * width)
    data.fill(0, panel, product)
    for (let each = 0; each < examples * groups; each++) {
      const image = xAt + each * inputs * volume(input)
      gather(runs, stride[2], x, image, inputs, volume(input), data, panel, plane)
      for (let o = 0; o < outputs; o += part) {
        const m = Math.min(part, outputs - o)
        const first = (each % groups) * outputs + o
        if (first !== placed) data.set(kernel.subarray(first * terms, (first + m) * terms))
        placed = first
        contract(m, n, terms / row, row, 0, row, terms, 1, panel, nextRow, plane, product, ld, false)
        copyRows(data, product, ld, m, n, y, (each * outputs + o) * pixels + from, pixels)
      }
    }
  }
  sumAgain(geometry, 'y', { x, xAt, w, wAt, y, yAt: 0 }, strongZero)
}

// -----------------------------------------------------------------------------
// gradient to the input
// -----------------------------------------------------------------------------

/**
 * The gradient to the input where the window moves by single elements of flat images: products for all outputs, in planes with zeros
 * around the outputs, and then for each input the sum over the window, which is a contraction with ones. A position of the window is
 * a block, so there must be one block of positions, and of outputs.
 */
const shiftInput = (
  geometry: Convolution,
  y: MatmulData,
  yAt: number,
  w: MatmulData,
  wAt: number,
  x: MatmulData
): void => {
  const { examples, groups, inputs, outputs, input, window, output, dilation, before } = geometry
  const [taps, pixels] = [volume(window), volume(output)]
  const { line, left, above, n, count, source, plane } = shiftedPlanes(geometry)
  const part = Math.max(1, Math.min(inputs, Math.floor(partSize / (taps * Math.max(plane, outputs)))))
  const panel = part * taps * outputs + 1
  const product = panel + outputs * source
  const sums = product + part * taps * plane
  const { data, contract } = arenaOf(x, sums + count + 8)
  data.fill(0, panel, sums)
  data[panel - 1] = 1
  const kernel = exchange(w, wAt, groups, outputs, inputs * taps)
  const start = product + left + above * line
  const widened = rowsOf(output[1], output[2], output[2], line)
  const narrowed = rowsOf(input[1], input[2], line, input[2])
  let placed = -1
  for (let each = 0; each < examples * groups; each++) {
    gather(widened, 1, y, yAt + each * outputs * pixels, outputs, pixels, data, panel, source)
    for (let c = 0; c < inputs; c += part) {
      const m = Math.min(part, inputs - c)
      const first = ((each % groups) * inputs + c) * taps * outputs
      if (first !== placed) data.set(kernel.subarray(first, first + m * taps * outputs))
      placed = first
      contract(m * taps, n, 1, outputs, 0, 0, outputs, 1, panel, 0, source, start, plane, false)
      for (let i = 0; i < m; i++) {
        const at = start + i * taps * plane + before[1] * line + before[2]
        const [nextRow, next] = [window[2] * plane - dilation[1] * line, plane - dilation[2]]
        contract(1, count, window[1], window[2], panel - 1, 0, 0, 0, at, nextRow, next, sums, count + 8, false)
        const to = (each * inputs + c + i) * volume(input)
        gather(narrowed, 1, data, sums, 1, 0, x, to, 0)
      }
    }
  }
}

/** Rows of `columns` elements, and how far apart they are in two arrays, as runs. */
const rowsOf = (rows: number, columns: number, from: number, to: number): Pick<Runs, 'ofTaps'> => ({
  ofTaps: [
    Int32Array.from({ length: 3 * rows }, (_, i) => [Math.floor(i / 3) * from, Math.floor(i / 3) * to, columns][i % 3]!)
  ]
})

/** The length of rows that hold those of output and input, with zeros behind: what is beyond the start of a row is the end of the one before. */
const lineOf = ({ input, window, output, dilation, before }: Windows): number =>
  Math.max(output[2] + (window[2] - 1) * dilation[2], input[2] + before[2])

/** The planes of `shiftInput`, with zeros around: places and lengths in elements. */
const shiftedPlanes = (
  geometry: Windows
): {
  readonly line: number
  readonly left: number
  readonly above: number
  readonly n: number
  readonly count: number
  readonly source: number
  readonly plane: number
} => {
  const { input, window, output, dilation, before } = geometry
  const line = lineOf(geometry)
  const left = (window[2] - 1) * dilation[2]
  const above = (window[1] - 1) * dilation[1]
  const n = output[1] * line
  const count = (input[1] - 1) * line + input[2]
  const plane = left + (above + Math.max(output[1], input[1] + before[1])) * line + 16
  return { line, left, above, n, count, source: n + 8, plane }
}

/** Whether `shiftInput` is for a convolution. */
const isShifted = (geometry: Convolution): boolean => {
  const { outputs, input, window, output, stride, before } = geometry
  const isFlat = input[0] === 1 && window[0] === 1 && output[0] === 1 && before[0] === 0
  const isOneBlock = outputs <= blockTerms && volume(window) <= blockTerms
  const isSmall = Math.max(outputs, volume(window)) * output[1] * lineOf(geometry) <= partSize
  return isFlat && stride[1] === 1 && stride[2] === 1 && isOneBlock && isSmall
}

/** The gradient to the input by products for all outputs, which are added where the window has the input. */
const scatterInput = (
  geometry: Convolution,
  y: MatmulData,
  yAt: number,
  w: MatmulData,
  wAt: number,
  x: MatmulData
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
  const isDense = isShifted(geometry)
  const sum = isDense ? shiftInput : scatterInput
  sum(geometry, y, yAt, w, wAt, x)
  if (isDense || strongZero) sumAgain(geometry, 'x', { x, xAt: 0, w, wAt, y, yAt }, strongZero)
}

// -----------------------------------------------------------------------------
// gradient to the kernel
// -----------------------------------------------------------------------------

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
  const { examples, groups, inputs, outputs, input, window, output, stride } = geometry
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
      if (!runs.isFull) panel.fill(0)
      gather(runs, stride[2], x, image, inputs, volume(input), panel, 0, k)
      matmulInto(outputs, terms, k, y, from + first, pixels, 1, panel, 0, 1, k, product, 0)
      addRuns(kernel, (each % groups) * size, 1, sums, product, 0)
    }
  }
  w.set(exchange(kernel, 0, groups * outputs, taps, inputs))
  sumAgain(geometry, 'w', { x, xAt, w, wAt: 0, y, yAt }, strongZero)
}
