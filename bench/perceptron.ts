/** A multilayer perceptron: what the gradient of its loss costs beside the loss. */
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Random from 'pullback/Random'
import { sideBySide, table } from './measure.js'

interface Params {
  readonly w1: T.Tensor<[128, 64]>
  readonly b1: T.Tensor<[128]>
  readonly w2: T.Tensor<[10, 128]>
  readonly b2: T.Tensor<[10]>
}

const batch = 64

export const loss = (params: Params, x: T.Tensor<[64, 64]>, y: T.Tensor<[64, 10]>): T.Tensor<[]> => {
  const hidden = T.relu(T.add(T.matmul(x, T.transpose(params.w1)), params.b1))
  const scores = T.add(T.matmul(hidden, T.transpose(params.w2)), params.b2)
  return T.neg(T.mean(T.sum(T.mul(T.logSoftmax(scores), y), { axis: -1 })))
}

export const perceptron = (): string => {
  const [k1, k2, k3, k4] = Random.split(Random.key(2), 4)
  const params: Params = {
    w1: T.mul(Random.normal(k1, [128, 64]), 0.1),
    b1: T.zeros([128]),
    w2: T.mul(Random.normal(k2, [10, 128]), 0.1),
    b2: T.zeros([10])
  }
  const x = Random.normal(k3, [batch, 64])
  const y = T.oneHot(T.argmax(Random.normal(k4, [batch, 10]), { axis: 1 }), 10)
  const timings = sideBySide([
    ['loss', () => loss(params, x, y)],
    ['gradient of the loss', () => grad(loss)(params, x, y)]
  ])
  return table('A 64-128-10 perceptron on a batch of 64; the gradient is to cost at most 3.5 times the loss', timings)
}
