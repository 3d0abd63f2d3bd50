// Attention learns to sort: the share of seeds with which it does.
import { expect, test } from 'vitest'
import { sortingAfter } from '../model/sorting.js'

test('a transformer sorts at least 98 % of new lists of five numbers, with each of 5 seeds', () => {
  const shares = [0, 1, 2, 3, 4].map((seed) => sortingAfter(400, seed))
  console.log(`lists in order: ${shares.map((each) => each.toFixed(3)).join(' ')}`)
  expect(shares.filter((share) => share >= 0.98)).toHaveLength(5)
})
