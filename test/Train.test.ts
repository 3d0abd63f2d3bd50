import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

type Scalar = T.Tensor<[]>
type State = Train.State<{ readonly p: Scalar }, Scalar>

/** (p - x)^2, and a state that counts. */
const objective: Train.Objective<{ readonly p: Scalar }, Scalar, number> = ({ p }, seen, x) => [
  T.square(T.sub(p, x)),
  T.add(seen, 1)
]
const optimizer = Optimizer.sgd(0.25, { momentum: 0.5 })
const step = Train.step(objective, optimizer)
const start: State = {
  params: { p: T.scalar(4, 'float64') },
  layerState: T.scalar(0, 'int32'),
  optimizerState: optimizer.init({ p: T.scalar(4, 'float64') }),
  key: Random.key(0),
  step: 0
}

const shown = (state: State): string =>
  JSON.stringify(
    [state.params.p, state.layerState, state.optimizerState, state.key, state.step],
    (_key, value: unknown) => (value instanceof T.Tensor ? String(value) : value)
  )

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const left = <F, A>(result: E.Either<F, A>): F => {
  if (E.isRight(result)) throw new Error('it went well')
  return result.left
}

const batches = fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 8 })

describe('step', () => {
  it('is pure: the same state and batch give the same bits, and neither changes', () => {
    const before = shown(start)
    const [first] = step(start, 1)
    const [second] = step(start, 1)
    expect(shown(first)).toBe(shown(second))
    expect(shown(start)).toBe(before)
  })

  it('reports the loss before its update, and counts', () => {
    const [next, report] = step(start, 1)
    expect(report).toEqual({ step: 0, loss: 9 })
    expect(next.step).toBe(1)
    expect(T.item(next.layerState)).toBe(1)
    expect(T.item(next.params.p)).toBe(4 - 0.25 * 6)
    expect(next.key).not.toEqual(start.key)
  })

  it('hands a new key to each step, in training mode', () => {
    const seen: Layer.Context[] = []
    const spying: typeof objective = (params, state, x, context) => {
      seen.push(context)
      return objective(params, state, x, context)
    }
    right(Train.fold(Train.step(spying, optimizer))(start, [0, 0, 0]))
    expect(seen.map((context) => context.mode)).toEqual(['train', 'train', 'train'])
    expect(new Set(seen.map((context) => JSON.stringify(context.key))).size).toBe(3)
  })
})

describe('fold and scan', () => {
  it('fold over a concatenation is fold after fold', () => {
    fc.assert(
      fc.property(batches, batches, (first, second) => {
        const run = Train.fold(step)
        const atOnce = right(run(start, [...first, ...second]))
        const inTurn = right(run(right(run(start, first)), second))
        expect(shown(atOnce)).toBe(shown(inTurn))
      })
    )
  })

  it('scan is fold, with all reports', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const [state, reports] = right(Train.scan(step)(start, list))
        expect(shown(state)).toBe(shown(right(Train.fold(step)(start, list))))
        expect(reports.map((report) => report.step)).toEqual(list.map((_, i) => i))
      })
    )
  })

  it('runs 10^5 steps in a row', () => {
    type Idle = { readonly step: number }
    const idle: Train.Step<Idle, number> = (state, x) => [
      { ...state, step: state.step + 1 },
      { step: state.step, loss: x }
    ]
    expect(right(Train.fold(idle)({ step: 0 }, new Array<number>(100_000).fill(0))).step).toBe(100_000)
  })
})

/** A step whose loss is 0 and whose gradient is infinite at the batch 0. */
const steep: typeof step = Train.step(
  ({ p }, seen, x) => [x === 0 ? T.sqrt(T.sub(p, T.stopGradient(p))) : T.square(p), seen],
  Optimizer.sgd(0.1)
)
describe('wrong arguments', () => {
  it('the optimizer in the place of the objective is rejected', () => {
    const plain: Record<string, unknown> = { ...Train }
    for (const name of ['step', 'update']) {
      const make = plain[name] as (...args: readonly unknown[]) => unknown
      expect(() => make(Optimizer.sgd(0.1), objective)).toThrow(
        `Train.${name}: the objective is { slots: 0, init: a function, update: a function }; ` +
          'expected a function, before the optimizer'
      )
    }
  })

  it('a state whose key is none is rejected', () => {
    const at = (key: unknown) => () => step({ ...start, key } as never, 1)
    expect(at(3)).toThrow('Train: the key is 3; expected one from Random.key or Random.split')
    expect(at(null)).toThrow('Train: the key is null; expected one from Random.key or Random.split')
  })

  it('unknown and wrong options of run are rejected at once', () => {
    const run = (options: object) => () => Train.run(step)(start, [1], options)
    expect(run({ onprogress: () => undefined })).toThrow(
      'Train.run: unknown option onprogress; expected signal, onProgress or reporter'
    )
    expect(run({ onProgress: true })).toThrow('Train.run: onProgress is true; expected a function')
    expect(run({ signal: 'abort' })).toThrow("Train.run: signal is 'abort'; expected an AbortSignal")
  })
})

