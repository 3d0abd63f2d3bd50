import { expect, test } from 'vitest'
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
