// What LeNet-5 has learnt, as pictures.
import * as T from 'pullback/Tensor'
import { type Picture, mosaic, scaled, signed } from '../support/picture.js'

/**
 * The filters [outputs, inputs, height, width] of a convolution: a column for each output, a row for each input. Red raises the output, blue lowers it; the
 * strongest weight of each output has the full colour.
 */
export const filtersPicture = (w: T.Tensor<[number, number, number, number]>, scale: number): Picture => {
  const [outputs, , height, width] = w.shape
  const squares = T.reshape(T.permute(scaled(w), [1, 0, 2, 3]), [-1, height, width])
  return mosaic(T.upsample(signed(squares), { scale }), outputs)
}
