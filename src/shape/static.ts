/**
 * Shapes in the types: the compiler's knowledge of a result's shape.
 *
 * Every function here is total: over literal sizes, `number` (a size known only at run time, which matches any), named
 * sizes, negative and out-of-range axes, and `Shape` itself (unknown rank). Where nothing is known the answer is
 * `Shape` or `number`, never a wrong shape.
 */
export type { Axes, InsertAxis, Permute, Reduce, ReplaceAxis, Transpose } from './axes.js'
export type { Broadcast, Broadcasts } from './broadcasting.js'
export type { Nested, NestedArray, Regular, ShapeOf } from './nested.js'
export type { MatMul, Multiplies } from './products.js'
export type { Dim, IsDynamic, Mutable, Show } from './sizes.js'
