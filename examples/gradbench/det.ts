// GradBench's `det`: the determinant by expansion by minors, after the `det_by_minor` of cmpad.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// subsets
// -----------------------------------------------------------------------------

/** The ascending lists of r of the numbers from `first` to n - 1, in lexicographic order. */
const choose = (n: number, r: number, first = 0): readonly (readonly number[])[] =>
  r === 0
    ? [[]]
    : Array.from({ length: n - first }, (_, i) => first + i).flatMap((head) =>
        choose(n, r - 1, head + 1).map((tail) => [head, ...tail])
      )

/** For each set of r columns: its columns, and the positions of the sets without one of them among the sets of r - 1. */
interface Level {
  readonly columns: T.Tensor<[number, number]>
  readonly minors: T.Tensor<[number, number]>
}

const level = (n: number, r: number): Level => {
  const sets = choose(n, r)
  const places = new Map(choose(n, r - 1).map((set, i) => [set.join(), i]))
  const smaller = sets.map((set) => set.map((column) => places.get(set.filter((c) => c !== column).join()) ?? NaN))
  return { columns: T.of(sets, 'int32'), minors: T.of(smaller, 'int32') }
}

// -----------------------------------------------------------------------------
// the determinant
// -----------------------------------------------------------------------------

/**
 * det A = sum_j (-1)^j a_0j det A_0j, where A_0j is the square matrix A without row 0 and column j, and so on down to
 * matrices of one element.
 *
 * The recursion is turned round: first all minors of the last row, from these all minors of the last two, up to the whole.
 * Each is a sum of products with minors that are there already, so that all of a size are found by a few operations on
 * vectors, and each but once: n 2^(n - 1) products instead of more than n!.
 */
export const primal = (a: T.Tensor<[number, number]>): T.Tensor<[]> => {
  const [n] = a.shape
  let minors: T.Tensor<[number]> = T.ones([1], 'float64')
  for (let r = 1; r <= n; r++) {
    const { columns, minors: smaller } = level(n, r)
    const signs = T.of(
      Array.from({ length: r }, (_, j) => (j % 2 === 0 ? 1 : -1)),
      'float64'
    )
    const factors = T.mul(T.gather(T.at(a, n - r), columns), signs)
    minors = T.sum(T.mul(factors, T.gather(minors, smaller)), { axis: 1 })
  }
  return T.at(minors, 0)
}

/** Its gradient: the matrix of cofactors, which is det(A) times the transpose of the inverse of A. */
export const gradient: (a: T.Tensor<[number, number]>) => T.Tensor<[number, number]> = grad(primal)

/** A matrix of n by n numbers, uniform on [0, 1). */
export const generate = (key: Random.Key, n: number): T.Tensor<[number, number]> =>
  Random.uniform(key, [n, n], { dtype: 'float64' })
