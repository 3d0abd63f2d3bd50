// A network of ten layers with relu, before it has learnt anything: what each layer gives for standard normal inputs.
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Picture, ink, mosaic } from '../support/picture.js'

export const width = 100
export const depth = 10

export type Rows = T.Tensor<[number, typeof width]>

export const initialisers = { small: Init.normal(0.01), large: Init.normal(1), He: Init.heNormal } as const

/** A layer of the network: dense, batch norm or none, relu. */
const layerOf = (init: Init.Initializer, isNormed: boolean) =>
  Layer.sequential(
    Layer.dense(width, width, { init }),
    isNormed ? Layer.batchNorm(width, { axis: -1 }) : Layer.identity(),
    T.relu
  )

/** What each layer gives in training, from the first to the last. */
export const activations = (init: Init.Initializer, isNormed: boolean, inputs: Rows): readonly Rows[] => {
  const layer = layerOf(init, isNormed)
  return Random.split(Random.key(0), depth).reduce<readonly Rows[]>((before, key) => {
    const [{ params, state }] = layer.init(key)
    return [...before, Layer.apply(layer)(params, state, { mode: 'train' })(before.at(-1) ?? inputs)[0]]
  }, [])
}

const bins = 24

/** Shares of values in bins of equal width from 0 to `most`; what is above is in the last. */
export const histogram = (values: T.Tensor, most: number): T.Tensor<[number]> => {
  const places = T.minimum(T.floor(T.div(T.mul(T.reshape(values, [-1]), bins), most)), bins - 1)
  return T.div(
    T.bincount(T.cast(places, 'int32'), { length: bins }),
    values.shape.reduce((n, size) => n * size, 1)
  )
}

/** Bars of a height that grows with the square root of a share, in a picture of 32 rows. */
const bars = (shares: T.Tensor<[number]>): T.Tensor => {
  const levels = T.div(T.expandDims(T.arange(31, -1, -1), 1), 32)
  return T.cast(T.greater(T.expandDims(T.sqrt(shares), 0), levels), 'float32')
}

/** A row of histograms for each network, a column for each layer. */
export const histogramsPicture = (networks: readonly (readonly Rows[])[], most: number): Picture => {
  const images = networks.flat().map((rows) => bars(histogram(rows, most)))
  return mosaic(T.upsample(ink(T.stack(images)), { scale: 2 }), depth)
}
