import { concatAll } from 'fp-ts/lib/Monoid.js'
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'

type Params = { readonly p0: T.Tensor<[]>; readonly p1: T.Tensor<[]> }

/** f(p) = (p0^2 + 10 p1^2) / 2 */
const bowl = ({ p0, p1 }: Params): T.Tensor<[]> => T.mul(T.add(T.square(p0), T.mul(T.square(p1), 10)), 0.5)

const start: Params = { p0: T.scalar(1, 'float64'), p1: T.scalar(1, 'float64') }

/** The first iterates from (1, 1). */
const iterates = (optimizer: Optimizer.Optimizer, count: number = 3): readonly (readonly [number, number])[] => {
  const found: (readonly [number, number])[] = []
  let params = start
  let state = optimizer.init(params)
  for (let i = 0; i < count; i++) {
    const [updates, next] = optimizer.update(grad(bowl)(params), state, params)
    params = Optimizer.applyUpdates(params, updates)
    state = next
    found.push([T.item(params.p0), T.item(params.p1)])
  }
  return found
}

describe('rates of descent', () => {
  it('a schedule that is constant changes nothing', () => {
    const schedule = Schedule.constant(0.1)
    expect(iterates(Optimizer.adam(schedule), 5)).toEqual(iterates(Optimizer.adam(0.1), 5))
    expect(iterates(Optimizer.sgd(schedule, { momentum: 0.5 }), 5)).toEqual(
      iterates(Optimizer.sgd(0.1, { momentum: 0.5 }), 5)
    )
  })

  it('without momentum there is nothing to look ahead along', () => {
    expect(() => Optimizer.sgd(0.1, { nesterov: true })).toThrow(
      'sgd: nesterov is true without momentum; expected a momentum'
    )
  })
})

