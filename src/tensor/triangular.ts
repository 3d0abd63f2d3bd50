/** Triangles and diagonals of matrices, and of stacks of them: the last two axes are the rows and columns. */
import { coded } from '../primitive/code.js'
import { type Options, options, integer } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { allocate } from '../DType.js'
import { placeStrided } from '../kernel/strided.js'
import { triangleInto } from '../kernel/triangle.js'
import { type Draw, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, show, size, strides } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import type { Following, Preserving, TensorOr } from './dataFirst.js'
import { Dense, Scalar, type Tensor, contiguous, fromData } from './model.js'
import { sumOver } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Which diagonal is meant.
 *
 * @example
 * import type { DiagonalOptions } from 'pullback/Tensor'
 *
 * const aboveMain: DiagonalOptions = { offset: 1 }
 * aboveMain.offset // => 1
 */
export interface DiagonalOptions {
  /** 0, the main diagonal, by default; positive ones lie above it, negative ones below. */
  readonly offset?: number
}

/** Bounds of column minus row, both included; a missing bound is infinite. */
export interface Band {
  readonly from: number
  readonly to: number
}

export interface Diagonal {
  readonly rows: number
  readonly columns: number
  readonly offset: number
}

type DiagonalShape<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, number, number]
      ? [...Stack, number]
      : Shape

type TraceShape<S extends Shape> =
  IsDynamic<S> extends true ? Shape : S extends readonly [...infer Stack extends Shape, number, number] ? Stack : Shape

type DiagShape<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [number]
      ? [number, number]
      : S extends readonly [number, number]
        ? [number]
        : Shape

type DiagEmbedShape<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, number]
      ? [...Stack, number, number]
      : Shape

const lengthOf = ({ rows, columns, offset }: Diagonal): number =>
  Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns))

/** Where a diagonal lies in an array with the given strides: its first element, and the step to the next. */
const lie = (
  { offset }: Diagonal,
  stride: readonly number[]
): { readonly start: number; readonly strides: readonly number[] } => {
  const stack = stride.slice(0, -2)
  const row = stride[stack.length]!
  const column = stride[stack.length + 1]!
  return { start: offset >= 0 ? offset * column : -offset * row, strides: [...stack, row + column] }
}

const drawOffset = (draw: Draw): number => draw.pick([0, 0, 1, -1, 3])

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The elements within a band of diagonals; zero elsewhere. It is its own transpose. */
export const bandPrimitive: Primitive<Band> = coded(
  op<1, Band>({
    name: 'band',
    kind: 'move',
    arity: 1,
    infer: (x) => x,
    evaluate: (x, { from, to }, out) => {
      const { data, offset } = contiguous(x)
      const rank = out.shape.length
      const columns = out.shape[rank - 1]!
      const rows = out.shape[rank - 2]!
      const result = allocate(out.dtype, size(out.shape))
      triangleInto(data, offset, size(out.shape.slice(0, -2)), rows, columns, from, to, result)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: 'linear',
    vjp: [(_x, _out, band) => (ct) => bindOne(bandPrimitive, [ct], band)],
    batch: (operands, _mapped, band) => bindOne(bandPrimitive, operands, band),
    sample: (draw) => {
      const offset = drawOffset(draw)
      const params = draw.pick([
        { from: offset, to: Infinity },
        { from: -Infinity, to: offset }
      ])
      return { operands: [draw.tensor(draw.shape({ minRank: 2 }), real)], params }
    }
  })
)

/** A diagonal of the last two axes, along a new last axis: a view. */
export const diagonalPrimitive: Primitive<Diagonal> = coded(
  op<1, Diagonal>({
    name: 'diagonal',
    kind: 'move',
    arity: 1,
    infer: (x, diagonal) => ({ shape: [...x.shape.slice(0, -2), lengthOf(diagonal)], dtype: x.dtype }),
    evaluate: (x, diagonal, out) => {
      if (x instanceof Scalar) return x
      const at = lie(diagonal, x.strides)
      return new Dense(out.shape, x.dtype, x.data, at.strides, x.offset + at.start)
    },
    jvp: 'linear',
    vjp: [(_x, _out, diagonal) => (ct) => bindOne(diagonalMatrixPrimitive, [ct], diagonal)],
    batch: (operands, _mapped, diagonal) => bindOne(diagonalPrimitive, operands, diagonal),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 2 })
      const [rows, columns] = [shape[shape.length - 2]!, shape[shape.length - 1]!]
      return { operands: [draw.tensor(shape, real)], params: { rows, columns, offset: drawOffset(draw) } }
    }
  })
)

