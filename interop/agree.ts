/** Results of engines beside those of eager calls: leaf by leaf, each difference as a share of the largest element of its leaf. */
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expect } from 'vitest'
import { distance } from './engine/distance.js'

export { distance } from './engine/distance.js'

/** Expects two trees of one structure whose leaves differ by no more than a share of the largest element of each. */
export const expectClose = (found: unknown, wanted: unknown, tolerance: number): void => {
  const { leaves, paths } = Tree.flatten(wanted)
  const others = Tree.flatten(found)
  expect(others.paths).toEqual(paths)
  const far = leaves.flatMap((leaf, i) => {
    const off = distance(others.leaves[i]!, leaf)
    return off <= tolerance ? [] : [`${paths[i] ?? ''}: ${off.toExponential(2)}`]
  })
  expect(far).toEqual([])
}

/** The losses of so many steps of training, each on the state of the one before. */
export const lossesOf = async (
  step: (...args: readonly unknown[]) => unknown,
  [start, ...batch]: readonly unknown[],
  count: number
): Promise<readonly number[]> => {
  const losses: number[] = []
  let state = start
  for (let i = 0; i < count; i++) {
    const [next, { loss }] = (await step(state, ...batch)) as readonly [unknown, { readonly loss: T.Tensor<[]> }]
    losses.push(T.item(loss))
    state = next
  }
  return losses
}
