/**
 * What a convolution sums, and in which order: its shape, its blocks, and its sums term by term, for elements that came out NaN. Padded elements
 * have no term, nor have zeros where they are strong.
 */
import { blockTerms } from './library/kinds.js'
import type { MatmulData } from './matmul.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Sizes or steps along the three spatial axes; those that an image has not are 1 long in front. */
export type Triple = readonly [number, number, number]

/** Windows on the spatial axes. */
export interface Windows {
  readonly input: Triple
  readonly window: Triple
  readonly output: Triple
  readonly stride: Triple
  readonly dilation: Triple
  readonly before: Triple
}

/** A convolution; channels are counted per group. x is [examples, groups inputs, input], w [groups outputs, inputs, window]. */
export interface Convolution extends Windows {
  readonly examples: number
  readonly groups: number
  readonly inputs: number
  readonly outputs: number
}

export const volume = ([a, b, c]: Triple): number => a * b * c

/** Where the block ends that starts at a term: whole rows up to 256 terms, or a part of a longer row. */
export const blockEnd = (at: number, row: number, terms: number): number => {
  const end = row <= blockTerms ? at + Math.floor(blockTerms / row) * row : (Math.floor(at / row) + 1) * row
  return Math.min(terms, end, at + blockTerms)
}

// -----------------------------------------------------------------------------
// positions
// -----------------------------------------------------------------------------

/** The place of the input under an output and a position of the window; -1 in the padding. */
const inputOf = ({ input, window, output, stride, dilation, before }: Windows, p: number, tap: number): number => {
  const x = (p % output[2]) * stride[2] + (tap % window[2]) * dilation[2] - before[2]
  const y =
    (Math.floor(p / output[2]) % output[1]) * stride[1] +
    (Math.floor(tap / window[2]) % window[1]) * dilation[1] -
    before[1]
  const z =
    Math.floor(p / (output[1] * output[2])) * stride[0] +
    Math.floor(tap / (window[1] * window[2])) * dilation[0] -
    before[0]
  if (x < 0 || x >= input[2] || y < 0 || y >= input[1] || z < 0 || z >= input[0]) return -1
  return (z * input[1] + y) * input[2] + x
}

/** The output whose window has an input at a position; -1 if there is none. */
const outputOf = ({ input, window, output, stride, dilation, before }: Windows, q: number, tap: number): number => {
  const x = (q % input[2]) - (tap % window[2]) * dilation[2] + before[2]
  const y = (Math.floor(q / input[2]) % input[1]) - (Math.floor(tap / window[2]) % window[1]) * dilation[1] + before[1]
  const z = Math.floor(q / (input[1] * input[2])) - Math.floor(tap / (window[1] * window[2])) * dilation[0] + before[0]
  if (x < 0 || y < 0 || z < 0 || x % stride[2] !== 0 || y % stride[1] !== 0 || z % stride[0] !== 0) return -1
  const [column, row, plane] = [x / stride[2], y / stride[1], z / stride[0]]
  if (column >= output[2] || row >= output[1] || plane >= output[0]) return -1
  return (plane * output[1] + row) * output[2] + column
}

// -----------------------------------------------------------------------------
// sums
// -----------------------------------------------------------------------------

/** A sum of products in blocks. */
class Total {
  private block = 0
  private total = 0
  private readonly round: (x: number) => number
  private readonly strongZero: boolean

  constructor(round: (x: number) => number, strongZero: boolean) {
    this.round = round
    this.strongZero = strongZero
  }

  add(a: number, b: number): void {
    if (this.strongZero && (a === 0 || b === 0)) return
    this.block = this.round(this.block + this.round(a * b))
  }

  /** Ends a block. */
  close(): void {
    this.total = this.round(this.total + this.block)
    this.block = 0
  }

  take(): number {
    const { total } = this
    this.total = 0
    return total
  }
}

/** The arrays of a convolution, and where each starts. */
export interface Arrays {
  readonly x: MatmulData
  readonly xAt: number
  readonly w: MatmulData
  readonly wAt: number
  readonly y: MatmulData
  readonly yAt: number
}

/** Sums one element, whose place in its array is given. */
type Again = (geometry: Convolution, arrays: Arrays, place: number, sum: Total) => void

