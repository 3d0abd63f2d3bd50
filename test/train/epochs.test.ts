// Training by epochs: history, the best state, early stopping, and runs that go on where they were interrupted.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const left = <F, A>(result: E.Either<F, A>): F => {
  if (E.isRight(result)) throw new Error('it went well')
  return result.left
}

const layer = Layer.sequential(Layer.dense(2, 4), Layer.lift(T.tanh), Layer.dropout(0.3), Layer.dense(4, 2))
interface Batch {
  readonly features: T.Tensor<[number, 2]>
  readonly labels: T.Tensor<[number]>
}
const optimizer = Optimizer.chain(
  Optimizer.clipByGlobalNorm(1),
  Optimizer.adam(Schedule.cosine({ from: 0.1, over: 12 }))
)
const plateau = Schedule.reduceOnPlateau({ factor: 0.5, patience: 0 })
type Learning = Train.State<Layer.ParamsOf<typeof layer>, Layer.StateOf<typeof layer>>
interface State {
  readonly learning: Learning
  readonly plateau: Schedule.PlateauState
}
const inner = Train.step(Train.objective(layer, Loss.crossEntropy), optimizer)
const step: Train.Step<State, Batch> = ({ learning, plateau: unchanged }, batch) => {
  const [next, report] = inner(learning, batch)
  return [{ learning: next, plateau: unchanged }, report]
}

/** Four batches of three points, drawn from the key of the epoch. */
const batches = (_epoch: number, key: Random.Key): readonly Batch[] =>
  Random.split(key, 4).map((own) => {
    const features = Random.normal(own, [3, 2])
    return { features, labels: T.cast(T.greater(T.at(features, 0, { axis: 1 }), 0), 'int32') }
  })

const held = batches(0, Random.key(99))[0]!
const validationLoss = (state: State): number =>
  T.item(
    Loss.crossEntropy(
      Layer.predict(layer)(state.learning.params, state.learning.layerState)(held.features),
      held.labels
    )
  )

type Measured = { readonly validationLoss: number }
const plan: Train.Plan<State, Batch, Measured> = {
  batches,
  epochs: 3,
  validate: (state) => ({ validationLoss: validationLoss(state) }),
  monitor: 'validationLoss',
  afterEpoch: (state, metrics) => ({ ...state, plateau: plateau.update(state.plateau, metrics.validationLoss) })
}
const start: Train.Run<State, Measured> = Train.begin(
  { learning: Train.init(layer, optimizer)(Random.key(0)), plateau: plateau.init },
  Random.key(1)
)
const train = Train.epochs(step, plan)
const text = (run: Train.Run<State, Measured>): string => JSON.stringify(Train.toJSON(run))
const uninterrupted = right(train(start))

/** Stops a run after so many steps, and sends what it reached through text. */
const interruptedAfter = (count: number): Train.Run<State, Measured> => {
  let made = 0
  const signal = { aborted: false }
  const reporter: Train.Reporter = ({ _tag }) => {
    if (_tag === 'Stepped' && ++made === count) signal.aborted = true
  }
  const error = left(train(start, { signal, reporter }))
  if (error._tag !== 'Aborted') throw new Error(error.message)
  const read = Train.fromJSON(JSON.parse(text(error.state)), start)
  if (E.isLeft(read)) throw new Error(T.showJsonErrors(read.left))
  return read.right
}

