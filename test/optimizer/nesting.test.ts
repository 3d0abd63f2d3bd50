/** Updates inside of transformations, and derivatives through their coefficients. */
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { scan } from 'pullback/Control'
import { evaluate, trace } from 'pullback/Debug'
import { checkpoint, grad, jvp } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { type WithAxis, vmap } from 'pullback/Vmap'

type S = T.Tensor<[]>
interface Params {
  readonly w: T.Tensor<[2]>
  readonly b: S
}
interface Progress {
  readonly params: Params
  readonly memory: Optimizer.State
}

const loss = ({ w, b }: Params): S => T.add(T.sum(T.square(T.sub(w, T.of([1, -2])))), T.square(T.sub(T.square(b), 2)))
const first: Params = { w: T.of([0.5, 3]), b: T.scalar(1.5) }
const other: Params = { w: T.of([-2, 0.1]), b: T.scalar(-0.5) }

/** One step, as a map from trees of tensors to such trees. */
const stepOf =
  (optimizer: Optimizer.Optimizer) =>
  ({ params, memory }: Progress): Progress => {
    const [updates, next] = optimizer.update(grad(loss)(params), memory, params)
    return { params: Optimizer.applyUpdates(params, updates), memory: next }
  }

const begin = (optimizer: Optimizer.Optimizer, params: Params): Progress => ({ params, memory: optimizer.init(params) })

const after = (steps: number, optimizer: Optimizer.Optimizer, params: Params): Progress => {
  let progress = begin(optimizer, params)
  for (let i = 0; i < steps; i++) progress = stepOf(optimizer)(progress)
  return progress
}

/** Every bit of a tree. */
const bits = (tree: unknown): readonly unknown[] =>
  Tree.leaves(tree).map((leaf) => [leaf.dtype, leaf.shape, Array.from(T.toArray(leaf))])

const optimizers: readonly (readonly [name: string, optimizer: Optimizer.Optimizer])[] = [
  ['sgd', Optimizer.sgd(0.1)],
  ['nesterov', Optimizer.sgd(0.05, { momentum: 0.9, nesterov: true })],
  ['adam', Optimizer.adam(0.1)],
  ['adam, cosine', Optimizer.adam(Schedule.cosine({ from: 0.1, over: 6 }))],
  ['sgd, warmup', Optimizer.sgd(pipe(Schedule.exponential({ from: 0.1, decay: 0.5, every: 2 }), Schedule.warmup(3)))],
  ['sgd, inverse root', Optimizer.sgd(Schedule.inverseSqrt(0.1))],
  ['sgd, line', Optimizer.sgd(Schedule.linear({ from: 0.1, to: 0.05, over: 3 }))],
  ['sgd, constant', Optimizer.sgd(Schedule.constant(0.1))],
  [
    'decoupled decay',
    Optimizer.chain(
      Optimizer.clipByGlobalNorm(1),
      Optimizer.scaleByAdam(),
      Optimizer.addDecayedWeights(0.01),
      Optimizer.scaleByLearningRate(0.1)
    )
  ]
]

describe.each(optimizers)('%s inside of transformations', (_name, optimizer) => {
  const step = stepOf(optimizer)
  const expected = bits(after(5, optimizer, first))

  it('checkpoint', () => {
    const again = checkpoint(step)
    let progress = begin(optimizer, first)
    for (let i = 0; i < 5; i++) progress = again(progress)
    expect(bits(progress)).toEqual(expected)
  })

  it('trace', () => {
    const program = evaluate(trace(step)(begin(optimizer, first)))
    let progress = begin(optimizer, first)
    for (let i = 0; i < 5; i++) progress = program(progress)
    expect(bits(progress)).toEqual(expected)
  })

  it('scan, with the state in the carry, in one piece and in segments', () => {
    for (const options of [{ length: 5 }, { length: 5, checkpointEvery: 2 }]) {
      const [progress] = scan((carry: Progress) => [step(carry), undefined], options)(begin(optimizer, first))
      expect(bits(progress)).toEqual(expected)
    }
  })

  it('vmap, over states that have come to different steps', () => {
    const early = after(1, optimizer, first)
    const late = after(4, optimizer, other)
    const both = vmap(step)(stack(early, late))
    expect(bits(part(both, 0))).toEqual(bits(step(early)))
    expect(bits(part(both, 1))).toEqual(bits(step(late)))
  })

  it('the gradient of a scan in segments is that of the steps', () => {
    const outcome = (p: Params): S => loss(after(5, optimizer, p).params)
    const inSegments = (p: Params): S =>
      loss(
        scan((c: Progress) => [step(c), undefined], { length: 5, checkpointEvery: 2 })(begin(optimizer, p))[0].params
      )
    // steps hold gradients: derivatives of the second order agree up to rounding, in float32 here
    const whole = grad(outcome)(first)
    const apart = Tree.norm(Tree.sub(grad(inSegments)(first), whole))
    expect(T.item(apart)).toBeLessThanOrEqual(1e-6 * T.item(Tree.norm(whole)))
  })
})

/** Two states of training side by side. */
const stack = (a: Progress, b: Progress): WithAxis<Progress> => {
  const { leaves, unflatten } = Tree.flatten(a)
  const others = Tree.leaves(b)
  return vmap((i: S) => unflatten(leaves.map((x, n) => T.where(T.equal(i, 0), x, others[n] ?? x))))(T.of([0, 1]))
}

const part = (both: WithAxis<Progress>, i: number): unknown => Tree.map(both, (leaf) => T.at(leaf, i))

