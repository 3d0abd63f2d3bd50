/** Tests of distributions: the probability of a statistic at least as far off, if the sample is what it should be. */
import { lgamma } from '../../src/kernel/special/logGamma.js'

/** The regularised upper incomplete gamma function, by its series or its continued fraction (Abramowitz and Stegun 6.5.29, 31). */
const upperGamma = (a: number, x: number): number => {
  if (x <= 0) return 1
  const scale = Math.exp(a * Math.log(x) - x - lgamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 10_000 && Math.abs(term) > sum * 1e-16; n++) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - sum * scale
  }
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return scale * h
}

/** Pearson's chi-square test of counts against their expectations. */
export const chiSquare = (counts: readonly number[], expected: readonly number[]): number => {
  const statistic = counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0)
  return upperGamma((counts.length - 1) / 2, statistic / 2)
}

/** How often each of the first `n` numbers occurs. */
export const countsOf = (values: Iterable<number>, n: number): readonly number[] => {
  const counts = new Array<number>(n).fill(0)
  for (const value of values) counts[value]!++
  return counts
}

/** The Kolmogorov-Smirnov test of a sample against a distribution function (M. A. Stephens' form for finite samples). */
export const kolmogorovSmirnov = (values: ArrayLike<number>, cdf: (x: number) => number): number => {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  let distance = 0
  sorted.forEach((x, i) => {
    const f = cdf(x)
    distance = Math.max(distance, f - i / n, (i + 1) / n - f)
  })
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance
  let p = 0
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda)
  return lambda < 0.2 ? 1 : p
}

/** The correlation of two samples. */
export const correlation = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  const a = Array.from(x)
  const b = Array.from(y)
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)))
  return covariance / Math.sqrt(mean(a.map((v) => (v - meanA) ** 2)) * mean(b.map((v) => (v - meanB) ** 2)))
}
