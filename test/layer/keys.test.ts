/** Which key each part draws with: no two are alike, and none is used again. */
import { expect, it } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

const key = Random.key(5)
const drop = Layer.dropout(0.5)
const ones = T.ones([1000])
const share = (x: T.Tensor): number => T.toArray(x).filter((value) => value !== 0).length / 1000

it('parts in a row draw independently: a quarter survives two times one half', () => {
  const [output] = Layer.apply(Layer.sequential(drop, T.neg, drop))([{}, {}, {}], [{}, {}, {}], { mode: 'train', key })(
    ones
  )
  expect(share(output)).toBeGreaterThan(0.2)
  expect(share(output)).toBeLessThan(0.3)
})

it('calls of one part draw independently: an eighth survives three of them', () => {
  const layer = Layer.make({ drop }, (bound) => (x: T.Tensor<[1000]>) => bound.drop(bound.drop(bound.drop(x))))
  const [output] = Layer.apply(layer)({ drop: {} }, { drop: {} }, { mode: 'train', key })(ones)
  expect(share(output)).toBeGreaterThan(0.09)
  expect(share(output)).toBeLessThan(0.16)
})

it('a part in a mode of its own draws with the key that it is given there', () => {
  const layer = Layer.inMode('eval', drop)
  const draw = (own: Random.Key | undefined): T.Tensor =>
    Layer.apply(layer)({}, {}, { mode: 'train', key: own })(ones)[0]
  expect(T.toNested(draw(key))).toEqual(T.toNested(Layer.predict(drop)({}, {}, { mode: 'eval', key })(ones)))
  expect(share(draw(undefined))).toBe(1)
  expect(share(Layer.apply(Layer.sequential(layer))([{}], [{}], { mode: 'train', key })(ones)[0])).toBeLessThan(0.6)
})

it('dropConnect drops other elements of each weight', () => {
  const weights = Layer.stateless(
    Random.of({ a: { w: ones }, b: { w: ones } }),
    ({ a, b }) =>
      (x: T.Tensor<[1000]>) =>
        T.mul(x, T.mul(a.w, b.w))
  )
  const [{ params }] = weights.init(key)
  const [output] = Layer.apply(Layer.dropConnect(weights, 0.5))(params, {}, { mode: 'train', key })(ones)
  expect(share(output)).toBeGreaterThan(0.2)
  expect(share(output)).toBeLessThan(0.3)
})

it('a step of training splits its key: one half for the layers, the other for later steps', () => {
  const seen: Random.Key[] = []
  const optimizer = Optimizer.sgd(0.1)
  const layer = Layer.dense(2, 1)
  const step = Train.step((params: Layer.ParamsOf<typeof layer>, state: Layer.None, x: T.Tensor<[2]>, context) => {
    if (context.key !== undefined) seen.push(context.key)
    return [T.sum(Layer.apply(layer)(params, state, context)(x)[0]), state]
  }, optimizer)
  const start = Train.init(layer, optimizer)(key)
  const [forParams, forSteps] = Random.split(key)
  expect(T.toNested(start.key)).toEqual(T.toNested(forSteps))
  expect(T.toNested(start.params.w)).toEqual(T.toNested(layer.init(forParams)[0].params.w))
  const [next] = step(start, T.ones([2]))
  const [later, own] = Random.split(forSteps)
  expect(T.toNested(next.key)).toEqual(T.toNested(later))
  expect(seen.map((each) => T.toNested(each))).toEqual([T.toNested(own)])
})

it('the objective that an optimizer is given draws as the gradient did', () => {
  const layer = Layer.sequential(Layer.dense(2, 64), drop)
  const values: number[] = []
  const looking: Optimizer.Optimizer<'value' | 'objective'> = Optimizer.stateful(
    () => ({}),
    (gradient, moments, { params, value, objective }) => {
      values.push(T.item(value), T.item(objective(params)))
      return [gradient, moments]
    },
    ['value', 'objective']
  )
  const step = Train.step(
    Train.objective(layer, (output: T.Tensor<[number, 64]>, labels: T.Tensor<[]>) => T.mul(T.sum(output), labels)),
    looking
  )
  step(Train.init(layer, looking)(key), { features: T.ones([1, 2]), labels: T.scalar(1) })
  expect(values[1]).toBe(values[0])
})

it('a part in a mode of its own is looked into as any other', () => {
  const inner = Layer.sequential(Layer.dense(2, 3), drop)
  const rows = Layer.summary(
    Layer.make({ part: Layer.inMode('eval', inner) }, ({ part }) => part),
    [1, 2]
  )
  expect(rows.map(({ path }) => path)).toEqual(['', 'part', 'part[0]', 'part[1]'])
})
