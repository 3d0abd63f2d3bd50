// An autoencoder finds a map of the digits: it was never told which is which, and yet most neighbours in the plane are the same digit. It ends with 0
// when it keeps more of the images in its two numbers than two principal components do. With --small it learns for less long.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Plot from 'pullback/Plot'
import * as T from 'pullback/Tensor'
import { codesOf, errorOf, principalError, train } from './autoencoder/training.js'
import { loadDigits } from './digits/load.js'
import { writeOut } from './support/files.js'
import { check, getOrExit } from './support/run.js'

const isSmall = process.argv.includes('--small')
const [digits, held] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))

const started = performance.now()
const params = pipe(
  train(digits, isSmall ? 20 : 200),
  getOrExit((diverged) => diverged.message)
)
console.log(`trained in ${((performance.now() - started) / 1000).toFixed(1)} s`)

const codes = codesOf(params, held.features)
const points = T.toNested(codes).map(([x = NaN, y = NaN]) => [x, y] as const)
const labels = T.toNested(held.labels)
const classes = [...Array(10).keys()].map((digit) => ({
  name: String(digit),
  points: points.filter((_, i) => labels[i] === digit)
}))
const frame = { title: 'codes of digits by other writers', width: 560, height: 560, labelled: true }
const plot = Plot.scatter(classes, frame)
console.log(`codes: ${await writeOut('autoencoder.svg', plot)}\n`)

/** The share of points whose nearest other point has the same label. */
const alike =
  points.filter(([x, y], i) => {
    const distances = points.map(([a, b], j) => (i === j ? Infinity : (a - x) ** 2 + (b - y) ** 2))
    return labels[distances.indexOf(Math.min(...distances))] === labels[i]
  }).length / points.length
check(`${(100 * alike).toFixed(0)} % of the nearest points are the same digit, by chance 10 %`, alike > 0.4)

const [own, linear] = [errorOf(params, digits.features), principalError(digits.features)]
check(`squared error ${own.toFixed(4)}, of two principal components ${linear.toFixed(4)}`, own < linear)
