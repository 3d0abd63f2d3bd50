// The network of two layers in twenty lines, as the lectures write it: forward, squared error, gradients by hand, descent.
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

export type Matrix = T.Tensor<[number, number]>

export interface Weights {
  readonly w1: Matrix
  readonly w2: Matrix
}

/** The squared error of sigmoid(x w1) w2, summed over examples and outputs. */
export const loss = ({ w1, w2 }: Weights, x: Matrix, y: Matrix): T.Tensor<[]> => {
  const h = T.sigmoid(T.matmul(x, w1))
  const predicted = T.matmul(h, w2)
  return T.sum(T.square(T.sub(predicted, y)))
}

/** Its gradient to the weights, by the chain rule on paper. */
export const gradientByHand = ({ w1, w2 }: Weights, x: Matrix, y: Matrix): Weights => {
  const h = T.sigmoid(T.matmul(x, w1))
  const predicted = T.matmul(h, w2)
  const dPredicted = T.mul(2, T.sub(predicted, y))
  const dW2 = T.matmul(T.transpose(h), dPredicted)
  const dH = T.matmul(dPredicted, T.transpose(w2))
  const dW1 = T.matmul(T.transpose(x), T.mul(dH, T.mul(h, T.sub(1, h))))
  return { w1: dW1, w2: dW2 }
}

/** One step of gradient descent. */
export const descend = (weights: Weights, gradient: Weights, rate: number): Weights =>
  Tree.sub(weights, Tree.scale(gradient, rate))

/** How far two gradients are apart, relative to the length of the first. */
export const distance = (a: Weights, b: Weights): number => T.item(Tree.norm(Tree.sub(a, b))) / T.item(Tree.norm(a))
