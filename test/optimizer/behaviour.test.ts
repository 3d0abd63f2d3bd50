// What is particular to transformations and optimizers, beside the laws that all keep.
import { describe, expect, it, test } from 'vitest'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const p = T.of([1, -2])
const g = T.of([0.5, 4])

/** The updates of some steps at one gradient, and the last state. */
const run = (optimizer: Optimizer.Optimizer, gradients: readonly T.Tensor<[2]>[], from = optimizer.init(p)) => {
  let state = from
  const updates = gradients.map((each) => {
    const [update, next] = optimizer.update(each, state, p)
    state = next
    return T.toNested(update)
  })
  return { updates, state }
}

describe('moments', () => {
  it('of leaves that are factored are vectors', () => {
    const params = { w: T.zeros([3, 5]), k: T.zeros([4, 2, 3]), b: T.zeros([5]) }
    const [slot] = Optimizer.adafactor(0.1, { minSize: 3 }).init(params)
    expect(Tree.flatten(slot?.moments).paths).toEqual(['rows.w', 'rows.k', 'columns.w', 'columns.k', 'root.b'])
    const sizes = Tree.leaves(slot?.moments).map(({ shape }) => shape)
    expect(sizes).toEqual([[3, 1], [4, 2, 1], [1, 5], [1, 2, 3], [5]])
  })

  it('of amsgrad keep the largest', () => {
    const amsgrad = Optimizer.scaleByAmsgrad({ beta1: 0, beta2: 0.5 })
    const { state } = run(amsgrad, [T.of([8, 8]), T.of([0, 0]), T.of([0, 0])])
    expect(T.toNested(state[0]!.moments['largest']!['']!)).toEqual([8, 8])
  })

  it('of centred squares are never negative, however close the gradients are', () => {
    const close = Array.from({ length: 20 }, (_, i) => T.of([1e6 + i / 16, -1e6]))
    const { updates } = run(Optimizer.rmsprop(0.1, { centred: true }), close)
    expect(updates.flat().every(Number.isFinite)).toBe(true)
  })

  it('count gradients whose squares overflow in float32 as they count others', () => {
    const [small] = run(Optimizer.adam(0.1), [g]).updates
    const [large] = run(Optimizer.adam(0.1), [T.mul(g, 1e30)]).updates
    expect(large?.every((x, i) => Math.abs(x - (small?.[i] ?? NaN)) < 1e-6)).toBe(true)
  })
})

describe('wrappers', () => {
  it('applyIfFinite lets failures through after so many in a row', () => {
    const bad = T.of([Infinity, 1])
    const { updates, state } = run(Optimizer.applyIfFinite(Optimizer.sgd(1), 2), [bad, bad, bad, g, bad])
    expect(updates).toEqual([
      [0, 0],
      [0, 0],
      [-Infinity, -1],
      [-0.5, -4],
      [0, 0]
    ])
    expect(T.item(state[0]!.moments['failures']!['']! as T.Tensor<[]>)).toBe(1)
    expect(T.item(state[0]!.moments['total']!['']! as T.Tensor<[]>)).toBe(4)
  })

  it('accumulate takes the mean, and begins anew', () => {
    const { updates } = run(Optimizer.accumulate(Optimizer.sgd(1), 2), [T.of([1, 2]), T.of([3, 4]), g, g])
    expect(updates).toEqual([
      [0, 0],
      [-2, -3],
      [0, 0],
      [-0.5, -4]
    ])
  })

  it('injected hyper-parameters give the bits of the optimizer itself, and follow their schedules', () => {
    const fixed = Optimizer.injectHyperparams(({ rate, beta1 }) => Optimizer.adam(rate, { beta1 }), {
      rate: 0.1,
      beta1: 0.8
    })
    expect(run(fixed, [g, p, g]).updates).toEqual(run(Optimizer.adam(0.1, { beta1: 0.8 }), [g, p, g]).updates)
    const falling = Optimizer.injectHyperparams(({ rate }) => Optimizer.sgd(rate), {
      rate: (step: number) => 1 / (step + 1)
    })
    const { updates, state } = run(falling, [g, g])
    expect(updates).toEqual([
      [-0.5, -4],
      [-0.25, -2]
    ])
    expect(Optimizer.hyperparamsOf(state)['rate']).toEqual(T.scalar(0.5, 'float64'))
  })

  it('named parts are found in chains, in each other, and in errors', () => {
    const optimizer = Optimizer.named(
      'all',
      Optimizer.chain(Optimizer.named('momentum', Optimizer.trace(0.9)), Optimizer.scaleByAdam())
    )
    const state = optimizer.init(p)
    expect(Optimizer.partOf(state, 'all')).toHaveLength(2)
    expect(Optimizer.partOf(state, 'momentum')).toEqual([state[0]])
    const other = optimizer.init(T.of([1, 2, 3]))
    expect(() => optimizer.update(g, other, p)).toThrow(
      'Optimizer.update: the state of all.momentum at [0].moments.trace is float32 of shape [3], expected float32 of shape [2]; ' +
        "pass the state that this optimizer's init or update returned"
    )
    expect(() => optimizer.update(g, [state[1]!, state[0]!], p)).toThrow(
      'the state of all at [0].names is without momentum'
    )
  })
})

