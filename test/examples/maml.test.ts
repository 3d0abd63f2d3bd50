import { describe, expect, it } from 'vitest'
import { grad, hvp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import {
  type Params,
  adapt,
  drawTask,
  drawTasks,
  firstParams,
  innerRate,
  loss,
  lossesAfter,
  metaLoss
} from '../../examples/maml/learning.js'

const inDouble = <P>(tree: P): P => Tree.map(tree, <S extends Shape>(leaf: T.Tensor<S>) => T.cast(leaf, 'float64'))

const keys = Random.split(Random.key(5), 3)
const singles = keys.map((key) => inDouble(drawTask(key)))
const tasks = inDouble(drawTasks(Random.key(5), 3))
const params = inDouble(firstParams(Random.key(1)))

/** How far two trees are from each other, relative to the length of the second. */
const apart = <P>(a: P, b: P): number => T.item(Tree.norm(Tree.sub(a, b))) / T.item(Tree.norm(b))

describe('the MAML example', () => {
  it('draws many tasks as it draws each of them', () => {
    singles.forEach((single, i) => {
      const drawn = Tree.leaves(tasks).map((leaf) => T.toNested(T.at(leaf, i)))
      expect(drawn).toEqual(Tree.leaves(single).map((leaf) => T.toNested(leaf)))
    })
  })

  it('adapts to all tasks at once as to each of them', () => {
    const losses = T.toNested(lossesAfter(params, tasks, 3))
    singles.forEach((task, i) =>
      expect(losses[i]).toBeCloseTo(T.item(loss(adapt(params, task.support, 3), task.query)), 12)
    )
  })

  it('has the gradient (I - rate H) g, where g is that after the step, and H the Hessian before it', () => {
    const each = singles.map(({ support, query }): Params => {
      const after = grad(loss)(adapt(params, support, 1), query)
      const turned = hvp((p: Params) => loss(p, support))(params, after)
      return Tree.sub(after, Tree.scale(turned, innerRate))
    })
    const byFormula = Tree.scale(
      each.reduce((a, b) => Tree.add(a, b)),
      1 / each.length
    )
    expect(apart(grad(metaLoss)(params, tasks), byFormula)).toBeLessThan(1e-13)
  })

  it('differentiates through the step: without it, the gradient is another', () => {
    const frozen = (p: Params): T.Tensor<[]> => loss(p, singles[0]!.query)
    const atAdapted = grad(frozen)(adapt(params, singles[0]!.support, 1))
    const through = grad((p: Params) => frozen(adapt(p, singles[0]!.support, 1)))(params)
    expect(apart(through, atAdapted)).toBeGreaterThan(0.01)
  })
})
