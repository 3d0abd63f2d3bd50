/** Layers that change the shape only. */
import { count, options } from '../internal/options.js'
import { requireList, requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, requireSizes } from '../shape/model.js'
import type { Reshaped } from '../shape/layout.js'
import type { Permute } from '../shape/static.js'
import * as T from '../Tensor.js'
import { resolved } from '../tensor/layout.js'
import type { Tensor } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { type Fn, type Layer, liftOf } from './model.js'

/** Casts a function of tensors to the type that its constructor states. */
const stated = <F extends Fn>(operation: string, f: (x: Tensor) => Tensor): Layer<F> =>
  liftOf(operation, f as unknown as F)

/**
 * The options of `flatten` as a layer.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const options: Layer.FlattenOptions<2> = { from: 2 }
 * Layer.summary(Layer.flatten(options), [5, 3, 4, 4])[0]?.shapes // => [[5, 3, 16]]
 */
export interface FlattenOptions<From extends number = number> {
  /** The first axis to join; 1 by default, the first behind that of the examples. */
  readonly from?: From
}

/** The shape with all axes from one on as one. */
type FlattenedFrom<S extends Shape, From extends number, Front extends number[] = []> = number extends From
  ? Shape
  : Front['length'] extends From
    ? [...Front, number]
    : number extends S['length']
      ? FlattenedFrom<S, From, [...Front, number]>
      : S extends readonly [infer First extends number, ...infer Rest extends Shape]
        ? FlattenedFrom<Rest, From, [...Front, First]>
        : Shape

type Flattening<From extends number> = <S extends Shape>(x: Tensor<S>) => Tensor<FlattenedFrom<S, From>>

const checkFlatten = options<FlattenOptions>('flatten', { from: count })

/**
 * Joins all axes behind the first, that of the examples, into one, or those from `from` on: images [n, c, h, w] become rows [n, c h w].
 *
 * @throws ShapeError when an input has no axis `from`
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Layer.sequential(Layer.flatten(), Layer.dense(784, 10))
 * const [rows] = Layer.apply(Layer.flatten())({}, {}, { mode: 'train' })(T.zeros([5, 1, 28, 28]))
 * rows.shape // => [5, 784]
 * Layer.summary(model, [5, 1, 28, 28])[0]?.shapes // => [[5, 10]]
 */
/* @__NO_SIDE_EFFECTS__ */
export const flatten = <const From extends number = 1>(options: FlattenOptions<From> = {}): Layer<Flattening<From>> => {
  checkFlatten(options)
  const startAxis = options.from ?? 1
  return stated('flatten', (x) => T.flatten(x, { startAxis }))
}

/** The number of examples. */
type First<S extends Shape> = S extends readonly [infer N extends number, ...Shape] ? N : number

type Reshaping<To extends Shape> = <S extends Shape>(x: Tensor<S>) => Tensor<[First<S>, ...Reshaped<To>]>

/**
 * The same values of each example under another shape: from [n, ...] to [n, ...shape]. As in Keras, the shape is that of one example, without
 * the first axis. One size may be -1: it becomes what is left.
 *
 * @throws ShapeError when the examples have another number of elements
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.reshape([1, 28, 28]))({}, {})(T.zeros([5, 784])).shape // => [5, 1, 28, 28]
 * Layer.predict(Layer.reshape([2, -1]))({}, {})(T.zeros([5, 6])).shape // => [5, 2, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export const reshape = <const To extends Shape>(shape: To): Layer<Reshaping<To>> => {
  requireSizes('reshape', shape)
  return stated('reshape', (x) => {
    requireTensor('reshape', x, 'the input')
    const [examples, ...each] = x.shape
    if (examples === undefined) {
      throw new ShapeError('reshape', [x.shape], 'the input has shape []; expected an axis of examples in front')
    }
    return reshapeTo(x, [examples, ...resolved('reshape', each, shape)])
  })
}

type Permuting<Order extends readonly number[]> = <S extends Shape>(x: Tensor<S>) => Tensor<Permute<S, Order>>

/**
 * `Tensor.permute` as a layer: the axes in another order. As there, and in PyTorch, all axes are named, that of the examples too, from 0:
 * `[0, 3, 1, 2]` brings channels from the end to the front.
 *
 * @throws ShapeError unless each axis of an input is named once
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.permute([0, 3, 1, 2]))({}, {})(T.zeros([5, 28, 28, 3])).shape // => [5, 3, 28, 28]
 */
/* @__NO_SIDE_EFFECTS__ */
export const permute = <const Order extends readonly number[]>(axes: Order): Layer<Permuting<Order>> => {
  requireList('permute', 'order', axes, 'an array of axes such as [1, 0]')
  return liftOf('permute', T.permute(axes))
}
