/** Networks of dense layers. */
import { requireCount } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { callable, options } from '../internal/options.js'
import { applyPart } from '../layer/context.js'
import { type DenseOptions, type DenseParams, dense } from '../layer/dense.js'
import { drawKinds } from '../layer/drawn.js'
import { type AnyLayer, type Layer, type None, applyOf, layerOf, lift } from '../layer/model.js'
import { dropout as dropping } from '../layer/noise.js'
import type { Keeping, Last, Rowwise } from '../layer/output.js'
import { sequential } from '../layer/sequential.js'
import { taking } from '../layer/structure.js'
import { rateKind } from '../regularizer/noise.js'
import { relu } from '../Tensor.js'

// -----------------------------------------------------------------------------
// one layer
// -----------------------------------------------------------------------------

/**
 * The linear classifier: scores of classes, x W^T + b, of rows. Row k of W is the template of class k. `Loss.crossEntropy` makes it
 * logistic regression, `Loss.multiclassHinge` a support vector machine.
 *
 * @throws ShapeError when the last axis of an input has another size
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Model.linearClassifier(784, 10)
 * const [{ params, state }] = model.init(Random.key(0))
 * params.w.shape // => [10, 784]
 * Layer.predict(model)(params, state)(T.ones([32, 784])).shape // => [32, 10]
 */
/* @__NO_SIDE_EFFECTS__ */
export const linearClassifier = <In extends number, Classes extends number>(
  inputs: In,
  classes: Classes
): Layer<Rowwise<In, Classes>, DenseParams<In, Classes>> => {
  requireCount('linearClassifier', 'the number of inputs', inputs)
  requireCount('linearClassifier', 'the number of classes', classes)
  return dense(inputs, classes)
}

// -----------------------------------------------------------------------------
// several
// -----------------------------------------------------------------------------

/**
 * The parameters of `mlp`: those of a dense layer between each two sizes.
 *
 * @example
 * import type { MlpParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const params: MlpParams<[2, 3, 1]> = [
 *   { w: T.zeros([3, 2]), b: T.zeros([3]) },
 *   { w: T.zeros([1, 3]), b: T.zeros([1]) }
 * ]
 * params[1].w.shape // => [1, 3]
 */
export type MlpParams<Sizes extends readonly number[]> = number extends Sizes['length']
  ? readonly DenseParams<number, number>[]
  : Sizes extends readonly [infer A extends number, infer B extends number, ...infer Rest extends readonly number[]]
    ? readonly [DenseParams<A, B>, ...MlpParams<readonly [B, ...Rest]>]
    : readonly []

/**
 * The options of `mlp`.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as Init from 'pullback/Init'
 * import type { MlpOptions } from 'pullback/Model'
 *
 * const options: MlpOptions = { activation: Activation.gelu, dropout: 0.1, init: Init.heNormal }
 * options.dropout // => 0.1
 */
export interface MlpOptions extends Pick<DenseOptions, 'init' | 'dtype'> {
  /** The function between dense layers; `relu` by default. */
  readonly activation?: Keeping
  /** The rate of dropout behind each activation; 0 by default. */
  readonly dropout?: number
}

type FirstOf<Sizes extends readonly number[]> = Sizes extends readonly [infer A extends number, ...unknown[]]
  ? A
  : number

type LastOf<Sizes extends readonly number[]> = number extends Sizes['length'] ? number : Last<Sizes>

/** The function of rows of the first size, with the parameters of each layer. */
type Mlp<Sizes extends readonly number[], P = MlpParams<Sizes>> = Layer<
  Rowwise<FirstOf<Sizes>, LastOf<Sizes>>,
  P,
  { readonly [I in keyof P]: None }
>

const check = options<MlpOptions>('mlp', {
  activation: callable('a function of a tensor, as those of Activation'),
  dropout: rateKind,
  ...drawKinds
})

/** A layer, and others that follow it, by name, which have neither parameters nor a state. */
const followedBy = (first: AnyLayer, others: readonly (readonly [name: string, layer: AnyLayer])[]): AnyLayer => {
  const run = applyOf(first)
  return layerOf(first.init, (params, state, context) => {
    const f = run(params, state, context)
    return (...inputs) => {
      const [output] = f(...inputs)
      return [others.reduce((x, [name, layer]) => applyPart(layer, {}, {}, context, name, [x])[0], output), state]
    }
  })
}

const requireSizes = (sizes: unknown): void => {
  if (!Array.isArray(sizes) || sizes.length < 2) {
    throw new TypeError(refusal('mlp', 'sizes', sizes, 'two sizes or more, such as [784, 128, 10]'))
  }
  Array.from<unknown>(sizes).forEach((n, i) => requireCount('mlp', `size ${i + 1}`, n))
}

/** Casts to the type that states the sizes, which are checked when it runs. */
const stated = <L>(layer: AnyLayer): L => layer as unknown as L

/**
 * A multilayer perceptron: dense layers between the sizes, with an activation, and dropout, behind all of them but the last. Its parameters are
 * a tuple of those of the dense layers.
 *
 * @throws TypeError when the sizes are not two or more
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Model.mlp([784, 128, 10], { activation: T.tanh, dropout: 0.2 })
 * const [{ params, state }] = model.init(Random.key(0))
 * params[1].w.shape // => [10, 128]
 * Layer.predict(model)(params, state)(T.ones([32, 784])).shape // => [32, 10]
 * Layer.parameterCount(model) // => 101770
 * Layer.summary(model, [32, 784]).map(({ path }) => path) // => ['', '[0]', '[0].activation', '[0].dropout', '[1]']
 */
/* @__NO_SIDE_EFFECTS__ */
export const mlp = <const Sizes extends readonly number[]>(sizes: Sizes, options: MlpOptions = {}): Mlp<Sizes> => {
  check(options)
  requireSizes(sizes)
  const { activation = relu, dropout = 0, ...own } = options
  const activate = ['activation', lift(activation)] as const
  const behind = dropout === 0 ? [activate] : [activate, ['dropout', dropping(dropout)] as const]
  const layers = sizes.slice(1).map((outputs, i): AnyLayer => {
    const inputs: number = sizes[i]!
    const linear = dense(inputs, outputs, own)
    if (i === sizes.length - 2) return linear
    return taking(followedBy(linear, behind), (shape) => [...shape.slice(0, -1), inputs])
  })
  return stated(sequential(...layers))
}
