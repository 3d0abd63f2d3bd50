/** Training inside of transformations: several models at once, steps in a scan, derivatives through training. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scan } from 'pullback/Control'
import { evaluate, trace } from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'

const layer = Layer.sequential(
  Layer.dense(2, 5, { dtype: 'float64' }),
  Layer.lift(T.tanh),
  Layer.dropout(0.2),
  Layer.dense(5, 1, { dtype: 'float64' })
)
type Progress = Train.Progress<Layer.ParamsOf<typeof layer>, Layer.StateOf<typeof layer>>
type Batch = Train.Example<T.Tensor<[6, 2]>, T.Tensor<[6, 1]>>

const objective: Train.Objective<Progress['params'], Progress['layerState'], Batch> = Train.objective(
  layer,
  (output: T.Tensor<[number, 1]>, labels: T.Tensor<[6, 1]>) => Loss.meanSquaredError(T.ensure(output, [6, 1]), labels)
)
const optimizer = Optimizer.adam(Schedule.cosine({ from: 0.05, over: 8 }))
const update = Train.update(objective, optimizer)

/** Five batches, along an axis in front. */
const batches = {
  features: Random.normal(Random.key(1), [5, 6, 2], 'float64'),
  labels: Random.normal(Random.key(2), [5, 6, 1], 'float64')
}
const batch = (i: number): Batch => ({ features: T.at(batches.features, i), labels: T.at(batches.labels, i) })
const all = [0, 1, 2, 3, 4].map(batch)

const begin = (key: Random.Key): Progress => {
  const { params, layerState, optimizerState, key: rest } = Train.init(layer, optimizer)(key)
  return { params, layerState, optimizerState, key: rest }
}

/** All steps, one after the other. */
const train = (start: Progress): Progress => all.reduce((progress, each) => update(progress, each)[0], start)

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => Array.from(T.toArray(leaf)))

const keys = Random.split(Random.key(7), 3)
const expected = bits(train(begin(keys[0])))

describe('update', () => {
  it('is step, without its number and its report', () => {
    const first = Train.init(layer, optimizer)(keys[0])
    const [{ step, ...progress }, report] = Train.step(objective, optimizer)(first, batch(0))
    const [next, { loss }] = update(first, batch(0))
    expect(step).toBe(1)
    expect(bits(next)).toEqual(bits(progress))
    expect(report).toEqual({ step: 0, loss: T.item(loss) })
    const folded = Train.fold(Train.step(objective, optimizer))(first, all)
    expect(E.isRight(folded) && bits(folded.right.params)).toEqual(bits(train(begin(keys[0])).params))
  })

  it('inside of checkpoint and trace gives the same bits', () => {
    const again = checkpoint(update)
    const program = evaluate(trace(update)(begin(keys[0]), batch(0)))
    expect(bits(all.reduce((progress, each) => again(progress, each)[0], begin(keys[0])))).toEqual(expected)
    expect(bits(all.reduce((progress, each) => program(progress, each)[0], begin(keys[0])))).toEqual(expected)
  })

  it('is the body of a scan over stacked batches', () => {
    for (const options of [{}, { checkpointEvery: 2 }]) {
      const [progress, { loss }] = scan(update, options)(begin(keys[0]), batches)
      expect(bits(progress)).toEqual(expected)
      expect(loss.shape).toEqual([5])
    }
  })

  it('inside of vmap trains one model per seed', () => {
    const together = vmap((key: Random.Key) => train(begin(key)), { inAxes: 'split', size: 3 })(Random.key(7))
    const stepwise = all.reduce(
      (progress, each) => vmap(update, { inAxes: [0, null] })(progress, each)[0],
      vmap(begin, { inAxes: 'split', size: 3 })(Random.key(7))
    )
    keys.forEach((key, i) => {
      const apart = Tree.leaves(train(begin(key)).params)
      for (const { params } of [together, stepwise]) {
        Tree.leaves(params).forEach((leaf, n) => {
          const [own, alone] = [T.at(leaf, i), apart[n] ?? leaf]
          expect(T.item(T.max(T.abs(T.sub(own, alone))))).toBeLessThan(1e-12)
        })
      }
    })
  })

  it('is differentiated: the loss of the last batch by the learning rate', () => {
    const outcome =
      (segments: boolean) =>
      (rate: T.Tensor<[]>): T.Tensor<[]> => {
        const method = Optimizer.adam(rate)
        const body = Train.update(objective, method)
        const start = { ...begin(keys[0]), optimizerState: method.init(begin(keys[0]).params) }
        const { loss } = scan(body, segments ? { checkpointEvery: 2 } : {})(start, batches)[1]
        return T.at(loss, 4)
      }
    const at = (rate: number): T.Tensor<[]> => T.scalar(rate, 'float64')
    const slope = T.item(grad(outcome(false))(at(0.05)))
    const difference = (T.item(outcome(false)(at(0.05 + 1e-5))) - T.item(outcome(false)(at(0.05 - 1e-5)))) / 2e-5
    expect(Math.abs(slope - difference)).toBeLessThan(1e-6 * Math.abs(slope))
    // steps hold gradients: derivatives of the second order agree up to rounding, however they are kept
    expect(Math.abs(T.item(grad(outcome(true))(at(0.05))) - slope)).toBeLessThan(1e-14 * Math.abs(slope))
  })
})

describe('step', () => {
  it('inside of vmap names the alternative', () => {
    const run = (key: Random.Key): T.Tensor =>
      T.scalar(Train.step(objective, optimizer)(Train.init(layer, optimizer)(key), batch(0))[1].loss)
    expect(() => vmap(run, { inAxes: 'split', size: 3 })(Random.key(7))).toThrow(
      'Train.step: the loss is inside vmap, where it is not a number; use Train.update there'
    )
  })
})
