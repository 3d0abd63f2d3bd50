// Folds of any state, objectives with metrics, and batches that do not fit.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'

const layer = Layer.dense(2, 2)
type P = Layer.ParamsOf<typeof layer>
interface Batch {
  readonly features: T.Tensor<[number, 2]>
  readonly labels: T.Tensor<[number]>
}

const xy: Batch = {
  features: T.of([
    [0, 1],
    [2, 0]
  ]),
  labels: T.of([0, 1], 'int32')
}
const optimizer = Optimizer.sgd(0.5)
const start = Train.init(layer, optimizer)(Random.key(0))

describe('metrics', () => {
  const target: Train.Objective<P, Layer.None, Batch, { readonly largest: T.Tensor<[]> }> = (
    params,
    state,
    batch,
    context
  ) => {
    const [scores, next] = Layer.apply(layer)(params, state, context)(batch.features)
    return [Loss.crossEntropy(scores, batch.labels), next, { largest: T.max(scores) }]
  }

  it('of the objective stand in the report, before the update', () => {
    const [, report] = Train.step(target, optimizer)(start, xy)
    expect(report.metrics.largest).toEqual(T.max(Layer.predict(layer)(start.params, {})(xy.features)))
    const [, plain] = Train.step(Train.objective(layer, Loss.crossEntropy), optimizer)(start, xy)
    expect(Object.keys(plain).sort()).toEqual(['loss', 'step'])
    expect(report.loss).toBe(plain.loss)
  })

  it('go to the reporters, with their types', () => {
    const seen: T.Tensor<[]>[] = []
    Train.fold(Train.step(target, optimizer))(start, [xy, xy], {
      reporter: (event) => {
        if (event._tag === 'Stepped') seen.push(event.report.metrics.largest)
      }
    })
    expect(seen[0]).toEqual(T.max(Layer.predict(layer)(start.params, {})(xy.features)))
    expect(seen.length).toBe(2)
  })
})

describe('a state of the user', () => {
  it('is folded as any other: a running mean of the parameters beside training', () => {
    const step = Train.step(Train.objective(layer, Loss.crossEntropy), optimizer)
    interface Averaged extends Train.State<P, Layer.None> {
      readonly average: P
    }
    const averaged: Train.Step<Averaged, Batch> = ({ average, ...state }, batch) => {
      const [next, report] = step(state, batch)
      return [{ ...next, average: Tree.zipWith(average, next.params, T.maximum) }, report]
    }
    const result = Train.fold(averaged)({ ...start, average: start.params }, [xy, xy, xy])
    const alone = Train.fold(step)(start, [xy, xy, xy])
    expect(E.isRight(result) && E.isRight(alone) && result.right.params).toEqual(E.isRight(alone) && alone.right.params)
    expect(E.isRight(result) && result.right.step).toBe(3)
  })

  it('may be anything: a number', () => {
    const counting: Train.Step<number, number> = (n, loss) => [n + 1, { step: n, loss }]
    expect(Train.fold(counting)(0, [1, 2, 3])).toEqual(E.right(3))
    const bad = Train.fold(counting)(0, [1, NaN, 3])
    expect(E.isLeft(bad) && [bad.left.step, bad.left.lastGood]).toEqual([1, 0])
  })
})

describe('batches that do not fit', () => {
  const step = Train.step(Train.objective(layer, Loss.crossEntropy), optimizer)
  const run = (batch: unknown) => () => step(start, batch as Batch)

  it('are refused in a sentence', () => {
    const expected = 'expected an object with features and labels, as Dataset.batches makes them'
    expect(run({ features: xy.features })).toThrow(`Train.objective: the batch is without labels; ${expected}`)
    expect(run(xy.features)).toThrow(`Train.objective: the batch is without features; ${expected}`)
    expect(run(undefined)).toThrow(`Train.objective: the batch is undefined; ${expected}`)
    expect(() => Train.objective(T.tanh as never, Loss.crossEntropy)).toThrow(
      'Train.objective: the layer is a function'
    )
    expect(() => Train.objective(layer, optimizer as never)).toThrow('Train.objective: the criterion is {')
    expect(run({ ...xy, features: T.ones([2, 3]) })).toThrow(
      'dense: the input has shape [2, 3]; expected 2 on the last axis'
    )
  })

  it('and parameters of another layer, by path', () => {
    expect(() => step({ ...start, params: { w: start.params.w } as never }, xy)).toThrow(
      'Train.objective: the parameter b is missing; expected a tensor of shape [2]'
    )
  })
})
