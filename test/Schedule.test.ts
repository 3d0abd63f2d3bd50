import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

describe('Schedule', () => {
  it('constant', () => {
    expect(Schedule.constant(0.1)(0)).toBe(0.1)
    expect(Schedule.constant(0.1)(1e9)).toBe(0.1)
  })

  it('cosine, from 0.1 over 100 epochs', () => {
    const rate = Schedule.cosine({ from: 0.1, over: 100 })
    expect(rate(0)).toBe(0.1)
    expect(rate(25)).toBeCloseTo(0.0853553390593274, 15)
    expect(rate(50)).toBeCloseTo(0.05, 15)
    expect(rate(100)).toBe(0)
    expect(rate(1000)).toBe(0)
  })

  it('cosine to another end', () => {
    const rate = Schedule.cosine({ from: 1, to: 0.5, over: 10 })
    expect(rate(5)).toBeCloseTo(0.75, 15)
    expect(rate(10)).toBe(0.5)
  })

  it('linear, from 0.1 over 100 epochs', () => {
    const rate = Schedule.linear({ from: 0.1, over: 100 })
    expect(rate(25)).toBeCloseTo(0.075, 15)
    expect(rate(100)).toBe(0)
    expect(Schedule.linear({ from: 0, to: 1, over: 4 })(3)).toBe(0.75)
  })

  it('inverse square root, from 0.1', () => {
    const rate = Schedule.inverseSqrt(0.1)
    expect(rate(25)).toBeCloseTo(0.02, 15)
    expect(rate(1)).toBe(0.1)
    expect(rate(0)).toBe(0.1)
  })

  it('exponential from 0 stays 0', () => {
    const growing = Schedule.exponential({ from: 0, decay: 2, every: 1 })
    expect([0, 10, 1e6].map((step) => growing(step))).toEqual([0, 0, 0])
  })

  it('exponential, smooth and in stairs', () => {
    expect(Schedule.exponential({ from: 1, decay: 0.25, every: 2 })(1)).toBe(0.5)
    const stairs = Schedule.exponential({ from: 1, decay: 0.5, every: 10, staircase: true })
    expect([0, 9, 10, 19, 20].map(stairs)).toEqual([1, 1, 0.5, 0.5, 0.25])
  })

  it('warmup rises to the start of the schedule, then follows it', () => {
    const rate = pipe(Schedule.linear({ from: 1, over: 10 }), Schedule.warmup(4))
    expect([0, 1, 2, 3, 4, 9, 14, 99].map(rate)).toEqual([0, 0.25, 0.5, 0.75, 1, 0.5, 0, 0])
  })

  it('rejects lengths that are not above 0', () => {
    const sentence = (name: string, n: number) => `${name} is ${n}; expected a number of steps above 0`
    expect(() => Schedule.cosine({ from: 1, over: 0 })).toThrow(sentence('cosine: over', 0))
    expect(() => Schedule.linear({ from: 1, over: -1 })).toThrow(sentence('linear: over', -1))
    expect(() => Schedule.exponential({ from: 1, decay: 0.5, every: NaN })).toThrow(sentence('exponential: every', NaN))
    expect(() => Schedule.warmup(0)).toThrow(sentence('warmup: steps', 0))
  })

  it('cosine and linear stay between their ends and never rise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(600), (over, step) => {
        for (const make of [Schedule.cosine, Schedule.linear]) {
          const rate = make({ from: 1, to: 0.25, over })
          expect(rate(step)).toBeGreaterThanOrEqual(0.25)
          expect(rate(step)).toBeLessThanOrEqual(1)
          expect(rate(step + 1)).toBeLessThanOrEqual(rate(step))
        }
      })
    )
  })
})

