import { describe, expect, it } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import {
  type Hyper,
  type Scalar,
  begin,
  drawSamples,
  firstParams,
  loss,
  step,
  train
} from '../../examples/hypergradient/training.js'
import { fingerprint } from '../../examples/support/run.js'

const [forParams, forTraining, forValidation] = Random.split(Random.key(3), 3)
const start = firstParams(forParams)
const training = drawSamples(forTraining, 8)
const validation = drawSamples(forValidation, 16)
const scalar = (value: number): Scalar => T.scalar(value, 'float64')
const hyper: Hyper = { logRate: scalar(-2.5), logDecay: scalar(-4), logitMomentum: scalar(1) }

const outcome =
  (segments: number, stepsEach: number) =>
  (h: Hyper): Scalar =>
    loss(train(start, h, training, { segments, stepsEach }), validation)

/** The same twelve steps, without a word about memory. */
const unrolled = (h: Hyper): Scalar => {
  let progress = begin(start)
  for (let i = 0; i < 12; i++) progress = step(h, training)(progress)
  return loss(progress.params, validation)
}

describe('the hyper-gradient example', () => {
  it('has the same value and gradient, to the bit, however the steps are cut into segments', () => {
    const plain = fingerprint([unrolled(hyper), grad(unrolled)(hyper)])
    for (const [segments, stepsEach] of [
      [1, 12],
      [4, 3],
      [12, 1]
    ] as const) {
      const cut = outcome(segments, stepsEach)
      expect(fingerprint([cut(hyper), grad(cut)(hyper)])).toBe(plain)
    }
  })

  it('has the same slopes in the forward mode', () => {
    const gradient = grad(outcome(3, 4))(hyper)
    for (const name of ['logRate', 'logDecay', 'logitMomentum'] as const) {
      const along: Hyper = { ...Tree.zerosLike(hyper), [name]: scalar(1) }
      const [, slope] = jvp(outcome(3, 4))([hyper], [along])
      expect(T.item(slope)).toBeCloseTo(T.item(gradient[name]), 12)
    }
  })

  it('is that of one step, by hand: minus the rate, times how both gradients agree', () => {
    const one = (h: Hyper): Scalar => loss(step(h, training)(begin(start)).params, validation)
    const after = step(hyper, training)(begin(start))
    const slope = -Math.exp(-2.5) * T.item(Tree.dot(grad(loss)(after.params, validation), after.velocity))
    expect(T.item(grad(one)(hyper).logRate)).toBeCloseTo(slope, 13)
    expect(T.item(grad(one)(hyper).logitMomentum)).toBe(0)
  })
})