test('states of other optimizers and models are refused by path', () => {
  const params = { w: p, b: T.of([0]) }
  const own = "pass the state that this optimizer's init or update returned"
  const adam = Optimizer.chain(Optimizer.trace(0.9), Optimizer.scaleByAdam())
  const refused =
    (state: Optimizer.State): (() => unknown) =>
    () =>
      adam.update(params, state, params)
  const right = adam.init(params)
  expect(refused([...right].reverse())).toThrow(`Optimizer.update: the state at [0].moments is without trace; ${own}`)
  expect(refused(adam.init({ w: p }))).toThrow(`Optimizer.update: the state at [0].moments.trace is without b; ${own}`)
  const wide = adam.init({ w: T.cast(p, 'float64'), b: T.of([0]) })
  expect(refused([right[0]!, wide[1]!])).toThrow(
    `Optimizer.update: the state at [1].moments.mean: w is float64 of shape [2], expected float32 of shape [2]; ${own}`
  )
})

describe('makers refuse', () => {
  const plain = Optimizer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const rated = [
    'adabelief',
    'adadelta',
    'adafactor',
    'adagrad',
    'adam',
    'adamax',
    'adamw',
    'amsgrad',
    'lamb',
    'lars',
    'lion',
    'muon'
  ]
  const rest = ['nadam', 'novograd', 'radam', 'rmsprop', 'sgd']

  test.each([...rated, ...rest])('a rate of %s that is negative or not finite', (name) => {
    for (const rate of [-0.1, NaN, Infinity]) {
      expect(() => plain[name]!(rate)).toThrow(
        `${name}: the learning rate is ${rate}; expected a number of 0 or more or a schedule`
      )
    }
  })

  test.each([
    ['adamw', [0.1, { weightDecay: -1 }], 'adamw: weightDecay is -1; expected a number of 0 or more'],
    ['amsgrad', [0.1, { beta1: 1 }], 'amsgrad: beta1 is 1; expected a number from 0 to 1 (exclusive)'],
    ['novograd', [0.1, { beta2: -0.1 }], 'novograd: beta2 is -0.1; expected a number from 0 to 1 (exclusive)'],
    ['lion', [0.1, { beta2: NaN }], 'lion: beta2 is NaN; expected a number from 0 to 1 (exclusive)'],
    ['adadelta', [1, { decay: 1 }], 'adadelta: decay is 1; expected a number from 0 to 1 (exclusive)'],
    ['rmsprop', [1, { nesterov: true }], 'rmsprop: nesterov is true without momentum; expected a momentum'],
    ['rmsprop', [1, { epsilon: 0 }], 'rmsprop: epsilon is 0; expected a number above 0'],
    ['rprop', [0], 'rprop: the learning rate is 0; expected a number above 0'],
    ['rprop', [1, { shrink: 2 }], 'rprop: shrink is 2; expected a number between 0 and 1'],
    ['adafactor', [1, { minSize: 0 }], 'adafactor: minSize is 0; expected an integer of 1 or more'],
    ['muon', [1, { rest: 'adam' }], "muon: rest is 'adam'; expected an optimizer"],
    ['sgd', [1, { rateInVelocity: true }], 'sgd: rateInVelocity is true without momentum; expected a momentum'],
    ['ema', [1], 'ema: decay is 1; expected a number from 0 to 1 (exclusive)'],
    ['clip', [0], 'clip: bound is 0; expected a number above 0'],
    ['accumulate', [Optimizer.identity, 0], 'accumulate: the number of steps is 0; expected an integer of 1 or more'],
    ['applyIfFinite', [1, 2], 'applyIfFinite: an optimizer is 1; expected one from this module'],
    ['lookahead', [Optimizer.identity, { stepSize: 2 }], 'lookahead: stepSize is 2; expected a number from 0 to 1'],
    ['sharpness', [-1], 'sharpness: rho is -1; expected a number above 0'],
    ['freeze', [1], 'freeze: the predicate is 1; expected a function'],
    ['named', [1, Optimizer.identity], 'named: the name is 1; expected a string'],
    ['injectHyperparams', [1, {}], 'injectHyperparams: what makes the optimizer is 1; expected a function'],
    [
      'injectHyperparams',
      [() => Optimizer.identity, { rate: NaN }],
      'injectHyperparams: rate is NaN; expected a finite number or a schedule'
    ]
  ] as const)('%s %j', (name, args, sentence) => {
    expect(() => plain[name]!(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('a key that is not one', () => {
    expect(() => Optimizer.addNoise(T.of([1]) as never)).toThrow('addNoise: ')
    expect(Optimizer.addNoise(Random.key(1)).slots).toBe(1)
  })
})