describe('constructors reject', () => {
  const plain = Schedule as unknown as Record<string, (...args: readonly unknown[]) => unknown>

  it.each([
    [['constant', NaN], 'constant: value is NaN; expected a finite number'],
    [['inverseSqrt', 'a'], "inverseSqrt: from is 'a'; expected a finite number"],
    [['cosine', { from: NaN, over: 1 }], 'cosine: from is NaN; expected a finite number'],
    [['linear', { from: 1, over: '10' }], "linear: over is '10'; expected a number of steps above 0"],
    [['linear', { from: 1, steps: 1, over: 1 }], 'linear: unknown option steps; expected from, to or over'],
    [
      ['cosine', 0.1],
      "cosine: options are 0.1; expected an object with from, to or over; in an array's map write (x) => cosine(x)"
    ],
    [['exponential', { from: 1, decay: -1, every: 1 }], 'exponential: decay is -1; expected a number of 0 or more'],
    [['step', { from: 1, decay: 0.5, every: 0 }], 'step: every is 0; expected a number of steps above 0'],
    [
      ['step', { from: 1, decay: 0.5, staircase: true }],
      'step: unknown option staircase; expected from, decay or every'
    ],
    [
      ['multiStep', { from: 1, decay: 0.5, milestones: [3, 3] }],
      'multiStep: milestones is [3, 3]; expected steps above 0 that rise'
    ],
    [
      ['multiStep', { from: 1, decay: 0.5, milestones: [0] }],
      'multiStep: milestones is [0]; expected steps above 0 that rise'
    ],
    [['polynomial', { from: 1, over: 0, power: 2 }], 'polynomial: over is 0; expected a number of steps above 0'],
    [['polynomial', { from: 1, over: 1, power: 0 }], 'polynomial: power is 0; expected a finite number above 0'],
    [['inverseTime', { from: 1, decay: 1, every: 0 }], 'inverseTime: every is 0; expected a number of steps above 0'],
    [['cosineRestarts', { from: 1, over: 0 }], 'cosineRestarts: over is 0; expected a number of steps above 0'],
    [
      ['cosineRestarts', { from: 1, over: 1, growth: 1.5 }],
      'cosineRestarts: growth is 1.5; expected an integer of 1 or more'
    ],
    [['cyclic', { from: 0, to: 1, up: 0 }], 'cyclic: up is 0; expected a number of steps above 0'],
    [['cyclic', { from: 0, to: 1, up: 1, down: 0 }], 'cyclic: down is 0; expected a number of steps above 0'],
    [['oneCycle', { peak: 1, over: 0 }], 'oneCycle: over is 0; expected a number of steps above 0'],
    [
      ['oneCycle', { peak: 1, over: 9, pctStart: 1 }],
      'oneCycle: pctStart is 1; expected a number between 0 and 1 (exclusive)'
    ],
    [['join', [], []], 'join: the first argument is []; expected a list of schedules, with at least one'],
    [['join', [(): number => 1, 0.1], [1]], 'join: schedule 1 is 0.1; expected a function'],
    [
      ['join', [(): number => 1], [1]],
      'join: the number of boundaries is 1; expected 0, one between each two of 1 schedules'
    ],
    [['join', [(): number => 1, (): number => 2], [0]], 'join: boundaries is [0]; expected steps above 0 that rise'],
    [['add', (): number => 1, 0.1], 'add: the schedule is 0.1; expected a function'],
    [['scale', (): number => 1, NaN], 'scale: factor is NaN; expected a finite number'],
    [['reduceOnPlateau', { factor: 1 }], 'reduceOnPlateau: factor is 1; expected a number of 0 or more and below 1']
  ] as const)('%j', ([name, ...args], sentence) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })
})

