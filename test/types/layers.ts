// What the compiler knows of layers. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import * as Activation from 'pullback/Activation'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type Rows<N extends number> = T.Tensor<[number, N]>
type None = Layer.None

// -----------------------------------------------------------------------------
// rows of layers
// -----------------------------------------------------------------------------

const mlp = Layer.sequential(Layer.dense(4, 8), T.relu, Layer.dropout(0.5), Layer.dense(8, 3))
typeOf(mlp)<
  Layer.Layer<
    Layer.Rowwise<4, 3>,
    readonly [Layer.DenseParams<4, 8>, None, None, Layer.DenseParams<8, 3>],
    readonly [None, None, None, None]
  >
>(true)
declare const weights: Layer.ParamsOf<typeof mlp>
declare const state: Layer.StateOf<typeof mlp>
const predict = Layer.predict(mlp)(weights, state)
typeOf(predict(T.ones([4])))<T.Tensor<[3]>>(true)
typeOf(predict(T.ones([32, 7, 4])))<T.Tensor<[32, 7, 3]>>(true)
const [scores, after] = Layer.apply(mlp)(weights, state, { mode: 'train' })(T.ones([5, 4]))
typeOf(scores)<T.Tensor<[5, 3]>>(true)
typeOf(after)<Layer.StateOf<typeof mlp>>(true)

// functions that keep shapes are one layer that does
typeOf(Layer.sequential(T.tanh, Layer.dropout(0.5), Activation.silu))<
  Layer.Layer<Layer.Keeping, readonly [None, None, None], readonly [None, None, None]>
>(true)
typeOf(Layer.lift(T.relu))<Layer.Layer<typeof T.relu>>(true)
// functions with options
Layer.sequential(Layer.dense(4, 8), Activation.elu({ alpha: 0.5 }), T.softmax({ axis: -1 }), Layer.dense(8, 3))
typeOf(Layer.sequential(Layer.dense(4, 8), Activation.elu, T.softmax, Layer.dense(8, 3)))<
  Layer.Layer<
    Layer.Rowwise<4, 3>,
    readonly [Layer.DenseParams<4, 8>, None, None, Layer.DenseParams<8, 3>],
    readonly [None, None, None, None]
  >
>(true)
// functions of one shape
const rows = (x: Rows<8>): Rows<8> => T.mul(x, 2)
typeOf(Layer.sequential(Layer.dense(4, 8), rows, Layer.dense(8, 3)))<
  Layer.Layer<
    (input: Rows<4>) => Rows<3>,
    readonly [Layer.DenseParams<4, 8>, None, Layer.DenseParams<8, 3>],
    readonly [None, None, None]
  >
>(true)

// @ts-expect-error: 8 outputs do not fit 9 inputs
Layer.sequential(Layer.dense(4, 8), T.relu, Layer.dense(9, 3))
// @ts-expect-error: the same in a pair
Layer.compose(Layer.dense(4, 8), Layer.dense(9, 3))
// @ts-expect-error: the same in a pipe
pipe(Layer.dense(4, 8), Layer.compose(Layer.dense(9, 3)))
// @ts-expect-error: an array is not a layer
Layer.sequential([Layer.dense(4, 8)])

const many: readonly Layer.Layer<Layer.Rowwise<8, 8>, Layer.DenseParams<8, 8>>[] = [Layer.dense(8, 8)]
typeOf(Layer.predict(Layer.sequential(...many))([], [])(T.ones([2, 8])))<T.Tensor<[2, 8]>>(true)

// -----------------------------------------------------------------------------
// parts by name
// -----------------------------------------------------------------------------

const bottleneck = Layer.make(
  { inner: Layer.dense(8, 4), outer: Layer.dense(4, 8) },
  ({ inner, outer }) =>
    (x: Rows<8>) =>
      T.add(x, pipe(x, inner, T.relu, outer))
)
typeOf(bottleneck)<
  Layer.Layer<
    (x: Rows<8>) => Rows<8>,
    { readonly inner: Layer.DenseParams<8, 4>; readonly outer: Layer.DenseParams<4, 8> },
    { readonly inner: None; readonly outer: None }
  >
>(true)

const tied = Layer.make(
  { table: Init.normal(0.02)([20, 8]), body: Layer.dense(8, 8) },
  ({ table, body }) =>
    (ids: T.Tensor<[number]>) =>
      T.matmul(body(T.gather(table, ids, { axis: 0 })), T.transpose(table))
)
declare const tiedParams: Layer.ParamsOf<typeof tied>
typeOf(tiedParams.table)<T.Tensor<[20, 8]>>(true)

