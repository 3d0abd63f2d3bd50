/** Penalties of parameters, and the projection on bounded norms: functions of trees, whose leaves are chosen by path. */
import { toFloat } from '../DType.js'
import { isNotNegative, requireNumber } from '../internal/check.js'
import { type Options as Check, callable, checkedLater, options } from '../internal/options.js'
import { norm as normOfMatrix } from '../Linalg.js'
import { type Shape, normalizeAxes } from '../shape/model.js'
import {
  abs,
  add,
  cast,
  div,
  eye,
  greater,
  matmul,
  mul,
  norm,
  reshape,
  square,
  sub,
  sum,
  transpose,
  where
} from '../Tensor.js'
import { type Tensor, fromNumber } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'
import { flattenAs, mapAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A penalty: a function from a tree of parameters to one number, which is added to a loss.
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const regularizer: Regularizer.Regularizer = Regularizer.l2(0.5)
 * regularizer({ w: T.of([1, 2]), b: T.of([3]) }) // => T.scalar(7)
 */
export type Regularizer = (params: unknown) => Tensor<[]>

/**
 * Which leaves of a tree count: all by default.
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const weights: Regularizer.Leaves = { where: (path) => path.endsWith('w') }
 * Regularizer.l1(1, weights)({ hidden: { w: T.of([1, -2]), b: T.of([3]) } }) // => T.scalar(3)
 */
export interface Leaves {
  /** Whether a leaf counts, by its path, such as `hidden.w` or `layers[0].w`. */
  readonly where?: (path: string) => boolean
}

/**
 * Which leaves count, and what the groups of elements in each are.
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const rows: Regularizer.Groups = { axis: 1 }
 * Regularizer.maxNorm(5, rows)(T.of([[6, 8], [3, 4]])) // => T.of([[3, 4], [3, 4]])
 */
export interface Groups extends Leaves {
  /** The axes that a group extends over: by default the first, along which a dense layer has the weights of one unit. */
  readonly axis?: number | readonly number[]
}

const chosen = callable('a function of a path')
/* @__NO_SIDE_EFFECTS__ */
const leavesOf = (name: string): Check => options<Leaves>(name, { where: chosen })
/* @__NO_SIDE_EFFECTS__ */
const groupsOf = (name: string): Check => options<Groups>(name, { where: chosen, axis: checkedLater })

const requireStrength = (operation: string, subject: string, strength: unknown): void => {
  requireNumber(operation, subject, strength, 'a finite number, 0 or more', isNotNegative)
}

/** The sum over the leaves that count of strength times what `measure` gives. */
const penalty = (
  operation: string,
  strength: number,
  { where: counts = () => true }: Leaves,
  measure: (leaf: Tensor) => Tensor
): Regularizer => {
  requireStrength(operation, 'strength', strength)
  return (params) =>
    within(operation, () => {
      const { leaves, paths } = flattenAs(operation, params)
      const terms = leaves
        .filter((_, i) => counts(paths[i]!))
        .map((leaf) => mul(measure(cast(leaf, toFloat(leaf.dtype))), strength))
      return typed<[]>(terms.length === 0 ? fromNumber('float32', 0) : terms.reduce((a, b) => add(a, b)))
    })
}

// -----------------------------------------------------------------------------
// of elements
// -----------------------------------------------------------------------------

const checkL1 = leavesOf('l1')
const checkL2 = leavesOf('l2')

/**
 * The sum of absolute values, strength sum |w|: parameters become 0. The derivative at 0 is 0.
 *
 * @throws RangeError when the strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * Regularizer.l1(0.5)({ w: T.of([1, -2]), b: T.of([3]) }) // => T.scalar(3)
 */
/* @__NO_SIDE_EFFECTS__ */
export const l1 = (strength: number, options: Leaves = {}): Regularizer => {
  checkL1(options)
  return penalty('l1', strength, options, (leaf) => sum(abs(leaf)))
}

/**
 * The sum of squares, strength sum w^2: parameters become small, and evenly so.
 *
 * @throws RangeError when the strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * // at equal score on (1, 1, 1, 1)
 * Regularizer.l2(1)(T.of([1, 0, 0, 0])) // => T.scalar(1)
 * Regularizer.l2(1)(T.of([0.25, 0.25, 0.25, 0.25])) // => T.scalar(0.25)
 */
/* @__NO_SIDE_EFFECTS__ */
export const l2 = (strength: number, options: Leaves = {}): Regularizer => {
  checkL2(options)
  return penalty('l2', strength, options, (leaf) => sum(square(leaf)))
}

const checkElasticNet = leavesOf('elasticNet')

/**
 * Both together, l1 sum |w| + l2 sum w^2.
 *
 * H. Zou and T. Hastie, Regularization and Variable Selection via the Elastic Net, JRSS B 67 (2005).
 *
 * @throws RangeError when a strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * Regularizer.elasticNet(1, 0.5)(T.of([1, -2])) // => T.scalar(5.5)
 */
/* @__NO_SIDE_EFFECTS__ */
export const elasticNet = (ofAbsolute: number, ofSquares: number, options: Leaves = {}): Regularizer => {
  checkElasticNet(options)
  requireStrength('elasticNet', 'the strength of l1', ofAbsolute)
  requireStrength('elasticNet', 'the strength of l2', ofSquares)
  const measure = (leaf: Tensor): Tensor => add(mul(sum(abs(leaf)), ofAbsolute), mul(sum(square(leaf)), ofSquares))
  return penalty('elasticNet', 1, options, measure)
}

// -----------------------------------------------------------------------------
// of groups
// -----------------------------------------------------------------------------

const lengths = (operation: string, leaf: Tensor, axis: Groups['axis']): Tensor => {
  const axes = leaf.shape.length === 0 ? [] : normalizeAxes(operation, axis ?? 0, leaf.shape)
  return axes.length === 0 ? abs(leaf) : norm(leaf, { axis: axes, keepDims: true })
}

const checkGroupLasso = groupsOf('groupLasso')

/**
 * The sum of the lengths of groups, strength sum_g sqrt(size of g) |w_g|: whole groups become 0, units of a layer for example. The
 * derivative of a group of zeros is 0.
 *
 * M. Yuan and Y. Lin, Model Selection and Estimation in Regression with Grouped Variables, JRSS B 68 (2006).
 *
 * @throws RangeError when the strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const w = T.of([[3, 0], [4, 0], [0, 0], [0, 0]])
 * Regularizer.groupLasso(1)(w) // => T.scalar(10)
 */
/* @__NO_SIDE_EFFECTS__ */
export const groupLasso = (strength: number, options: Groups = {}): Regularizer => {
  checkGroupLasso(options)
  return penalty('groupLasso', strength, options, (leaf) => {
    const each = lengths('groupLasso', leaf, options.axis)
    const count = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)
    return mul(sum(each), Math.sqrt(count(leaf.shape) / Math.max(1, count(each.shape))))
  })
}