describe('epochs', () => {
  it('keep a history, the best state, and what they count', () => {
    expect(uninterrupted.history.map(({ epoch, step: at }) => [epoch, at])).toEqual([
      [0, 4],
      [1, 8],
      [2, 12]
    ])
    expect(uninterrupted.history.map(({ metrics }) => Object.keys(metrics).sort())[0]).toEqual([
      'loss',
      'validationLoss'
    ])
    const values = uninterrupted.history.map(({ metrics }) => metrics.validationLoss)
    const best = Math.min(...values)
    expect(uninterrupted.best?.value).toBe(best)
    expect(uninterrupted.best?.epoch).toBe(values.indexOf(best))
    expect(uninterrupted.best && validationLoss(uninterrupted.best.state)).toBe(best)
    expect(uninterrupted.stale).toBe(2 - values.indexOf(best))
    expect([uninterrupted.epoch, uninterrupted.batch, uninterrupted.step]).toEqual([3, 0, 12])
    expect(T.item(uninterrupted.state.plateau.best)).toBe(best)
  })

  it('are folds over the batches of their keys', () => {
    const all = [0, 1, 2].flatMap((epoch) => batches(epoch, Random.foldIn(start.key, epoch)))
    const folded = right(Train.fold(step)(start.state, all))
    expect(JSON.stringify(folded.learning)).toBe(JSON.stringify(uninterrupted.state.learning))
  })

  it('go on from JSON bit for bit, in the middle of an epoch and between two', () => {
    for (const count of [1, 4, 6, 11]) expect(text(right(train(interruptedAfter(count))))).toBe(text(uninterrupted))
  })

  it('are the same over asynchronous batches, interrupted or not', async () => {
    const later = async function* (epoch: number, key: Random.Key): AsyncGenerator<Batch> {
      for (const batch of batches(epoch, key)) {
        await Promise.resolve()
        yield batch
      }
    }
    const asynchronous = Train.runEpochs(step, {
      ...plan,
      batches: later,
      validate: async (state) => ({ validationLoss: validationLoss(state) })
    })
    expect(text(right(await asynchronous(start)()))).toBe(text(uninterrupted))
    expect(text(right(await asynchronous(interruptedAfter(6))()))).toBe(text(uninterrupted))
  })

  it('are the same by an asynchronous step, interrupted or not', async () => {
    const later: Train.AsyncStep<State, Batch> = async (state, batch) => {
      await Promise.resolve()
      return step(state, batch)
    }
    const asynchronous = Train.runEpochs(later, plan)
    expect(text(right(await asynchronous(start)()))).toBe(text(uninterrupted))
    expect(text(right(await asynchronous(interruptedAfter(6))()))).toBe(text(uninterrupted))
    const diverging: Train.AsyncStep<number, number> = async (n, loss) => [n + 1, { step: n, loss }]
    const ended = await Train.runEpochs(diverging, { batches: () => [1, NaN], epochs: 2 })(zero)()
    expect(left(ended)).toMatchObject({ _tag: 'Diverged', step: 1, lastGood: { state: 0, batch: 0 } })
    const failing = Train.runEpochs(async () => Promise.reject(new Error('no engine')), {
      batches: () => [1],
      epochs: 1
    })
    await expect(failing(zero)()).rejects.toThrow('no engine')
    const wrong = Train.runEpochs((async () => 3) as never, { batches: () => [1], epochs: 1 })
    await expect(wrong(zero)()).rejects.toThrow('Train: what the step returned is 3; expected [state, report]')
  })

  it('tell of their events', () => {
    const seen: Train.Event[] = []
    right(train(start, { reporter: (event) => void seen.push(event) }))
    expect(seen.map(({ _tag }) => _tag[0]).join('')).toBe('BSSSSESSSSESSSSEE')
    expect(seen[0]).toEqual({ _tag: 'Begun', epochs: 3 })
    expect(seen[5]).toEqual({ _tag: 'Epoch', ...uninterrupted.history[0] })
    const best = uninterrupted.best?.epoch
    const message = `12 steps in 3 epochs, the best was epoch ${Number(best) + 1}`
    expect(seen.at(-1)).toEqual({ _tag: 'Ended', outcome: 'completed', message })
  })
})

// a fold whose state is a number, and whose losses are its batches
const counting: Train.Step<number, number> = (n, loss) => [n + 1, { step: n, loss }]
const zero = Train.begin(0, Random.key(0))

