// Sums and what stands on them, bit for bit: a result depends on its lane in row-major order alone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { bindOne } from '../../src/primitive/bind.js'
import { softmaxDerivativePrimitive } from '../../src/tensor/softmax.js'
import { differences } from '../kernel/library/reference.js'
import { type Float, definitions, softmaxDerivativeOf } from './laneDefinitions.js'
import { indicesOf } from './naive.js'

type Name = keyof typeof definitions
type Axes = readonly number[]

const operations: Readonly<Record<Name, (x: T.Tensor, axis: Axes) => T.Tensor>> = {
  sum: (x, axis) => T.sum(x, { axis }),
  mean: (x, axis) => T.mean(x, { axis }),
  variance: (x, axis) => T.variance(x, { axis }),
  unbiased: (x, axis) => T.variance(x, { axis, correction: 1 }),
  std: (x, axis) => T.std(x, { axis }),
  norm: (x, axis) => T.norm(x, { axis }),
  logSumExp: (x, axis) => T.logSumExp(x, { axis }),
  softmax: (x, axis) => T.softmax(x, { axis }),
  logSoftmax: (x, axis) => T.logSoftmax(x, { axis })
}

const names = Object.keys(definitions).filter((name): name is Name => name in definitions)

// -----------------------------------------------------------------------------
// tensors of any layout
// -----------------------------------------------------------------------------

interface Axis {
  readonly n: number
  readonly kind: 'plain' | 'reversed' | 'stepped' | 'repeated'
  readonly reduced: boolean
}

interface Problem {
  readonly axes: readonly Axis[]
  /** Numbers by which the axes are sorted in memory. */
  readonly order: readonly number[]
  readonly seed: number
  readonly dtype: Float
  readonly wild: boolean
  /** Whether the axes are only permuted. */
  readonly plain: boolean
}

const axis: fc.Arbitrary<Axis> = fc.record({
  n: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 128, 129, 300, 1100) }
  ),
  kind: fc.constantFrom<Axis['kind']>('plain', 'plain', 'plain', 'reversed', 'stepped', 'repeated'),
  reduced: fc.boolean()
})

const problems: fc.Arbitrary<Problem> = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 4 }),
    order: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    seed: fc.integer(),
    dtype: fc.constantFrom<Float>('float32', 'float64'),
    wild: fc.boolean(),
    plain: fc.boolean()
  })
  .map((problem) =>
    problem.plain ? { ...problem, axes: problem.axes.map((each) => ({ ...each, kind: 'plain' as const })) } : problem
  )
  .filter(({ axes }) => axes.some((each) => each.reduced) && axes.reduce((size, { n }) => size * n, 1) <= 20_000)

const odd = [0, -0, -0, 1e-42, -3e-45, 5e-324, 1, -1, 88, -104, 709, 3e38, -3e38]
const rare = [Infinity, -Infinity, -Infinity, NaN]

/**
 * Numbers of many sizes; of the wild ones some are zeros, subnormal, large or not finite. Of half of the seeds some are powers
 * that cancel each other and take with them what has been added between them, so that the order shows in all digits.
 */
const numbers = (seed: number, wild: boolean): (() => number) => {
  let state = seed | 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
  const often = wild ? next() ** 2 : 0
  let power = 2 ** 80
  const cancelling = next() < 0.5 ? 0.1 * next() : 0
  return () => {
    if (next() < cancelling) return (power = -power)
    if (next() < often * 0.2) return odd[Math.floor(next() * odd.length)]!
    if (next() < often * 0.02) return rare[Math.floor(next() * rare.length)]!
    return (next() - 0.5) * 2 ** Math.floor(next() * 8)
  }
}

const filled = (dtype: Float, length: number, draw: () => number): Float32Array | Float64Array => {
  const data = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
  for (let i = 0; i < length; i++) data[i] = draw()
  return data
}

const product = (shape: Shape): number => shape.reduce((size, n) => size * n, 1)

/** A view laid as the axes say. */
const laid = ({ axes, order, seed, dtype, wild }: Problem, salt = 0): T.Tensor => {
  const sorted = axes.map((_, i) => i).sort((a, b) => order[a]! - order[b]! || a - b)
  const room = { plain: 1, reversed: 1, stepped: 2, repeated: 0 }
  const stored = sorted.map((i) => (axes[i]!.kind === 'repeated' ? 1 : axes[i]!.n * room[axes[i]!.kind]))
  const draw = numbers(seed + salt, wild)
  const data = filled(dtype, product(stored), draw)
  const permuted = T.permute(
    T.fromTypedArray(data, stored),
    axes.map((_, i) => sorted.indexOf(i))
  )
  const ranges = axes.map(({ kind }) => [null, null, kind === 'reversed' ? -1 : kind === 'stepped' ? 2 : 1] as const)
  return T.broadcastTo(
    T.slice(permuted, ranges),
    axes.map(({ n }) => n)
  )
}

const reducedOf = ({ axes }: Problem): Axes => axes.flatMap(({ reduced }, i) => (reduced ? [i] : []))

const copied = (x: T.Tensor): T.Tensor => T.fromTypedArray(T.toArray(x).slice(), x.shape)

/** For each lane, in row-major order of lanes, the places of its elements, in row-major order. */
const lanes = (shape: Shape, axes: Axes): readonly (readonly number[])[] => {
  const place = (index: readonly number[]): number => index.reduce((at, i, k) => at * shape[k]! + i, 0)
  const kept = shape.map((n, k) => (axes.includes(k) ? 1 : n))
  const along = shape.map((n, k) => (axes.includes(k) ? n : 1))
  const steps = indicesOf(along).map(place)
  return indicesOf(kept).map((base) => steps.map((step) => place(base) + step))
}