describe('schedules of numbers', () => {
  const optimizer = Optimizer.adam((step) => 0.1 / (step + 1))

  it('work wherever the number of updates is known', () => {
    const slope = grad((p: Params) => loss(after(3, optimizer, p).params))(first)
    expect(Tree.leaves(slope).every((leaf) => Number.isFinite(T.item(T.sum(leaf))))).toBe(true)
  })

  it.each([
    ['checkpoint', () => checkpoint(stepOf(optimizer))(begin(optimizer, first))],
    ['vmap', () => vmap(stepOf(optimizer))(stack(begin(optimizer, first), begin(optimizer, other)))],
    ['trace', () => trace(stepOf(optimizer))(begin(optimizer, first))]
  ])('are refused with a remedy inside of %s', (name, run) => {
    expect(run).toThrow(
      `Optimizer.update: the step count is inside ${name}, where it is not a number; expected a schedule of tensors, make one with Schedule.make`
    )
  })

  it('are made to work there with Schedule.make, to the same bits', () => {
    const made = Optimizer.adam(Schedule.make((step) => T.div(0.1, T.add(step, 1))))
    const again = checkpoint(stepOf(made))
    expect(bits(again(again(begin(made, first))))).toEqual(bits(after(2, optimizer, first)))
  })
})

describe('derivatives through coefficients', () => {
  const start: Params = { w: T.of([0.5, 3], 'float64'), b: T.scalar(1.5, 'float64') }
  const makers: readonly (readonly [name: string, at: number, make: (c: S) => Optimizer.Optimizer])[] = [
    ['the rate of sgd', 0.03, (c) => Optimizer.sgd(c)],
    ['the rate of momentum', 0.03, (c) => Optimizer.sgd(c, { momentum: 0.9 })],
    ['the momentum', 0.6, (c) => Optimizer.sgd(0.03, { momentum: c })],
    ['the momentum of Nesterov', 0.6, (c) => Optimizer.sgd(0.03, { momentum: c, nesterov: true })],
    ['the rate of adam', 0.1, (c) => Optimizer.adam(c)],
    ['beta1', 0.8, (c) => Optimizer.adam(0.1, { beta1: c })],
    ['beta2', 0.9, (c) => Optimizer.adam(0.1, { beta2: c })],
    ['epsilon', 0.3, (c) => Optimizer.adam(0.1, { epsilon: c })],
    ['a weight decay', 0.2, (c) => Optimizer.chain(Optimizer.addDecayedWeights(c), Optimizer.sgd(0.03))],
    ['a decoupled weight decay', 0.2, (c) => decoupled(c, 0.1)],
    ['a rate beside it', 0.1, (c) => decoupled(0.2, c)],
    ['a scale', -0.03, (c) => Optimizer.scale(c)],
    ['a schedule', 0.05, (c) => Optimizer.adam(Schedule.make((step) => T.div(c, T.sqrt(T.add(step, 1)))))]
  ]

  describe.each(makers)('%s', (_name, at, make) => {
    const outcome = (c: S): S => loss(after(4, make(c), start).params)

    it('reverse and forward mode, against finite differences', () => {
      const slope = T.item(grad(outcome)(T.scalar(at, 'float64')))
      const h = 1e-5
      const value = (by: number): number => T.item(outcome(T.scalar(at + by, 'float64')))
      const difference = (value(h) - value(-h)) / (2 * h)
      expect(Math.abs(slope - difference)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)))
      const [, forward] = jvp(outcome)([T.scalar(at, 'float64')], [T.scalar(1, 'float64')])
      expect(T.item(forward)).toBeCloseTo(slope, 10)
    })

    it('has the values of numbers, and one per example under vmap', () => {
      const values = [at, at * 0.9]
      const each = values.map((value) => T.item(outcome(T.scalar(value, 'float64'))))
      expect(T.toNested(vmap(outcome)(T.of(values, 'float64')))).toEqual(each)
    })
  })

  it('as tensors, coefficients give the bits that they give as numbers', () => {
    const options = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6 }
    const asTensors = Optimizer.chain(
      Optimizer.addDecayedWeights(double(0.1)),
      Optimizer.adam(double(0.1), {
        beta1: double(options.beta1),
        beta2: double(options.beta2),
        epsilon: double(options.epsilon)
      })
    )
    const asNumbers = Optimizer.chain(Optimizer.addDecayedWeights(0.1), Optimizer.adam(0.1, options))
    expect(bits(after(5, asTensors, first))).toEqual(bits(after(5, asNumbers, first)))
  })

  it('keep the element types of the parameters', () => {
    const progress = after(2, Optimizer.adam(double(0.1), { beta1: double(0.5) }), first)
    expect(Tree.leaves(progress).map((leaf) => leaf.dtype)).toEqual(
      bits(after(2, Optimizer.adam(0.1), first)).map(typeOf)
    )
  })

  it('reject values that are not float scalars', () => {
    const loose = Optimizer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
    expect(() => loose['adam']?.(T.of([0.1, 0.2]))).toThrow('adam: the learning rate has shape [2]; expected a scalar')
    expect(() => Optimizer.scale(T.scalar(1, 'int32'))).toThrow(
      'scale: factor is int32; expected float32 or float64, cast it with T.cast'
    )
    expect(() => grad((x: T.Tensor<[2]>) => T.sum(loose['addDecayedWeights']?.(x) as T.Tensor))(T.of([1, 2]))).toThrow(
      'addDecayedWeights: rate has shape [2]; expected a scalar'
    )
  })
})

/** AdamW, by its name in the paper. */
const decoupled = (decay: number | S, rate: number | S): Optimizer.Optimizer =>
  Optimizer.chain(Optimizer.scaleByAdam(), Optimizer.addDecayedWeights(decay), Optimizer.scaleByLearningRate(rate))

const double = (value: number): S => T.scalar(value, 'float64')

const typeOf = (leaf: unknown): unknown => (Array.isArray(leaf) ? leaf[0] : undefined)
