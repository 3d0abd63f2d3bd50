// One sigmoid neuron that is to give 0 for the input 1, after M. Nielsen, Neural Networks and Deep Learning (2015), chapter 3.
import { grad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

export interface Neuron {
  readonly weight: T.Tensor<[]>
  readonly bias: T.Tensor<[]>
}

export const neuron = (weight: number, bias: number): Neuron => ({
  weight: T.scalar(weight, 'float64'),
  bias: T.scalar(bias, 'float64')
})

/** What the sigmoid is applied to, for the input 1. */
const before = ({ weight, bias }: Neuron): T.Tensor<[]> => T.add(weight, bias)

export const outputOf = (own: Neuron): number => T.item(T.sigmoid(before(own)))

export type Cost = (own: Neuron) => T.Tensor<[]>

/** Half of the squared error: its derivative has the factor sigmoid', which is next to 0 where the neuron is saturated. */
export const squaredError: Cost = (own) => T.div(T.square(T.sigmoid(before(own))), 2)

/** The cross-entropy, whose derivative is the error itself. */
export const crossEntropy: Cost = (own) => Loss.binaryCrossEntropyWithLogits(before(own), T.scalar(0, 'float64'))

/** The outputs before each of so many steps of descent, and after the last. */
export const outputsBy = (cost: Cost, start: Neuron, rate: number, steps: number): readonly number[] => {
  const gradient = grad(cost)
  const outputs = [outputOf(start)]
  let own = start
  for (let step = 0; step < steps; step++) {
    own = Tree.sub(own, Tree.scale(gradient(own), rate))
    outputs.push(outputOf(own))
  }
  return outputs
}
