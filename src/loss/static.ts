/** The checks of the compiler on the operands of a loss. */
import type { Shape } from '../shape/model.js'
import type { IsDynamic, SameSize, Show } from '../shape/sizes.js'

/** Whether two shapes may be equal; sizes and ranks that are unknown match all. */
type SameShape<A extends Shape, B extends Shape> =
  IsDynamic<A> extends true
    ? true
    : IsDynamic<B> extends true
      ? true
      : A extends readonly [infer M, ...infer RestA extends Shape]
        ? B extends readonly [infer N, ...infer RestB extends Shape]
          ? SameSize<M, N> extends true
            ? SameShape<RestA, RestB>
            : false
          : false
        : B extends readonly []
          ? true
          : false

/** Whether labels may be class indices, one for each row of scores. */
type OnePerRow<Scores extends Shape, Labels extends Shape> =
  IsDynamic<Scores> extends true
    ? true
    : Scores extends readonly [...infer Batch extends Shape, number]
      ? SameShape<Batch, Labels>
      : false

/** `unknown` where predictions and targets may have one shape; else the error's sentence. */
export type Fits<Name extends string, Predicted extends Shape, Right extends Shape> =
  SameShape<Predicted, Right> extends true
    ? unknown
    : `${Name}: the shapes of predictions and targets are ${Show<Predicted>} and ${Show<Right>}; expected equal shapes`

/** `unknown` where labels may be class indices (or, with `OrEqual`, probabilities); else the error's sentence. */
export type Labels<Name extends string, OrEqual extends boolean, Scores extends Shape, Right extends Shape> =
  OnePerRow<Scores, Right> extends true
    ? unknown
    : [OrEqual, SameShape<Scores, Right>] extends [true, true]
      ? unknown
      : `${Name}: the shapes of scores and labels are ${Show<Scores>} and ${Show<Right>}; expected one label for each row of scores`