describe('early stopping', () => {
  const measured = (
    values: readonly number[],
    options: Partial<Train.Plan<number, number, { readonly v: number }>> = {}
  ) => {
    let next = 0
    return right(
      Train.epochs(counting, {
        batches: () => [1],
        epochs: values.length,
        validate: () => ({ v: values[next++] ?? NaN }),
        monitor: 'v',
        patience: 2,
        ...options
      })(zero)
    )
  }

  it('waits as long as its patience, and keeps the best', () => {
    const run = measured([3, 2, 2, 1, 5, 6, 0])
    expect([run.epoch, run.best?.epoch, run.best?.state, run.best?.value]).toEqual([6, 3, 4, 1])
    expect(measured([3, 2, 2, 1, 5, 0, 6]).best?.value).toBe(0)
  })

  it('may look for larger values, and for a least difference; NaN is never better', () => {
    expect(measured([1, 2, 3, 3, 3, 9], { mode: 'max' }).best?.value).toBe(3)
    expect(measured([3, 2.9, 2.8, 0], { minDelta: 0.5 }).epoch).toBe(3)
    const run = measured([NaN, NaN, 1])
    expect([run.epoch, run.best]).toEqual([2, null])
  })

  it('is an outcome, and stays one when the run is resumed', () => {
    const plans = Train.epochs(counting, { batches: () => [1], epochs: 9, patience: 1 })
    const seen: Train.Event[] = []
    const reporter: Train.Reporter = (event) => void seen.push(event)
    const run = right(plans(zero, { reporter }))
    expect(seen.at(-1)).toMatchObject({ outcome: 'stopped', message: '2 steps in 2 epochs, the best was epoch 1' })
    expect(right(plans(run))).toEqual(run)
  })
})

describe('what goes wrong', () => {
  it('an epoch without batches, and one that ends before those that were made', () => {
    const empty = Train.epochs(counting, { batches: (epoch) => (epoch === 0 ? [1] : []), epochs: 2 })
    expect(() => empty(zero)).toThrow('Train.epochs: epoch 1 is without batches; expected at least one')
    expect(() => Train.epochs(counting, { batches: () => [1], epochs: 1 })({ ...zero, batch: 3 })).toThrow(
      'Train: the batches of the epoch ended after 1; expected at least the 3 of the run before, pass the same batches'
    )
  })

  it('plans, runs and measures of another kind', () => {
    const plain = Train.epochs as unknown as (...args: readonly unknown[]) => (run: unknown) => unknown
    const simple = { batches: () => [1], epochs: 1 }
    expect(() => plain(simple)).toThrow(
      'Train.epochs: the step is { batches: a function, epochs: 1 }; expected a function'
    )
    expect(() => plain(counting, { epochs: 1 })).toThrow(
      'Train.epochs: batches is undefined; expected a function of epoch and key'
    )
    expect(() => plain(counting, { ...simple, epochs: -1 })).toThrow(
      'Train.epochs: epochs is -1; expected an integer of 0 or more'
    )
    expect(() => plain(counting, { ...simple, patience: 0 })).toThrow(
      'Train.epochs: patience is 0; expected an integer of 1 or more'
    )
    expect(() => plain(counting, { ...simple, validation: 0 })).toThrow(
      'Train.epochs: unknown option validation; expected batches'
    )
    expect(() => plain(counting, simple)(0)).toThrow(
      'Train.epochs: the start is 0; expected a run, from Train.begin or Train.fromJSON'
    )
    for (const best of [undefined, 3, {}, { value: '1' }]) {
      expect(() => plain(counting, { ...simple, epochs: 2 })({ ...zero, best })).toThrow(
        /^Train.epochs: the best of the start is .*; expected null, or a state with its epoch and value$/
      )
    }
    expect(() => plain(counting, { ...simple, validate: () => ({ loss: 1 }) })(zero)).toThrow(
      'Train.epochs: validate measures loss, the name of the mean loss of the epoch; expected another name, such as validationLoss'
    )
    expect(() => plain(counting, { ...simple, validate: () => 3 })(zero)).toThrow(
      'Train.epochs: what validate returned is 3; expected numbers by name'
    )
    expect(() => plain(counting, { ...simple, monitor: 'accuracy' })(zero)).toThrow(
      "Train.epochs: monitor is 'accuracy', which is not measured; expected one of loss"
    )
    const waiting = 'asynchronous; expected none that wait, use Train.runEpochs'
    expect(() => plain(counting, { ...simple, validate: async () => ({}) })(zero)).toThrow(
      `Train.epochs: what validate returned is ${waiting}`
    )
    expect(() => plain(async () => [0, { step: 0, loss: 0 }], simple)(zero)).toThrow(
      'Train: what the step returned is an object of class Promise; expected [state, report]'
    )
    const later = async function* (): AsyncGenerator<number> {
      yield 1
    }
    expect(() => plain(counting, { ...simple, batches: later })(zero)).toThrow(
      `Train.epochs: the batches are ${waiting}`
    )
  })

  it('divergence and failure have the run in them, from which it goes on', () => {
    const values = [
      [1, 2],
      [3, NaN, 4]
    ]
    const bad = left(Train.epochs(counting, { batches: (epoch) => values[epoch] ?? [], epochs: 2 })(zero))
    if (bad._tag !== 'Diverged') throw new Error(bad.message)
    const { state, epoch, batch, total } = bad.lastGood
    expect([bad.step, state, epoch, batch, total]).toEqual([3, 2, 1, 0, 0])
    const failing = function* (): Generator<number> {
      yield 1
      throw new Error('the disk is full')
    }
    const error = left(Train.epochs(counting, { batches: failing, epochs: 2 })(zero))
    expect(error.message).toBe('Train: the batches ended in an error after 1 step: the disk is full')
    expect(error._tag === 'Failed' && [error.state.state, error.state.batch]).toEqual([1, 1])
    const resumed = error._tag === 'Failed' ? error.state : zero
    expect(right(Train.epochs(counting, { batches: () => [1, 5], epochs: 1 })(resumed)).history[0]?.metrics.loss).toBe(
      3
    )
  })
})

