// GradBench's `ht`, which is ADBench's: tracking a hand, and the Jacobian of its residuals.
import { jacobian as jacobianOf } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { rotate } from './rotation.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>
type Matrices = T.Tensor<[number, number, number]>

/** A hand in its rest pose, of b = 22 bones and v vertices. */
export interface Hand {
  /** The parent of each bone, which comes before it; -1 for a root. */
  readonly parents: readonly number[]
  /** `[b, 4, 4]`: from each bone's frame to its parent's, in homogeneous coordinates. */
  readonly relatives: Matrices
  /** `[b, 4, 4]`: from the frame of the hand to that of each bone, at rest. */
  readonly inverseAbsolutes: Matrices
  /** `[v, 4]`: the vertices at rest, in homogeneous coordinates. */
  readonly positions: Matrix
  /** `[b, v]`: how much of each vertex follows each bone. */
  readonly weights: Matrix
  /** `[t, 3]`: the vertices of each triangle; int32. */
  readonly triangles: Matrix
  /** Whether it is the other hand. */
  readonly mirrored: boolean
}

/** What was measured: c points on the surface. */
export interface Measured {
  readonly hand: Hand
  /** `[c]`: the vertex of each point, or its triangle where places on triangles are looked for; int32. */
  readonly correspondences: Vector
  /** `[c, 3]` */
  readonly points: T.Tensor<[number, 3]>
}

/**
 * What tracking looks for. `theta`, `[26]`, is the global rotation by axis and angle (3 numbers), the translation (3), and
 * for each of five fingers two angles of the first joint and one of each of the next two. `us`, `[c, 2]`, are barycentric
 * coordinates on the triangles; without them it is ADBench's simple problem, with them the complicated one.
 */
export interface Pose {
  readonly theta: Vector
  readonly us?: T.Tensor<[number, 2]>
}

// -----------------------------------------------------------------------------
// bones
// -----------------------------------------------------------------------------

const fingers = 5
const anglesPerFinger = 4
const bonesPerFinger = 4
/** The wrist, then five fingers of four bones each, the first of them stiff in the palm, then the forearm. */
const boneCount = 1 + fingers * bonesPerFinger + 1

/** The positions of the fingers' angles in the flat list of three angles (about x, z and y) per bone. */
const places: readonly number[] = Array.from({ length: fingers }, (_, finger) => {
  const joint = 1 + bonesPerFinger * finger + 1
  return [3 * joint, 3 * joint + 1, 3 * (joint + 1), 3 * (joint + 2)]
}).flat()

/** The rotations of the bones, Rz Ry Rx, as matrices of 4 by 4: `[b, 4, 4]`. The fingers do not turn about y. */
const bend = (angles: Vector): Matrices => {
  const all = T.reshape(T.scatterAdd(T.zeros([3 * boneCount], 'float64'), places, angles), [boneCount, 3])
  const [x, z] = [T.at(all, 0, { axis: 1 }), T.at(all, 1, { axis: 1 })]
  const [cx, sx, cz, sz] = [T.cos(x), T.sin(x), T.cos(z), T.sin(z)]
  const [zero, one] = [T.zerosLike(x), T.onesLike(x)]
  // prettier-ignore
  const rows: readonly Vector[] = [
    cz, T.neg(T.mul(sz, cx)), T.mul(sz, sx), zero,
    sz, T.mul(cz, cx), T.neg(T.mul(cz, sx)), zero,
    zero, sx, cx, zero,
    zero, zero, zero, one
  ]
  return T.reshape(T.stack(rows, { axis: 1 }), [boneCount, 4, 4])
}

/** From each bone's frame to that of the hand: the product along its parents. */
const absolutesOf = (parents: readonly number[], relatives: Matrices): Matrices => {
  const absolutes: T.Tensor<[number, number]>[] = []
  parents.forEach((parent, bone) => {
    const relative = T.at(relatives, bone)
    const above = absolutes[parent]
    absolutes.push(above === undefined ? relative : T.matmul(above, relative))
  })
  return T.stack(absolutes)
}

/** The vertices of the posed hand, `[v, 3]`: each is the mean of where its bones carry it, by their weights. */
const vertices = (theta: Vector, hand: Hand): T.Tensor<[number, 3]> => {
  const [turn, shift, angles] = T.split(T.ensure(theta, [26]), [3, 3, 20])
  const absolutes = absolutesOf(hand.parents, T.matmul(hand.relatives, bend(angles)))
  const transforms = T.matmul(absolutes, hand.inverseAbsolutes)
  const carried: Matrices = T.matmul(hand.positions, T.swapAxes(T.slice(transforms, [null, [0, 3]]), 1, 2))
  const skinned: Matrix = T.sum(T.mul(carried, T.expandDims(hand.weights, 2)), { axis: 0 })
  const sided = hand.mirrored ? T.mul(skinned, T.of([-1, 1, 1], 'float64')) : skinned
  return T.add(rotate(turn, T.ensure(sided, [hand.positions.shape[0], 3])), shift)
}

// -----------------------------------------------------------------------------
// what GradBench asks for
// -----------------------------------------------------------------------------

