// Squared error against cross-entropy where the sigmoid saturates: a neuron that begins badly wrong learns slowly by one, and fast by the other.
import { grad } from 'pullback/Grad'
import * as Plot from 'pullback/Plot'
import * as T from 'pullback/Tensor'
import { type Cost, crossEntropy, neuron, outputOf, outputsBy, squaredError } from './saturation/neuron.js'
import { writeOut } from './support/files.js'
import { check } from './support/run.js'

const steps = 300
const starts = { 'a little wrong': neuron(0.6, 0.9), 'badly wrong': neuron(2, 2) }
const costs: readonly (readonly [name: string, cost: Cost, rate: number])[] = [
  ['squared error', squaredError, 0.15],
  ['cross-entropy', crossEntropy, 0.005],
  ['cross-entropy', crossEntropy, 0.15]
]

const panels = costs.map(([name, cost, rate]) => {
  const curves = Object.entries(starts).map(([start, own]) => {
    const values = outputsBy(cost, own, rate, steps)
    const shown = values.filter((_, step) => step % 60 === 0).map((value) => value.toFixed(2))
    console.log(
      `${name} at ${String(rate).padEnd(5)}, ${start.padEnd(14)}: ${shown.join(' ')}   (every 60 of ${steps} steps)`
    )
    return { name: start, points: values.map((value, step) => [step, value] as const) }
  })
  const title = `output by ${name} at rate ${rate}`
  return { curves, drawing: Plot.curves(curves, { title, xLabel: 'step', yRange: [0, 1] }) }
})
console.log(`\ncurves: ${await writeOut('saturation.svg', Plot.beside(...panels.map(({ drawing }) => drawing)))}\n`)

const slope = (cost: Cost, start: keyof typeof starts): number => T.item(grad(cost)(starts[start]).weight)
const [little, badly] = [outputOf(starts['a little wrong']), outputOf(starts['badly wrong'])]
check(`outputs begin at ${little.toFixed(2)} and ${badly.toFixed(2)}`, little < 0.83 && badly > 0.98)
const ends = (panels[0]?.curves ?? []).map(({ points }) => (points.at(-1)?.[1] ?? NaN).toFixed(2))
check(`by squared error they end at ${ends.join(' and ')}, as in the book`, ends.join() === '0.09,0.20')

const bySquares = slope(squaredError, 'badly wrong') / slope(squaredError, 'a little wrong')
check(`by squared error the worse one starts to learn ${(1 / bySquares).toFixed(1)} times more slowly`, bySquares < 1)
const byEntropy = slope(crossEntropy, 'badly wrong') / slope(crossEntropy, 'a little wrong')
check(`by cross-entropy it starts ${byEntropy.toFixed(1)} times faster`, byEntropy > 1)