describe('JSON', () => {
  const like = start
  const read = (change: (run: Record<string, unknown>) => object): string => {
    const document = JSON.parse(text(uninterrupted)) as { readonly run: Record<string, unknown> }
    const result = Train.fromJSON({ ...document, run: { ...document.run, ...change(document.run) } }, like)
    return E.isLeft(result) ? T.showJsonErrors(result.left) : 'no error'
  }

  it('of other models, other optimizers and other data is refused by path', () => {
    const other = Train.begin(
      { ...start.state, learning: Train.init(layer, Optimizer.sgd(0.1))(Random.key(0)) },
      start.key
    )
    const result = Train.fromJSON<unknown>(JSON.parse(text(uninterrupted)), other)
    expect(E.isLeft(result) && result.left[0].path).toBe('state.learning.optimizerState')
    expect(read(() => ({}))).toBe('no error')
    expect(read(() => ({ epoch: -1 }))).toBe('epoch: expected a count, got -1')
    expect(read(() => ({ key: 0 }))).toMatch(/^key: expected an object with shape, dtype and data/)
    expect(read(() => ({ history: [{ epoch: 0, step: 1, metrics: { loss: 'low' } }] }))).toBe(
      "history[0].metrics.loss: expected a number, got 'low'"
    )
    expect(read(() => ({ best: 3 }))).toBe('best: expected null or an object with state, epoch and value, got 3')
    expect(Train.fromJSON({}, like)).toEqual(
      E.left([{ path: '', rule: 'expected a run, as Train.toJSON writes it, got {}' }])
    )
  })

  it('keeps the numbers that JSON does not have', () => {
    const run = { ...Train.begin([NaN, -0, Infinity, 0.1, 'a', null, true], Random.key(0)), total: -Infinity }
    expect(Train.fromJSON(JSON.parse(JSON.stringify(Train.toJSON(run))), run)).toEqual(E.right(run))
  })

  it('refuses states that are not plain data', () => {
    expect(() => Train.toJSON(Train.begin({ model: { f: () => 1 } }, Random.key(0)))).toThrow(
      'Train.toJSON: state.model.f is a function; expected tensors and plain data, such as numbers, arrays and records'
    )
  })
})
