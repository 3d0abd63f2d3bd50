// What loops refuse, how they say where numbers stopped being finite, whom they tell, and what they cost.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, vi } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { foldOf } from './longFold.js'

const left = <F, A>(result: E.Either<F, A>): F => {
  if (E.isRight(result)) throw new Error('it went well')
  return result.left
}
const counting: Train.Step<number, unknown> = (n) => [n + 1, { step: n, loss: 1 }]

describe('batches of two structures', () => {
  const over =
    (...batches: readonly unknown[]) =>
    (): unknown =>
      Train.fold(counting)(0, batches)

  it('are refused by path', async () => {
    const [x, y] = [T.ones([2, 3]), T.ones([2])]
    expect(over({ x, y }, { x })).toThrow('Train: batch 1 is without y; expected that entry, as in the first batch')
    expect(over({ x }, { x }, { x, y })).toThrow('Train: batch 2 has y; expected no such entry, as in the first batch')
    expect(over({ in: [x, y] }, { in: [x, x] })).toThrow(
      'Train: batch 1 at in[1] is a tensor of rank 2; expected rank 1, as in the first batch'
    )
    expect(over(x, 3)).toThrow('Train: batch 1 is 3; expected a tensor, as in the first batch')
    expect(over([x], { x })).toThrow('Train: batch 1 is { x: a tensor of shape [2, 3] }; expected an array')
    await expect(Train.run(counting)(0, [{ x, y }, { x }])()).rejects.toThrow('Train: batch 1 is without y')
  })

  it('and what holds no batches at all', async () => {
    const given = 3 as unknown as readonly number[]
    const sentence = 'Train: the source of batches is 3; expected an iterable, such as an array or a generator'
    expect(() => Train.fold(counting)(0, given)).toThrow(sentence)
    await expect(Train.run(counting)(0, given)()).rejects.toThrow(sentence)
    const epochs = Train.epochs(counting, { batches: () => given, epochs: 1 })
    expect(() => epochs(Train.begin(0, Random.key(0)))).toThrow(sentence)
  })

  it('may differ in sizes', () => {
    expect(over({ x: T.ones([2, 3]), ids: [1, 2] }, { x: T.ones([1, 3]), ids: [1] })()).toEqual(E.right(2))
  })
})

describe('an asynchronous step', () => {
  const later: Train.AsyncStep<readonly number[], number> = async (seen, x) => {
    await Promise.resolve()
    if (x === 13) throw new Error('no 13')
    return [[...seen, x], { step: seen.length, loss: x }]
  }

  it('is awaited before the next batch', async () => {
    expect(await Train.run(later)([], [3, 4, 5])()).toEqual(E.right([3, 4, 5]))
  })

  it('diverges as others do, and rejects the task with its own error', async () => {
    const ended = left(await Train.run(later)([], [3, NaN])())
    expect(ended).toMatchObject({ _tag: 'Diverged', step: 1, lastGood: [] })
    await expect(Train.run(later)([], [3, 13])()).rejects.toThrow('no 13')
  })

  it('is refused by loops that do not wait', () => {
    expect(() => Train.fold(later as never)([], [3])).toThrow(
      'Train: what the step returned is an object of class Promise; expected [state, report]'
    )
  })
})

