/** Norms of matrices, and of vectors. */
import { refusal } from '../internal/describe.js'
import { options, checkedLater, flag } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { epsilon, toFloat } from '../DType.js'
import { type Shape, ShapeError, normalizeAxes, normalizeAxis } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Axes, Reduce } from '../shape/static.js'
import { abs, div, mul } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { greaterEqual, lessEqual } from '../tensor/comparison.js'
import type { TensorOr } from '../tensor/dataFirst.js'
import { max, min } from '../tensor/minMaxOverAxes.js'
import type { Tensor } from '../tensor/model.js'
import { sum } from '../tensor/reduce.js'
import { where } from '../tensor/select.js'
import { norm as vectorNorm } from '../tensor/statistics.js'
import { keepAxes } from '../tensor/alongBlock.js'
import { cast, permuteTo, reshapeTo } from '../tensor/structural.js'
import { within } from '../transform/scope.js'
import { columnsOf, floating, rowsOf } from './matrix.js'
import { svd } from './svd.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Which norm is meant: of matrices `'fro'` (Frobenius), `'nuc'` (nuclear), 2 (spectral), 1, Infinity or -Infinity; of vectors
 * 1, 2, Infinity or -Infinity.
 *
 * @example
 * import type { Norm } from 'pullback/Linalg'
 *
 * const sumOfSingularValues: Norm = 'nuc'
 * sumOfSingularValues.length // => 3
 */
export type Norm = 'fro' | 'nuc' | number

/**
 * What `norm` takes.
 *
 * @example
 * import type { NormOptions } from 'pullback/Linalg'
 *
 * const lengthsOfRows: NormOptions = { axis: -1, keepDims: true }
 * lengthsOfRows.axis // => -1
 */
export interface NormOptions {
  /** `'fro'` for matrices and 2 for vectors by default. */
  readonly ord?: Norm
  /** One axis for vectors, two for matrices: by default the last two, or the only one. */
  readonly axis?: Axes
  /** Whether the axes stay, with size 1; `false` by default. */
  readonly keepDims?: boolean
}

type Whole<S extends Shape> = S extends readonly [number] ? 0 : readonly [-2, -1]

type NormShape<S extends Shape, O> = Reduce<S, Given<O, 'axis', Whole<S>>, Given<O, 'keepDims', false>>

// -----------------------------------------------------------------------------
// norms of matrices
// -----------------------------------------------------------------------------

/** Differences up to this part of the largest singular value count as rounding. */
const equality = (x: Tensor): number => Math.max(rowsOf(x.shape), columnsOf(x.shape)) * epsilon(toFloat(x.dtype))

/**
 * The singular values, constant where they are 0 to rounding: there the norms have kinks, and the least of their
 * subgradients does not move them.
 */
const movingValues = (x: Tensor): Tensor => {
  const [, s] = svd<Shape>(x)
  const least = mul(max(stopGradient(s), { axis: -1, keepDims: true }), equality(x))
  return where(lessEqual(s, least), stopGradient(s), s)
}

/** The largest singular value: the mean of those that are equal to it to rounding, so that their shares are even. */
const largestValue = (x: Tensor): Tensor => {
  const s = movingValues(x)
  const largest = max(stopGradient(s), { axis: -1, keepDims: true })
  const shares = cast(greaterEqual(stopGradient(s), mul(largest, 1 - equality(x))), x.dtype)
  return div(sum(mul(shares, s), { axis: -1 }), sum(shares, { axis: -1 }))
}

const matrixNorms: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  fro: (x) => vectorNorm(x, { axis: [-2, -1] }),
  nuc: (x) => sum(movingValues(x), { axis: -1 }),
  2: largestValue,
  1: (x) => max(sum(abs(x), { axis: -2 }), { axis: -1 }),
  Infinity: (x) => max(sum(abs(x), { axis: -1 }), { axis: -1 }),
  '-Infinity': (x) => min(sum(abs(x), { axis: -1 }), { axis: -1 })
}