describe('at a step that is a tensor', () => {
  const schedules: readonly (readonly [name: string, schedule: Schedule.Schedule])[] = [
    ['constant', Schedule.constant(0.1)],
    ['cosine', Schedule.cosine({ from: 0.1, to: 0.01, over: 7 })],
    ['linear', Schedule.linear({ from: 0.1, over: 5 })],
    ['inverseSqrt', Schedule.inverseSqrt(0.1)],
    ['exponential', Schedule.exponential({ from: 0.1, decay: 0.9, every: 3 })],
    ['staircase', Schedule.exponential({ from: 0.1, decay: 0.9, every: 3, staircase: true })],
    ['step', Schedule.step({ from: 0.1, decay: 0.9, every: 3 })],
    ['multiStep', Schedule.multiStep({ from: 0.1, decay: 0.3, milestones: [2, 5, 9] })],
    ['polynomial', Schedule.polynomial({ from: 0.1, to: 0.01, over: 7, power: 1.5 })],
    ['inverseTime', Schedule.inverseTime({ from: 0.1, decay: 0.7, every: 3 })],
    ['inverseTime in stairs', Schedule.inverseTime({ from: 0.1, decay: 0.7, every: 3, staircase: true })],
    ['cosineRestarts', Schedule.cosineRestarts({ from: 0.1, to: 0.01, over: 3 })],
    ['cosineRestarts, longer each time', Schedule.cosineRestarts({ from: 0.1, over: 2, growth: 2 })],
    ['cyclic', Schedule.cyclic({ from: 0.01, to: 0.1, up: 3, down: 2, decay: 0.9 })],
    ['oneCycle', Schedule.oneCycle({ peak: 0.1, over: 11 })],
    ['oneCycle in lines', Schedule.oneCycle({ peak: 0.1, over: 11, anneal: 'linear' })],
    [
      'join',
      Schedule.join(
        [Schedule.linear({ from: 0.3, over: 7 }), Schedule.cosine({ from: 0.1, over: 5 }), Schedule.constant(0.7)],
        [3, 8]
      )
    ],
    ['add', Schedule.add(Schedule.cosine({ from: 0.1, over: 5 }), Schedule.linear({ from: 0.7, over: 9 }))],
    ['mul', Schedule.mul(Schedule.cosine({ from: 0.1, over: 5 }), Schedule.linear({ from: 0.7, over: 9 }))],
    ['scale', Schedule.scale(Schedule.linear({ from: 0.7, over: 9 }), 0.3)],
    ['map', Schedule.map(Schedule.linear({ from: 0.7, over: 9 }), T.sqrt)],
    ['warmup', pipe(Schedule.exponential({ from: 0.1, decay: 0.9, every: 3 }), Schedule.warmup(4))]
  ]
  const steps = Array.from({ length: 12 }, (_, step) => step)

  it.each(schedules)('%s has the same value, to the bit, for one step and for many', (_name, schedule) => {
    const { at } = schedule
    if (at === undefined) throw new Error('it is a schedule of numbers')
    const values = steps.map((step) => schedule(step))
    expect(steps.map((step) => T.item(at(T.scalar(step, 'int32'))))).toEqual(values)
    expect(T.toNested(vmap(at)(T.of(steps, 'int32')))).toEqual(values)
  })

  it('is not known of functions of numbers, nor after a warmup of one', () => {
    const harmonic: Schedule.Schedule = (step) => 1 / (step + 1)
    const warm = Schedule.warmup(2)(harmonic)
    expect(harmonic.at).toBeUndefined()
    expect(warm.at).toBeUndefined()
    expect([0, 1, 2, 3].map((step) => warm(step))).toEqual([0, 0.5, 1, 0.5])
  })

  it('rejects a value that is not a scalar', () => {
    const loose = Schedule.make as unknown as (value: () => T.Tensor) => Schedule.Schedule
    expect(() => loose(() => T.of([1, 2]))(0)).toThrow('Schedule.make: the value has shape [2]; expected a scalar')
    const looser = Schedule.make as unknown as (value: unknown) => Schedule.Schedule
    expect(() => looser(0.1)).toThrow('Schedule.make: the argument is 0.1; expected a function of the step')
    expect(() => looser(() => 0.1)(0)).toThrow('Schedule.make: the value is 0.1; expected a tensor')
  })
})
