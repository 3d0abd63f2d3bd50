// Sums and what stands on them by their definitions, of plain lists: every path must give these bits.
import { exp } from '../../src/kernel/functions/exp.js'
import { log } from '../../src/kernel/functions/log.js'

export type Float = 'float32' | 'float64'

type Lane = readonly number[]

/** What is written for each type of float: how a result is rounded, the length of a block, and the functions. */
const written = {
  float32: { round: Math.fround, block: Infinity, exp, log },
  float64: { round: (x: number): number => x, block: 128, exp: Math.exp, log: Math.log }
}

/** Whole groups of eight terms, then what is left, one by one. */
const groups = (d: Lane): number => {
  const whole = d.length - (d.length % 8)
  let sum = 0
  for (let i = 0; i < whole; i += 8) {
    sum += d[i]! + d[i + 4]! + (d[i + 2]! + d[i + 6]!) + (d[i + 1]! + d[i + 5]! + (d[i + 3]! + d[i + 7]!))
  }
  for (let i = whole; i < d.length; i++) sum += d[i]!
  return sum
}

/** The unrounded sum: of float64 in blocks of 128, of which the first half, rounded up, and the rest are added. */
export const sumOf = (terms: Lane, dtype: Float): number => {
  const { block } = written[dtype]
  if (terms.length <= block) return groups(terms)
  const half = Math.ceil(terms.length / 2 / block) * block
  return sumOf(terms.slice(0, half), dtype) + sumOf(terms.slice(half), dtype)
}

const peakOf = (lane: Lane): number => lane.reduce((peak, x) => Math.max(peak, x), -Infinity)

/** A product that is 0 where the other factor would make NaN of a zero. */
const strong = (x: number, y: number): number => (Number.isNaN(x * y) && (x === 0 || y === 0) ? 0 : x * y)

const varianceOf = (lane: Lane, dtype: Float, divisor: number): number => {
  const n = lane.length
  if (n === 0) return NaN
  const mean = lane[0]! + sumOf(lane.map((x) => x - lane[0]!), dtype) / n // prettier-ignore
  const deviations = lane.map((x) => x - mean)
  const drift = sumOf(deviations, dtype)
  const squares = sumOf(deviations.map((d) => d * d), dtype) - (drift * drift) / n // prettier-ignore
  return (squares < 0 ? 0 : squares) / divisor
}

const normOf = (lane: Lane, dtype: Float): number => {
  const plain = sumOf(lane.map((x) => x * x), dtype) // prettier-ignore
  if (plain > 2 ** -900 && plain < 2 ** 1000) return Math.sqrt(plain)
  const largest = peakOf(lane.map(Math.abs))
  if (lane.length === 0 || largest === 0 || !(largest < Infinity)) return lane.length === 0 ? 0 : largest
  return largest * Math.sqrt(sumOf(lane.map((x) => (x / largest) * (x / largest)), dtype)) // prettier-ignore
}

const softmaxOf = (lane: Lane, dtype: Float): Lane => {
  const peak = peakOf(lane)
  if (peak === -Infinity) return lane.map(() => 0)
  const atPeak = 1 / lane.filter((x) => x === peak).length
  if (peak === Infinity) return lane.map((x) => (x === peak ? atPeak : 0))
  const powers = lane.map((x) => written[dtype].exp(x - peak))
  const sum = sumOf(powers, dtype)
  return powers.map((power) => power / sum)
}

const logSumExpOf = (lane: Lane, dtype: Float): number => {
  const peak = peakOf(lane)
  if (!Number.isFinite(peak)) return peak
  const powers = lane.map((x) => written[dtype].exp(x - peak))
  return peak + written[dtype].log(sumOf(powers, dtype))
}

const logSoftmaxOf = (lane: Lane, dtype: Float): Lane => {
  const peak = peakOf(lane)
  const count = lane.filter((x) => x === peak).length
  if (peak === -Infinity || peak === Infinity) {
    return lane.map((x) => (x === peak && peak > 0 ? -written[dtype].log(count) : peak !== peak ? NaN : -Infinity))
  }
  const powers = lane.map((x) => written[dtype].exp(x - peak))
  const logSum = written[dtype].log(sumOf(powers, dtype))
  return lane.map((x) => x - peak - logSum)
}

const rounded =
  (f: (lane: Lane, dtype: Float) => Lane) =>
  (lane: Lane, dtype: Float): Lane =>
    f(lane, dtype).map(written[dtype].round)

/** By name: what is made of a lane, one number or as many as the lane has. */
export const definitions = {
  sum: rounded((lane, dtype) => [sumOf(lane, dtype)]),
  mean: rounded((lane, dtype) => [sumOf(lane, dtype) / lane.length]),
  variance: rounded((lane, dtype) => [varianceOf(lane, dtype, lane.length)]),
  unbiased: rounded((lane, dtype) => [varianceOf(lane, dtype, Math.max(0, lane.length - 1))]),
  std: rounded((lane, dtype) => [Math.sqrt(varianceOf(lane, dtype, lane.length))]),
  norm: rounded((lane, dtype) => [normOf(lane, dtype)]),
  logSumExp: rounded((lane, dtype) => [logSumExpOf(lane, dtype)]),
  softmax: rounded((lane, dtype) => softmaxOf(lane, dtype)),
  logSoftmax: rounded((lane, dtype) => logSoftmaxOf(lane, dtype))
}

/** The derivative of softmax, of two lanes. */
export const softmaxDerivativeOf = (t: Lane, y: Lane, dtype: Float): Lane => {
  const sum = sumOf(t.map((x, i) => strong(y[i]!, x)), dtype) // prettier-ignore
  return t.map((x, i) => written[dtype].round(strong(y[i]!, x - sum)))
}
