// Transformations of which an optimizer of the table consists, inside of `vmap`, `scan`, programs and `grad`: at the first step and at the last
// that is counted.
import * as T from 'pullback/Tensor'
import { test } from 'vitest'
import { begin, expectTheSameInside, params } from '../optimizer/steps.js'
import { rows } from '../optimizer/table.js'

test.each(rows.flatMap(({ name, make, covered }) => (covered === true ? [[name, make] as const] : [])))(
  '%s is the same inside of transformations',
  (_name, make) => {
    const optimizer = make(0.1, 20)
    const start = begin(optimizer, params)
    expectTheSameInside(optimizer, start)
    const state = start.state.map((slot) => ({ ...slot, count: T.scalar(2 ** 31 - 1, 'int32') }))
    expectTheSameInside(optimizer, { ...start, state })
  }
)