/** The values that lanes of the tensors are made to, in the tensor's order. */
const byLane = (
  xs: readonly T.Tensor[],
  axes: Axes,
  f: (...each: readonly (readonly number[])[]) => readonly number[]
): readonly number[] => {
  const values = xs.map((x) => T.toArray(x))
  const shape = xs[0]!.shape
  const all = lanes(shape, axes)
  const results = all.map((places) => f(...values.map((each) => places.map((p) => each[p]!))))
  if (results.every((each) => each.length === 1) && product(shape) !== results.length) return results.flat()
  const out = new Array<number>(product(shape))
  all.forEach((places, lane) => places.forEach((p, j) => (out[p] = results[lane]![j]!)))
  return out
}

const expectBits = (found: T.Tensor, wanted: T.Tensor): void => {
  expect([found.shape, found.dtype]).toEqual([wanted.shape, wanted.dtype])
  expect(differences(T.toArray(found), T.toArray(wanted))).toEqual([])
}

/** `norm` of one element is its absolute value. */
const skipped = (name: Name, x: T.Tensor, axes: Axes): boolean =>
  name === 'norm' && axes.every((each) => x.shape[each] === 1)

const everywhere = (check: (problem: Problem) => void, numRuns: number): void => {
  fc.assert(fc.property(problems, check), { numRuns })
}

// -----------------------------------------------------------------------------
// laws
// -----------------------------------------------------------------------------

describe.each(names)('%s', (name) => {
  const f = operations[name]

  test('is what its definition makes of each lane, for any axes and any layout', () => {
    everywhere((problem) => {
      const x = laid(problem)
      const axes = reducedOf(problem)
      if (skipped(name, x, axes)) return
      const wanted = byLane([x], axes, (lane) => definitions[name](lane, problem.dtype))
      expect(differences(T.toArray(f(x, axes)), wanted)).toEqual([])
    }, 100)
  })

  test('of a batch is the stack of its examples, by vmap and by an axis more, whatever lies beside them', () => {
    everywhere((problem) => {
      const x = laid(problem)
      const axes = reducedOf(problem)
      if (axes[0] === 0 || x.shape[0] === 0) return
      const own = axes.map((each) => each - 1)
      const each = Array.from({ length: x.shape[0]! }, (_, i) => f(copied(T.at(x, i)), own))
      expectBits(f(x, axes), T.stack(each))
      expectBits(vmap((example: T.Tensor) => f(example, own))(x), T.stack(each))
    }, 40)
  })
})

test('the derivative of softmax is what its definition makes of each two lanes, for any layouts', () => {
  everywhere((problem) => {
    const axes = reducedOf(problem)
    const t = laid(problem)
    const y = laid({ ...problem, order: [...problem.order].reverse() }, 1)
    const wanted = byLane([t, y], axes, (...[one, other]) => softmaxDerivativeOf(one!, other!, problem.dtype))
    expect(differences(T.toArray(bindOne(softmaxDerivativePrimitive, [t, y], { axes })), wanted)).toEqual([])
  }, 100)
})

test('a sum is never -0', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = T.fromTypedArray(
      filled(dtype, 1, () => -0),
      [1]
    )
    for (const n of [1, 2, 9]) expect(T.item(T.sum(T.broadcastTo(x, [n])))).toBe(0)
    expect(T.item(T.sum(x))).toBe(0)
  }
})

test('long sums of float32 are not halved, those of float64 are', () => {
  const n = 1_000_003
  const draw = numbers(7, false)
  for (const dtype of ['float32', 'float64'] as const) {
    const data = filled(dtype, n, draw)
    expect([...T.toArray(T.sum(T.fromTypedArray(data, [n])))]).toEqual(definitions.sum([...data], dtype))
  }
})

// -----------------------------------------------------------------------------
// bounds
// -----------------------------------------------------------------------------

/** How far apart float32 numbers lie at a value. */
const spacing = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x)))) - 23)

test.each([
  ['mean', 0],
  ['variance', 0],
  ['std', 0],
  ['norm', 0],
  ['logSumExp', 1e-12],
  ['softmax', 0],
  ['logSoftmax', 1e-12]
] as const)('%s of float32 lies within 0.501 units in the last place of the exact value', (name, slack) => {
  for (const [n, scale, shift] of [
    [2, 1, 0],
    [10, 30, 0],
    [1000, 5, 0],
    [1000, 1, 1000],
    [20_000, 90, -20]
  ] as const) {
    // prettier-ignore
    const draw = numbers(n, false)
    const x = T.fromTypedArray(
      filled('float32', n, () => shift + Math.sin(draw()) * scale),
      [n]
    )
    const found = T.toArray(operations[name](x, [0]))
    const exact = T.toArray(operations[name](T.cast(x, 'float64'), [0]))
    const off =
      name === 'mean' ? 1e-12 * scale : slack * (name === 'logSumExp' ? Math.max(1, Math.abs(shift) + scale) : 1)
    const wrong = Array.from(found, (value, i) => [value, exact[i]!] as const).filter(
      ([value, wanted]) => !(Math.abs(value - wanted) <= Math.max(0.501 * spacing(wanted), off))
    )
    expect(wrong).toEqual([])
  }
})
