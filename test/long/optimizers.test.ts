// Every optimizer with a rate, for as long as it needs on Rosenbrock's function: what `npm test` sees come down arrives at the minimum.
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { rows } from '../optimizer/table.js'

const steps = 10_000

/** Rosenbrock's function, and its gradient. */
const at = (p: T.Tensor<[2]>): readonly [value: number, gradient: T.Tensor<[2]>] => {
  const [x = NaN, y = NaN] = T.toArray(p)
  const bend = y - x * x
  return [(1 - x) ** 2 + 100 * bend ** 2, T.of([2 * (x - 1) - 400 * x * bend, 200 * bend], 'float64')]
}

/** What no optimizer of a rate reads. */
const none = { value: T.scalar(0), objective: (p: T.Tensor<[2]>): T.Tensor<[]> => T.sum(p) }

test.each(rows.flatMap(({ name, make, rates }) => (rates === undefined ? [] : [[name, make, rates[1]] as const])))(
  '%s arrives at the minimum',
  (name, make, rate) => {
    const optimizer = make(rate, steps)
    let params: T.Tensor<[2]> = T.of([0, 0], 'float64')
    let state = optimizer.init(params)
    for (let i = 0; i < steps; i++) {
      const [updates, next] = optimizer.update(at(params)[1], state, params, none)
      params = Optimizer.applyUpdates(params, updates)
      state = next
    }
    const [value] = at(params)
    console.log(`${name}: ${value.toExponential(1)}`)
    expect(value).toBeLessThan(1e-3)
  }
)
