// What the compiler knows of layers beside one another, of shapes, and with parameters of their own. This file is compiled, not run.
import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type None = Layer.None
type Rows<N extends number> = T.Tensor<[number, N]>

// -----------------------------------------------------------------------------
// residual and when
// -----------------------------------------------------------------------------

const block = Layer.residual(Layer.sequential(Layer.dense(8, 8), T.relu))
typeOf(block)<Layer.Layer<Layer.Rowwise<8, 8>, readonly [Layer.DenseParams<8, 8>, None], readonly [None, None]>>(true)
typeOf(Layer.residual(Layer.dropout(0.5)))<Layer.Layer<Layer.Keeping>>(true)
Layer.sequential(Layer.dense(4, 8), block, block, Layer.residual(T.tanh), Layer.dense(8, 3))
// @ts-expect-error: residual: the layer takes [number, 4]; it gives [number, 3]
Layer.residual(Layer.dense(4, 3))
// sizes that are not known may agree
declare const width: number
Layer.residual(Layer.dense(8, width))
typeOf(Layer.when('train', Layer.gaussianNoise(0.1)))<Layer.Layer<Layer.Keeping>>(true)
// @ts-expect-error: when: the layer takes [number, 4]; it gives [number, 3]
Layer.when('train', Layer.dense(4, 3))
// @ts-expect-error: a mode that does not exist
Layer.when('test', T.tanh)

// in code that is generic in its sizes
export const generic = <N extends number>(n: N) =>
  Layer.residual(
    Layer.make(
      { a: Layer.dense(n, n) },
      ({ a }) =>
        (x: Rows<N>): Rows<N> =>
          a(x)
    )
  )
typeOf(generic(8))<Layer.Layer<(x: Rows<8>) => Rows<8>, { readonly a: Layer.DenseParams<8, 8> }, { readonly a: None }>>(
  true
)
// -----------------------------------------------------------------------------
// branch and parallel
// -----------------------------------------------------------------------------

const both = Layer.branch(Layer.dense(4, 3), T.tanh, Layer.dense(4, 2))
declare const weights: Layer.ParamsOf<typeof both>
declare const states: Layer.StateOf<typeof both>
typeOf(weights)<readonly [Layer.DenseParams<4, 3>, None, Layer.DenseParams<4, 2>]>(true)
const outputs = Layer.predict(both)(weights, states)(T.ones([5, 4]))
typeOf(outputs)<readonly [T.Tensor<[5, 3]>, T.Tensor<[5, 4]>, T.Tensor<[5, 2]>]>(true)
// @ts-expect-error: 9 on the last axis where 4 are expected
Layer.predict(both)(weights, states)(T.ones([5, 9]))
// @ts-expect-error: branch: a layer takes [..., 9]; it is given [..., 4]
Layer.branch(Layer.dense(4, 3), Layer.dense(9, 3))
const joined = Layer.sequential(Layer.dense(7, 4), both, ([a, _, b]: readonly [Rows<3>, Rows<4>, Rows<2>]) =>
  T.concat([a, b], { axis: 1 })
)
declare const joinedWeights: Layer.ParamsOf<typeof joined>
typeOf(joinedWeights[1][2].w)<T.Tensor<[2, 4]>>(true)

const each = Layer.parallel(Layer.dense(4, 3), T.tanh)
declare const eachWeights: Layer.ParamsOf<typeof each>
declare const eachStates: Layer.StateOf<typeof each>
typeOf(Layer.predict(each)(eachWeights, eachStates)([T.ones([5, 4]), T.ones([2])]))<
  readonly [T.Tensor<[5, 3]>, T.Tensor<[2]>]
>(true)
// @ts-expect-error: one input for two layers
Layer.predict(each)(eachWeights, eachStates)([T.ones([5, 4])])
// @ts-expect-error: 9 on the last axis where 4 are expected
Layer.predict(each)(eachWeights, eachStates)([T.ones([5, 9]), T.ones([2])])
Layer.sequential(Layer.branch(Layer.dense(4, 4), Layer.dense(4, 4)), each)

// in code that is generic in its sizes; what they give is exact where the sizes are known
export const heads = <N extends number>(n: N) =>
  Layer.branch(
    Layer.dense(n, 3),
    Layer.dropout(0.5),
    generic(n),
    (x: Rows<N>): Rows<N> => x,
    Layer.make(
      { a: Layer.dense(n, 2) },
      ({ a }) =>
        (x: Rows<N>): Rows<2> =>
          a(x)
    )
  )
