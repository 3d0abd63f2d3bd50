// The functions of shapes in the types, each over literal, negative, out-of-range, union, dynamic, named and unknown
// arguments. This file is compiled, not run.
import type {
  Broadcast,
  Broadcasts,
  Dim,
  InsertAxis,
  MatMul,
  Multiplies,
  Mutable,
  Nested,
  Permute,
  Reduce,
  ReplaceAxis,
  Shape,
  ShapeOf,
  Show,
  Transpose
} from 'pullback/Shape'
import { isType } from './same.js'

type Batch = Dim<'batch'>
type Classes = Dim<'classes'>

// -----------------------------------------------------------------------------
// shapes and their text
// -----------------------------------------------------------------------------

isType<Mutable<readonly [2, 3]>, [2, 3]>(true)
isType<Mutable<readonly []>, []>(true)
isType<Mutable<readonly [Batch, number]>, [Batch, number]>(true)
isType<Mutable<Shape>, number[]>(true)

isType<Show<[2, 3]>, '[2, 3]'>(true)
isType<Show<[]>, '[]'>(true)
isType<Show<[5]>, '[5]'>(true)
isType<Show<[number, Batch, 3]>, '[number, batch, 3]'>(true)
isType<Show<Shape>, 'a shape of unknown rank'>(true)

// -----------------------------------------------------------------------------
// nested literals
// -----------------------------------------------------------------------------

isType<ShapeOf<number>, []>(true)
isType<ShapeOf<boolean>, []>(true)
isType<ShapeOf<readonly []>, [0]>(true)
isType<ShapeOf<readonly [readonly [], readonly []]>, [2, 0]>(true)
isType<ShapeOf<readonly [readonly [1, 2, 3], readonly [4, 5, 6]]>, [2, 3]>(true)
isType<ShapeOf<readonly [readonly [readonly [true]]]>, [1, 1, 1]>(true)
isType<ShapeOf<number[]>, [number]>(true)
isType<ShapeOf<readonly boolean[][]>, [number, number]>(true)
isType<ShapeOf<readonly [number[], number[]]>, [2, number]>(true)
isType<ShapeOf<Nested>, Shape>(true)
isType<ShapeOf<readonly [Nested]>, Shape>(true)
isType<ShapeOf<readonly [readonly [1, 2], readonly [3]]>, [2, [2] | [1]] extends infer _ ? [2, 1] | [2, 2] : never>(
  true
)

// -----------------------------------------------------------------------------
// broadcasting
// -----------------------------------------------------------------------------

isType<Broadcast<[2, 3], [3]>, [2, 3]>(true)
isType<Broadcast<[], [2, 3]>, [2, 3]>(true)
isType<Broadcast<[2, 1], [3]>, [2, 3]>(true)
isType<Broadcast<[1], [0]>, [0]>(true)
isType<Broadcast<[2, 3], [2, 4]>, Shape>(true)
isType<Broadcast<[0], [3]>, Shape>(true)
isType<Broadcast<[number], [3]>, [3]>(true)
isType<Broadcast<[number], [1]>, [number]>(true)
isType<Broadcast<[number, 1], [number]>, [number, number]>(true)
isType<Broadcast<[Batch, 3], [3]>, [Batch, 3]>(true)
isType<Broadcast<[Batch], [number]>, [Batch]>(true)
isType<Broadcast<[Batch], [1]>, [Batch]>(true)
isType<Broadcast<[Batch], [Classes]>, Shape>(true)
isType<Broadcast<[Batch], [32]>, Shape>(true)
isType<Broadcast<Shape, [3]>, Shape>(true)
isType<Broadcast<[3], Shape>, Shape>(true)
isType<Broadcast<Shape, Shape>, Shape>(true)

