// A task that attention has to learn: to sort short lists of numbers.
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

type Lists = T.Tensor<[number, 5]>

/** Each position gets scores of the number that is to stand there. */
const model = Layer.sequential(
  Model.transformerEncoder({
    vocabulary: 8,
    width: 32,
    heads: 4,
    layers: 1,
    context: 5,
    hidden: 64,
    init: Init.normal(0.2)
  }),
  Layer.dense(32, 8)
)

const listsOf = (key: Random.Key, count: number): Train.Example<Lists, Lists> => {
  const features: Lists = T.cast(Random.uniform(key, [count, 5], { high: 8 }), 'int32')
  return { features, labels: T.sort(features, { axis: 1 }) }
}

/** The share of 500 new lists that are right in all five places, after so many steps on 32 new lists each. */
export const sortingAfter = (steps: number, seed: number): number => {
  const optimizer = Optimizer.adam(Schedule.cosine({ from: 1e-2, over: steps }))
  const step = Train.step(Train.objective(model, Loss.crossEntropy), optimizer)
  const [forModel, forLists, forTest] = Random.split(Random.key(seed), 3)
  let state = Train.init(model, optimizer)(forModel)
  for (const key of Random.split(forLists, steps)) [state] = step(state, listsOf(key, 32))
  const { features, labels } = listsOf(forTest, 500)
  const found = T.argmax(Layer.predict(model)(state.params, state.layerState)(features), { axis: -1 })
  return T.item(T.mean(T.cast(T.all(T.equal(found, labels), { axis: 1 }), 'float32')))
}
