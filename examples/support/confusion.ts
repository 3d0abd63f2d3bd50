// A confusion matrix as a picture: a square of colour for each pair of classes, with the count in it.
import * as T from 'pullback/Tensor'
import { type Picture, ink, mosaic, signed } from './picture.js'

/** The digits, 3 x 5 pixels each: an octal digit for each row, a bit for each pixel. */
const glyphs = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71111', '75757', '75717']

const side = 15

/** Digits in the middle of a square: 1 where there is ink. */
const written = (digits: string): T.Tensor => {
  if (digits === '') return T.zeros([side, side])
  const rows = [0, 1, 2, 3, 4].map((row) => {
    const codes = digits.split('').map((digit) => Number(glyphs[Number(digit)]?.[row]))
    return codes.flatMap((code) => [0, ...[4, 2, 1].map((bit) => (code & bit) / bit)]).slice(1)
  })
  return T.pad(T.of(rows), [5, (side + 1) / 2 - 2 * digits.length])
}

/**
 * A row for each class, a column for each prediction. Hits are blue, mistakes are red; the colour grows with the square root of the share of the row, so
 * that one in a hundred is seen.
 */
export const confusionPicture = (counts: T.Tensor<[number, number]>): Picture => {
  const classes = counts.shape[0]
  const shares = T.div(counts, T.maximum(T.sum(counts, { axis: 1, keepDims: true }), 1))
  const signs = T.sub(1, T.mul(T.eye(classes), 2))
  const colours = T.reshape(T.mul(T.mul(0.6, T.sqrt(shares)), signs), [-1, 1, 1])
  const numbers = T.toNested(counts)
    .flat()
    .map((count) => written(count === 0 ? '' : String(count)))
  const squares = T.mul(signed(T.mul(colours, T.ones([side, side]))), ink(T.stack(numbers)))

  const names = [...Array(classes).keys()].map((name) => ink(T.expandDims(written(String(name)), 0)))
  const rows = names.flatMap((name, i) => [name, T.slice(squares, [[i * classes, (i + 1) * classes]])])
  const corner = ink(T.zeros([1, side, side]))
  return mosaic(T.upsample(T.concat([corner, ...names, ...rows]), { scale: 3 }), classes + 1)
}