describe('a state of another optimizer or model', () => {
  const layer = Layer.dense(2, 2)
  const objective = Train.objective(layer, Loss.crossEntropy)
  const batch = { features: T.ones([1, 2]), labels: T.zeros([1], 'int32') }
  const adam = Optimizer.adam(0.1)
  const state = Train.init(layer, adam)(Random.key(0))
  const own = "the state that this optimizer's init or update returned"

  it('is refused at the first step, by path', () => {
    const momentum = Optimizer.sgd(0.1, { momentum: 0.9 })
    expect(() => Train.step(objective, momentum)(state, batch)).toThrow(
      `Optimizer.update: the state at [0].moments is without trace; pass ${own}`
    )
    expect(() => Train.step(objective, Optimizer.sgd(0.1))(state, batch)).toThrow(
      `Optimizer.update: the state has 1 entry, expected 0; pass ${own}`
    )
    const wide = Train.init(Layer.dense(3, 2), adam)(Random.key(0))
    expect(() => Train.step(objective, adam)({ ...state, optimizerState: wide.optimizerState }, batch)).toThrow(
      `Optimizer.update: the state at [0].moments.mean: w is float32 of shape [2, 3], expected float32 of shape [2, 2]; pass ${own}`
    )
  })

  it('two optimizers on two sets of parameters take turns and corrupt neither', () => {
    const momentum = Optimizer.sgd(0.1, { momentum: 0.9 })
    const [first, second] = [Train.step(objective, adam), Train.step(objective, momentum)]
    const other = Train.init(layer, momentum)(Random.key(1))
    const both: Train.Step<readonly [typeof state, typeof other], typeof batch> = ([a, b], each) => {
      const [nextA, report] = first(a, each)
      return [[nextA, second(b, each)[0]], report]
    }
    const batches = [batch, batch, batch]
    const together = Train.fold(both)([state, other], batches)
    expect(together).toEqual(
      E.right(
        [Train.fold(first)(state, batches), Train.fold(second)(other, batches)].map(
          (each) => E.isRight(each) && each.right
        )
      )
    )
  })
})

describe('the first leaf that is not finite', () => {
  type Params = { readonly a: T.Tensor<[]>; readonly b: T.Tensor<[]> }
  const params: Params = { a: T.scalar(1), b: T.scalar(2) }
  const start = (optimizer: Optimizer.Optimizer): Train.State<Params, readonly []> => ({
    params,
    layerState: [],
    optimizerState: optimizer.init(params),
    key: Random.key(0),
    step: 0
  })
  const sgd = Optimizer.sgd(1)
  const fold = (
    objective: Train.Objective<Params, readonly [], T.Tensor<[]>>,
    batches: readonly number[],
    optimizer = sgd
  ) =>
    left(
      Train.fold(Train.step(objective, optimizer))(
        start(optimizer),
        batches.map((x) => T.scalar(x))
      )
    )
  const lower = 'expected finite numbers, lower the learning rate or clip the gradient'

  it('is in the gradient, of a finite loss', () => {
    const steep: Train.Objective<Params, readonly [], T.Tensor<[]>> = ({ a, b }, s, x) => [
      T.add(T.square(a), T.sqrt(T.mul(T.sub(b, T.stopGradient(b)), x))),
      s
    ]
    const message = `Train: the gradient of b is not finite at step 0; ${lower}`
    expect(fold(steep, [1])).toMatchObject({ step: 0, leaf: 'gradient.b', message })
    const later = `Train: the loss is NaN at step 1, since the gradient of b was not finite at step 0; ${lower}`
    expect(fold(steep, [1, 1])).toMatchObject({ step: 1, leaf: 'gradient.b', message: later, lastGood: { step: 0 } })
  })

  it('is in the parameters, after an update that is too long', () => {
    const long = Optimizer.sgd(1e38)
    const objective: Train.Objective<Params, readonly [], T.Tensor<[]>> = ({ a, b }, s, x) => [
      T.add(T.square(T.sub(a, x)), T.mul(b, 9)),
      s
    ]
    const message = `Train: the parameter b is not finite at step 0; ${lower}`
    expect(fold(objective, [1], long)).toMatchObject({ step: 0, leaf: 'params.b', message })
    const later = `Train: the loss is -Infinity at step 1, where the parameter b is not finite; ${lower}`
    expect(fold(objective, [1, 1], long)).toMatchObject({ step: 1, leaf: 'params.b', message: later })
  })

  it('is in the batch', () => {
    const objective: Train.Objective<Params, readonly [], T.Tensor<[]>> = ({ a, b }, s, x) => [
      T.square(T.sub(T.add(a, b), x)),
      s
    ]
    expect(fold(objective, [1, NaN])).toMatchObject({
      step: 1,
      leaf: 'batch',
      message: `Train: the loss is NaN at step 1, where the batch is not finite; ${lower}`
    })
  })

  it('is found in a state with two models', () => {
    type Pair = {
      readonly generator: { readonly params: T.Tensor }
      readonly critic: { readonly params: { readonly w: T.Tensor } }
    }
    const bad: Pair = { generator: { params: T.of([1]) }, critic: { params: { w: T.of([1, Infinity]) } } }
    const step: Train.Step<Pair, number> = () => [bad, { step: 0, loss: 0 }]
    expect(left(Train.fold(step)(bad, [0]))).toMatchObject({
      leaf: 'critic.params.w',
      message: `Train: the parameter critic.params.w is not finite at step 0; ${lower}`
    })
  })
})

