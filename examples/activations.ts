// Histograms of activations by layer under small, large and He initialisation, without and with batch norm: without it only He's variance keeps the
// signal its size through ten layers of relu; with it any does.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Rows, activations, depth, histogramsPicture, initialisers, width } from './activations/network.js'
import { writeOut } from './support/files.js'
import { png } from './support/picture.js'
import { check } from './support/run.js'

const examples = 200
const inputs: Rows = Random.normal(Random.key(1), [examples, width])

const networks = [false, true].flatMap((isNormed) =>
  Object.entries(initialisers).map(([name, init]) => {
    const layers = activations(init, isNormed, inputs)
    const sizes = layers.map((rows) => Math.sqrt(T.item(T.mean(T.square(rows)))))
    const title = `${name}${isNormed ? ' with batch norm' : ''}`
    console.log(`${title.padEnd(21)}: ${sizes.map((size) => size.toPrecision(2)).join('  ')}`)
    return { name: title, layers, sizes }
  })
)

const picture = histogramsPicture(
  networks.map(({ layers }) => layers),
  4
)
console.log(`\nroot mean squares of ${depth} layers above; their histograms from 0 to 4, a row for each network:`)
console.log(`${await writeOut('activations.png', png(picture))}\n`)

/** How many times as large the last layer is as the first. */
const growth = (name: string): number => {
  const { sizes } = networks.find((network) => network.name === name)!
  return sizes.at(-1)! / sizes[0]!
}
const [small, large, he] = [growth('small'), growth('large'), growth('He')]
check(`small weights: the signal vanishes, ${small.toExponential(0)} of it is left`, small < 1e-6)
check(`large weights: it explodes, ${large.toExponential(0)} times`, large > 1e6)
check(`He: it stays, ${he.toFixed(2)} of it is left`, he > 0.5 && he < 2)
for (const name of Object.keys(initialisers)) {
  const normed = growth(`${name} with batch norm`)
  check(`${name} with batch norm: it stays, ${normed.toFixed(2)}`, normed > 0.9 && normed < 1.1)
}
