// The samples are what they say: steps that train, and programs that run; before any engine sees them.
import * as Debug from 'pullback/Debug'
import { jit } from 'pullback/Jit'
import { guardedMul } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { describe, expect, test } from 'vitest'
import { distance, expectClose, lossesOf } from './agree.js'
import { programs } from './programs.js'
import { judged, operationsOf } from './rounding.js'
import { inFloats, steps } from './steps.js'

test.each(steps().map((each) => [each.name, each] as const))('%s is traced, in either float', (_, sample) => {
  for (const dtype of ['float32', 'float64'] as const) {
    const { step, args } = inFloats(dtype, sample)
    const program = Debug.trace(step)(...args)
    expect(program.outputs.filter((output) => output.dtype === dtype).length).toBeGreaterThan(0)
    expect(program.outputs.filter((output) => output.dtype.startsWith('float') && output.dtype !== dtype)).toEqual([])
  }
})

test.each(
  steps()
    .filter(({ trains }) => trains)
    .map((each) => [each.name, each] as const)
)('%s learns', async (_, { step, args }) => {
  const losses = await lossesOf(step, args, 6)
  expect(losses.at(-1)).toBeLessThan(losses[0]!)
})

test('differences are shares of the largest element', () => {
  expect(distance(T.of([1, 2.5]), T.of([1, 2]))).toBe(0.25)
  expect(distance(T.of([1, NaN]), T.of([1, NaN]))).toBe(0)
  expect(distance(T.of([1, Infinity]), T.of([1, NaN]))).toBe(Infinity)
  expect(() => expectClose({ a: T.of([1, 2.5]) }, { a: T.of([1, 2]) }, 0.1)).toThrow('a: 2.50e-1')
})

test('generated programs are the same for the same seed', () => {
  const shapes = (seed: number): unknown =>
    programs(20, seed).map(({ wanted }) => Tree.leaves(wanted).map((x) => x.shape))
  expect(shapes(1)).toEqual(shapes(1))
  expect(shapes(1)).not.toEqual(shapes(2))
})

describe('what roundings set apart', () => {
  const judgement = (
    f: (...inputs: readonly T.Tensor[]) => readonly T.Tensor[],
    x: T.Tensor,
    found: T.Tensor
  ): string => {
    const { _tag } = judged(f, [x], f(x), [found])
    return _tag
  }
  /** The remainder of a large number by a sum of sines, which has one digit too few. */
  const remainder = (x: T.Tensor, share = 0): readonly T.Tensor[] => [
    T.mod(T.scalar(2 ** 60), T.mul(T.sum(T.sin(x)), 1 + share))
  ]

  test('is what other roundings move', () => {
    const x = T.of([0.5, 0.25, 0.125])
    expect(judgement((y) => remainder(y), x, remainder(x)[0]!)).toBe('Close')
    expect(judgement((y) => remainder(y), x, remainder(x, 2 ** -23)[0]!)).toBe('Rounded')
    expect(judgement((y) => remainder(y), x, T.scalar(NaN))).toBe('Far')
    expect(judgement((y) => [T.floor(T.mul(T.sin(y), 1 / Math.sin(0.5)))], T.scalar(0.5), T.scalar(0))).toBe('Rounded')
    expect(judgement((y) => [T.sum(y)], T.of([1e8, 1, -1e8]), T.scalar(0))).toBe('Rounded')
    expect(judgement((y) => [guardedMul(T.scalar(NaN), T.exp(y))], T.scalar(-100), T.scalar(0))).toBe('Rounded')
  })

  test('is nothing of what every engine computes exactly', () => {
    expect(judgement((y) => [T.floor(y)], T.of([2, 3]), T.of([2, 2]))).toBe('Far')
    expect(judgement((y) => [T.sin(y)], T.of([1e4, 1]), T.sin(T.of([1.0001e4, 1])))).toBe('Far')
    expect(judgement((y) => [T.equal(y, T.abs(y))], T.of([2, 3]), T.of([true, false]))).toBe('Far')
    expect(judgement((y) => [T.argmax(T.transpose(y))], T.of([1, 1]), T.scalar(1, 'int32'))).toBe('Far')
  })

  test('is looked for in each element alone', () => {
    const f = (y: T.Tensor): readonly T.Tensor[] => [
      T.concat([remainder(y)[0]!, T.scalar(0.5)].map((each) => T.reshape(each, [1])))
    ]
    const x = T.of([0.5, 0.25, 0.125])
    const [first] = T.toArray(f(x)[0]!)
    expect(judgement((y) => f(y), x, T.of([first!, 0.25]))).toBe('Far')
  })

  test('is found in operations alone, also where others are called', () => {
    const square = jit((y: T.Tensor) => T.square(T.sin(y)))
    const operations = operationsOf((x) => [T.sum(square(x))], [T.of([1, 2])])
    expect(operations.map(({ name }) => name)).toEqual(['sin', 'square', 'sum'])
    expect(operations[2]!.f(...operations[2]!.operands)).toEqual([T.sum(T.square(T.sin(T.of([1, 2]))))])
  })
})
