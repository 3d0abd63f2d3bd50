/** Choices: the same draws as those of the kernels, which compute in float64. */
import { scan } from '../../../control/scan.js'
import { bindOne } from '../../../primitive/bind.js'
import { choicePrimitive, weightedChoicePrimitive } from '../../../random/choose.js'
import { size } from '../../../shape/model.js'
import { add, div, mul, neg, sub } from '../../../tensor/arithmetic.js'
import { greater, less } from '../../../tensor/comparison.js'
import { log1p } from '../../../tensor/exponential.js'
import { gather, scatterAdd } from '../../../tensor/indexing.js'
import { concatPrimitive } from '../../../tensor/join.js'
import { maxPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { minimum } from '../../../tensor/minMaxOfTwo.js'
import { cumsum } from '../../../tensor/cumulative.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { floor } from '../../../tensor/rounding.js'
import { where } from '../../../tensor/select.js'
import { argsort } from '../../../tensor/sorting.js'
import { along, take } from '../../../tensor/stridedWindow.js'
import { cast, reshapeTo } from '../../../tensor/structural.js'
import { type Entry, iota, onOne, onTwo } from './model.js'
import { search } from './places.js'
import { unit } from './random.js'

/** The draws of each of several keys, one after another. */
const forEachKey = (keys: Tensor, draw: (key: Tensor, i: number) => Tensor, count: number): Tensor => {
  const stack = keys.shape.slice(0, -1)
  const rows = reshapeTo(keys, [size(stack), 2])
  const each = Array.from({ length: size(stack) }, (_, i) =>
    reshapeTo(draw(reshapeTo(take(rows, along(rows.shape, 0, i, 1)), [2]), i), [1, count])
  )
  const joined = each.length === 1 ? each[0]! : bindOne(concatPrimitive, each, { axis: 0 })
  return reshapeTo(joined, [...stack, count])
}

/** The first `count` places of a random order, by exchanges: R. Durstenfeld, Comm. ACM 7 (1964). */
const order = (key: Tensor, n: number, count: number): Tensor => {
  const u = unit(key, count, 'float64')
  const left = cast(sub(fill([], 'int32', n), iota(count, 1, 0)), 'float64')
  const partners = add(iota(count, 1, 0), cast(floor(mul(u, left)), 'int32'))
  const exchange = (places: Tensor, [i, j]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => {
    const pair = bindOne(concatPrimitive, [reshapeTo(i, [1]), reshapeTo(j, [1])], { axis: 0 })
    const now = gather(places, pair)
    const change = sub(reshapeTo(take(now, { starts: [1], steps: [-1], sizes: [2] }), [2]), now)
    return [scatterAdd(places, pair, change), gather(places, j)]
  }
  return scan(exchange)(iota(n, 1, 0), [iota(count, 1, 0), partners])[1]
}

/** Weights whose sums and quotients stay in range. */
const inRange = (weights: Tensor): Tensor => {
  const largest = bindOne(maxPrimitive, [weights], { axes: [0] })
  return mul(
    weights,
    where(greater(largest, 2 ** 500), 2 ** -600, where(less(largest, 2 ** -500), 2 ** 500, fill([], 'float64', 1)))
  )
}

/** Where uniform numbers fall among weights laid end to end. */
const withReplacement = (weights: Tensor, u: Tensor, n: number): Tensor => {
  const ends = cumsum(weights)
  const total = take(ends, along(ends.shape, 0, n - 1, 1))
  const possible = where(greater(weights, 0), iota(n, 1, 0), fill([], 'int32', 0))
  return minimum(search(ends, mul(u, total), true), bindOne(maxPrimitive, [possible], { axes: [0] }))
}

/** The things that arrive first; those without weight never do. */
const withoutReplacement = (weights: Tensor, u: Tensor, count: number): Tensor => {
  const isPossible = greater(weights, 0)
  const times = minimum(div(neg(log1p(neg(u))), where(isPossible, weights, 1)), Number.MAX_VALUE)
  return take(argsort(where(isPossible, times, Infinity)), { starts: [0], steps: [1], sizes: [count] })
}

/** The decompositions of choices. */
export const ofChoices: readonly Entry[] = [
  onOne(choicePrimitive, (keys, { n, count, replace }) => {
    const shape = [...keys.shape.slice(0, -1), count]
    if (size(shape) === 0) return fill(shape, 'int32', 0)
    if (replace) return cast(floor(mul(unit(keys, count, 'float64'), n)), 'int32')
    return forEachKey(keys, (key) => order(key, n, count), count)
  }),
  onTwo(weightedChoicePrimitive, (keys, p, { n, count, replace }) => {
    const shape = [...keys.shape.slice(0, -1), count]
    if (size(shape) === 0) return fill(shape, 'int32', 0)
    const rows = reshapeTo(cast(p, 'float64'), [size(shape) / count, n])
    return forEachKey(
      keys,
      (key, i) => {
        const weights = inRange(reshapeTo(take(rows, along(rows.shape, 0, i, 1)), [n]))
        return replace
          ? withReplacement(weights, unit(key, count, 'float64'), n)
          : withoutReplacement(weights, unit(key, n, 'float64'), count)
      },
      count
    )
  })
]