describe('divergence', () => {
  it('names the step and the loss, and keeps the last state whose loss was finite', () => {
    const good = right(Train.fold(step)(start, [1, 2]))
    const error = left(Train.fold(step)(start, [1, 2, 3, NaN, 5]))
    expect(error).toMatchObject({ _tag: 'Diverged', step: 3 })
    expect(error.loss).toBeNaN()
    expect(error.message).toBe(
      'Train: the loss is NaN at step 3; expected finite numbers, lower the learning rate or clip the gradient'
    )
    expect(shown(error.lastGood)).toBe(shown(good))
  })

  it('happens with a learning rate that is too high', () => {
    const wild = Train.step(objective, Optimizer.sgd(100))
    const error = left(Train.fold(wild)({ ...start, optimizerState: [] }, new Array<number>(400).fill(0)))
    expect(error.loss).toBe(Infinity)
    expect(Number.isFinite(T.item(error.lastGood.params.p))).toBe(true)
    expect(error.lastGood.step).toBe(error.step - 1)
  })

  it('at the first step leaves the first state', () => {
    const error = left(Train.scan(step)(start, [Infinity]))
    expect(error.lastGood).toBe(start)
    expect(error.message).toBe(
      `Train: the loss is ${error.loss} at step 0; expected finite numbers, look at the data (Debug.checkFinite)`
    )
  })

  it('in the last update is seen as well', () => {
    const error = left(Train.fold(steep)({ ...start, optimizerState: [] }, [1, 0]))
    expect(error.message).toBe(
      'Train: the gradient of p is not finite at step 1; expected finite numbers, lower the learning rate or clip the gradient'
    )
    expect(error.lastGood.step).toBe(1)
  })
})

