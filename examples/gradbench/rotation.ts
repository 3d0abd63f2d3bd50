// Rotations in three dimensions by axis and angle, for the problems of vision.
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// functions of a squared angle
// -----------------------------------------------------------------------------

/** Below this, series; beyond it, the functions themselves. */
const small = 0.5
const terms = 9

/** sum_k (-s)^k / (2 k + first)!: cos for 0, sin a / a for 1 and (1 - cos a) / a^2 for 2, where s = a^2. */
const series = (s: T.Tensor, first: number): T.Tensor => {
  let sum: T.Tensor = T.onesLike(s)
  for (let k = terms; k > 0; k--) {
    const ratio = (2 * k + first) * (2 * k + first - 1)
    sum = T.sub(1, T.mul(sum, T.div(s, ratio)))
  }
  return first === 2 ? T.mul(sum, 0.5) : sum
}

interface Circular {
  readonly cosine: T.Tensor
  /** sin a / a */
  readonly sine: T.Tensor
  /** (1 - cos a) / a^2 */
  readonly versine: T.Tensor
}

/**
 * Of the square of an angle a. They are smooth in it, and so are the results, to any order: near 0, where the quotients
 * and the root are not, they are taken from their series.
 */
const circular = (square: T.Tensor): Circular => {
  const near = T.less(square, small)
  const far = T.where(near, 1, square)
  const angle = T.sqrt(far)
  const cosine = T.cos(angle)
  return {
    cosine: T.where(near, series(square, 0), cosine),
    sine: T.where(near, series(square, 1), T.div(T.sin(angle), angle)),
    versine: T.where(near, series(square, 2), T.div(T.sub(1, cosine), far))
  }
}

// -----------------------------------------------------------------------------
// rotations
// -----------------------------------------------------------------------------

const along = { axis: -1, keepDims: true } as const

/**
 * The vector v turned about the direction of w by the angle |w|: v cos|w| + (w x v) sin|w| / |w| + w (w . v) (1 - cos|w|)
 * / |w|^2, along the last axis; the axes of w before it broadcast to those of v.
 *
 * O. Rodrigues, Des lois géométriques qui régissent les déplacements d'un système solide dans l'espace, Journal de
 * mathématiques pures et appliquées 5 (1840).
 */
export const rotate = <S extends readonly number[]>(w: T.Tensor, v: T.Tensor<S>): T.Tensor<S> => {
  const { cosine, sine, versine } = circular(T.sum(T.square(w), along))
  const onto = T.sum(T.mul(w, v), along)
  const turned = T.add(T.mul(v, cosine), T.mul(Linalg.cross(w, v), sine))
  return T.ensure(T.add(turned, T.mul(w, T.mul(onto, versine))), v.shape)
}
