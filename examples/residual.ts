// A plain and a residual network of 20 layers on the digits, their loss curves beside each other: with sums it learns from the first steps on. With
// --small for 12 steps.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Plot from 'pullback/Plot'
import { loadDigits } from './digits/load.js'
import { imagesOf, lossesOf, networkOf, smoothed } from './residual/training.js'
import { writeOut } from './support/files.js'
import { check, getOrExit } from './support/run.js'

const isSmall = process.argv.includes('--small')
const [steps, over] = isSmall ? [12, 3] : [184, 8]

const [digits] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const train = imagesOf(digits)
const networks = { plain: false, residual: true }

const curves = Object.entries(networks).map(([name, shortcuts]) => {
  const started = performance.now()
  const losses = pipe(
    lossesOf(shortcuts, train, steps),
    getOrExit((diverged) => diverged.message)
  )
  const values = smoothed(losses, over)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const parameters = Layer.parameterCount(networkOf(shortcuts))
  console.log(
    `${name.padEnd(8)} (${parameters} parameters, ${seconds} s): ${values.map((x) => x.toFixed(2)).join(' ')}`
  )
  return { name, points: values.map((value, i) => [(i + 1) * over, value] as const) }
})

const frame = { title: '20 layers on the digits', xLabel: 'step', yLabel: `loss, mean of ${over} steps` }
console.log(`\nloss curves: ${await writeOut('residual.svg', Plot.curves(curves, frame))}\n`)
const [plain = NaN, residual = NaN] = curves.map(({ points }) => points.at(-1)?.[1])
check(
  `after ${steps} steps the plain network has a loss of ${plain.toFixed(2)}, the residual one of ${residual.toFixed(2)}`,
  residual < 0.8 * plain
)