describe('transformations', () => {
  const zero = T.of([0, 0], 'float64')

  it('addDecayedWeights adds the parameters', () => {
    const [updates] = Optimizer.addDecayedWeights(0.1).update(T.of([1, 1]), [], T.of([10, -10]))
    expect(T.toNested(updates)).toEqual([2, 0])
  })

  it('decayed weights before the rate are the gradient of a penalty', () => {
    const penalised = (p: Params) => T.add(bowl(p), T.mul(T.add(T.square(p.p0), T.square(p.p1)), 0.05))
    const [updates] = Optimizer.addDecayedWeights(0.1).update(grad(bowl)(start), [], start)
    const gradient = grad(penalised)(start)
    expect(T.item(updates.p0)).toBeCloseTo(T.item(gradient.p0), 14)
    expect(T.item(updates.p1)).toBeCloseTo(T.item(gradient.p1), 14)
  })

  it('clipByGlobalNorm shortens long gradients of any structure, and leaves short ones alone', () => {
    const clip = Optimizer.clipByGlobalNorm(1)
    const long = { w: T.of([3, 0], 'float64'), b: T.scalar(4, 'float64') }
    const [clipped] = clip.update(long, [], long)
    expect(T.toNested(clipped.w)).toEqual([3 * 0.2, 0])
    expect(T.item(clipped.b)).toBe(4 * 0.2)
    const short = T.of([0.3, -0.4], 'float64')
    expect(T.toNested(clip.update(short, [], zero)[0])).toEqual([0.3, -0.4])
    expect(T.toNested(clip.update(zero, [], zero)[0])).toEqual([0, 0])
  })

  it('clipByGlobalNorm does not hide a gradient that is not finite', () => {
    const [clipped] = Optimizer.clipByGlobalNorm(1).update(T.of([NaN, 1]), [], T.of([0, 0]))
    expect(T.toNested(clipped)[0]).toBeNaN()
  })

  it('clipByGlobalNorm keeps the direction where squares over- or underflow', () => {
    const clip = Optimizer.clipByGlobalNorm(1)
    const params = T.zeros([2], 'float64')
    for (const size of [3e154, 1e300, 5e-1, 1]) {
      const gradient = T.of(
        [3 * size, 4 * size].map((x) => (Number.isFinite(x) ? x : 1e308)),
        'float64'
      )
      const [first = NaN, second = NaN] = T.toArray(clip.update(gradient, [], params)[0])
      expect(Math.abs(first - 0.6) + Math.abs(second - 0.8)).toBeLessThan(1e-14)
    }
    const tiny = T.of([3e-200, 4e-200], 'float64')
    expect(T.item(Optimizer.globalNorm(tiny))).toBeCloseTo(5e-200, 215)
    expect(T.toArray(clip.update(tiny, [], params)[0])).toEqual(T.toArray(tiny))
  })

  it('counts stay at the largest int32, and Adam goes on as before', () => {
    const adam = Optimizer.adam(0.1)
    const params = T.of([1, 2])
    const gradient = T.of([0.5, -0.5])
    const late = (count: number): Optimizer.State =>
      adam.init(params).map((slot) => ({ ...slot, count: T.scalar(count, 'int32') }))
    const [updates, state] = adam.update(gradient, late(2 ** 31 - 1), params)
    expect(state.map(({ count }) => T.item(count))).toEqual(state.map(() => 2 ** 31 - 1))
    expect(T.toArray(updates)).toEqual(T.toArray(adam.update(gradient, late(2 ** 31 - 2), params)[0]))
    expect(Array.from(T.toArray(updates)).every(Number.isFinite)).toBe(true)
  })

  it('globalNorm does not overflow in float32', () => {
    expect(T.item(Optimizer.globalNorm(T.of([3e30, 4e30])))).toBeCloseTo(5e30, -25)
    expect(T.item(Optimizer.globalNorm([]))).toBe(0)
  })

  it('count in the state, which is a tree of tensors', () => {
    const adam = Optimizer.adam((step) => 0.1 / (step + 1))
    const params = { w: T.of([1, 2]) }
    const first = adam.init(params)
    expect(first.map((slot) => T.item(slot.count))).toEqual([0, 0])
    const [, second] = adam.update(params, first, params)
    expect(second.map((slot) => T.item(slot.count))).toEqual([1, 1])
    expect(first.map((slot) => T.item(slot.count))).toEqual([0, 0])
  })

  it('rejects the state of another optimizer', () => {
    const sentence = (given: string, expected: number) =>
      `Optimizer.update: the state has ${given}, expected ${expected}; ` +
      "pass the state that this optimizer's init or update returned"
    const two = Optimizer.chain(Optimizer.trace(0.9), Optimizer.trace(0.9))
    expect(() => Optimizer.adam(0.1).update(zero, [], zero)).toThrow(sentence('0 entries', 1))
    expect(() => Optimizer.sgd(0.1).update(zero, Optimizer.adam(0.1).init(zero), zero)).toThrow(sentence('1 entry', 0))
    expect(() => two.update(zero, Optimizer.adam(0.1).init(zero), zero)).toThrow(sentence('1 entry', 2))
  })

  it('rejects swapped and missing arguments of update, and says which', () => {
    const second = (given: string) =>
      `Optimizer.update: the second argument is ${given}; expected the state that this optimizer's init or update returned`
    const params = { w: zero }
    for (const optimizer of [Optimizer.sgd(0.1), Optimizer.adam(0.1), Optimizer.chain(Optimizer.trace(0.9))]) {
      const update: (...args: readonly unknown[]) => unknown = optimizer.update as never
      const state = optimizer.init(params)
      expect(() => update(params, params, state)).toThrow(second('{ w: a tensor of shape [2] }'))
      expect(() => update([zero], [zero], optimizer.init([zero]))).toThrow(second('[a tensor of shape [2]]'))
      expect(() => update(params)).toThrow(second('undefined'))
      expect(() => update(params, state)).toThrow(
        'Optimizer.update: the third argument is undefined; expected the parameters'
      )
    }
  })

  it('rejects a copy of a tensor as a coefficient', () => {
    const scale: (factor: never) => unknown = Optimizer.scale
    expect(() => scale(structuredClone(T.scalar(1)) as never)).toThrow(
      'scale: factor is a copy of a tensor of shape []; expected a tensor; restore it with T.fromTypedArray or T.fromJSON'
    )
  })

  it('rejects a gradient of another structure, with the path', () => {
    const params = { w: T.of([1]), b: T.of([1]) }
    const gradient: unknown = { w: T.of([1]) }
    expect(() => Optimizer.trace(0.9).update<unknown>(gradient, Optimizer.trace(0.9).init(params), params)).toThrow(
      'Optimizer.update: the trees differ: key b in the second tree only; expected the same structure'
    )
  })
})

describe('applyUpdates', () => {
  it('is dual, and keeps element types', () => {
    const params = { w: T.of([1, 2]) }
    const updates = { w: T.of([1, 1], 'float64') }
    expect(Optimizer.applyUpdates(params, updates).w.dtype).toBe('float32')
    expect(T.toNested(pipe(params, Optimizer.applyUpdates(updates)).w)).toEqual([2, 3])
  })
})