// several inputs
const mixture = Layer.make({ left: Layer.dense(2, 3), right: Layer.dense(5, 3) }, ({ left, right }) => {
  return (a: Rows<2>, b: Rows<5>) => T.add(left(a), right(b))
})
typeOf(Layer.predict(mixture))<
  (
    params: { readonly left: Layer.DenseParams<2, 3>; readonly right: Layer.DenseParams<5, 3> },
    state: { readonly left: None; readonly right: None },
    context?: Layer.Context
  ) => (a: Rows<2>, b: Rows<5>) => Rows<3>
>(true)
Layer.sequential(mixture, T.relu, Layer.dense(3, 1))

// a layer of one's own, generic in its sizes
export const residual = <N extends number>(n: N, inner: number) =>
  Layer.make(
    { down: Layer.dense(n, inner), up: Layer.dense(inner, n) },
    ({ down, up }) =>
      (x: Rows<N>): Rows<N> =>
        T.add(x, pipe(x, down, T.relu, up))
  )
const block = residual(8, 4)
Layer.sequential(Layer.dense(4, 8), block, block, Layer.dense(8, 3))
export const classifier = <In extends number, Out extends number>(inputs: In, outputs: Out) =>
  Layer.make(
    { hidden: Layer.dense(inputs, 16), output: Layer.dense(16, outputs) },
    ({ hidden, output }) =>
      (x: Rows<In>): Rows<Out> =>
        pipe(x, hidden, T.tanh, output)
  )
// rows of layers of rows too, whose types are exact where the sizes are known
export const autoencoder = <N extends number>(n: N) =>
  Layer.sequential(T.abs, Layer.dense(n, 3), T.relu, Layer.dropout(0.1), Layer.prelu(), Layer.dense(3, n))
typeOf(autoencoder(8))<
  Layer.Layer<
    Layer.Rowwise<8, 8>,
    readonly [None, Layer.DenseParams<8, 3>, None, None, Layer.PreluParams<1>, Layer.DenseParams<3, 8>],
    readonly [None, None, None, None, None, None]
  >
>(true)
export const residuals = <N extends number>(n: N) =>
  Layer.sequential(Layer.dense(4, n), residual(n, 4), T.relu, residual(n, 4), Layer.dense(n, 2))
// @ts-expect-error: sequential: layer 3 takes [..., 9]; it is given [..., 8]
Layer.sequential(Layer.dense(4, 8), autoencoder(8), Layer.dense(9, 2))
// @ts-expect-error: sizes that are not known to agree
export const unknown = <N extends number>(n: N) => Layer.sequential(Layer.dense(n, 3), Layer.dense(4, n))
export const composed = <N extends number>(n: N) => Layer.compose(Layer.dense(n, 3), Layer.dense(3, n))
export const images = <C extends number>(c: C) =>
  Layer.sequential(Layer.conv2d(1, c, { window: 3 }), T.relu, Layer.conv2d(c, 4, { window: 3 }))
// a part of one rank where others of rows would be of any is checked exactly behind one that gives another rank
// @ts-expect-error: sequential: layer 3 takes [number, 3]; it is given [number, 4, 3]
Layer.sequential(Layer.reshape([4, 8]), Layer.dense(8, 3), residual(3, 2))
const [drawn] = classifier(4, 3).init(Random.key(0))
typeOf(drawn.params.output.w)<T.Tensor<[3, 16]>>(true)

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

const deep = Layer.repeat(24, Layer.sequential(Layer.dense(8, 8), T.tanh))
declare const deepParams: Layer.ParamsOf<typeof deep>
typeOf(deepParams[0].w.shape)<readonly [number, 8, 8]>(true)
typeOf(Layer.freeze(Layer.dense(2, 3)))<Layer.Layer<Layer.Rowwise<2, 3>, Layer.DenseParams<2, 3>>>(true)
const lowRank = Layer.reparametrize(
  (_: Layer.Weights<8, 8>) =>
    Random.map((a: T.Tensor<[8, 2]>) => ({ a, b: T.zeros([2, 8]) }))(Init.normal(0.1)([8, 2])),
  ({ a, b }) => ({ w: T.matmul(a, b) })
)(Layer.dense(8, 8, { bias: false }))
declare const lowRankParams: Layer.ParamsOf<typeof lowRank>
typeOf(lowRankParams.a)<T.Tensor<[8, 2]>>(true)
