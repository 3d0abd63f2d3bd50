// The algebra of schedules, and values that others give.
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'

const end = fc.integer({ min: -128, max: 128 }).map((n) => n / 64)
const length = fc.integer({ min: 1, max: 12 })
const schedule: fc.Arbitrary<Schedule.Schedule> = fc.oneof(
  fc.record({ from: end, to: end, over: length }).map(Schedule.linear),
  fc.record({ from: end, to: end, over: length }).map(Schedule.cosine),
  fc.record({ from: end, over: length, growth: fc.integer({ min: 1, max: 3 }) }).map(Schedule.cosineRestarts),
  fc.record({ from: end, to: end, up: length, down: length }).map(Schedule.cyclic),
  end.map(
    (value): Schedule.Schedule =>
      (step) =>
        value / (step + 1)
  )
)
const step = fc.nat(40)
const numRuns = 40

const same = (a: Schedule.Schedule, b: Schedule.Schedule, at: number): void => {
  expect(a(at) + 0).toBe(b(at) + 0)
  if (a.at !== undefined && b.at !== undefined) {
    const given = T.scalar(at, 'int32')
    expect(T.item(a.at(given)) + 0).toBe(T.item(b.at(given)) + 0)
  }
}

describe('the laws of schedules', () => {
  it('sums and products are pointwise, commutative, and have neutral elements', () => {
    fc.assert(
      fc.property(schedule, schedule, step, (a, b, at) => {
        expect(Schedule.add(a, b)(at)).toBe(a(at) + b(at) + 0)
        expect(Schedule.mul(a, b)(at)).toBe(a(at) * b(at))
        same(Schedule.add(a, b), pipe(b, Schedule.add(a)), at)
        same(Schedule.mul(a, b), pipe(b, Schedule.mul(a)), at)
        expect(Schedule.add(a, Schedule.constant(0))(at)).toBe(a(at) + 0)
        same(Schedule.mul(a, Schedule.constant(1)), a, at)
      }),
      { numRuns }
    )
  })

  it('scale is mul with a constant, and scales add up as numbers do', () => {
    fc.assert(
      fc.property(schedule, schedule, end, step, (a, b, c, at) => {
        same(pipe(a, Schedule.scale(c)), Schedule.mul(a, Schedule.constant(c)), at)
        same(
          pipe(Schedule.add(a, b), Schedule.scale(0.5)),
          Schedule.add(Schedule.scale(a, 0.5), Schedule.scale(b, 0.5)),
          at
        )
      }),
      { numRuns }
    )
  })

  it('map preserves identity and composition', () => {
    const [f, g] = [(x: T.Tensor<[]>) => T.mul(x, 3), (x: T.Tensor<[]>) => T.sin(x)]
    fc.assert(
      fc.property(schedule, step, (a, at) => {
        same(
          pipe(
            a,
            Schedule.map((x) => x)
          ),
          a,
          at
        )
        same(
          pipe(a, Schedule.map(f), Schedule.map(g)),
          pipe(
            a,
            Schedule.map((x) => g(f(x)))
          ),
          at
        )
      }),
      { numRuns }
    )
  })

  it('join is associative, has its parts as pieces, and is warmup after a line', () => {
    fc.assert(
      fc.property(schedule, schedule, schedule, length, length, step, (a, b, c, m, n, at) => {
        const all = Schedule.join([a, b, c], [m, m + n])
        same(Schedule.join([Schedule.join([a, b], [m]), c], [m + n]), all, at)
        same(Schedule.join([a, Schedule.join([b, c], [n])], [m]), all, at)
        expect(all(at)).toBe(at < m ? a(at) : at < m + n ? b(at - m) : c(at - m - n))
        const rising = Schedule.join([Schedule.linear({ from: 0, to: b(0), over: m }), b], [m])
        expect(Schedule.warmup(m)(b)(at)).toBeCloseTo(rising(at), 14)
        same(Schedule.join([a], []), a, at)
      }),
      { numRuns }
    )
  })

  it('a function of numbers among them makes the result one', () => {
    const harmonic: Schedule.Schedule = (n) => 1 / (n + 1)
    const line = Schedule.constant(1)
    const results = [Schedule.add(line, harmonic), Schedule.join([line, harmonic], [2]), Schedule.scale(harmonic, 2)]
    expect(results.map(({ at }) => at)).toEqual([undefined, undefined, undefined])
    expect(Schedule.map(harmonic, T.sqrt)(3)).toBe(0.5)
  })
})

