/** Divided differences from values and derivatives at the points, also where points are equal or nearly so. */

/** Takes one term of a divided difference: a factor of the derivative of some order at some point. */
export type Term = (order: number, point: number, factor: number) => void

/** Points where differences are taken. */
export interface Points {
  /** The points, rising. */
  readonly w: Float64Array
  /** Of each point, the length on which the function changes there. */
  readonly lengths: Float64Array
  readonly at: number
  /** Machine precision of the values. */
  readonly epsilon: number
}

/** How many derivatives there must be. */
export const derivatives = 3

/**
 * Below which part of the length points count as near, for differences of orders 1 to 3: where the error of a quotient of
 * differences, which grows as points come together, is that of the formula for near ones, which falls.
 */
const near = (order: number, epsilon: number): number =>
  Math.pow(order === 1 ? 720 * epsilon : order === 2 ? 100 * epsilon : epsilon, order === 1 ? 1 / 5 : 1 / 4)

/** The mean of derivatives of the order of the difference, and the first correction to it. */
const visitNear = (w: Float64Array, at: number, points: readonly number[], factor: number, term: Term): void => {
  const order = points.length - 1
  const factorial = order === 3 ? 6 : order
  for (const point of points) term(order, point, factor / (factorial * (order + 1)))
  const [first, last] = [points[0]!, points[order]!]
  const width = w[at + last]! - w[at + first]!
  if (width === 0 || order === 3) return
  const mean = points.reduce((sum, point) => sum + w[at + point]!, 0) / (order + 1)
  const squares = points.reduce((sum, point) => sum + (w[at + point]! - mean) ** 2, 0)
  // f'''/12 (width^2) less the trapezoid, and f''''/16 (sum of squares) less the mean of three.
  const correction = order === 1 ? -width / 12 : -squares / (16 * width)
  term(order + 1, last, factor * correction)
  term(order + 1, first, -factor * correction)
}

/**
 * The terms of `factor` times the divided difference f[w_i, w_j, ...] at up to four points, given by their indices in rising
 * order: a linear combination of values and derivatives of f at the points.
 */
export const visitDifference = (from: Points, points: readonly number[], factor: number, term: Term): void => {
  const order = points.length - 1
  if (order === 0) return term(0, points[0]!, factor)
  const { w, lengths, at, epsilon } = from
  const width = w[at + points[order]!]! - w[at + points[0]!]!
  const length = points.reduce((least, point) => Math.min(least, lengths[at + point]!), Infinity)
  if (width === 0 || width <= near(order, epsilon) * length) return visitNear(w, at, points, factor, term)
  visitDifference(from, points.slice(1), factor / width, term)
  visitDifference(from, points.slice(0, -1), -factor / width, term)
}

/**
 * Values and derivatives `jets`, [derivatives + 1, n], at the points `from`, carried to those of `to` by Taylor's formula; or
 * the transposed map. Where points are the same, jets stay as they are, infinite ones too.
 */
export const carried = (
  n: number,
  jets: Float64Array,
  from: Float64Array,
  { w, at }: Points,
  transposed: boolean
): Float64Array => {
  const result = jets.slice()
  for (let i = 0; i < n; i++) {
    const step = w[at + i]! - from[at + i]!
    if (step === 0) continue
    for (let low = 0; low <= derivatives; low++) {
      let factor = 1
      for (let high = low + 1; high <= derivatives; high++) {
        factor *= step / (high - low)
        const [to, source] = transposed ? [high, low] : [low, high]
        const jet = jets[source * n + i]!
        if (jet !== 0) result[to * n + i]! += factor * jet
      }
    }
  }
  return result
}
