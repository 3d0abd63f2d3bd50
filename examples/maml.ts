// MAML on sine waves: a gradient through gradient steps, mapped over tasks. Two networks of one size see the same curves;
// one minimises its loss on them, the other its loss after one step of adapting to ten points. Then both meet new curves.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Params, drawTasks, jointLoss, learn, lossesAfter, metaLoss, shots } from './maml/learning.js'
import { check } from './support/run.js'

const steps = 200
const [forLearning, forNewTasks] = Random.split(Random.key(0))
const newTasks = drawTasks(forNewTasks, 200)

/** Learns, and tells how long it took. */
const timed = (name: string, objective: typeof metaLoss): Params => {
  const started = performance.now()
  const params = learn(objective, forLearning, steps)
  console.log(`${name}: ${steps} steps in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return params
}

const meta = timed('with meta-learning', metaLoss)
const joint = timed('without', jointLoss)

/** The mean loss on the new curves, after some steps of descent on ten points of each. */
const after = (count: number, params: Params): number => T.item(T.mean(lossesAfter(params, newTasks, count)))

console.log(`\nmean squared error on ${newTasks.query.y.shape[0]} new curves, adapted to ${shots} points of each`)
console.log('steps    with  without')
for (const count of [0, 1, 2, 5, 10]) {
  const [ofMeta, ofJoint] = [meta, joint].map((params) => after(count, params).toFixed(3))
  console.log(`${String(count).padStart(5)}  ${ofMeta?.padStart(6)}   ${ofJoint?.padStart(6)}`)
}

check('before adapting, neither knows a new curve', Math.min(after(0, meta), after(0, joint)) > 2)
check('one step teaches the meta-learnt network half of what it did not know', after(1, meta) < 0.5 * after(0, meta))
check('and leaves it less than 60 % of the loss of the other', after(1, meta) < 0.6 * after(1, joint))
check('which has not caught up after ten', after(10, joint) > after(1, meta))
