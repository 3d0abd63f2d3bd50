// Derivatives by centred differences, to hold those of the problems against.
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

type Matrix = T.Tensor<[number, number]>
type Vector = T.Tensor<[number]>

/** All numbers of a tree in a row. */
export const flat = (tree: unknown): Vector => T.concat(Tree.leaves(tree).map((leaf): Vector => T.ravel(leaf)))

/** The standard basis of a tree: trees of zeros, each with a one in another place. */
export const basis = <P>(tree: P): readonly P[] => {
  const zeros = Tree.zerosLike(tree)
  const { leaves, unflatten } = Tree.flatten(zeros)
  return leaves.flatMap((leaf, i) => {
    const units = T.eye(T.size(leaf), 'float64')
    return Array.from({ length: T.size(leaf) }, (_, j) =>
      unflatten(leaves.map((other, k) => (k === i ? T.reshape(T.at(units, j), leaf.shape) : other)))
    )
  })
}

const step = 2 ** -10

/** The derivative of a function along a direction: (8 (f(h) - f(-h)) - (f(2 h) - f(-2 h))) / 12 h, whose error is O(h^4). */
const along = <P>(f: (params: P) => unknown, at: P, direction: P): Vector => {
  const value = (t: number): Vector => flat(f(Tree.add(at, Tree.scale(direction, t))))
  const near = T.sub(value(step), value(-step))
  const far = T.sub(value(2 * step), value(-2 * step))
  return T.div(T.sub(T.mul(near, 8), far), 12 * step)
}

/** The Jacobian by centred differences: a row for each number of the result, a column for each direction. */
export const differences = <P>(f: (params: P) => unknown, at: P, directions: readonly P[] = basis(at)): Matrix =>
  T.stack(
    directions.map((direction) => along(f, at, direction)),
    { axis: 1 }
  )

/** How far two derivatives are apart: the largest difference, in parts of the largest derivative. */
export const deviation = (found: Matrix, expected: Matrix): number =>
  T.item(T.div(T.max(T.abs(T.sub(found, expected))), T.max(T.abs(expected))))