/** Over the last two axes. */
const matrixNorm = (x: Tensor, ord: unknown): Tensor => {
  const chosen = Object.hasOwn(matrixNorms, String(ord)) ? matrixNorms[String(ord)] : undefined
  if (chosen === undefined) {
    throw new TypeError(refusal('norm', 'ord', ord, "'fro', 'nuc', 1, 2, Infinity or -Infinity for matrices"))
  }
  // Without elements there is no largest one; all norms but that of -Infinity are 0.
  if (rowsOf(x.shape) > 0 && columnsOf(x.shape) > 0) return chosen(x)
  return vectorNorm(x, { axis: [-2, -1], ord: ord === -Infinity ? -Infinity : 2 })
}

const reduced = (x: Tensor, ord: unknown, axes: readonly number[]): Tensor => {
  if (axes.length === 2) {
    const others = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
    return matrixNorm(permuteTo(x, [...others, ...axes]), ord ?? 'fro')
  }
  if (axes.length !== 1) throw new TypeError(refusal('norm', 'axis', axes, 'one axis or two'))
  if (ord === undefined || ord === 1 || ord === 2 || ord === Infinity || ord === -Infinity)
    return vectorNorm(x, { axis: axes, ord: ord ?? 2 })
  throw new TypeError(refusal('norm', 'ord', ord, '1, 2, Infinity or -Infinity for vectors'))
}

/** The axes, counted from the front, in the order in which they were given: rows, then columns. */
const inOrder = (axis: Axes, shape: Shape): readonly number[] => {
  const sorted = normalizeAxes('norm', axis, shape)
  return typeof axis === 'number' ? sorted : axis.map((each) => normalizeAxis('norm', each, shape))
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * The norm of matrices, over the last two axes, or of a vector. For matrices `ord` is by default `'fro'`, the root of the
 * sum of squares; `'nuc'`, the sum of the singular values; 2, the largest of them; 1, the largest sum of absolute values in a
 * column; Infinity, that in a row; -Infinity, the smallest in a row. For a vector, or vectors along one `axis`, it is 2, 1,
 * Infinity or -Infinity, as in `T.norm`.
 *
 * Integers become float32. Derivatives at kinks are the subgradient of the least length: 0 at a zero
 * matrix, of `'nuc'` 0 in what the matrix takes to 0, and split evenly over equal largest values. For the square of the
 * Frobenius norm write `T.sum(T.square(a))`, which has no kink.
 *
 * @throws ShapeError when an axis is out of range, or `ord` is -Infinity and there are no elements
 * @throws TypeError when `ord` is another value, or there are more than two axes
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const a = T.of([[3, 0], [0, -4]])
 * Linalg.norm(a) // => T.scalar(5)
 * pipe(a, Linalg.norm({ ord: 'nuc' })) // => T.scalar(7)
 * Linalg.norm(a, { ord: 2 }) // => T.scalar(4)
 * Linalg.norm(a, { axis: 0, ord: 1 }) // => T.of([3, 4])
 * grad((x: T.Tensor<[2, 2]>) => Linalg.norm(x, { ord: 'nuc' }))(T.of([[2, 0], [0, 0]])) // => T.of([[1, 0], [0, 0]])
 */
export const norm: {
  <const A extends Tensor | NormOptions, const O extends NormOptions = {}>(
    first: TensorOr<A, NormOptions>,
    ...rest: A extends Tensor<infer _S> ? [options?: O & Only<O, NormOptions>] : []
  ): A extends Tensor<infer S> ? Tensor<NormShape<S, O>> : <S extends Shape>(x: Tensor<S>) => Tensor<NormShape<S, A>>
} = dataFirst(
  options<NormOptions>('norm', { ord: checkedLater, axis: checkedLater, keepDims: flag }),
  (a: Tensor, options: NormOptions = {}): Tensor => {
    const x = floating(a)
    const rank = x.shape.length
    if (rank === 0)
      throw new ShapeError('norm', [x.shape], 'the operand is a scalar; expected a vector, a matrix or a stack of them')
    const { axis = rank === 1 ? 0 : [-2, -1] } = options
    const axes = inOrder(axis, x.shape)
    return within('norm', () => {
      const result = reduced(x, options.ord, axes)
      return options.keepDims === true ? reshapeTo(result, keepAxes(x.shape, axes)) : result
    })
  }
)
