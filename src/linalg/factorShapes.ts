/** Static shapes of the factors of an m x n matrix, with k = min(m, n). */
import type { Shape } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'

/** The smaller of two sizes, where the compiler can tell. */
type Least<M extends number, N extends number> = [M, N] extends [N, M] ? M : number

/** [..., m, k], of orthonormal columns. */
export type LeftFactor<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, M, Least<M, N>]
      : Shape

/** [..., k], of singular values. */
export type FactorValues<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, Least<M, N>]
      : Shape

/** [..., k, n]. */
export type RightFactor<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, Least<M, N>, N]
      : Shape

/** [..., n, m], of the matrices transposed. */
export type Turned<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, infer N extends number]
      ? [...Stack, N, M]
      : Shape

/** [..., m, m]. */
export type SquareFactor<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, infer M extends number, number]
      ? [...Stack, M, M]
      : Shape
