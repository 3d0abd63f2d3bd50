/** Trees of tensors as vectors: sums, multiples, inner products. */
import { type DType, isFloat, promote, toFloat } from '../DType.js'
import { dual } from '../internal/dual.js'
import { size } from '../shape/model.js'
import { abs, add as addTensors, div, mul, square, sub as subTensors } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { max } from '../tensor/minMaxOverAxes.js'
import { maximum } from '../tensor/minMaxOfTwo.js'
import { onesLike as onesLikeTensor, zerosLike as zerosLikeTensor } from '../tensor/construct.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { sqrt } from '../tensor/root.js'
import { cast, sumOver } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { unitFor } from '../tensor/unit.js'
import { flattenAs, mapAs, requireSameShape, zipWithAs } from './model.js'

// -----------------------------------------------------------------------------
// the vector space
// -----------------------------------------------------------------------------

/** A combination of two trees, leaf by leaf. */
interface Combination {
  <P>(a: P, b: NoInfer<P>): P
  <P>(b: P): (a: P) => P
}

const combine = (operation: string, f: (a: Tensor, b: Tensor) => Tensor): Combination =>
  dual<Combination>((a: unknown, b: unknown) =>
    zipWithAs(operation, a, b, (x, y, path) => {
      requireSameShape(operation, path, x, y)
      return f(x, y)
    })
  )

/**
 * The sum of two trees of one structure, leaf by leaf. Leaves do not broadcast: they must have the same shapes. Dual.
 *
 * @throws TreeError when the structures differ, naming the path
 * @throws ShapeError when the shapes of two leaves differ, naming the path
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.add({ w: T.of([1, 2]) }, { w: T.of([10, 20]) }) // => { w: T.of([11, 22]) }
 */
export const add: Combination = combine('Tree.add', addTensors)

/**
 * The difference a - b of two trees of one structure, leaf by leaf. Leaves do not broadcast. Dual: `pipe(a,
 * Tree.sub(b))` is a - b.
 *
 * @throws TreeError when the structures differ, naming the path
 * @throws ShapeError when the shapes of two leaves differ, naming the path
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * pipe([T.of([3, 2])], Tree.sub([T.of([1, 1])])) // => [T.of([2, 1])]
 */
export const sub: Combination = combine('Tree.sub', subTensors)

/**
 * A multiple of a tree: every leaf times a number or a scalar tensor. Float leaves keep their dtypes. Dual.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * pipe({ w: T.of([1, 2]) }, Tree.scale(0.5)) // => { w: T.of([0.5, 1]) }
 */
export const scale: {
  <P>(tree: P, factor: number | Tensor<[]>): P
  (factor: number | Tensor<[]>): <P>(tree: P) => P
} = dual((tree: unknown, factor: number | Tensor<[]>) =>
  mapAs('Tree.scale', tree, (leaf) =>
    isTensor(factor) ? mul(leaf, isFloat(leaf.dtype) ? cast(factor, leaf.dtype) : factor) : mul(leaf, factor)
  )
)

/**
 * Zeros with the structure, the shapes and the dtypes of a tree.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.zerosLike({ w: T.of([1, 2]) }) // => { w: T.of([0, 0]) }
 */
export const zerosLike = <P>(tree: P): P => mapAs('Tree.zerosLike', tree, zerosLikeTensor)

/**
 * Ones with the structure, the shapes and the dtypes of a tree.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.onesLike({ w: T.of([1, 2]) }) // => { w: T.of([1, 1]) }
 */
export const onesLike = <P>(tree: P): P => mapAs('Tree.onesLike', tree, onesLikeTensor)

// -----------------------------------------------------------------------------
// the inner product
// -----------------------------------------------------------------------------

const widest = (leaves: readonly Tensor[]): DType =>
  toFloat(leaves.reduce<DType>((dtype, leaf) => promote(dtype, leaf.dtype), 'bool'))

const total = (x: Tensor): Tensor => sumOver(x, Array.from(x.shape.keys()))

/** The inner product in float64. */
const inner = (operation: string, a: unknown, b: unknown): Tensor => {
  let sum: Tensor = fill([], 'float64', 0)
  zipWithAs(operation, a, b, (x, y, path) => {
    requireSameShape(operation, path, x, y)
    sum = addTensors(sum, total(mul(cast(x, 'float64'), cast(y, 'float64'))))
    return x
  })
  return sum
}

/**
 * The inner product: the sum of the products of all corresponding elements, 0 for a tree without leaves. It is computed
 * in float64 and rounded once, to the widest float type among the leaves. Dual.
 *
 * @throws TreeError when the structures differ, naming the path
 * @throws ShapeError when the shapes of two leaves differ, naming the path
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.dot({ w: T.of([1, 2]), b: T.scalar(3) }, { w: T.of([10, 20]), b: T.scalar(1) }) // => T.scalar(53)
 */
export const dot: {
  <P>(a: P, b: NoInfer<P>): Tensor<[]>
  <P>(b: P): (a: P) => Tensor<[]>
} = dual((a: unknown, b: unknown) => {
  const leaves = [...flattenAs('Tree.dot', a).leaves, ...flattenAs('Tree.dot', b).leaves]
  return cast(inner('Tree.dot', a, b), widest(leaves))
})

/** A divisor for all leaves, such that the squares of the float64 leaves stay in range. */
const unitOf = (leaves: readonly Tensor[]): Tensor => {
  const wide = leaves.filter((leaf) => leaf.dtype === 'float64' && size(leaf.shape) > 0)
  if (wide.length === 0) return fill([], 'float64', 1)
  return unitFor(wide.map((leaf) => max(abs(stopGradient(leaf)))).reduce((a, b) => maximum(a, b)))
}

/** The Euclidean norm of leaves in float64. */
export const lengthOf = (leaves: readonly Tensor[]): Tensor => {
  const unit = unitOf(leaves)
  const squares = leaves.map((leaf) => total(square(div(cast(leaf, 'float64'), unit))))
  return mul(sqrt(squares.reduce((sum, each) => addTensors(sum, each), fill([], 'float64', 0))), unit)
}

/**
 * The Euclidean norm of all elements together: the square root of `dot(tree, tree)`, computed in float64 and rounded
 * once; squares neither overflow nor underflow. Its derivative at zero is 0.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.norm({ w: T.of([2, 3]), b: T.scalar(6) }) // => T.scalar(7)
 */
export const norm = (tree: unknown): Tensor<[]> => {
  const { leaves } = flattenAs('Tree.norm', tree)
  return typed(cast(lengthOf(leaves), widest(leaves)))
}
