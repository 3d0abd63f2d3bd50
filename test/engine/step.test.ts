// Steps on an engine: their states, which stay there, and training by them. The engine is a fake; interop has the real ones.
import * as E from 'fp-ts/lib/Either.js'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { describe, expect, it } from 'vitest'
import { stepBy, training } from '../../src/engine/step.js'
import { fakeEngine } from './fakeEngine.js'

const step = stepBy(() => E.right(new Uint8Array(1)))

const got = <F, A>(result: E.Either<F, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

interface State {
  readonly sum: T.Tensor<[]>
  readonly count: T.Tensor<[]>
}

const start: State = { sum: T.scalar(0), count: T.scalar(0, 'int32') }
interface Told {
  readonly mean: T.Tensor<[]>
  readonly isFirst: T.Tensor<[]>
}

const f = ({ sum, count }: State, x: T.Tensor<[]>): readonly [State, Told] => {
  const next = { sum: T.add(sum, x), count: T.add(count, 1) }
  return [next, { mean: T.div(next.sum, T.cast(next.count, 'float32')), isFirst: T.equal(count, 0) }]
}
const gone =
  'OnnxRuntime.step: the state was let go of; expected one of the last three of a run whose step is in use, read it before'

describe.each([
  ['on the processor', undefined],
  ['on a device', ['webgpu', 'wasm']]
])('a step %s', (_, executionProviders) => {
  const isFar = executionProviders !== undefined
  const made = async () => {
    const { engine, account } = fakeEngine(f, [start, T.scalar(1)] as const)
    const options = isFar ? { engine, executionProviders } : { engine }
    return { account, advance: got(await step(f, options)(start, T.scalar(1))()) }
  }

  it('goes from state to state, and tells what the function tells', async () => {
    const { advance } = await made()
    const [one, first] = await advance(advance.place(start), T.scalar(4))
    const [two, second] = await advance(one, T.scalar(8))
    expect([first.mean, second.mean]).toEqual([T.scalar(4), T.scalar(6)])
    expect([first.isFirst, second.isFirst]).toEqual([T.scalar(true), T.scalar(false)])
    expect([one.steps, two.steps]).toEqual([1, 2])
    expect(await advance.read(two)).toEqual({ sum: T.scalar(12), count: T.scalar(2, 'int32') })
    expect(await advance.read(advance.place(start))).toEqual(start)
  })

  it('may go on from one state twice', async () => {
    const { advance } = await made()
    const [one] = await advance(advance.place(start), T.scalar(4))
    const [[left], [right]] = await Promise.all([advance(one, T.scalar(1)), advance(one, T.scalar(2))])
    expect((await advance.read(left)).sum).toEqual(T.scalar(5))
    expect((await advance.read(right)).sum).toEqual(T.scalar(6))
  })

  it('leaves only states on a device, of which it holds three', async () => {
    const { advance, account } = await made()
    const places = {
      'result[0].sum': 'gpu-buffer',
      'result[0].count': 'gpu-buffer',
      'result[1].mean': 'cpu',
      'result[1].isFirst': 'cpu'
    }
    expect(account.options[0]?.['preferredOutputLocation']).toEqual(isFar ? places : undefined)
    const states = [advance.place(start)]
    for (let i = 0; i < 5; i++) states.push((await advance(states[i]!, T.scalar(1)))[0])
    expect(account.disposed).toBe(isFar ? 4 : 0)
    const sumOf = async (state: (typeof states)[number]): Promise<unknown> => {
      try {
        return T.item((await advance.read(state)).sum)
      } catch (error) {
        return error instanceof Error ? error.message : error
      }
    }
    const sums = async (): Promise<readonly unknown[]> => Promise.all(states.map(sumOf))
    expect(await sums()).toEqual(isFar ? [0, gone, gone, 3, 4, 5] : [0, 1, 2, 3, 4, 5])
    const again = advance(states[2]!, T.scalar(1)).then(
      ([, { mean }]) => mean,
      ({ message }: Error) => message
    )
    expect(await again).toEqual(isFar ? gone : T.scalar(1))
    await advance.release()
    expect(account.disposed).toBe(isFar ? 10 : 0)
    expect(await sums()).toEqual(isFar ? [0, gone, gone, gone, gone, gone] : [0, 1, 2, 3, 4, 5])
    await expect(advance(advance.place(start), T.scalar(1))).rejects.toThrow(
      'OnnxRuntime.step: the function was released; expected one that is in use, compile it again'
    )
  })
})

describe('a step refuses', () => {
  const over = (g: (state: State, x: T.Tensor<[]>) => unknown) => step(g as typeof f)(start, T.scalar(1))()
  const expected = 'expected [state, what the step tells], with a state as it went in'

  it('a state that comes out otherwise than it went in', async () => {
    const wrong = over(({ sum, count }) => [{ sum: T.cast(sum, 'float64'), count }, {}])
    await expect(wrong).rejects.toThrow(
      'OnnxRuntime.step: the state at sum comes out as float64 of shape []; expected float32 of shape [], as it went in'
    )
    await expect(over(({ sum }) => [{ sum }, {}])).rejects.toThrow(
      `OnnxRuntime.step: the state at count does not come out; ${expected}`
    )
    await expect(over((state) => [{ ...state, more: state.sum }, {}])).rejects.toThrow(
      `OnnxRuntime.step: the state at more comes out and did not go in; ${expected}`
    )
    await expect(over((state) => state)).rejects.toThrow(
      `OnnxRuntime.step: the state at sum does not come out; ${expected}`
    )
  })

  it('another value than a placed state', async () => {
    const { engine } = fakeEngine(f, [start, T.scalar(1)] as const)
    const advance = got(await step(f, { engine })(start, T.scalar(1))())
    await expect(advance(start as never, T.scalar(1))).rejects.toThrow(
      'expected one from place or from the step before'
    )
  })

  it('the state of another step, which holds other tensors', async () => {
    const { engine } = fakeEngine(f, [start, T.scalar(1)] as const)
    const advance = got(await step(f, { engine })(start, T.scalar(1))())
    type Pair = readonly [T.Tensor<[2]>, T.Tensor]
    const other = (state: T.Tensor<[2]>, x: T.Tensor): Pair => [T.add(state, x) as T.Tensor<[2]>, x]
    const made = fakeEngine(other, [T.zeros([2]), T.scalar(1)] as const)
    const foreign = got(await step(other, { engine: made.engine })(T.zeros([2]), T.scalar(1))()).place(T.zeros([2]))
    const said =
      'OnnxRuntime.step: the state holds float32 of shape [2]; expected float32 of shape [], int32 of shape [], as place gives it'
    await expect(advance(foreign as never, T.scalar(1))).rejects.toThrow(said)
    await expect(advance.read(foreign as never)).rejects.toThrow(said)
  })
})

it('training by an engine is that of Train.run', async () => {
  const optimizer = Optimizer.adam(0.1)
  const objective: Train.Objective<T.Tensor<[]>, readonly [], T.Tensor<[]>> = (p, s, x) => [T.square(T.sub(p, x)), s]
  const update = Train.update(objective, optimizer)
  const params = T.scalar(4)
  const first = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0) } as const
  const batches = [1, 2, 3, 4].map((x) => T.scalar(x))
  const { engine } = fakeEngine(update, [first, T.scalar(0)] as const)
  const advance = got(await step(update, { engine, executionProviders: ['webgpu'] })(first, T.scalar(0))())
  const reports: Train.Report[] = []
  const onProgress = (report: Train.Report): void => void reports.push(report)
  const run = Train.run(training(advance))
  const last = got(await run(advance.place(first), batches, { onProgress })())
  const eager = got(Train.scan(Train.step(objective, optimizer))({ ...first, step: 0 }, batches))
  expect((await advance.read(last)).params).toEqual(eager[0].params)
  expect(reports).toEqual(eager[1])
  const byEpochs = Train.runEpochs(training(advance), {
    batches: (epoch) => batches.slice(2 * epoch, 2 * epoch + 2),
    epochs: 2,
    validate: async (state) => ({ distance: T.item((await advance.read(state)).params) })
  })
  const ended = got(await byEpochs(Train.begin(advance.place(first), Random.key(0)))())
  expect((await advance.read(ended.state)).params).toEqual(eager[0].params)
  expect(ended.history.at(-1)?.metrics.distance).toBe(T.item(eager[0].params))
  const diverged = await run(advance.place(first), [...batches, T.scalar(NaN)])()
  expect(diverged).toMatchObject({ left: { _tag: 'Diverged', step: 4 } })
  const state = E.isLeft(diverged) && diverged.left._tag === 'Diverged' ? diverged.left.lastGood : last
  expect(state.steps).toBe(3)
  expect((await advance.read(state)).key.shape).toEqual([2])
})
