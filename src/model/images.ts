/** What networks of images share: their options, their function, and how their weights are drawn. */
import type { FloatDType } from '../DType.js'
import { type Initializer, varianceScaling } from '../Init.js'
import { type Kinds, positiveCount } from '../internal/options.js'
import { drawKinds } from '../layer/drawn.js'
import type { Layer } from '../layer/model.js'
import type { Tensor } from '../tensor/model.js'

/**
 * The options that all classifiers of images have.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import type { ImageClassifierOptions } from 'pullback/Model'
 *
 * const options: ImageClassifierOptions<1, 10> = { channels: 1, classes: 10, init: Init.heNormal }
 * options.classes // => 10
 */
export interface ImageClassifierOptions<Channels extends number = number, Classes extends number = number> {
  /** The channels of the images; 3 by default. */
  readonly channels?: Channels
  /** The number of classes; 1000 by default. */
  readonly classes?: Classes
  /** How all weights are drawn; as torchvision draws them, by default. */
  readonly init?: Initializer
  /** The element type of parameters and statistics; float32 by default. */
  readonly dtype?: FloatDType
}

/** The kinds of `ImageClassifierOptions`. */
export const classifierKinds: Kinds<ImageClassifierOptions> = {
  channels: positiveCount,
  classes: positiveCount,
  ...drawKinds
}

/** How weights are drawn. */
export type Drawing = Required<Pick<ImageClassifierOptions, 'init' | 'dtype'>>

/** The weights of He et al. as torchvision draws those of convolutions: normal numbers of variance 2 / fan-out. */
export const heFanOut: Initializer = /* @__PURE__ */ varianceScaling({ scale: 2, mode: 'fanOut' })

/** The weights of PyTorch's layers where nothing else is asked for: uniform numbers up to 1 / sqrt(fan-in). */
export const torchUniform: Initializer = /* @__PURE__ */ varianceScaling({ scale: 1 / 3, distribution: 'uniform' })

/** How weights are drawn that have an initialiser of their own unless the options have one. */
export const drawing = ({ init, dtype = 'float32' }: ImageClassifierOptions, own: Initializer): Drawing => ({
  init: init ?? own,
  dtype
})

/** A network from images `[examples, channels, height, width]` to scores `[examples, classes]`. */
export type Classifier<Channels extends number, Classes extends number, P, S> = Layer<
  (images: Tensor<[number, Channels, number, number]>) => Tensor<[number, Classes]>,
  P,
  S
>
