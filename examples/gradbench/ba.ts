// GradBench's `ba`, which is ADBench's: bundle adjustment, and its Jacobian as a sparse matrix.
import { jacobian as jacobianOf } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type WithAxis, vmap } from 'pullback/Vmap'
import { rotate } from './rotation.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>

/** How many numbers describe a camera, and how many a point. */
const cameraSize = 11
const pointSize = 3

/** What bundle adjustment looks for: n cameras, m points and p weights. */
export interface Scene {
  /**
   * `[n, 11]`: the rotation by axis and angle (3 numbers), the centre (3), the focal length, the principal point (2), the
   * radial distortion (2).
   */
  readonly cameras: T.Tensor<[number, 11]>
  /** `[m, 3]` */
  readonly points: T.Tensor<[number, 3]>
  /** `[p]` */
  readonly weights: Vector
}

/** What was seen, and stays constant: p times a camera saw a point. */
export interface Views {
  /** `[p]`: which camera, and which point; int32. */
  readonly camera: Vector
  readonly point: Vector
  /** `[p, 2]`: where in the image. */
  readonly features: T.Tensor<[number, 2]>
}

/** How far off the scene is. */
export interface Errors {
  /** `[p, 2]` */
  readonly reprojection: T.Tensor<[number, 2]>
  /** `[p]` */
  readonly weight: Vector
}

/** A sparse matrix, row by row: row i has the values from `rows[i]` to `rows[i + 1]`, in the columns beside them. */
export interface SparseMatrix {
  readonly shape: readonly [rows: number, columns: number]
  readonly rows: Vector
  readonly columns: Vector
  readonly values: Vector
}

// -----------------------------------------------------------------------------
// the projection
// -----------------------------------------------------------------------------

/** What one view depends on. */
interface View {
  readonly camera: T.Tensor<[11]>
  readonly point: T.Tensor<[3]>
  readonly weight: T.Tensor<[]>
}

/**
 * Where a camera sees a point: the point in the camera's frame, by central projection, with radial distortion 1 + k_1 r^2 +
 * k_2 r^4, scaled by the focal length and moved to the principal point.
 */
const project = (camera: T.Tensor<[11]>, point: T.Tensor<[3]>): T.Tensor<[2]> => {
  const [turn, centre, focus, principal, radial] = T.split(camera, [3, 3, 1, 2, 2])
  const [across, depth] = T.split(rotate(turn, T.sub(point, centre)), [2, 1])
  const image = T.div(across, depth)
  const r2 = T.sum(T.square(image))
  const distortion = T.add(T.dot(radial, T.stack([r2, T.square(r2)])), 1)
  return T.add(T.mul(T.mul(image, distortion), focus), principal)
}

/** The error of one reprojection, w (projection - feature). */
const reproject = ({ camera, point, weight }: View, feature: T.Tensor<[2]>): T.Tensor<[2]> =>
  T.mul(T.sub(project(camera, point), feature), weight)

/** The error of one weight, 1 - w^2. */
const weigh = (weight: T.Tensor<[]>): T.Tensor<[]> => T.sub(1, T.square(weight))

/** All views, along the first axis. */
const viewsOf = (scene: Scene, { camera, point }: Views): WithAxis<View> => ({
  camera: T.gather(scene.cameras, camera),
  point: T.gather(scene.points, point),
  weight: scene.weights
})

// -----------------------------------------------------------------------------
// what GradBench asks for
// -----------------------------------------------------------------------------

/**
 * The errors of reprojection, w_i (projection of point by camera - feature_i), and those of the weights, 1 - w_i^2.
 *
 * F. Srajer, Z. Kukelova and A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in
 * computer vision and machine learning, Optimization Methods and Software 33 (2018), section 3.2. Weights: C. Zach, Robust
 * bundle adjustment revisited, ECCV (2014).
 */
export const objective = (scene: Scene, views: Views): Errors => ({
  reprojection: vmap(reproject)(viewsOf(scene, views), views.features),
  weight: vmap(weigh)(scene.weights)
})

/**
 * The Jacobian of the errors, 3 p by 11 n + 3 m + p: two rows for each reprojection, with the derivatives in the camera, the
 * point and the weight of the view; then one row for each error of a weight.
 *
 * What is sparse as a whole is dense view by view: the Jacobian of one view, 2 by 15, mapped over all of them.
 */
export const jacobian = (scene: Scene, views: Views): SparseMatrix => {
  const [n, m, p] = [scene.cameras.shape[0], scene.points.shape[0], scene.weights.shape[0]]
  const { camera, point, weight } = vmap(jacobianOf(reproject))(viewsOf(scene, views), views.features)
  const ofWeights = vmap(jacobianOf(weigh))(scene.weights)

  const width = cameraSize + pointSize + 1
  const block = (starts: Vector, size: number): Matrix => T.add(T.expandDims(starts, 1), T.arange(0, size, 1, 'int32'))
  const ownWeight = T.arange(cameraSize * n + pointSize * m, cameraSize * n + pointSize * m + p, 1, 'int32')
  const places: Matrix = T.concat(
    [
      block(T.mul(views.camera, cameraSize), cameraSize),
      block(T.add(T.mul(views.point, pointSize), cameraSize * n), pointSize),
      T.expandDims(ownWeight, 1)
    ],
    { axis: 1 }
  )
  const ends = T.arange(2 * width * p + 1, 2 * width * p + p + 1, 1, 'int32')
  return {
    shape: [3 * p, cameraSize * n + pointSize * m + p],
    rows: T.concat([T.mul(T.arange(0, 2 * p + 1, 1, 'int32'), width), ends]),
    columns: T.concat([T.ravel(T.stack([places, places], { axis: 1 })), ownWeight]),
    values: T.concat([T.ravel(T.concat([camera, point, T.expandDims(weight, 2)], { axis: 2 })), ofWeights])
  }
}

/** A sparse matrix with its zeros. */
export const dense = ({ shape, rows, columns: places, values }: SparseMatrix): Matrix => {
  const starts = T.toNested(rows)
  const width = shape[1]
  const offsets = starts.slice(1).flatMap((end, i) => Array.from({ length: end - (starts[i] ?? 0) }, () => i * width))
  const flat = T.zeros([shape[0] * width], 'float64')
  return T.reshape(T.scatterAdd(flat, T.add(places, T.of(offsets, 'int32')), values), shape)
}

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

/** n random cameras far from m random points, and p views in turn. */
export const generate = (key: Random.Key, n: number, m: number, p: number): readonly [Scene, Views] => {
  const [first, second, third, fourth] = Random.split(key, 4)
  const centre = T.of([0.2, -0.3, 0.1, 0, 0, -6, 300, 5, -8, 0.05, 0.02], 'float64')
  const spread = T.of([0.1, 0.1, 0.1, 0.3, 0.3, 0.5, 20, 2, 2, 0.02, 0.01], 'float64')
  const inTurn = (count: number): Vector =>
    T.of(
      Array.from({ length: p }, (_, i) => i % count),
      'int32'
    )
  return [
    {
      cameras: T.add(T.mul(Random.normal(first, [n, cameraSize], 'float64'), spread), centre),
      points: Random.uniform(second, [m, pointSize], { low: -1, high: 1, dtype: 'float64' }),
      weights: Random.uniform(third, [p], { dtype: 'float64' })
    },
    {
      camera: inTurn(n),
      point: inTurn(m),
      features: T.mul(Random.normal(fourth, [p, 2], 'float64'), 50)
    }
  ]
}