const checkMaxNorm = groupsOf('maxNorm')

/**
 * The projection on groups no longer than `most`: a longer group is scaled to that length. It is applied after an update.
 *
 * N. Srivastava and others, Dropout, JMLR 15 (2014).
 *
 * @throws RangeError when `most` is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * Regularizer.maxNorm(1)({ w: T.of([[3, 0.5], [4, 0]]) }) // => { w: T.of([[0.6, 0.5], [0.8, 0]]) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const maxNorm = (most: number, options: Groups = {}): (<P>(params: P) => P) => {
  checkMaxNorm(options)
  requireStrength('maxNorm', 'most', most)
  const { where: counts = () => true, axis } = options
  return (params) =>
    mapAs('maxNorm', params, (leaf, path) => {
      if (!counts(path)) return leaf
      const each = lengths('maxNorm', leaf, axis)
      const isLonger = greater(each, most)
      return where(isLonger, mul(leaf, div(most, where(isLonger, each, 1))), leaf)
    })
}

// -----------------------------------------------------------------------------
// of matrices
// -----------------------------------------------------------------------------

/** A leaf as a matrix: its first axis, and all others together; `undefined` for vectors and numbers. */
const matrixOf = (leaf: Tensor): Tensor | undefined => {
  const [rows = 1, ...rest] = leaf.shape
  return rest.length === 0 ? undefined : reshape(leaf, [rows, rest.reduce((a, b) => a * b, 1)])
}

const ofMatrices =
  (measure: (matrix: Tensor) => Tensor) =>
  (leaf: Tensor): Tensor => {
    const matrix = matrixOf(leaf)
    return matrix === undefined ? fromNumber(leaf.dtype, 0) : measure(matrix)
  }

const checkOrthogonality = leavesOf('orthogonality')

/**
 * The distance from orthogonality, strength |W^T W - I|^2 (the sum of squares), or of W W^T where W has fewer rows than columns. A leaf of
 * more than two axes is a matrix of its first axis by the others; vectors and numbers add 0.
 *
 * @throws RangeError when the strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * Regularizer.orthogonality(1)(T.of([[0, 1], [-1, 0]])) // => T.scalar(0)
 * Regularizer.orthogonality(1)(T.of([[2, 0], [0, 1]])) // => T.scalar(9)
 */
/* @__NO_SIDE_EFFECTS__ */
export const orthogonality = (strength: number, options: Leaves = {}): Regularizer => {
  checkOrthogonality(options)
  const measure = (w: Tensor): Tensor => {
    const [rows, columns] = [w.shape[0]!, w.shape[1]!]
    const gram: Tensor = rows >= columns ? matmul(transpose(w), w) : matmul(w, transpose(w))
    return sum(square(sub(gram, eye(Math.min(rows, columns)))))
  }
  return penalty('orthogonality', strength, options, ofMatrices(measure))
}

const checkSpectral = leavesOf('spectral')

/**
 * The square of the largest singular value, strength sigma^2, which bounds how much a layer magnifies a change of its input. Leaves are
 * matrices as in `orthogonality`.
 *
 * Y. Yoshida and T. Miyato, Spectral Norm Regularization, 2017, with strength lambda / 2.
 *
 * @throws RangeError when the strength is negative
 *
 * @example
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * Regularizer.spectral(1)({ w: T.of([[0, 3], [2, 0]]), b: T.of([7]) }) // => T.scalar(9)
 */
/* @__NO_SIDE_EFFECTS__ */
export const spectral = (strength: number, options: Leaves = {}): Regularizer => {
  checkSpectral(options)
  return penalty(
    'spectral',
    strength,
    options,
    ofMatrices((w) => square(normOfMatrix(w, { ord: 2 })))
  )
}