/** The matrices with the last axis as a diagonal, and zero elsewhere: the transpose of taking the diagonal. */
export const diagonalMatrixPrimitive: Primitive<Diagonal> = coded(
  op<1, Diagonal>({
    name: 'diagonalMatrix',
    kind: 'move',
    arity: 1,
    infer: (x, { rows, columns }) => ({ shape: [...x.shape.slice(0, -1), rows, columns], dtype: x.dtype }),
    evaluate: (x, diagonal, out) => {
      if (x instanceof Scalar) return x
      const data = allocate(out.dtype, size(out.shape))
      const at = lie(diagonal, strides(out.shape))
      placeStrided(x.data, x.offset, x.shape, x.strides, data, at.start, at.strides)
      return fromData(out.shape, out.dtype, data)
    },
    jvp: 'linear',
    vjp: [(_x, _out, diagonal) => (ct) => bindOne(diagonalPrimitive, [ct], diagonal)],
    batch: (operands, _mapped, diagonal) => bindOne(diagonalMatrixPrimitive, operands, diagonal),
    sample: (draw) => {
      const stack = draw.shape({ maxRank: 2 })
      const diagonal = { rows: draw.integer(0, 4), columns: draw.integer(0, 4), offset: drawOffset(draw) }
      return { operands: [draw.tensor([...stack, lengthOf(diagonal)], real)], params: diagonal }
    }
  })
)

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const matrix = 'a matrix or a stack of matrices'

const offsetOption = (operation: string): Options => options<DiagonalOptions>(operation, { offset: integer })

/** The offset, of a tensor of enough axes. */
const offsetOf = (operation: string, x: Tensor, given: DiagonalOptions, minRank: number, expected: string): number => {
  const { offset = 0 } = given
  if (x.shape.length >= minRank) return offset
  throw new ShapeError(operation, [x.shape], `shape is ${show(x.shape)}; expected ${expected}`)
}

/**
 * The upper triangle of each matrix: the elements on the diagonal `offset` and above it, and zeros below.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.triu(T.of([[1, 2], [3, 4]])) // => T.of([[1, 2], [0, 4]])
 * pipe(T.of([[1, 2], [3, 4]]), T.triu({ offset: 1 })) // => T.of([[0, 2], [0, 0]])
 */
export const triu: Preserving<DiagonalOptions> = dataFirst(
  offsetOption('triu'),
  (x: Tensor, options: DiagonalOptions = {}) =>
    bindOne(bandPrimitive, [x], { from: offsetOf('triu', x, options, 2, matrix), to: Infinity })
)

/**
 * The lower triangle of each matrix: the elements on the diagonal `offset` and below it, and zeros above.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.tril(T.of([[1, 2], [3, 4]])) // => T.of([[1, 0], [3, 4]])
 * pipe(T.of([[1, 2], [3, 4]]), T.tril({ offset: -1 })) // => T.of([[0, 0], [3, 0]])
 */
export const tril: Preserving<DiagonalOptions> = dataFirst(
  offsetOption('tril'),
  (x: Tensor, options: DiagonalOptions = {}) =>
    bindOne(bandPrimitive, [x], { from: -Infinity, to: offsetOf('tril', x, options, 2, matrix) })
)

const diagonalOf = (x: Tensor, offset: number): Tensor => {
  const [rows, columns] = [x.shape[x.shape.length - 2]!, x.shape[x.shape.length - 1]!]
  return bindOne(diagonalPrimitive, [x], { rows, columns, offset })
}

/**
 * A diagonal of each matrix, over the last two axes: element `i` is `x[i, i + offset]`. It is a view.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.diagonal(T.of([[1, 2], [3, 4]])) // => T.of([1, 4])
 * pipe(T.of([[1, 2], [3, 4]]), T.diagonal({ offset: 1 })) // => T.of([2])
 */
