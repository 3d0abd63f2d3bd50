// The network of two layers as the lectures train it, with gradients by hand, and beside them those of `grad`.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import { item } from 'pullback/Tensor'
import { check } from './support/run.js'
import { type Weights, descend, distance, gradientByHand, loss } from './twoLayers/network.js'

const [examples, inputs, hidden, outputs] = [64, 1000, 100, 10]
const rate = 1e-4
const steps = 100

const [forX, forY, forW1, forW2] = Random.split(Random.key(0), 4)
const x = Random.normal(forX, [examples, inputs], 'float64')
const y = Random.normal(forY, [examples, outputs], 'float64')
const start: Weights = {
  w1: Random.normal(forW1, [inputs, hidden], 'float64'),
  w2: Random.normal(forW2, [hidden, outputs], 'float64')
}

const byHand = (weights: Weights): Weights => gradientByHand(weights, x, y)
const byGrad = grad((weights: Weights) => loss(weights, x, y))
const lossOf = (weights: Weights): number => item(loss(weights, x, y))

let weights = start
let furthest = 0
for (let step = 1; step <= steps; step++) {
  const gradient = byHand(weights)
  if (step % 20 === 0) {
    const apart = distance(gradient, byGrad(weights))
    furthest = Math.max(furthest, apart)
    const [before, relative] = [lossOf(weights).toFixed(1), apart.toExponential(1)]
    console.log(`step ${String(step).padStart(3)}: loss ${before}, gradient by hand and by grad ${relative} apart`)
  }
  weights = descend(weights, gradient, rate)
}

const [first, last] = [lossOf(start), lossOf(weights)]
check(`the loss fell from ${first.toFixed(0)} to ${last.toFixed(0)}`, last < first / 5)
check(`the gradients differ by ${furthest.toExponential(1)} of their length at most`, furthest < 1e-14)
