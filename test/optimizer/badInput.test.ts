import { expect, test } from 'vitest'
import * as Layer from '../../src/Layer.js'
import * as Optimizer from '../../src/Optimizer.js'
import * as Schedule from '../../src/Schedule.js'
import * as T from '../../src/Tensor.js'
import * as Train from '../../src/Train.js'

/** Calls with values that the types exclude, as they come from plain JavaScript. */
const call = (f: unknown, ...values: readonly unknown[]): unknown =>
  typeof f === 'function' ? Reflect.apply(f, undefined, values) : undefined

const clean = /^[\w.]+: .* is .*; expected /

test.each([undefined, null, 1, [null]])('readers of states refuse %s by a sentence', (state) => {
  const readers = [Optimizer.averageOf, Optimizer.partOf, Optimizer.hyperparamsOf, Optimizer.withHyperparams]
  for (const reader of readers) expect(() => call(reader, state, {})).toThrow(clean)
})

test('what is missing is refused by a sentence', () => {
  const { cosine, cosineRestarts, cyclic, exponential, inverseTime, linear } = Schedule
  const { multiStep, oneCycle, polynomial, step } = Schedule
  const curves = [cosine, exponential, inverseTime, linear, multiStep, polynomial, step]
  for (const f of [...curves, cosineRestarts, cyclic, oneCycle]) expect(() => call(f)).toThrow(clean)
  expect(() => call(Schedule.warmup(2))).toThrow(/^warmup: the schedule is undefined; expected /)
  expect(() => call(Schedule.reduceOnPlateau().update, undefined, 1)).toThrow(clean)
  expect(() => call(Optimizer.stateless)).toThrow(clean)
  expect(() => call(Optimizer.partition, undefined, () => 'a')).toThrow(clean)
  expect(() => call(Optimizer.injectHyperparams, () => Optimizer.identity)).toThrow(clean)
  expect(() => call(Train.epochs, () => 1)).toThrow(clean)
  expect(() => call(Train.rangeTest, () => 1)).toThrow(clean)
  for (const loop of [Train.fold, Train.scan]) expect(() => call(call(loop), 1, [1])).toThrow(clean)
})

test('a state with a broken slot is refused by a sentence', () => {
  const x = T.of([1, 2])
  const trace = Optimizer.trace(0.9)
  const [slot] = trace.init(x)
  for (const broken of [
    { ...slot, moments: undefined },
    { ...slot, count: undefined }
  ]) {
    expect(() => call(trace.update, x, [broken], x)).toThrow(clean)
  }
  const hollow = { ...slot, moments: { trace: { '': undefined } } }
  expect(() => call(trace.update, x, [hollow], x)).toThrow('.moments.trace is undefined, expected float32 of shape [2]')
})

const x = T.of([1, 2])
const state = Optimizer.trace(0.9).init(x)

/** The first update of an optimizer that `make` makes of what the types exclude. */
const updated =
  (make: unknown, values: readonly unknown[], memory: unknown = [{ ...state[0], moments: {} }], extras?: unknown) =>
  (): unknown =>
    call((call(make, ...values) as Optimizer.Optimizer).update, x, memory, x, extras)

const { stateful, stateless } = Optimizer
const none = (): object => ({})
const needy = (need: string): unknown => call(stateful, none, (g: unknown) => [g, {}], [need])

test.each<readonly [sentence: string, run: () => unknown]>([
  ...[undefined, null, [], 1, { w: x }, { '': 1 }, { '': T.of([1]) }].flatMap((value) => [
    ['stateless: the value of the rule is ', updated(stateless, [() => value], [])] as const,
    ['stateful: the value of the rule is ', updated(stateful, [none, () => value])] as const,
    ['stateful: the value of the rule is ', updated(stateful, [none, () => [value, {}]])] as const
  ]),
  ...[undefined, null, [], 1, { w: x }].flatMap((value) => [
    ['stateful: the second value of the rule is ', updated(stateful, [none, (g: unknown) => [g, value]])] as const,
    [
      'stateful: the value of the first function is ',
      updated(stateful, [() => value, (g: unknown) => [g, {}]])
    ] as const,
    [
      'stateful: the value of the first function is ',
      () => call((call(stateful, () => value, none) as Optimizer.Optimizer).init, x)
    ] as const
  ]),
  ...[null, 1, {}, ['gradient'], 'value'].map(
    (needs) => ['stateful: the list of needs is ', () => call(stateful, none, none, needs)] as const
  ),
  ...[undefined, null, 'a', NaN, x].flatMap((value) =>
    [Optimizer.scaleBySchedule, Optimizer.sgd].map(
      (make) => ['Optimizer.update: the value of the schedule is ', updated(make, [() => value])] as const
    )
  ),
  ...[undefined, null, 1, {}].flatMap((value) =>
    ['value', 'objective'].map(
      (need) => [`Optimizer.update: ${need} is `, updated(() => needy(need), [], undefined, { [need]: value })] as const
    )
  ),
  ...[{ update: 1 }, Schedule.reduceOnPlateau(), {}].map(
    (value) => ['Train.init: the optimizer is ', () => call(Train.init, Layer.dense(1, 1), value)] as const
  )
])('%s...', (sentence, run) => {
  expect(run).toThrow(clean)
  expect(run).toThrow(sentence)
})

test('an infinite bound leaves gradients as they are', () => {
  const gradient = T.of([Infinity, 1])
  for (const clip of [Optimizer.clip, Optimizer.clipByBlockRms, Optimizer.clipByGlobalNorm, Optimizer.adaptiveGradClip])
    expect(clip(Infinity).update(gradient, [], gradient)[0]).toEqual(gradient)
})