export const diagonal: {
  <const A extends Tensor | DiagonalOptions>(
    first: TensorOr<A, DiagonalOptions>,
    ...rest: Following<A, DiagonalOptions>
  ): A extends Tensor<infer S> ? Tensor<DiagonalShape<S>> : <S extends Shape>(x: Tensor<S>) => Tensor<DiagonalShape<S>>
} = dataFirst(offsetOption('diagonal'), (x: Tensor, options: DiagonalOptions = {}) =>
  diagonalOf(x, offsetOf('diagonal', x, options, 2, matrix))
)

/**
 * The matrices that have the last axis on the given diagonal, and zeros elsewhere: `diagonal` of it is the tensor.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.diagEmbed(T.of([[1, 2], [3, 4]])) // => T.of([[[1, 0], [0, 2]], [[3, 0], [0, 4]]])
 * pipe(T.of([5]), T.diagEmbed({ offset: -1 })) // => T.of([[0, 0], [5, 0]])
 */
export const diagEmbed: {
  <const A extends Tensor | DiagonalOptions>(
    first: TensorOr<A, DiagonalOptions>,
    ...rest: Following<A, DiagonalOptions>
  ): A extends Tensor<infer S>
    ? Tensor<DiagEmbedShape<S>>
    : <S extends Shape>(x: Tensor<S>) => Tensor<DiagEmbedShape<S>>
} = dataFirst(offsetOption('diagEmbed'), (x: Tensor, options: DiagonalOptions = {}) =>
  embed(x, offsetOf('diagEmbed', x, options, 1, 'a vector or a stack of vectors'))
)

const embed = (x: Tensor, offset: number): Tensor => {
  const n = x.shape[x.shape.length - 1]! + Math.abs(offset)
  return bindOne(diagonalMatrixPrimitive, [x], { rows: n, columns: n, offset })
}

/**
 * Of a vector the square matrix with it on the given diagonal, and zeros elsewhere; of a matrix its diagonal. Other ranks
 * throw a `ShapeError`: see `diagEmbed` and `diagonal`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.diag(T.of([1, 2])) // => T.of([[1, 0], [0, 2]])
 * T.diag(T.of([[1, 2], [3, 4]])) // => T.of([1, 4])
 * pipe(T.of([5]), T.diag({ offset: 1 })) // => T.of([[0, 5], [0, 0]])
 */
export const diag: {
  <const A extends Tensor | DiagonalOptions>(
    first: TensorOr<A, DiagonalOptions>,
    ...rest: Following<A, DiagonalOptions>
  ): A extends Tensor<infer S> ? Tensor<DiagShape<S>> : <S extends Shape>(x: Tensor<S>) => Tensor<DiagShape<S>>
} = dataFirst(offsetOption('diag'), (x: Tensor, options: DiagonalOptions = {}) => {
  const offset = offsetOf('diag', x, options, 1, 'a vector or a matrix')
  if (x.shape.length === 1) return embed(x, offset)
  if (x.shape.length === 2) return diagonalOf(x, offset)
  const rule = `shape is ${show(x.shape)}; expected a vector or a matrix, for a stack use T.diagonal`
  throw new ShapeError('diag', [x.shape], rule)
})

/**
 * The sum over a diagonal of each matrix, over the last two axes: `sum_i x[i, i + offset]`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.trace(T.of([[1, 2], [3, 4]])) // => T.scalar(5)
 * pipe(T.of([[1, 2], [3, 4]]), T.trace({ offset: -1 })) // => T.scalar(3)
 */
export const trace: {
  <const A extends Tensor | DiagonalOptions>(
    first: TensorOr<A, DiagonalOptions>,
    ...rest: Following<A, DiagonalOptions>
  ): A extends Tensor<infer S> ? Tensor<TraceShape<S>> : <S extends Shape>(x: Tensor<S>) => Tensor<TraceShape<S>>
} = dataFirst(offsetOption('trace'), (x: Tensor, options: DiagonalOptions = {}) => {
  const taken = diagonalOf(x, offsetOf('trace', x, options, 2, matrix))
  return sumOver(taken, [taken.shape.length - 1])
})