describe('run', () => {
  async function* later(list: readonly number[]): AsyncGenerator<number> {
    for (const x of list) {
      await Promise.resolve()
      yield x
    }
  }

  it('is fold over batches that arrive in time', async () => {
    const list = [1, -3, 2, 2]
    const state = right(await Train.run(step)(start, later(list))())
    expect(shown(state)).toBe(shown(right(Train.fold(step)(start, list))))
    expect(shown(right(await Train.run(step)(start, list)()))).toBe(shown(state))
  })

  it('calls the listener after each step, and waits for it', async () => {
    const seen: string[] = []
    const onProgress = async (report: Train.Report): Promise<void> => {
      seen.push(`${report.step} begins`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      seen.push(`${report.step} ends`)
    }
    await Train.run(step)(start, later([1, 2]), { onProgress })()
    expect(seen).toEqual(['0 begins', '0 ends', '1 begins', '1 ends'])
  })

  describe('a signal while a batch is pending', () => {
    const never = (first: readonly number[]) => {
      const calls = { next: 0, return: 0 }
      const iterator: AsyncIterator<number> = {
        next: () => {
          const value = first[calls.next++]
          return value === undefined ? new Promise(() => undefined) : Promise.resolve({ value, done: false })
        },
        return: () => {
          calls.return++
          return new Promise(() => undefined)
        }
      }
      return [calls, { [Symbol.asyncIterator]: () => iterator }] as const
    }

    it('stops with the state that it has, and tells the source', async () => {
      const controller = new AbortController()
      const [calls, source] = never([1, 1])
      const running = Train.run(step)(start, source, { signal: controller.signal })()
      setTimeout(() => controller.abort(), 5)
      const error = left(await running)
      expect(error).toMatchObject({ _tag: 'Aborted', message: 'Train: stopped by its signal after 2 steps' })
      expect(error._tag === 'Aborted' && shown(error.state)).toBe(shown(right(Train.fold(step)(start, [1, 1]))))
      expect(calls).toEqual({ next: 3, return: 1 })
    })

    it('stops a generator that never yields', async () => {
      const controller = new AbortController()
      async function* source(): AsyncGenerator<number> {
        await new Promise(() => undefined)
        yield 1
      }
      const running = Train.run(step)(start, source(), { signal: controller.signal })()
      controller.abort()
      const error = left(await running)
      expect(error._tag === 'Aborted' && error.state).toBe(start)
    })

    it('leaves no listener behind, however it ends', async () => {
      let listeners = 0
      const signal: Train.Signal = {
        aborted: false,
        addEventListener: () => void listeners++,
        removeEventListener: () => void listeners--
      }
      right(await Train.run(step)(start, [1, 2, 3], { signal })())
      expect(listeners).toBe(0)
      const failing = function* (): Generator<number> {
        yield 1
        throw new Error('no more')
      }
      expect(left(await Train.run(step)(start, failing(), { signal })())).toMatchObject({ _tag: 'Failed' })
      expect(listeners).toBe(0)
    })
  })

  it('stops at its signal with the state that it has, and closes the source', async () => {
    const controller = new AbortController()
    let closed = false
    async function* source(): AsyncGenerator<number> {
      try {
        for (;;) yield 0
      } finally {
        closed = true
      }
    }
    const onProgress = (report: Train.Report): void => {
      if (report.step === 1) controller.abort()
    }
    const error = left(await Train.run(step)(start, source(), { signal: controller.signal, onProgress })())
    expect(error).toMatchObject({ _tag: 'Aborted', message: 'Train: stopped by its signal after 2 steps' })
    expect(error._tag === 'Aborted' && error.state.step).toBe(2)
    expect(closed).toBe(true)
  })

  it('does nothing when it is stopped before it begins', async () => {
    const error = left(await Train.run(step)(start, later([1]), { signal: { aborted: true } })())
    expect(error._tag === 'Aborted' && error.state).toBe(start)
  })

  it('an error of the source is a value, one of the step is not', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield* [1, 2]
      await Promise.resolve()
      throw new Error('the connection was lost')
    }
    const error = left(await Train.run(step)(start, broken())())
    expect(error).toMatchObject({
      _tag: 'Failed',
      message: 'Train: the batches ended in an error after 2 steps: the connection was lost'
    })
    const three: T.Tensor = T.ones([3])
    const wrong: typeof objective = ({ p }, seen) => [T.sum(T.add(T.mul(p, T.ones([2])), three)), seen]
    await expect(Train.run(Train.step(wrong, optimizer))(start, [1])()).rejects.toThrow(
      'add: [2] and [3] do not broadcast; expected sizes that are equal or 1, from the last axis on'
    )
  })

  it('sees parameters that the last update left infinite, as fold does', async () => {
    const from = { ...start, optimizerState: [] }
    const expected = left(Train.fold(steep)(from, [1, 0]))
    expect(expected.message).toContain('the gradient of p is not finite at step 1')
    expect(left(await Train.run(steep)(from, [1, 0])())).toEqual(expected)
    expect(left(await Train.run(steep)(from, later([1, 0]))())).toEqual(expected)
  })

  it('divergence is a value, and closes the source', async () => {
    let closed = false
    async function* source(): AsyncGenerator<number> {
      try {
        yield* [1, NaN, 2]
      } finally {
        closed = true
      }
    }
    expect(left(await Train.run(step)(start, source())())).toMatchObject({ _tag: 'Diverged', step: 1 })
    expect(closed).toBe(true)
  })
})

describe('a layer in training', () => {
  const model = pipe(
    Layer.sequential(Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 2)),
    Layer.named('a', 'b', 'c')
  )
  const data = {
    features: T.of([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1]
    ]),
    labels: T.of([0, 1, 1, 0], 'int32')
  }

  it('learns XOR, and the same seed gives the same bits', () => {
    const adam = Optimizer.adam(0.05)
    const run = Train.fold(Train.step(Train.objective(model, Loss.crossEntropy), adam))
    const train = (seed: number) => right(run(Train.init(model, adam)(Random.key(seed)), new Array(150).fill(data)))
    const state = train(1)
    const scores = Layer.predict(model)(state.params, state.layerState)(data.features)
    expect([...T.toArray(T.argmax(scores, { axis: -1 }))]).toEqual([0, 1, 1, 0])
    expect(T.item(Loss.crossEntropy(scores, data.labels))).toBeLessThan(0.05)
    expect(String(train(1).params.a.w)).toBe(String(state.params.a.w))
    expect(String(train(2).params.a.w)).not.toBe(String(state.params.a.w))
  })
})
