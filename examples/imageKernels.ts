// What the kernels of the lectures make of a picture, and features by hand: histograms of colours and of oriented gradients.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'
import { loadDigits } from './digits/load.js'
import {
  byMax,
  byMean,
  byStride,
  colourHistogram,
  filtered,
  hog,
  kernels,
  orientations
} from './imageKernels/features.js'
import { check, getOrExit } from './support/run.js'
import { beside, drawImage } from './support/table.js'

const [train, test] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const digits = T.reshape(train.features, [-1, 8, 8])

// -----------------------------------------------------------------------------
// kernels
// -----------------------------------------------------------------------------

const names = Object.keys(kernels)
const large = T.squeeze(T.upsample(T.slice(T.expandDims(digits, 1), [[0, 1]]), { scale: 2, mode: 'bilinear' }), {
  axis: 1
})
const maps = T.at(T.abs(filtered(large, Object.values(kernels))), 0)

const drawn = (x: T.Tensor, title: string): readonly string[] => [
  title,
  ...drawImage(Array.from(T.toArray(x), Number), x.shape[1]!, Number(T.item(T.max(x))))
]
for (const row of [names.slice(0, 3), names.slice(3, 5), names.slice(5)]) {
  console.log(`${beside(row.map((name) => drawn(T.at(maps, names.indexOf(name)), name)))}\n`)
}
check('the identity leaves a picture as it is', T.Eq.equals(T.at(maps, 0), T.at(large, 0)))

// -----------------------------------------------------------------------------
// downsampling
// -----------------------------------------------------------------------------

const board = T.cast(T.equal(T.mod(T.add(T.reshape(T.arange(16), [16, 1]), T.arange(16)), 2), 0), 'float32')
const fine = T.reshape(board, [1, 1, 16, 16])
const range = (x: T.Tensor): string => `${T.item(T.min(x))} to ${T.item(T.max(x))}`
console.log(`a fine chessboard at half its size: by stride ${range(byStride(fine))}, by means ${range(byMean(fine))}`)
check(
  'by stride it is white, by means grey, by maxima white',
  [byStride, byMean, byMax].map((f) => T.item(T.mean(f(fine)))).join() === '1,0.5,1'
)

// -----------------------------------------------------------------------------
// histograms
// -----------------------------------------------------------------------------

// a red disc on blue
const from = T.square(T.sub(T.arange(32), 15.5))
const disc = T.cast(T.less(T.add(T.reshape(from, [32, 1]), from), 100), 'float32')
const picture = T.stack([disc, T.zerosLike(disc), T.sub(1, disc)])
const colours = colourHistogram(picture, 2)
const [red = 0, blue = 0] = [T.slice(colours, [[1], [0, 1], [0, 1]]), T.slice(colours, [[0, 1], [0, 1], [1]])].map(
  (box) => Number(T.item(box))
)
console.log(`${(100 * red).toFixed(1)} % of the picture are red, ${(100 * blue).toFixed(1)} % blue`)
check('as the area of the disc says', Math.abs(red - (Math.PI * 100) / 1024) < 0.02 && red + blue === 1)

const options = { bins: 9, cell: 4, block: 2 }
const slope = (degrees: number): T.Tensor => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return T.reshape(T.add(T.mul(T.reshape(T.arange(12), [12, 1]), sin), T.mul(T.arange(12), cos)), [1, 12, 12])
}
for (const degrees of [10, 70, 100]) {
  const histogram = T.slice(orientations(slope(degrees), options), [[0, 1], null, [1, 2], [1, 2]])
  const bin = T.item(T.argmax(T.reshape(histogram, [9])))
  console.log(
    `a slope of ${degrees} degrees: ${Array.from(T.toArray(histogram), (x) => Number(x).toFixed(0)).join(' ')}`
  )
  if (degrees !== 100) check(`falls into bin ${(degrees - 10) / 20}`, bin === (degrees - 10) / 20)
}

// -----------------------------------------------------------------------------
// what they are good for
// -----------------------------------------------------------------------------

/** The digit whose mean is nearest. */
const accuracy = (features: (images: T.Tensor) => T.Tensor): number => {
  const flat = (x: T.Tensor): T.Tensor<[number, number]> =>
    T.reshape(features(T.reshape(x, [-1, 8, 8])), [x.shape[0]!, -1])
  const [known, asked] = [flat(train.features), flat(test.features)]
  const means = T.stack(
    Array.from({ length: 10 }, (_, digit) => T.mean(T.booleanMask(known, T.equal(train.labels, digit)), { axis: 0 }))
  )
  const scores = T.sub(T.matmul(asked, T.transpose(means)), T.mul(T.sum(T.square(means), { axis: 1 }), 0.5))
  return Metric.accuracy(scores, test.labels)
}
const byPixels = accuracy((x) => x)
const byHog = accuracy((x) => hog(x, { bins: 9, cell: 2, block: 2 }))
console.log(
  `digits by the nearest mean: ${(100 * byPixels).toFixed(1)} % right by pixels, ${(100 * byHog).toFixed(1)} % by oriented gradients`
)
check('oriented gradients tell digits apart better than pixels', byHog > byPixels)
