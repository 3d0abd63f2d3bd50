/** The affine layer. */
import { requireCount } from '../internal/check.js'
import { flag, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { type Initializer, glorotUniform, zeros } from '../Init.js'
import type { FloatDType } from '../DType.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { add, matmul, transpose } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { enter, reopen } from '../transform/scope.js'
import { drawKinds, initialised } from './drawn.js'
import { type Fn, type Layer, statelessOf } from './model.js'
import type { Rowwise } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The weights of a dense layer without a bias, one row per output.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.Weights<3, 2> = { w: T.zeros([2, 3]) }
 * params.w.shape // => [2, 3]
 */
export interface Weights<In extends number, Out extends number> {
  readonly w: Tensor<[Out, In]>
}

/**
 * The parameters of a dense layer: weights, one row per output, and a bias.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.DenseParams<3, 2> = { w: T.zeros([2, 3]), b: T.zeros([2]) }
 * params.b.shape // => [2]
 */
export interface DenseParams<In extends number, Out extends number> extends Weights<In, Out> {
  readonly b: Tensor<[Out]>
}

/**
 * The options of a dense layer.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Layer from 'pullback/Layer'
 *
 * const options: Layer.DenseOptions = { init: Init.heNormal, dtype: 'float64' }
 * options.dtype // => 'float64'
 */
export interface DenseOptions {
  /** Whether a bias is added; true by default. */
  readonly bias?: boolean
  /** How the weights are drawn; `Init.glorotUniform` by default. The bias begins at zero. */
  readonly init?: Initializer
  /** The element type of the parameters; float32 by default. */
  readonly dtype?: FloatDType
}

interface Dense {
  <In extends number, Out extends number>(
    inputs: In,
    outputs: Out,
    options: DenseOptions & { readonly bias: false }
  ): Layer<Rowwise<In, Out>, Weights<In, Out>>
  <In extends number, Out extends number>(
    inputs: In,
    outputs: Out,
    options?: DenseOptions & { readonly bias?: true }
  ): Layer<Rowwise<In, Out>, DenseParams<In, Out>>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const check = options<DenseOptions>('dense', { bias: flag, ...drawKinds })

/** Weights as rows, and a bias or none. */
export type Params = Weights<number, number> & { readonly b?: Tensor<[number]> }

/** Casts to the overloads, which state the sizes; `apply` checks them at run time. */
const stated = (body: (inputs: number, outputs: number, options?: DenseOptions) => Layer<Fn, Params>): Dense =>
  body as unknown as Dense

/** Refuses inputs of another size on the last axis. */
export const requireRows = (operation: string, x: unknown, inputs: number, subject = 'the input'): void => {
  requireTensor(operation, x, subject)
  const { shape } = x as Tensor
  if (shape.length > 0 && shape[shape.length - 1] === inputs) return
  throw new ShapeError(operation, [shape], `${subject} has shape ${show(shape)}; expected ${inputs} on the last axis`)
}

/** The affine map of rows. */
export const affine =
  (operation: string, inputs: number, { w, b }: Params) =>
  (x: Tensor): Tensor => {
    requireRows(operation, x, inputs)
    const before = enter(operation)
    try {
      const product = matmul(x, transpose(w))
      return b === undefined ? product : add(product, b)
    } finally {
      reopen(before)
    }
  }

/** Weights of any shape, with a bias for each of the outputs, their first axis. */
export const parameters = (
  operation: string,
  [outputs, ...inputs]: readonly [number, ...Shape],
  options: DenseOptions
): Random<Params> => {
  const { bias = true, init = glorotUniform, dtype = 'float32' } = options
  const weights: Random<Tensor> = initialised(operation, init, [outputs, ...inputs], dtype)
  if (!bias) return R.map((w: Tensor): Params => ({ w: typed(w) }))(weights)
  return (key) => {
    const [w, afterWeights] = weights(key)
    const [b, afterBias] = zeros([outputs], dtype)(afterWeights)
    return [{ w: typed(w), b }, afterBias]
  }
}

/**
 * The affine map x W^T + b on the last axis: input [..., inputs], output [..., outputs], W of shape [outputs, inputs].
 *
 * @throws ShapeError when the last axis of an input has another size
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { w: T.of([[1, 0, 0], [0, 1, 1]]), b: T.of([10, 20]) }
 * Layer.predict(Layer.dense(3, 2))(params, {})(T.of([[1, 2, 3]])) // => T.of([[11, 25]])
 */
export const dense: Dense = /* @__PURE__ */ stated((inputs, outputs, given = {}) => {
  check(given)
  requireCount('dense', 'the number of inputs', inputs)
  requireCount('dense', 'the number of outputs', outputs)
  const layer: Layer<Fn, Params> = statelessOf('dense', parameters('dense', [outputs, inputs], given), (params) =>
    affine('dense', inputs, params)
  )
  return taking(layer, (shape) => [...shape.slice(0, -1), inputs])
})
