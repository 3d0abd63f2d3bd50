// Per-example gradient clipping: vmap(grad(loss)) gives every digit a gradient of its own, each is clipped, and no single
// one decides what is learnt. With noise on top this is DP-SGD; how private it is, is not computed here.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import type { Digits } from './digits/data.js'
import { loadDigits } from './digits/load.js'
import * as Private from './privacy/clipping.js'
import { check, getOrExit } from './support/run.js'

const [train, test] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const [batch] = Dataset.split(256)(train)
const size = Dataset.size(batch)
const start = Private.firstParams(Random.key(0))
const most = 1

/** The result, and the shortest of several times, in milliseconds. */
const timed = <A>(f: () => A): readonly [result: A, milliseconds: number] => {
  const run = (): readonly [A, number] => {
    const started = performance.now()
    const result = f()
    return [result, performance.now() - started]
  }
  const runs = Array.from({ length: 6 }, run)
  return [f(), Math.min(...runs.map(([, milliseconds]) => milliseconds))]
}

/** How long the difference of two trees is. */
const distance = (a: Private.Params, b: Private.Params): number => T.item(Tree.norm(Tree.sub(a, b)))

// all at once, and one by one
const [atOnce, quick] = timed(() => Private.meanClipped(start, batch, most))
const [inLoop, slow] = timed(() => Private.meanClippedInLoop(start, batch, most))
console.log(`${size} clipped gradients: by vmap in ${quick.toFixed(1)} ms, in a loop in ${slow.toFixed(1)} ms`)
console.log(`the loop takes ${(slow / quick).toFixed(1)} times as long`)
const apart = distance(atOnce, inLoop) / T.item(Tree.norm(inLoop))
check(`they agree to ${apart.toExponential(0)} of their length`, apart < 1e-6)

// one example against all others
const outlier: Digits = {
  features: T.concat([T.mul(T.slice(batch.features, [[0, 1]]), -1000), T.slice(batch.features, [[1]])]),
  labels: batch.labels
}
const influence = (length: number): number =>
  distance(Private.meanClipped(start, outlier, length), Private.meanClipped(start, batch, length))
check(
  `a digit a thousand times as bright moves the mean gradient by ${influence(most).toFixed(4)}, at most 2 / ${size} is possible`,
  influence(most) <= (2 * most) / size
)
check(`without clipping, by ${influence(Infinity).toFixed(1)}`, influence(Infinity) > 1)

// what can be learnt like this
for (const noise of [0, 1]) {
  const params = Private.train(Random.key(1), train, { epochs: 5, most, noise })
  const accuracy = 100 * Metric.accuracy(Private.scoresOf(params, test.features), test.labels)
  check(`learnt with noise of ${noise}: ${accuracy.toFixed(1)} % of the test set are right`, accuracy > 80)
}