describe('reporters', () => {
  it('are told in fold, scan and run', async () => {
    for (const run of [Train.fold(counting), Train.scan(counting)]) {
      const seen: Train.Event[] = []
      run(0, [1, 2], { reporter: (event) => void seen.push(event) })
      expect(seen).toEqual([
        { _tag: 'Begun', epochs: 1, steps: 2 },
        { _tag: 'Stepped', epoch: 0, report: { step: 0, loss: 1 } },
        { _tag: 'Stepped', epoch: 0, report: { step: 1, loss: 1 } },
        { _tag: 'Ended', outcome: 'completed', message: '2 steps' }
      ])
    }
    const tags: string[] = []
    const reporter: Train.Reporter = async ({ _tag }) => {
      await Promise.resolve()
      tags.push(_tag)
    }
    await Train.run(counting)(0, [1], { reporter })()
    expect(tags).toEqual(['Begun', 'Stepped', 'Ended'])
  })

  it('hear of every end, of errors too', () => {
    const ends: string[] = []
    const reporter: Train.Reporter = (event) => {
      if (event._tag === 'Ended') ends.push(`${event.outcome}: ${event.message}`)
    }
    const broken: Train.Step<number, number> = () => {
      throw new Error('no such weights')
    }
    expect(() => Train.fold(broken)(0, [1], { reporter })).toThrow('no such weights')
    Train.fold((n: number, loss: number) => [n, { step: n, loss }] as const)(0, [NaN], { reporter })
    expect(ends).toEqual([
      'failed: no such weights',
      'diverged: Train: the loss is NaN at step 0; expected finite numbers, look at the data (Debug.checkFinite)'
    ])
  })

  it('that throw or reject change nothing, are told nothing more, and leave a line on the console', async () => {
    const lines: unknown[] = []
    const spy = vi.spyOn(console, 'warn').mockImplementation((line) => void lines.push(line))
    let calls = 0
    const throwing: Train.Reporter = ({ _tag }) => {
      calls++
      if (_tag === 'Stepped') throw new Error('the pipe is closed')
    }
    expect(Train.fold(counting)(0, [1, 2, 3], { reporter: throwing })).toEqual(E.right(3))
    expect(calls).toBe(2)
    const rejecting: Train.Reporter = async () => {
      await Promise.resolve()
      throw new Error('the socket is closed')
    }
    expect(await Train.run(counting)(0, [1, 2, 3], { reporter: rejecting })()).toEqual(E.right(3))
    expect(Train.fold(counting)(0, [1], { reporter: rejecting })).toEqual(E.right(1))
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(lines[0]).toBe(
      'Train: the reporter threw at Stepped and is told nothing more; the run goes on: the pipe is closed'
    )
    expect(lines[1]).toBe(
      'Train: the reporter threw at Begun and is told nothing more; the run goes on: the socket is closed'
    )
    spy.mockRestore()
  })
})