const outputAgain: Again = (geometry, { x, xAt, w, wAt }, place, sum) => {
  const { inputs, outputs, groups, window, input, output } = geometry
  const pixels = volume(output)
  const plane = volume(input)
  const taps = volume(window)
  const p = place % pixels
  const channel = Math.floor(place / pixels)
  const image = xAt + Math.floor(channel / outputs) * inputs * plane
  const kernel = wAt + (channel % (groups * outputs)) * inputs * taps
  const terms = inputs * taps
  const row = window[2] * inputs
  let end = blockEnd(0, row, terms)
  for (let tap = 0, term = 0; tap < taps; tap++) {
    const q = inputOf(geometry, p, tap)
    for (let c = 0; c < inputs; c++) {
      if (q >= 0) sum.add(x[image + c * plane + q]!, w[kernel + c * taps + tap]!)
      if (++term < end) continue
      sum.close()
      end = blockEnd(term, row, terms)
    }
  }
}

const inputAgain: Again = (geometry, { w, wAt, y, yAt }, place, sum) => {
  const { inputs, outputs, groups, window, input, output } = geometry
  const pixels = volume(output)
  const plane = volume(input)
  const taps = volume(window)
  const channel = Math.floor(place / plane)
  const group = Math.floor(channel / inputs)
  const image = yAt + group * outputs * pixels
  const kernel = wAt + ((group % groups) * outputs * inputs + (channel % inputs)) * taps
  for (let tap = 0; tap < taps; tap++) {
    const p = outputOf(geometry, place % plane, tap)
    if (p < 0) continue
    for (let o = 0; o < outputs; o++) {
      sum.add(w[kernel + o * inputs * taps + tap]!, y[image + o * pixels + p]!)
      if (o + 1 === outputs || (o + 1) % blockTerms === 0) sum.close()
    }
  }
}

const kernelAgain: Again = (geometry, { x, xAt, y, yAt }, place, sum) => {
  const { examples, inputs, outputs, groups, window, input, output } = geometry
  const pixels = volume(output)
  const plane = volume(input)
  const taps = volume(window)
  const tap = place % taps
  const channel = Math.floor(place / taps) % inputs
  const to = Math.floor(place / (taps * inputs))
  const from = Math.floor(to / outputs) * inputs + channel
  for (let each = 0; each < examples; each++) {
    const image = xAt + (each * groups * inputs + from) * plane
    const other = yAt + (each * groups * outputs + to) * pixels
    for (let p = 0, end = blockEnd(0, output[2], pixels); p < pixels;) {
      const q = inputOf(geometry, p, tap)
      if (q >= 0) sum.add(x[image + q]!, y[other + p]!)
      if (++p < end) continue
      sum.close()
      end = blockEnd(p, output[2], pixels)
    }
  }
}

const again = { x: inputAgain, w: kernelAgain, y: outputAgain }

const same = (x: number): number => x

/** The place of the first NaN from a place on; the length if there is none. A sum of eight is looked at first: NaN stays in it. */
const nextNaN = (x: Float32Array | Float64Array, from: number): number => {
  let i = from
  for (; i + 8 <= x.length; i += 8) {
    const sum = x[i]! + x[i + 1]! + (x[i + 2]! + x[i + 3]!) + (x[i + 4]! + x[i + 5]! + (x[i + 6]! + x[i + 7]!))
    if (Number.isNaN(sum) && x.subarray(i, i + 8).some(Number.isNaN)) break
  }
  while (i < x.length && !Number.isNaN(x[i]!)) i++
  return i
}

/** Sums the elements of one of the arrays that are NaN again, from the other two. */
export const sumAgain = (geometry: Convolution, which: 'x' | 'w' | 'y', arrays: Arrays, strongZero: boolean): void => {
  const out = arrays[which]
  if (out instanceof Int32Array) return
  const sum = new Total(out instanceof Float32Array ? Math.fround : same, strongZero)
  for (let place = nextNaN(out, 0); place < out.length; place = nextNaN(out, place + 1)) {
    again[which](geometry, arrays, place, sum)
    out[place] = sum.take()
  }
}