isType<Broadcasts<'add', [2, 3], [3]>, unknown>(true)
isType<Broadcasts<'add', [2, 3], [2, 4]>, 'add: [2, 3] and [2, 4] do not broadcast'>(true)
isType<Broadcasts<'add', [Batch], [Classes]>, 'add: [batch] and [classes] do not broadcast'>(true)
isType<Broadcasts<'add', [number, 3], [2, 4]>, 'add: [number, 3] and [2, 4] do not broadcast'>(true)
isType<Broadcasts<'add', [number], [7]>, unknown>(true)
isType<Broadcasts<'add', Shape, [7]>, unknown>(true)

// -----------------------------------------------------------------------------
// reductions
// -----------------------------------------------------------------------------

isType<Reduce<[2, 3, 4], 0, false>, [3, 4]>(true)
isType<Reduce<[2, 3, 4], 2, false>, [2, 3]>(true)
isType<Reduce<[2, 3, 4], -1, false>, [2, 3]>(true)
isType<Reduce<[2, 3, 4], -3, true>, [1, 3, 4]>(true)
isType<Reduce<[2, 3, 4], 3, false>, Shape>(true)
isType<Reduce<[2, 3, 4], -4, false>, Shape>(true)
isType<Reduce<[2, 3, 4], 0.5, false>, Shape>(true)
isType<Reduce<[2, 3, 4], number, false>, Shape>(true)
isType<Reduce<[2, 3], 0 | 1, false>, [2] | [3]>(true)
isType<Reduce<[2, 3, 4], readonly [0, -1], false>, [3]>(true)
isType<Reduce<[2, 3, 4], readonly [-1, 0], true>, [1, 3, 1]>(true)
isType<Reduce<[2, 3, 4], readonly [], false>, [2, 3, 4]>(true)
isType<Reduce<[2, 3, 4], readonly [0, 5], false>, Shape>(true)
isType<Reduce<[2, 3, 4], readonly [0, number], false>, Shape>(true)
isType<Reduce<[2, 3, 4], readonly [0 | 1], false>, Shape>(true)
isType<Reduce<[2, 3, 4], readonly number[], false>, Shape>(true)
isType<Reduce<[2, 3, 4], undefined, false>, []>(true)
isType<Reduce<[2, 3, 4], undefined, true>, [1, 1, 1]>(true)
isType<Reduce<[2, 3, 4], 0, boolean>, Shape>(true)
isType<Reduce<[], undefined, false>, []>(true)
isType<Reduce<[], 0, false>, Shape>(true)
isType<Reduce<[number, Batch], 0, false>, [Batch]>(true)
isType<Reduce<[number, Batch], 1, true>, [number, 1]>(true)
isType<Reduce<Shape, 0, false>, Shape>(true)
isType<Reduce<Shape, undefined, false>, []>(true)
isType<Reduce<[1, 2, 3, 4, 5, 6, 7, 8, 9], -9, false>, Shape>(true)

// -----------------------------------------------------------------------------
// layout
// -----------------------------------------------------------------------------

isType<Transpose<[2, 3, 4]>, [4, 3, 2]>(true)
isType<Transpose<[]>, []>(true)
isType<Transpose<[Batch, number]>, [number, Batch]>(true)
isType<Transpose<Shape>, Shape>(true)

isType<Permute<[2, 3, 4], readonly [2, 0, 1]>, [4, 2, 3]>(true)
isType<Permute<[2, 3, 4], readonly [-1, 0, -2]>, [4, 2, 3]>(true)
isType<Permute<[2, 3], readonly [1, 5]>, [3, number]>(true)
isType<Permute<[2, 3], readonly [1, number]>, [3, number]>(true)
isType<Permute<[Batch, 3], readonly [1, 0]>, [3, Batch]>(true)
isType<Permute<[], readonly []>, []>(true)
isType<Permute<[2, 3], readonly number[]>, Shape>(true)
isType<Permute<Shape, readonly [1, 0]>, Shape>(true)

