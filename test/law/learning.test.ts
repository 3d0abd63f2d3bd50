// The gradients of layers, activations and losses, held to the laws that primitives are held to.
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import * as Activation from 'pullback/Activation'
import * as A from 'pullback/Arbitrary'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import { awayFrom, real } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { normalDistribution } from '../../src/activation/gates.js'

const primitives = { leakyRelu: Activation.leakyRelu, elu: Activation.elu, normalDistribution }

describe.each(Object.entries(primitives))('the primitive %s', (_name, { primitive }) => {
  it.each(Law.primitive(primitive).map((law) => [law.name, law.property] as const))('%s', (_law, property) => {
    fc.assert(property)
  })
})

const composed = {
  selu: Activation.selu,
  gelu: Activation.gelu,
  geluTanh: Activation.geluTanh,
  silu: Activation.silu,
  mish: Activation.mish,
  softplus: Activation.softplus
}

describe('activations', () => {
  it.each(Object.entries(composed))('%s', (name, f) => {
    const smooth = A.tensor({ shape: [3], domain: awayFrom([0])(real) })
    fc.assert(
      Law.gradientWith({ name })((x: T.Tensor) => f(x), smooth),
      { numRuns: 40 }
    )
  })
})

const ofDense = fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [2] }) })
const evaluation: Layer.Context = { mode: 'eval' }
const training: Layer.Context = { mode: 'train', key: Random.key(0) }

describe('layers', () => {
  it('dense, in its parameters and its input', () => {
    const dense = Layer.dense(3, 2)
    const f = (params: Layer.ParamsOf<typeof dense>, x: T.Tensor<[number, 3]>) =>
      Layer.apply(dense)(params, {}, evaluation)(x)[0]
    fc.assert(Law.gradientWith({ name: 'dense' })(f, ofDense, A.tensor({ shape: [4, 3] })), { numRuns: 40 })
  })

  it('a sequence with dropout, in training', () => {
    const model = pipe(
      Layer.sequential(Layer.dense(3, 2), Layer.lift(T.tanh), Layer.dropout(0.5), Layer.dense(2, 2)),
      Layer.named('hidden', 'tanh', 'dropout', 'output')
    )
    const params = fc.record({
      hidden: ofDense,
      tanh: fc.constant({}),
      dropout: fc.constant({}),
      output: fc.record({ w: A.tensor({ shape: [2, 2] }), b: A.tensor({ shape: [2] }) })
    })
    const f = (p: Layer.ParamsOf<typeof model>, x: T.Tensor<[number, 3]>) =>
      Layer.apply(model)(p, { hidden: {}, tanh: {}, dropout: {}, output: {} }, training)(x)[0]
    fc.assert(Law.gradientWith({ name: 'model' })(f, params, A.tensor({ shape: [2, 3] })), { numRuns: 30 })
  })
})

describe('losses', () => {
  const scores = A.tensor({ shape: [4, 3] })
  const labels = A.indices({ shape: [4], below: 3 })
  const pairs = fc.tuple(A.tensor({ shape: [5] }), A.tensor({ shape: [5] }))

  it('crossEntropy of class indices', () => {
    const f = (s: T.Tensor, y: T.Tensor) => Loss.crossEntropy(s, y)
    fc.assert(Law.gradientWith({ name: 'crossEntropy' })(f, scores, labels), { numRuns: 40 })
  })

  it('crossEntropy of probabilities, in both', () => {
    const f = (s: T.Tensor, p: T.Tensor) => Loss.crossEntropy(s, T.softmax(p), { reduction: 'sum' })
    fc.assert(Law.gradientWith({ name: 'crossEntropy' })(f, scores, A.tensor({ shape: [4, 3] })), { numRuns: 40 })
  })

  it('multiclassHinge', () => {
    const f = (s: T.Tensor, y: T.Tensor) => Loss.multiclassHinge(s, y)
    fc.assert(Law.gradientWith({ name: 'multiclassHinge' })(f, scores, labels), { numRuns: 40 })
  })

  it('binaryCrossEntropyWithLogits, in both', () => {
    const f = (s: T.Tensor, t: T.Tensor) => Loss.binaryCrossEntropyWithLogits(s, t)
    fc.assert(
      Law.gradientWith({ name: 'binaryCrossEntropyWithLogits' })(
        f,
        A.tensor({ shape: [5] }),
        A.unitOpen({ shape: [5] })
      ),
      {
        numRuns: 40
      }
    )
  })

  const elementwise = {
    meanSquaredError: Loss.meanSquaredError,
    meanAbsoluteError: Loss.meanAbsoluteError,
    l2: Loss.l2,
    huber: Loss.huber,
    hinge: Loss.hinge
  }
  it.each(Object.entries(elementwise))('%s, in both', (name, loss: Loss.Loss) => {
    const f = ([predicted, right]: readonly [T.Tensor, T.Tensor]) => loss(predicted, right)
    fc.assert(Law.gradientWith({ name })(f, pairs), { numRuns: 40 })
  })
})
