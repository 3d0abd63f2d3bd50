/** Small charts as text: lines, bars, histograms. */
import { isOptions, refusal } from '../internal/describe.js'
import { finite, options, positiveCount } from '../internal/options.js'
import { toArray } from '../tensor/destruct.js'
import { isTensor, type Tensor } from '../tensor/model.js'
import { aligned, showNumber } from './cells.js'

// -----------------------------------------------------------------------------
// lines
// -----------------------------------------------------------------------------

const numbersOf = (operation: string, values: unknown): readonly number[] => {
  if (isTensor(values)) return Array.from(toArray(values))
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values
  throw new TypeError(refusal(operation, 'the operand', values, 'a tensor or an array of numbers'))
}

const levels = '▁▂▃▄▅▆▇█'

/** The least and the greatest of the finite values. */
const rangeOf = (values: readonly number[]): readonly [low: number, high: number] => {
  const known = values.filter(Number.isFinite)
  return known.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity])
}

/**
 * Numbers as a line of blocks, a character each, from the least to the greatest; NaN is a blank, and infinities are at the ends.
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * Report.sparkline([1, 2, 4, 8, NaN, 3]) // => '▁▂▄█ ▃'
 */
export const sparkline = (values: Tensor | readonly number[]): string => {
  const numbers = numbersOf('sparkline', values)
  const [low, high] = rangeOf(numbers)
  const level = (x: number): string => {
    if (Number.isNaN(x)) return ' '
    // halves, so that the difference of the largest numbers is finite
    const share = high > low ? (x / 2 - low / 2) / (high / 2 - low / 2) : 0.5
    return levels[Math.round(Math.min(Math.max(Number.isFinite(x) ? share : x, 0), 1) * (levels.length - 1))]!
  }
  return numbers.map(level).join('')
}

// -----------------------------------------------------------------------------
// bars
// -----------------------------------------------------------------------------

/**
 * How long the longest bar is.
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * const options: Report.BarOptions = { width: 4 }
 * Report.bars({ a: 1 }, options) // => 'a  ████  1'
 */
export interface BarOptions {
  /** The characters of the longest bar, 40 by default. */
  readonly width?: number
}

const checkBars = /* @__PURE__ */ options<BarOptions>('bars', { width: positiveCount })

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of a share of the width, to an eighth of a character. */
const barOf = (share: number, width: number): string => {
  const parts = Math.round(Math.min(Math.max(Number.isNaN(share) ? 0 : share, 0), 1) * width * 8)
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]!
}

const drawn = (rows: readonly (readonly [name: string, value: number])[], width: number): string => {
  const largest = Math.max(...rows.map(([, value]) => (Number.isFinite(value) ? value : 0)))
  const share = (value: number): number => (largest > 0 || value === Infinity ? value / (largest || 1) : 0)
  return aligned(
    rows.map(([name, value]) => [name, barOf(share(value), width), showNumber(value)]),
    (column) => column === 2
  )
}

/**
 * Numbers by name as bars, the largest of full width, with the numbers behind them. NaN has no bar.
 *
 * @throws RangeError for a negative number
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * Report.bars({ setosa: 4, virginica: 1 }, { width: 4 }).split('\n') // => ['setosa     ████  4', 'virginica  █     1']
 */
export const bars = (values: { readonly [name: string]: number }, options: BarOptions = {}): string => {
  checkBars(options)
  if (!isOptions(values)) throw new TypeError(refusal('bars', 'the operand', values, 'an object of numbers'))
  const rows = Object.entries(values)
  for (const [name, value] of rows) {
    if (typeof value === 'number' && !(value < 0)) continue
    throw new RangeError(refusal('bars', name, value, 'a number of 0 or more'))
  }
  return drawn(rows, options.width ?? 40)
}

// -----------------------------------------------------------------------------
// histograms
// -----------------------------------------------------------------------------

/**
 * The bins of a histogram, and the characters of the longest bar.
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * const options: Report.HistogramOptions = { bins: 1, from: 0, to: 2, width: 4 }
 * Report.histogram([0, 1, 2], options) // => '0 to 2  ████  3'
 */
export interface HistogramOptions extends BarOptions {
  /** The number of bins of equal width, 10 by default. */
  readonly bins?: number
  /** Where the first bin begins: at the least value by default. */
  readonly from?: number
  /** Where the last bin ends: at the greatest value by default. */
  readonly to?: number
}

const checkHistogram = /* @__PURE__ */ options<HistogramOptions>('histogram', {
  bins: positiveCount,
  from: finite,
  to: finite,
  width: positiveCount
})

/**
 * How many values are in each of the bins `[from, ...)`, as bars; the last bin has its end too. Values outside of the bins, and NaN, are
 * counted on lines of their own where there are some.
 *
 * @throws RangeError for bins that end where they begin, or before
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * Report.histogram([0, 1, 1, 2, 9, NaN], { bins: 2, from: 0, to: 2, width: 3 }).split('\n')
 * // => ['0 to 1  █    1', '1 to 2  ███  3', 'above   █    1', 'NaN     █    1']
 */
export const histogram = (values: Tensor | readonly number[], options: HistogramOptions = {}): string => {
  checkHistogram(options)
  const numbers = numbersOf('histogram', values)
  const { bins = 10, width = 40 } = options
  const [low, high] = rangeOf(numbers)
  // the least width that numbers of this size can have
  const half = Math.max(0.5, Math.abs(low) * 2 ** -50)
  const ends = low < high ? [low, high] : low === high ? [low - half, high + half] : [0, 1]
  const [first = NaN, last = NaN] = [options.from ?? ends[0], options.to ?? ends[1]]
  if (!(first < last)) {
    throw new RangeError(`histogram: the bins are from ${first} to ${last}; expected a larger end`)
  }
  if (last - first === Infinity) {
    throw new RangeError(
      `histogram: the bins are from ${first} to ${last}; expected ends that are a finite number apart`
    )
  }
  const edge = (i: number): number => first + ((last - first) * i) / bins
  const counts = new Array<number>(bins).fill(0)
  const outside = { below: 0, above: 0, NaN: 0 }
  for (const x of numbers) {
    if (Number.isNaN(x)) outside.NaN++
    else if (x < first) outside.below++
    else if (x > last) outside.above++
    else counts[Math.min(Math.floor(((x - first) / (last - first)) * bins), bins - 1)]! += 1
  }
  const some = (name: keyof typeof outside): readonly (readonly [string, number])[] =>
    outside[name] > 0 ? [[name, outside[name]]] : []
  const inside = counts.map((count, i) => [`${showNumber(edge(i))} to ${showNumber(edge(i + 1))}`, count] as const)
  return drawn([...some('below'), ...inside, ...some('above'), ...some('NaN')], width)
}
