// A neural ODE learns a spiral: a small network is the right-hand side of a differential equation, and is trained by the
// gradient of its solutions, which goes through the solver. Then it is tested at new starting points.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Params, firstParams, loss, observe, pieces, predict, train } from './neuralOde/spiral.js'
import { check } from './support/run.js'

const steps = 160
const times = T.linspace(0, 4, 41, 'float64')
const seen = observe(
  T.of(
    [
      [2, 0],
      [0, 1.5],
      [-1.2, -0.6],
      [-1.6, 0.8],
      [0.7, -1.2]
    ],
    'float64'
  ),
  times
)

// -----------------------------------------------------------------------------
// learning
// -----------------------------------------------------------------------------

const long = 6
const short = T.slice(times, [[0, long]])
const parts = pieces(seen, long, 5)
const start = firstParams(Random.key(0))

const started = performance.now()
const params = train(start, parts, short, steps, (step, value) => {
  if (step % 40 === 0) console.log(`step ${String(step).padStart(3)}: loss ${value.toFixed(5)}`)
})
const seconds = (performance.now() - started) / 1000
console.log(`${steps} steps on ${parts.shape[1]} pieces of ${seen.shape[1]} paths in ${seconds.toFixed(1)} s\n`)

const [before, after] = [start, params].map((each) => T.item(loss(each, parts, short))) as [number, number]
console.log(`loss ${before.toFixed(4)} before, ${after.toFixed(5)} after`)
if (!(after < before / 100)) throw new Error(`it did not learn: loss ${before} before and ${after} after`)

// -----------------------------------------------------------------------------
// from other points
// -----------------------------------------------------------------------------

const others = T.of(
  [
    [1.7, 0.4],
    [-0.3, 1.2]
  ],
  'float64'
)

/** The mean distance from the truth, over a time eight times as long as that of the pieces. */
const apart = (each: Params): number =>
  T.item(T.mean(T.norm(T.sub(predict(each, others, times), observe(others, times)), { axis: -1 })))

const [far, near] = [start, params].map(apart) as [number, number]
check(
  `from new points it is ${near.toFixed(3)} away, and was ${far.toFixed(2)} untrained: less than a tenth`,
  near < far / 10
)

// -----------------------------------------------------------------------------
// what it looks like
// -----------------------------------------------------------------------------

const [rows, columns] = [21, 45]

/** A character where each point is, as seen from above. */
const draw = (points: readonly (readonly [path: T.Tensor<[number, 2]>, mark: string])[]): string => {
  const picture = Array.from({ length: rows }, () => new Array<string>(columns).fill(' '))
  for (const [path, mark] of points) {
    for (const [x = 0, y = 0] of T.toNested(path)) {
      const row = picture[Math.round(((2 - y) / 4) * (rows - 1))]
      const column = Math.round(((x + 2) / 4) * (columns - 1))
      if (row?.[column] !== undefined) row[column] = row[column] === ' ' || row[column] === mark ? mark : '#'
    }
  }
  return picture.map((row) => row.join('').trimEnd()).join('\n')
}

const [truth, found] = [observe(others, times), predict(params, others, times)].map((paths) =>
  T.at(paths, 0, { axis: 1 })
)
if (truth !== undefined && found !== undefined) {
  console.log(
    `\nthe truth o, the network +, both #, from (1.7, 0.4)\n\n${draw([
      [truth, 'o'],
      [found, '+']
    ])}`
  )
}
