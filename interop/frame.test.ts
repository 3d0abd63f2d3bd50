// The samples are what they say: steps that train, and programs that run; before any engine sees them.
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expect, test } from 'vitest'
import { distance, expectClose, lossesOf } from './agree.js'
import { programs } from './programs.js'
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
