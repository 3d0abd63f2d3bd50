/** Nested literals in the types: their shapes, and the arrays that a shape gives. */
import type { Shape } from './model.js'
import type { IsDynamic } from './sizes.js'

/** An `A`, or arrays of them to any depth. */
type NestedOf<A> = A | readonly NestedOf<A>[]

/**
 * Nested numbers, or nested booleans.
 *
 * @example
 * import type { Nested } from 'pullback/Shape'
 * import * as T from 'pullback/Tensor'
 *
 * const rows: Nested = [[1, 2], [3, 4]]
 * T.of(rows).shape // => [2, 2]
 */
export type Nested = NestedOf<number> | NestedOf<boolean>

/** Whether a type is one that may be nested to any depth, so that its rank is unknown. */
type IsAnyDepth<D> = NestedOf<number> extends D ? true : NestedOf<boolean> extends D ? true : false

/**
 * The shape of a nested literal: `[[1, 2, 3], [4, 5, 6]]` has `[2, 3]`; plain arrays give `number`. Rows of different
 * lengths give a union.
 *
 * @example
 * import type { ShapeOf } from 'pullback/Shape'
 *
 * const shape: ShapeOf<[[1, 2, 3], [4, 5, 6]]> = [2, 3]
 * shape // => [2, 3]
 */
export type ShapeOf<D> =
  IsAnyDepth<D> extends true
    ? Shape
    : D extends readonly unknown[]
      ? D extends readonly []
        ? [0]
        : ShapeOf<D[number]> extends infer Row extends Shape
          ? IsDynamic<Row> extends true
            ? Shape
            : [D['length'], ...Row]
          : Shape
      : []

/** Whether no member of a union covers all the others. */
type IsMixed<U, Each = U> = true extends (Each extends unknown ? ([U] extends [Each] ? true : false) : never)
  ? false
  : true

/** `unknown` where the rows of a nested literal have equal lengths; else the sentence of the error. */
export type Regular<Name extends string, D> = D extends unknown
  ? IsMixed<ShapeOf<D>> extends true
    ? `${Name}: rows have different lengths; expected equal lengths`
    : unknown
  : never

/** The array of numbers, nested as deep as the shape is long. */
export type NestedArray<S extends Shape> =
  IsDynamic<S> extends true
    ? NestedOf<number>
    : S extends readonly [unknown, ...infer Rest extends Shape]
      ? readonly NestedArray<Rest>[]
      : number
