// The digits as LeNet-5 takes them: images of one channel, 28 x 28.
import * as Dataset from 'pullback/Dataset'
import * as T from 'pullback/Tensor'
import type { Digits } from '../digits/data.js'

export type Images = T.Tensor<[number, 1, 28, 28]>

export type ImageSet = Dataset.Dataset<[number, 1, 28, 28]>

/** Rows of 64 pixels as images of 8 x 8, with pixels of 28 x 28 interpolated between theirs. */
export const upsampled = (pixels: T.Tensor<[number, 64]>): Images => {
  const small = T.reshape(pixels, [-1, 1, 8, 8])
  return T.ensure(T.resize(small, 28, { mode: 'bilinear' }), [small.shape[0], 1, 28, 28])
}

export const imagesOf: (digits: Digits) => ImageSet = Dataset.map(upsampled)
