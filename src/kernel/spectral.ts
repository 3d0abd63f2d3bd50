/**
 * Derivatives of functions of symmetric matrices, in the basis of the eigenvectors: sums over products of directions, with
 * divided differences as weights (Daleckii and Krein, 1965).
 */
import { type Points, derivatives, visitDifference } from './dividedDifference.js'
import { matmulInto } from './matmul.js'

/** V^T X V, or V X V^T when it goes back, of the row-major n x n matrices that begin at `xAt` and `at`. */
export const turned = (
  n: number,
  v: Float64Array,
  at: number,
  x: Float64Array,
  xAt: number,
  back: boolean
): Float64Array => {
  const [half, result] = [new Float64Array(n * n), new Float64Array(n * n)]
  const [row, column] = back ? [n, 1] : [1, n]
  matmulInto(n, n, n, v, at, row, column, x, xAt, n, 1, half, 0)
  matmulInto(n, n, n, half, 0, n, 1, v, at, column, row, result, 0)
  return result
}

const permutations = (k: number): readonly (readonly number[])[] =>
  k === 0
    ? [[]]
    : permutations(k - 1).flatMap((rest) =>
        Array.from({ length: k }, (_, i) => [...rest.slice(0, i), k - 1, ...rest.slice(i)])
      )

/** Calls `visit` with each path of `count` indices below n. */
const eachPath = (n: number, count: number, visit: (path: readonly number[]) => void): void => {
  const path = new Array<number>(count).fill(0)
  if (n === 0) return
  for (;;) {
    visit(path)
    let last = count - 1
    while (last >= 0 && path[last] === n - 1) path[last--] = 0
    if (last < 0) return
    path[last]!++
  }
}

/** The sum over all orders of the directions of their products along a path. */
const alongPath = (
  n: number,
  path: readonly number[],
  directions: readonly Float64Array[],
  orders: readonly (readonly number[])[]
): number => {
  let sum = 0
  for (const order of orders) {
    let product = 1
    for (let i = 0; i < order.length && product !== 0; i++)
      product *= directions[order[i]!]![path[i]! * n + path[i + 1]!]!
    sum += product
  }
  return sum
}

const rising = (path: readonly number[]): readonly number[] => [...path].sort((a, b) => a - b)

/**
 * The derivative along directions of the function with the values and derivatives `jets`, [derivatives + 1, n]; all in the
 * basis of the eigenvectors.
 */
export const derivativeAlong = (
  n: number,
  points: Points,
  jets: Float64Array,
  directions: readonly Float64Array[]
): Float64Array => {
  const result = new Float64Array(n * n)
  const orders = permutations(directions.length)
  eachPath(n, directions.length + 1, (path) => {
    const product = alongPath(n, path, directions, orders)
    if (product === 0) return
    let difference = 0
    visitDifference(points, rising(path), 1, (order, point, factor) => {
      difference += factor * jets[order * n + point]!
    })
    if (difference !== 0) result[path[0]! * n + path[path.length - 1]!]! += difference * product
  })
  return result
}

/** The transpose in the jets, for the cotangent `by` of the derivative along directions. */
export const jetsAlong = (
  n: number,
  points: Points,
  by: Float64Array,
  directions: readonly Float64Array[]
): Float64Array => {
  const result = new Float64Array((derivatives + 1) * n)
  const orders = permutations(directions.length)
  eachPath(n, directions.length + 1, (path) => {
    const product = alongPath(n, path, directions, orders) * by[path[0]! * n + path[path.length - 1]!]!
    if (product === 0) return
    visitDifference(points, rising(path), product, (order, point, factor) => {
      result[order * n + point]! += factor
    })
  })
  return result
}