/**
 * The residuals, `[c, 3]`: measured points minus points of the posed hand. These are vertices, or in the complicated problem
 * u_0 v_0 + u_1 v_1 + (1 - u_0 - u_1) v_2 on a triangle.
 *
 * J. Taylor et al., User-specific hand modeling from monocular depth sequences, CVPR (2014); F. Srajer, Z. Kukelova and
 * A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in computer vision and machine
 * learning, Optimization Methods and Software 33 (2018), section 3.3.
 */
export const objective = ({ theta, us }: Pose, { hand, correspondences, points }: Measured): T.Tensor<[number, 3]> => {
  const posed = vertices(theta, hand)
  if (us === undefined) return T.sub(points, T.gather(posed, correspondences))
  return vmap(miss)(us, points, cornersOf(posed, hand, correspondences))
}

/** The corners of the triangles, `[c, 3, 3]`. */
const cornersOf = (posed: Matrix, { triangles }: Hand, correspondences: Vector): T.Tensor<[number, 3, 3]> =>
  T.ensure(T.gather(posed, T.gather(triangles, correspondences)), [correspondences.shape[0], 3, 3])

/** One residual: a measured point minus the place u on a triangle with the given corners. */
const miss = (u: T.Tensor<[2]>, point: T.Tensor<[3]>, corners: T.Tensor<[3, 3]>): T.Tensor<[3]> =>
  T.sub(point, T.matmul(T.concat([u, T.sub(1, T.sum(u, { keepDims: true }))]), corners))

/**
 * The Jacobian of the residuals, 3 c rows by 26 columns, or by 28 in the complicated problem: there the derivatives of each
 * residual in its own coordinates u come first, packed into two columns, as it does not depend on the others.
 *
 * Rows are many, columns few, so that `jacobian` takes the forward mode.
 */
export const jacobian = ({ theta, us }: Pose, measured: Measured): Matrix => {
  const rows = 3 * measured.points.shape[0]
  const residuals = (at: Vector): Matrix => objective(us === undefined ? { theta: at } : { theta: at, us }, measured)
  const ofTheta: Matrix = T.reshape(jacobianOf(residuals)(theta), [rows, T.size(theta)])
  if (us === undefined) return ofTheta
  const { hand, correspondences, points } = measured
  const ofUs = vmap(jacobianOf(miss))(us, points, cornersOf(vertices(theta, hand), hand, correspondences))
  return T.concat([T.reshape(ofUs, [rows, 2]), ofTheta], { axis: 1 })
}

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

/** The wrist is the root; the forearm hangs on it like the fingers. */
const parents: readonly number[] = Array.from({ length: boneCount }, (_, bone) =>
  bone === 0 ? -1 : bone === boneCount - 1 || bone % bonesPerFinger === 1 ? 0 : bone - 1
)

/** Matrices `[b, 4, 4]` of rotations `[b, 3, 3]` followed by translations `[b, 3]`. */
const rigid = (rotations: Matrices, translations: Matrix): Matrices => {
  const upper: Matrices = T.concat([rotations, T.expandDims(translations, 2)], { axis: 2 })
  const bottom = T.broadcastTo(T.of([0, 0, 0, 1], 'float64'), [upper.shape[0], 1, 4])
  return T.concat([upper, bottom], { axis: 1 })
}

/** The inverse of a rigid motion: the transposed rotation R^T, and the translation -R^T t. */
const inverse = (motions: Matrices): Matrices => {
  const back = T.swapAxes(T.slice(motions, [null, [0, 3], [0, 3]]), 1, 2)
  const translations = T.slice(motions, [null, [0, 3], [3, 4]])
  return rigid(back, T.neg(T.squeeze(T.matmul(back, translations), { axis: 2 })))
}

/** A random hand of v vertices, with t triangles. */
const generateHand = (key: Random.Key, v: number, t: number): Hand => {
  const [first, second, third, fourth, fifth] = Random.split(key, 5)
  const turns = T.mul(Random.normal(first, [boneCount, 1, 3], 'float64'), 0.3)
  const rotations = rotate(turns, T.broadcastTo(T.eye(3, 'float64'), [boneCount, 3, 3]))
  const relatives = rigid(rotations, T.mul(Random.normal(second, [boneCount, 3], 'float64'), 0.3))
  const shares = Random.uniform(third, [boneCount, v], { dtype: 'float64' })
  return {
    parents,
    relatives,
    inverseAbsolutes: inverse(absolutesOf(parents, relatives)),
    positions: T.concat([Random.normal(fourth, [v, 3], 'float64'), T.ones([v, 1], 'float64')], { axis: 1 }),
    weights: T.div(shares, T.sum(shares, { axis: 0 })),
    triangles: T.stack(Random.split(fifth, t).map((each) => T.slice(Random.permutation(each, v), [[0, 3]]))),
    mirrored: true
  }
}

/** A random hand of v vertices in a random pose, and c random measurements: the complicated problem. */
export const generate = (key: Random.Key, v: number, c: number): readonly [Required<Pose>, Measured] => {
  const [first, second, third, fourth] = Random.split(key, 4)
  const correspondences = T.of(
    Array.from({ length: c }, (_, i) => i % v),
    'int32'
  )
  return [
    {
      theta: T.mul(Random.normal(first, [6 + fingers * anglesPerFinger], 'float64'), 0.5),
      us: Random.uniform(second, [c, 2], { high: 0.5, dtype: 'float64' })
    },
    {
      hand: generateHand(third, v, v),
      correspondences,
      points: Random.normal(fourth, [c, 3], 'float64')
    }
  ]
}