describe('reporters beside each other', () => {
  const concat = Train.MonoidReporter.concat as unknown as (...args: readonly unknown[]) => Train.Reporter

  it('are functions', () => {
    expect(() => concat(null, Train.silent)).toThrow('MonoidReporter.concat: the first argument is null; expected')
    expect(() => concat(Train.silent)).toThrow('MonoidReporter.concat: the second argument is undefined; expected')
  })

  it('may return what is not a promise', () => {
    const seen: string[] = []
    void concat(
      (): unknown => 3,
      (event: Train.Event) => seen.push(event._tag)
    )({ _tag: 'Begun' })
    expect(seen).toEqual(['Begun'])
  })
})

describe('long folds', () => {
  it('make 10^5 steps in constant memory, and without stack growth', () => {
    const { used, depth, count } = foldOf(100_000)
    expect(count).toBe(100_000)
    expect(depth[1]).toBe(depth[0])
    // each state is more than 800 bytes: those of 80000 steps would be 64 MB
    expect((used[1] ?? Infinity) - (used[0] ?? 0)).toBeLessThan(8e6)
  })
})

describe('rangeTest', () => {
  it('ends where the loss is not finite, and refuses rates that do not rise', () => {
    const step =
      (rate: (n: number) => number): Train.Step<number, number> =>
      (n, batch) => [n + 1, { step: n, loss: rate(n) > 2 ? NaN : batch }]
    const test = Train.rangeTest((rate) => [step(rate), 0] as const, { from: 1, to: 8, steps: 4 })
    expect(test([5, 6, 7, 8, 9])).toEqual([
      [1, 5],
      [2, 6]
    ])
    const range = (from: number, to: number, steps: number) => (): unknown =>
      Train.rangeTest((rate) => [step(rate), 0] as const, { from, to, steps })
    expect(range(0, 1, 4)).toThrow('Train.rangeTest: from is 0; expected a finite number above 0')
    expect(range(1, 1, 4)).toThrow('Train.rangeTest: to is 1; expected a finite number above from')
    expect(range(1, 2, 0)).toThrow('Train.rangeTest: steps is 0; expected an integer of 1 or more')
  })

  it('takes as many batches as steps, and closes their source', () => {
    const taken: number[] = []
    let closed = false
    function* batches(): Generator<number> {
      try {
        for (let i = 0; ; i++) {
          taken.push(i)
          yield i
        }
      } finally {
        closed = true
      }
    }
    expect(Train.rangeTest(() => [counting, 0] as const, { from: 1, to: 2, steps: 2 })(batches())).toHaveLength(2)
    expect([taken, closed]).toEqual([[0, 1], true])
  })

  const loose = (start: unknown, batches: unknown) => (): unknown =>
    Train.rangeTest((() => start) as never, { from: 1, to: 2, steps: 2 })(batches as never)
  const returned = 'Train.rangeTest: what the first argument returned is'

  it.each<readonly [string, () => unknown]>([
    [`${returned} undefined; expected [step, state]`, loose(undefined, [1])],
    [`${returned} {}; expected [step, state]`, loose({}, [1])],
    [`${returned} [1, 0]; expected [step, state]`, loose([1, 0], [1])],
    ['Train: the source of batches is 3; expected an iterable', loose([counting, 0], 3)],
    ['Train: the source of batches is undefined; expected an iterable', loose([counting, 0], undefined)],
    [
      'Train.rangeTest: the batches are asynchronous; expected an iterable such as an array',
      loose([counting, 0], { [Symbol.asyncIterator]: () => undefined })
    ]
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})

it('what a source throws is thrown by fold as it is', () => {
  const own = new RangeError('the disk is full')
  function* batches(): Generator<number> {
    yield 1
    throw own
  }
  let caught: unknown
  try {
    Train.fold(counting)(0, batches())
  } catch (error) {
    caught = error
  }
  expect(caught).toBe(own)
})

it('a step that returns no state with a report is refused', () => {
  for (const returned of [undefined, 1, [1], [1, undefined], [1, 'loss']]) {
    const fold = Train.fold((() => returned) as never)
    expect(() => fold(0, [0])).toThrow('Train: what the step returned is')
  }
})
