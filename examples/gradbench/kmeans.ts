// GradBench's `kmeans`: the objective of k-means clustering, and the step of Newton's method for it.
import { grad, jvp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

type Points = T.Tensor<[number, number]>

/**
 * f(C) = sum_i min_j |p_i - c_j|^2: how far n points lie from the nearest of k centroids, in d dimensions.
 *
 * L. Bottou and Y. Bengio, Convergence properties of the k-means algorithms, NIPS 7 (1994).
 */
export const cost = (centroids: Points, points: Points): T.Tensor<[]> => {
  const apart = T.sub(T.expandDims(points, 1), centroids)
  const distances: Points = T.sum(T.square(apart), { axis: 2 })
  return T.sum(T.min(distances, { axis: 1 }))
}

/**
 * The direction of Newton's method, J / H: the gradient divided by the Hessian's diagonal. It is c_j minus the mean of
 * the points that are nearest to c_j.
 *
 * The Hessian has nothing beside its diagonal, so that this is its product with a vector of ones: one forward pass over
 * the gradient. Each centroid must be nearest to some point.
 */
export const direction = (centroids: Points, points: Points): Points => {
  const gradient = (c: Points): Points => grad(cost)(c, points)
  const [slope, curvature] = jvp(gradient)([centroids], [T.onesLike(centroids)])
  return T.div(slope, curvature)
}

/** What to cluster, and from where. */
export interface Instance {
  readonly points: Points
  readonly centroids: Points
}

/** n points, uniform in the unit cube of d dimensions; the first k are the centroids too, so that none is left alone. */
export const generate = (key: Random.Key, n: number, k: number, d: number): Instance => {
  const points = Random.uniform(key, [n, d], { dtype: 'float64' })
  return { points, centroids: T.slice(points, [[0, k]]) }
}