describe('chaining is a monoid', () => {
  const part: fc.Arbitrary<Optimizer.Optimizer> = fc.oneof(
    fc.constantFrom(
      Optimizer.scaleByAdam(),
      Optimizer.addDecayedWeights(0.1),
      Optimizer.clipByGlobalNorm(0.5),
      Optimizer.scaleByRms(),
      Optimizer.averaged(),
      Optimizer.accumulate(Optimizer.trace(0.5), 2),
      Optimizer.lookahead(Optimizer.scaleByLion(), { every: 2 }),
      Optimizer.named('part', Optimizer.ema(0.5)),
      Optimizer.masked((path) => path === 'p0', Optimizer.scaleByAdamax()),
      Optimizer.identity
    ),
    fc.integer({ min: -4, max: 4 }).map((n) => Optimizer.scale(n / 4)),
    fc.boolean().map((nesterov) => Optimizer.trace(0.9, { nesterov })),
    fc.constant(Optimizer.scaleBySchedule((step) => 1 / (step + 1)))
  )

  const gradients: readonly Params[] = [0.5, -2, 0.25].map((g) => ({
    p0: T.scalar(g, 'float64'),
    p1: T.scalar(3 * g, 'float64')
  }))

  /** All that an optimizer does and remembers, as text. */
  const behaviour = (optimizer: Optimizer.Optimizer): string => {
    let state = optimizer.init(start)
    const seen: unknown[] = [state]
    for (const gradient of gradients) {
      const [updates, next] = optimizer.update(gradient, state, start)
      seen.push(updates, next)
      state = next
    }
    return JSON.stringify(seen, (_key, value: unknown) => (value instanceof T.Tensor ? String(value) : value))
  }

  it('is associative, to the bit and in the state', () => {
    const { concat } = Optimizer.Monoid
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(behaviour(concat(concat(a, b), c))).toBe(behaviour(concat(a, concat(b, c))))
        expect(behaviour(Optimizer.chain(a, Optimizer.chain(b, c)))).toBe(behaviour(Optimizer.chain(a, b, c)))
      })
    )
  })

  it('has identity as its neutral element', () => {
    const { concat, empty } = Optimizer.Monoid
    fc.assert(
      fc.property(part, (a) => {
        expect(behaviour(concat(empty, a))).toBe(behaviour(a))
        expect(behaviour(concat(a, empty))).toBe(behaviour(a))
      })
    )
  })

  it('chain is the fold of the monoid', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        expect(behaviour(Optimizer.chain(...parts))).toBe(behaviour(concatAll(Optimizer.Monoid)(parts)))
      })
    )
  })
})

describe('makers reject', () => {
  const plain = Optimizer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const call = (name: string, ...args: readonly unknown[]) => plain[name]?.(...args)
  const rate = (operation: string, given: string) =>
    `${operation}: the learning rate is ${given}; expected a number of 0 or more or a schedule`

  it.each([
    [['adam', NaN], rate('adam', 'NaN')],
    [['adam'], rate('adam', 'undefined')],
    [['adam', { learningRate: 0.1 }], rate('adam', '{ learningRate: 0.1 }')],
    [['sgd', -1], rate('sgd', '-1')],
    [['sgd', 'a'], rate('sgd', "'a'")],
    [['sgd', Infinity], rate('sgd', 'Infinity')],
    [['scaleByLearningRate', -1], rate('scaleByLearningRate', '-1')],
    [['adam', 0.1, { b1: 0.9 }], 'adam: unknown option b1; expected beta1, beta2 or epsilon'],
    [['adam', 0.1, { beta1: 2 }], 'adam: beta1 is 2; expected a number from 0 to 1 (exclusive)'],
    [['adam', 0.1, { beta2: 1 }], 'adam: beta2 is 1; expected a number from 0 to 1 (exclusive)'],
    [['adam', 0.1, { epsilon: -1 }], 'adam: epsilon is -1; expected a number above 0'],
    [['adam', 0.1, { epsilon: 0 }], 'adam: epsilon is 0; expected a number above 0'],
    [
      ['adam', 0.1, 0.9],
      "adam: options are 0.9; expected an object with beta1, beta2 or epsilon; in an array's map write (x) => adam(x)"
    ],
    [['scaleByAdam', { beta1: NaN }], 'scaleByAdam: beta1 is NaN; expected a number from 0 to 1 (exclusive)'],
    [['sgd', 0.1, { momentum: 2 }], 'sgd: momentum is 2; expected a number from 0 to 1'],
    [['sgd', 0.1, { decay: 0.9 }], 'sgd: unknown option decay; expected momentum, nesterov or rateInVelocity'],
    [['trace', -0.5], 'trace: decay is -0.5; expected a number from 0 to 1'],
    [['trace', 0.5, { momentum: 1 }], 'trace: unknown option momentum; expected nesterov'],
    [['scale', NaN], 'scale: factor is NaN; expected a finite number'],
    [['scaleBySchedule', 0.1], 'scaleBySchedule: the schedule is 0.1; expected a function of the step'],
    [['clipByGlobalNorm', 0], 'clipByGlobalNorm: norm is 0; expected a number above 0'],
    [['addDecayedWeights', '1'], "addDecayedWeights: rate is '1'; expected a number of 0 or more"]
  ] as const)('%j', ([name, ...args], sentence) => {
    expect(() => call(name, ...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('unknown options do not compile', () => {
    // @ts-expect-error the name is beta1
    expect(() => Optimizer.adam(0.1, { b1: 0.9 })).toThrow('option b1')
    // @ts-expect-error the option is momentum
    expect(() => Optimizer.sgd(0.1, { decay: 0.9 })).toThrow('option decay')
  })

  it('zero rates, schedules and the ends of ranges are allowed', () => {
    const p = T.of([1])
    const made = [Optimizer.adam(0), Optimizer.sgd(() => 0.1, { momentum: 0 }), Optimizer.trace(1)]
    for (const optimizer of made) expect(optimizer.init(p)).toHaveLength(optimizer.slots)
  })
})