isType<InsertAxis<[2, 3], 0, 1>, [1, 2, 3]>(true)
isType<InsertAxis<[2, 3], 2, 7>, [2, 3, 7]>(true)
isType<InsertAxis<[2, 3], -1, 1>, [2, 3, 1]>(true)
isType<InsertAxis<[2, 3], -3, 1>, [1, 2, 3]>(true)
isType<InsertAxis<[], 0, number>, [number]>(true)
isType<InsertAxis<[Batch], 1, 1>, [Batch, 1]>(true)
isType<InsertAxis<[2, 3], 3, 1>, Shape>(true)
isType<InsertAxis<[2, 3], -4, 1>, Shape>(true)
isType<InsertAxis<[2, 3], number, 1>, Shape>(true)
isType<InsertAxis<[2, 3], 0 | 1, 1>, Shape>(true)
isType<InsertAxis<Shape, 0, 1>, Shape>(true)

isType<ReplaceAxis<[2, 3], 0, number>, [number, 3]>(true)
isType<ReplaceAxis<[2, 3], -1, 7>, [2, 7]>(true)
isType<ReplaceAxis<[Batch, 3], 1, number>, [Batch, number]>(true)
isType<ReplaceAxis<[2, 3], 5, 7>, [number, number]>(true)
isType<ReplaceAxis<[2, 3], number, 7>, [number, number]>(true)
isType<ReplaceAxis<Shape, 0, 7>, Shape>(true)

// -----------------------------------------------------------------------------
// products
// -----------------------------------------------------------------------------

isType<MatMul<[2, 3], [3, 4]>, [2, 4]>(true)
isType<MatMul<[2, 3], [3]>, [2]>(true)
isType<MatMul<[3], [3, 4]>, [4]>(true)
isType<MatMul<[3], [3]>, []>(true)
isType<MatMul<[Batch, 3], [3, number]>, [Batch, number]>(true)
isType<MatMul<[5, 2, 3], [3, 4]>, [5, 2, 4]>(true)
isType<MatMul<[5, 1, 2, 3], [7, 3, 4]>, [5, 7, 2, 4]>(true)
isType<MatMul<[5, 2, 3], [7, 3, 4]>, Shape>(true)
isType<MatMul<[5, 2, 3], [3]>, [5, 2]>(true)
isType<MatMul<[3], [5, 3, 4]>, [5, 4]>(true)
isType<MatMul<[], [3]>, Shape>(true)
isType<MatMul<Shape, [3, 4]>, Shape>(true)
isType<MatMul<[2, 3], Shape>, Shape>(true)

isType<Multiplies<[2, 3], [3, 4]>, unknown>(true)
isType<Multiplies<[2, 3], [4, 5]>, 'matmul: [2, 3] and [4, 5] do not multiply'>(true)
isType<Multiplies<[2, number], [4, 5]>, unknown>(true)
isType<Multiplies<[2, 3], [4]>, 'matmul: [2, 3] and [4] do not multiply'>(true)
isType<Multiplies<[2, Batch], [Classes, 5]>, 'matmul: [2, batch] and [classes, 5] do not multiply'>(true)
isType<Multiplies<[2, Batch], [Batch, 5]>, unknown>(true)
isType<Multiplies<[5, 2, 3], [7, 3, 4]>, 'matmul: [5, 2, 3] and [7, 3, 4] do not multiply'>(true)
isType<Multiplies<[5, 2, 3], [1, 3, 4]>, unknown>(true)
isType<Multiplies<[], [3]>, 'matmul: an operand is a scalar; expected at least one axis'>(true)
isType<Multiplies<[3], []>, 'matmul: an operand is a scalar; expected at least one axis'>(true)
isType<Multiplies<Shape, [4, 5]>, unknown>(true)
isType<Multiplies<[2, 3], [3, 4], 'dense'>, unknown>(true)
isType<Multiplies<[2], [3], 'dot'>, 'dot: [2] and [3] do not multiply'>(true)
