// How often GRU and LSTM learn the tasks that test/layer/recurrentLearning.test.ts has one seed of.
import { expect, test } from 'vitest'
import { errorAfter } from '../layer/recurrentTasks.js'

const seeds = [0, 1, 2, 3, 4]

test.each([
  ['gru', 'echo'],
  ['gru', 'adding'],
  ['lstm', 'echo'],
  ['lstm', 'adding']
] as const)('%s: %s is learnt from each of 5 seeds', (kind, name) => {
  const errors = seeds.map((seed) => errorAfter(kind, name, seed))
  const learnt = errors.filter((error) => error < 0.05).length
  console.log(`${kind}, ${name}: ${learnt} of ${seeds.length}; ${errors.map((each) => each.toFixed(4)).join(' ')}`)
  expect(learnt).toBe(seeds.length)
})
