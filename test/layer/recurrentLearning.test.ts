// GRU and LSTM learn a task each that needs a memory, from one seed; test/long has five seeds of both.
import { expect, test } from 'vitest'
import { errorAfter } from './recurrentTasks.js'

test('a GRU says signs three steps later', () => {
  expect(errorAfter('gru', 'echo', 0)).toBeLessThan(0.05)
})

test('an LSTM adds the two marked numbers of a sequence', () => {
  expect(errorAfter('lstm', 'adding', 0)).toBeLessThan(0.05)
})
