/** The bilinear layer. */
import { requireCount } from '../internal/check.js'
import { flag, options } from '../internal/options.js'
import { ShapeError, equals, show, type Shape } from '../shape/model.js'
import { add, einsum } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { type DenseOptions, type Params, parameters, requireRows } from './dense.js'
import { drawKinds } from './drawn.js'
import { type Fn, type Layer, statelessOf } from './model.js'

/**
 * The weights of a bilinear layer without a bias, one matrix per output.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.BilinearWeights<3, 4, 2> = { w: T.zeros([2, 3, 4]) }
 * params.w.shape // => [2, 3, 4]
 */
export interface BilinearWeights<A extends number, B extends number, Out extends number> {
  readonly w: Tensor<[Out, A, B]>
}

/**
 * The parameters of a bilinear layer: weights, one matrix per output, and a bias.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.BilinearParams<3, 4, 2> = { w: T.zeros([2, 3, 4]), b: T.zeros([2]) }
 * params.b.shape // => [2]
 */
export interface BilinearParams<A extends number, B extends number, Out extends number> extends BilinearWeights<
  A,
  B,
  Out
> {
  readonly b: Tensor<[Out]>
}

/**
 * The options of a bilinear layer, which are those of a dense one.
 *
 * @example
 * import type { BilinearOptions } from 'pullback/Layer'
 *
 * const options: BilinearOptions = { bias: false }
 * options.bias // => false
 */
export interface BilinearOptions extends DenseOptions {}

/** A function of two rows, of sizes A and B, that gives one of size Out; the axes in front are the same. */
type OfTwoRows<A extends number, B extends number, Out extends number> = <Lead extends Shape>(
  first: Tensor<[...Lead, A]>,
  second: Tensor<[...Lead, B]>
) => Tensor<[...Lead, Out]>

interface Bilinear {
  <A extends number, B extends number, Out extends number>(
    first: A,
    second: B,
    outputs: Out,
    options: BilinearOptions & { readonly bias: false }
  ): Layer<OfTwoRows<A, B, Out>, BilinearWeights<A, B, Out>>
  <A extends number, B extends number, Out extends number>(
    first: A,
    second: B,
    outputs: Out,
    options?: BilinearOptions & { readonly bias?: true }
  ): Layer<OfTwoRows<A, B, Out>, BilinearParams<A, B, Out>>
}

const check = options<BilinearOptions>('bilinear', { bias: flag, ...drawKinds })

type Body = (first: number, second: number, outputs: number, options?: BilinearOptions) => Layer<Fn, Params>

/** Casts to the overloads, which state the sizes; the function checks them at run time. */
const stated = (body: Body): Bilinear => body as unknown as Bilinear

/** Refuses two inputs that differ in front of the last axis. */
const requireSameLead = (x: Tensor, y: Tensor): void => {
  if (equals(x.shape.slice(0, -1), y.shape.slice(0, -1))) return
  throw new ShapeError(
    'bilinear',
    [x.shape, y.shape],
    `the inputs have shapes ${show(x.shape)} and ${show(y.shape)}; expected the same axes in front of the last`
  )
}

/**
 * The bilinear map of two inputs, y_k = x^T W_k z + b_k: inputs [..., first] and [..., second], output [..., outputs], W of shape
 * [outputs, first, second]. For `Init` the inputs of W are all products of two elements.
 *
 * @throws ShapeError when the last axis of an input has another size, or the axes in front differ
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { w: T.of([[[1, 0], [0, 1]]]), b: T.of([10]) }
 * Layer.predict(Layer.bilinear(2, 2, 1))(params, {})(T.of([[1, 2]]), T.of([[3, 4]])) // => T.of([[21]])
 */
export const bilinear: Bilinear = /* @__PURE__ */ stated((first, second, outputs, given = {}) => {
  check(given)
  requireCount('bilinear', 'the number of first inputs', first)
  requireCount('bilinear', 'the number of second inputs', second)
  requireCount('bilinear', 'the number of outputs', outputs)
  return statelessOf(
    'bilinear',
    parameters('bilinear', [outputs, first, second], given),
    ({ w, b }) =>
      (x: Tensor, y: Tensor): Tensor => {
        requireRows('bilinear', x, first, 'the first input')
        requireRows('bilinear', y, second, 'the second input')
        requireSameLead(x, y)
        return within('bilinear', () => {
          const product = einsum('...i,kij,...j->...k', x, w, y)
          return b === undefined ? product : add(product, b)
        })
      },
    2
  )
})