const eightHeads = heads(8)
declare const headWeights: Layer.ParamsOf<typeof eightHeads>
declare const headStates: Layer.StateOf<typeof eightHeads>
typeOf(Layer.predict(eightHeads)(headWeights, headStates)(T.ones([5, 8])))<
  readonly [T.Tensor<[5, 3]>, T.Tensor<[5, 8]>, Rows<8>, Rows<8>, Rows<2>]
>(true)
// @ts-expect-error: 9 on the last axis where 8 are expected
Layer.predict(eightHeads)(headWeights, headStates)(T.ones([5, 9]))
export const mixedHeads = <N extends number>(n: N) =>
  // @ts-expect-error: branch: a layer takes [number, 9]; it is given [..., 8]
  Layer.branch(Layer.dense(8, 3), generic(n), generic(9))

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

typeOf(Layer.predict(Layer.flatten())({}, {})(T.ones([5, 1, 28, 28])))<T.Tensor<[5, number]>>(true)
typeOf(Layer.predict(Layer.flatten())({}, {})(T.ones([5, 7])))<T.Tensor<[5, number]>>(true)
typeOf(Layer.predict(Layer.flatten({ from: 2 }))({}, {})(T.ones([5, 1, 28, 28])))<T.Tensor<[5, 1, number]>>(true)
typeOf(Layer.predict(Layer.reshape([1, -1, 28]))({}, {})(T.ones([5, 784])))<T.Tensor<[5, 1, number, 28]>>(true)
typeOf(Layer.predict(Layer.permute([0, 3, 1, 2]))({}, {})(T.ones([5, 28, 29, 3])))<T.Tensor<[5, 3, 28, 29]>>(true)
const classifier = Layer.sequential(Layer.flatten(), Layer.dense(784, 10))
typeOf(
  Layer.predict(classifier)([{}, { w: T.zeros([10, 784]), b: T.zeros([10]) }], [{}, {}])(T.ones([5, 1, 28, 28]))
    .shape[1]
)<10>(true)
Layer.sequential(Layer.dense(4, 784), Layer.reshape([1, 28, 28]), Layer.flatten(), Layer.dense(784, 10))

// -----------------------------------------------------------------------------
// parameters
// -----------------------------------------------------------------------------

const bilinear = Layer.bilinear(2, 3, 4)
typeOf(bilinear)<
  Layer.Layer<
    <Lead extends readonly number[]>(
      first: T.Tensor<[...Lead, 2]>,
      second: T.Tensor<[...Lead, 3]>
    ) => T.Tensor<[...Lead, 4]>,
    Layer.BilinearParams<2, 3, 4>
  >
>(true)
declare const bilinearParams: Layer.ParamsOf<typeof bilinear>
typeOf(Layer.predict(bilinear)(bilinearParams, {})(T.ones([5, 2]), T.ones([5, 3])))<T.Tensor<[5, 4]>>(true)
typeOf(Layer.bilinear(2, 3, 4, { bias: false }).init)<Layer.Layer<never, Layer.BilinearWeights<2, 3, 4>>['init']>(true)
Layer.sequential(bilinear, T.relu, Layer.dense(4, 1))
typeOf(Layer.maxout(4, 3, 2))<Layer.Layer<Layer.Rowwise<4, 3>, Layer.DenseParams<4, number>>>(true)
typeOf(Layer.prelu())<Layer.Layer<Layer.Keeping, Layer.PreluParams<1>>>(true)
typeOf(Layer.prelu(6))<Layer.Layer<Layer.Keeping, Layer.PreluParams<6>>>(true)
typeOf(Layer.sequential(Layer.dense(4, 6), Layer.prelu(6), Layer.spatialDropout(0.1), Layer.rrelu()))<
  Layer.Layer<
    Layer.Rowwise<4, 6>,
    readonly [Layer.DenseParams<4, 6>, Layer.PreluParams<6>, None, None],
    readonly [None, None, None, None]
  >
>(true)
typeOf(Layer.dropConnect(Layer.dense(4, 3), 0.5))<Layer.Layer<Layer.Rowwise<4, 3>, Layer.DenseParams<4, 3>>>(true)