describe('values', () => {
  it('restarts come at the sums of the lengths, to the step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 7 }),
        (over, growth, i) => {
          const rate = Schedule.cosineRestarts({ from: 1, to: 0.25, over, growth })
          const start = Array.from({ length: i }, (_, j) => over * growth ** j).reduce((sum, n) => sum + n, 0)
          const period = over * growth ** i
          expect(rate(start)).toBe(1)
          const last = Schedule.cosine({ from: 1, to: 0.25, over: period })(period - 1)
          expect(rate(start + period - 1)).toBeCloseTo(last, 12)
        }
      ),
      { numRuns }
    )
  })

  it('are those of PyTorch and of Optax', () => {
    // CyclicLR(base_lr=0.1, max_lr=1, step_size_up=2, mode='triangular2')
    const triangles = Schedule.cyclic({ from: 0.1, to: 1, up: 2, decay: 0.5 })
    const expected = [0.1, 0.55, 1, 0.55, 0.1, 0.325, 0.55, 0.325, 0.1]
    expected.forEach((value, n) => expect(triangles(n)).toBeCloseTo(value, 14))
    // optax.cosine_onecycle_schedule(10, 1.0, 0.3, 25, 1e4) at its ends and at its peak
    const cycle = Schedule.oneCycle({ peak: 1, over: 10 })
    expect([cycle(0), cycle(3)]).toEqual([0.04, 1])
    expect(cycle(10)).toBeCloseTo(4e-6, 18)
    expect(cycle(99)).toBe(cycle(10))
    // optax.polynomial_schedule(1, 0.1, 2, 10) and optax.exponential_decay(1, 10, 0.5)
    expect(Schedule.polynomial({ from: 1, to: 0.1, over: 10, power: 2 })(5)).toBeCloseTo(0.325, 15)
    expect(Schedule.step({ from: 1, decay: 0.1, every: 30 })(61)).toBeCloseTo(0.01, 16)
  })
})

describe('reduceOnPlateau', () => {
  const follow = (options: Schedule.PlateauOptions, values: readonly number[]): readonly number[] => {
    const plateau = Schedule.reduceOnPlateau(options)
    let state = plateau.init
    return values.map((value) => {
      state = plateau.update(state, value)
      return T.item(state.scale)
    })
  }

  it('falls after more than patience values that were no better', () => {
    expect(follow({ factor: 0.5, patience: 2 }, [1, 1, 1, 1, 1, 1, 1])).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25])
    expect(follow({ factor: 0.5, patience: 0 }, [3, 2, 1, 2, 0.5])).toEqual([1, 1, 1, 0.5, 0.5])
  })

  it('counts what is within the threshold, and NaN, as no better', () => {
    const near = [1, 0.95, 0.91]
    expect(follow({ factor: 0.5, patience: 1, threshold: 0.1 }, near)).toEqual([1, 1, 0.5])
    expect(follow({ factor: 0.5, patience: 1, threshold: 0.01 }, near)).toEqual([1, 1, 1])
    expect(follow({ factor: 0.5, patience: 1, threshold: 0.1, thresholdMode: 'absolute' }, [10, 9.5, 8])).toEqual([
      1, 1, 1
    ])
    expect(follow({ factor: 0.5, patience: 1 }, [NaN, NaN, NaN])).toEqual([1, 0.5, 0.5])
  })

  it('waits during its cooldown, and stops at its minimum', () => {
    const flat = new Array<number>(7).fill(1)
    expect(follow({ factor: 0.5, patience: 0, cooldown: 2 }, flat)).toEqual([1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
    expect(follow({ factor: 0.5, patience: 0, minimum: 0.3 }, flat).at(-1)).toBe(0.3)
  })

  it('looks for larger values too', () => {
    expect(follow({ mode: 'max', factor: 0.5, patience: 0 }, [0.1, 0.2, 0.2, 0.3])).toEqual([1, 1, 0.5, 0.5])
  })

  it('has a state that stays the same tree, in types and shapes', () => {
    const plateau = Schedule.reduceOnPlateau()
    const kinds = (state: Schedule.PlateauState): readonly string[] =>
      Object.entries(state).map(
        ([name, leaf]) => `${name} ${(leaf as T.Tensor).dtype} ${(leaf as T.Tensor).shape.length}`
      )
    expect(kinds(plateau.update(plateau.init, T.scalar(1)))).toEqual(kinds(plateau.init))
  })
})
