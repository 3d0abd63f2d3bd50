// k-means: each row goes to the nearest centre, and each centre into the middle of its rows, until nothing moves.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Clustering, type Labels, type Rows, squaredDistances } from './model.js'

/** The first centres by k-means++: each is a row, drawn in proportion to its squared distance from the centres before. */
export const firstCentres = (key: Random.Key, rows: Rows, k: number): Rows => {
  let centres: Rows = T.gather(rows, Random.choice(key, rows.shape[0], { shape: [1] }))
  for (let i = 1; i < k; i++) {
    const distances = T.min(squaredDistances(rows, centres), { axis: 1 })
    const next = Random.categorical(Random.foldIn(key, i), T.log(T.relu(distances)))
    centres = T.concat([centres, T.gather(rows, T.expandDims(next, 0))])
  }
  return centres
}

const scoresBy =
  (centres: Rows) =>
  (rows: Rows): Rows =>
    T.neg(squaredDistances(rows, centres))

/** The means of the rows of each cluster; a centre without rows stays where it is. */
const middles = (rows: Rows, clusters: Labels, centres: Rows): Rows => {
  const k = centres.shape[0]
  const counts = T.expandDims(T.bincount(clusters, { length: k }), 1)
  const sums = T.segmentSum(rows, clusters, { numSegments: k })
  return T.where(T.greater(counts, 0), T.div(sums, T.maximum(counts, 1)), centres)
}

/** Its history are the mean squared distances of rows from their centres, before each move. */
export const kMeans =
  (key: Random.Key) =>
  (rows: Rows, k: number): Clustering => {
    const history: number[] = []
    let centres = firstCentres(key, rows, k)
    for (;;) {
      const scores = scoresBy(centres)(rows)
      const cost = T.item(T.mean(T.neg(T.max(scores, { axis: 1 }))))
      if (cost === history.at(-1)) return { scores: scoresBy(centres), history }
      history.push(cost)
      centres = middles(rows, T.argmax(scores, { axis: 1 }), centres)
    }
  }
