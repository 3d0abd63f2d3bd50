// The network of two layers as the lectures train it, with gradients by hand, and beside it the same descent with `grad`.
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

const lossOf = (weights: Weights): number => item(loss(weights, x, y))
const byHand = (weights: Weights): Weights => gradientByHand(weights, x, y)
const byGrad = grad((weights: Weights) => loss(weights, x, y))

let [hand, automatic] = [start, start]
let furthest = 0
for (let step = 0; step < steps; step++) {
  const gradient = byHand(hand)
  furthest = Math.max(furthest, distance(gradient, byGrad(hand)))
  hand = descend(hand, gradient, rate)
  automatic = descend(automatic, byGrad(automatic), rate)
  if ((step + 1) % 20 === 0) {
    const [a, b] = [lossOf(hand).toFixed(6), lossOf(automatic).toFixed(6)]
    console.log(`after ${String(step + 1).padStart(3)} steps: loss ${a} by hand, ${b} by grad`)
  }
}

const [first, last] = [lossOf(start), lossOf(hand)]
check(`the loss fell from ${first.toFixed(0)} to ${last.toFixed(0)}`, last < first / 5)
check(`both gradients agree to ${furthest.toExponential(1)} of their length`, furthest < 1e-14)
