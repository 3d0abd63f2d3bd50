/** Initialisers of weights as maps: orthogonal ones, identities, and sparse ones. */
import { type FloatDType, allocate } from '../DType.js'
import { finite, notNegative, options, positiveCount, requireKind, share } from '../internal/options.js'
import { qr } from '../Linalg.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { argsort, eye, less, mul, reshape, transpose, where } from '../Tensor.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import type { Initializer } from './distributions.js'

/** An initialiser of what a key, a shape and an element type give. */
const drawing =
  (draw: (key: Key, shape: Shape, dtype: FloatDType) => Tensor): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => typed(draw(key, shape, dtype)))

/** An initialiser that draws nothing. */
const constantly =
  (value: (shape: Shape, dtype: FloatDType) => Tensor): Initializer =>
  (shape, dtype = 'float32') =>
    R.of(typed(value(shape, dtype)))

const requireMatrix = (operation: string, shape: Shape): void => {
  if (shape.length === 2) return
  throw new ShapeError(operation, [shape], `the shape is ${show(shape)}; expected [outputs, inputs]`)
}

// -----------------------------------------------------------------------------
// orthogonal
// -----------------------------------------------------------------------------

/**
 * The options of `orthogonal`.
 *
 * @example
 * import * as Init from 'pullback/Init'
 *
 * const options: Init.OrthogonalOptions = { gain: Init.gain('relu') }
 * options.gain // => Math.SQRT2
 */
export interface OrthogonalOptions {
  /** A factor; 1 by default. */
  readonly gain?: number
}

const checkOrthogonal = options<OrthogonalOptions>('orthogonal', { gain: finite })

/**
 * A random matrix with orthonormal rows, or columns where it has fewer of them, times a gain: W W^T or W^T W is gain^2 I, so that lengths
 * stay from layer to layer. Uniform among these matrices. A shape of more than two axes is a matrix of its first axis by the others.
 *
 * A. M. Saxe, J. L. McClelland and S. Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks,
 * ICLR 2014.
 *
 * @throws ShapeError when a shape has fewer than two axes
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [w] = Init.orthogonal()([2, 3])(Random.key(0))
 * T.isClose(T.matmul(w, T.transpose(w)), T.eye(2), { atol: 1e-6 }) // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const orthogonal = (options: OrthogonalOptions = {}): Initializer => {
  checkOrthogonal(options)
  const { gain = 1 } = options
  return drawing((key, shape, dtype) => {
    const [rows, ...others] = shape
    if (rows === undefined || others.length === 0) {
      throw new ShapeError('orthogonal', [shape], `the shape is ${show(shape)}; expected two axes or more`)
    }
    const columns = size(others)
    // The diagonal of R is not negative, which makes Q uniform.
    const [q] = qr(R.normal(key, [Math.max(rows, columns), Math.min(rows, columns)], dtype))
    return mul(reshape(rows < columns ? transpose(q) : q, shape), gain)
  })
}

// -----------------------------------------------------------------------------
// identities
// -----------------------------------------------------------------------------

/**
 * The identity matrix, of shape [outputs, inputs], with zeros in further rows or columns.
 *
 * @throws ShapeError when a shape is not that of a matrix
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Init.identity([2, 3])(Random.key(0))[0] // => T.of([[1, 0, 0], [0, 1, 0]])
 */
export const identity: Initializer = /* @__PURE__ */ constantly((shape, dtype) => {
  requireMatrix('identity', shape)
  return eye(shape[0]!, shape[1]!, dtype)
})

/**
 * The options of `dirac`.
 *
 * @example
 * import type { DiracOptions } from 'pullback/Init'
 *
 * const options: DiracOptions = { groups: 2 }
 * options.groups // => 2
 */
export interface DiracOptions {
  /** The groups of the convolution, each of which keeps its own channels; 1 by default. */
  readonly groups?: number
}

const checkDirac = options<DiracOptions>('dirac', { groups: positiveCount })

/**
 * The convolution kernel [outputs, inputs, ...window] that keeps its input: output i of a group is its input i, while there are such. The one is
 * in the middle of the window, at floor(size / 2).
 *
 * @throws ShapeError when a shape has fewer than three axes, or the groups do not divide the outputs
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [w] = Init.dirac()([2, 2, 3])(Random.key(0))
 * w // => T.of([[[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 0]]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const dirac = (options: DiracOptions = {}): Initializer => {
  checkDirac(options)
  const { groups = 1 } = options
  return constantly((shape, dtype) => {
    const [outputs = 0, inputs = 0, ...window] = shape
    if (window.length === 0) {
      throw new ShapeError('dirac', [shape], `the shape is ${show(shape)}; expected [outputs, inputs, ...window]`)
    }
    if (outputs % groups !== 0) {
      throw new ShapeError(
        'dirac',
        [shape],
        `the shape is ${show(shape)}; expected outputs that ${groups} groups divide`
      )
    }
    const area = size(window)
    const middle = window.reduce((at, n) => at * n + Math.floor(n / 2), 0)
    const data = allocate(dtype, size(shape))
    const each = outputs / groups
    for (let i = 0; area > 0 && i < outputs; i++) {
      if (i % each < inputs) data[(i * inputs + (i % each)) * area + middle] = 1
    }
    return fromData(shape, dtype, data)
  })
}

// -----------------------------------------------------------------------------
// sparse
// -----------------------------------------------------------------------------

/**
 * The options of `sparse`.
 *
 * @example
 * import type { SparseOptions } from 'pullback/Init'
 *
 * const options: SparseOptions = { std: 0.1 }
 * options.std // => 0.1
 */
export interface SparseOptions {
  /** The standard deviation of what is not 0; 0.01 by default. */
  readonly std?: number
}

const checkSparse = options<SparseOptions>('sparse', { std: notNegative })

/**
 * Normal numbers in a matrix, in each column of which a share of `sparsity`, rounded up, is 0: each input goes to as many units.
 *
 * J. Martens, Deep learning via Hessian-free optimization, ICML 2010.
 *
 * @throws RangeError when the share is not from 0 to 1
 * @throws ShapeError when a shape is not that of a matrix
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [w] = Init.sparse(0.75)([4, 3])(Random.key(0))
 * T.sum(T.cast(T.equal(w, 0), 'int32'), { axis: 0 }) // => T.of([3, 3, 3], 'int32')
 */
/* @__NO_SIDE_EFFECTS__ */
export const sparse = (sparsity: number, options: SparseOptions = {}): Initializer => {
  requireKind('sparse', 'the sparsity', sparsity, share)
  checkSparse(options)
  const { std = 0.01 } = options
  return drawing((key, shape, dtype) => {
    requireMatrix('sparse', shape)
    const [forValues, forPlaces] = R.split(key)
    const values: Tensor = mul(R.normal(forValues, shape, dtype), std)
    // The ranks of uniform numbers in a column are a random order of its rows.
    const ranks: Tensor = argsort(argsort(R.uniform(forPlaces, shape), { axis: 0 }), { axis: 0 })
    return where(less(ranks, Math.ceil(sparsity * shape[0]!)), 0, values)
  })
}
