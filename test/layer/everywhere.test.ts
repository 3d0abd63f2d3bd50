// Batch norm and dropout in one model: eager, staged, checkpointed and mapped application are one function, bit for bit.
import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'

const model = Layer.sequential(
  Layer.conv2d(1, 4, { window: 3, padding: 1 }),
  Layer.batchNorm(4),
  T.relu,
  Layer.spatialDropout(0.25),
  Layer.maxPool2d({ window: 2 }),
  Layer.flatten(),
  Layer.dropout(0.5)
)
const [{ params, state }] = model.init(Random.key(0))
const images: T.Tensor<[3, 1, 6, 6]> = Random.normal(Random.key(1), [3, 1, 6, 6])

const apply = (p: typeof params, s: typeof state, key: Random.Key, x: typeof images) =>
  Layer.apply(model)(p, s, { mode: 'train', key })(x)
const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

const key = Random.key(2)
const [output, next] = apply(params, state, key, images)

describe('output and state', () => {
  test('the statistics move in training, and stay in evaluation', () => {
    expect(bits(next)).not.toEqual(bits(state))
    expect(bits(Layer.apply(model)(params, state, { mode: 'eval' })(images)[1])).toEqual(bits(state))
  })

  test('staged and checkpointed', () => {
    const program = Debug.trace(apply)(params, state, key, images)
    expect(bits(Debug.evaluate(program)(params, state, key, images))).toEqual(bits([output, next]))
    expect(bits(checkpoint(apply)(params, state, key, images))).toEqual(bits([output, next]))
  })

  test('mapped over keys', () => {
    const together = vmap((each: Random.Key) => apply(params, state, each, images), { inAxes: 'split', size: 2 })(key)
    Random.split(key, 2).forEach((each, i) => {
      const alone = apply(params, state, each, images)
      expect(bits(Tree.map(together, (leaf: T.Tensor) => T.at(leaf, i)))).toEqual(bits(alone))
    })
  })

  test('predict is apply without the state', () => {
    const context: Layer.Context = { mode: 'eval', key }
    expect(bits(Layer.predict(model)(params, next, context)(images))).toEqual(
      bits(Layer.apply(model)(params, next, context)(images)[0])
    )
  })
})

test('gradients', () => {
  const loss = (p: typeof params): T.Tensor<[]> => T.sum(T.square(apply(p, state, key, images)[0]))
  const gradient = bits(grad(loss)(params))
  expect(bits(grad(checkpoint(loss))(params))).toEqual(gradient)
  expect(bits(Debug.evaluate(Debug.trace(grad(loss))(params))(params))).toEqual(gradient)
})
