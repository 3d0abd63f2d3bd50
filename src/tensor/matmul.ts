/** The matrix product, of stacks of matrices as well; and the vector products that are cases of it. */
import { coded } from '../primitive/code.js'
import { type DType, allocate, promote } from '../DType.js'
import { dual } from '../internal/dual.js'
import { type MatmulData, matmulInto } from '../kernel/matmul.js'
import { restoreZeros } from '../kernel/strongZero.js'
import { forEachRow, plan } from '../kernel/strided.js'
import { counted } from '../primitive/cost.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { type Shape, ShapeError, broadcast, empty, show, size } from '../shape/model.js'
import type { MatMul, Multiplies } from '../shape/static.js'
import { asDense } from './dense.js'
import { type Concrete, type Dense, type Tensor, fromData, isConcrete } from './model.js'
import { cast, permuteTo, reshapeTo, sumTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A product of matrices or vectors. Dual: `f(a, b)` is `pipe(a, f(b))`. */
interface Product<Name extends string> {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B> & Multiplies<A, B, Name>): Tensor<MatMul<A, B>>
  <B extends Shape>(b: Tensor<B>): <A extends Shape>(a: Tensor<A> & Multiplies<A, B, Name>) => Tensor<MatMul<A, B>>
}

/** The outer product of two vectors. */
interface Outer {
  <M extends number, N extends number>(a: Tensor<[M]>, b: Tensor<[N]>): Tensor<[M, N]>
  (a: Tensor, b: Tensor): Tensor<[number, number]>
  <N extends number>(b: Tensor<[N]>): <M extends number>(a: Tensor<[M]>) => Tensor<[M, N]>
  (b: Tensor): (a: Tensor) => Tensor<[number, number]>
}

/** Whether a zero in either factor of a term makes the term zero, whatever the other holds. */
export interface Zeros {
  readonly strongZero: boolean
}

/** For the linear maps of derivatives. */
export const strong: Zeros = { strongZero: true }

/** For the user's products, in which 0 times NaN is NaN. */
export const weak: Zeros = { strongZero: false }

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

const stack = (shape: Shape): Shape => shape.slice(0, -2)
const rows = (shape: Shape): number => shape[shape.length - 2]!
const columns = (shape: Shape): number => shape[shape.length - 1]!

const refuse = (operation: string, a: Shape, b: Shape, expected: string): ShapeError =>
  new ShapeError(operation, [a, b], `${show(a)} and ${show(b)} do not multiply; expected ${expected}`)

/** The leading axes of the product of two stacks of matrices; throws in the user's terms, for vectors too. */
const requireProduct = (operation: string, a: Shape, b: Shape): Shape => {
  if (a.length === 0 || b.length === 0) {
    throw new ShapeError(operation, [a, b], 'an operand is a scalar; expected at least one axis')
  }
  const k = columns(a)
  const l = b.length === 1 ? b[0]! : rows(b)
  if (k !== l) throw refuse(operation, a, b, `equal inner sizes, not ${k} and ${l}`)
  if (a.length <= 2 && b.length <= 2) return empty
  const batch = broadcast(stack(a), stack(b))
  if (batch !== undefined) return batch
  const given = `${show(stack(a))} and ${show(stack(b))}`
  throw refuse(operation, a, b, `leading axes that broadcast, not ${given}`)
}

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** The array to multiply: booleans count as int32. */
const numbers = (x: Dense): MatmulData => (x.data instanceof Uint8Array ? Int32Array.from(x.data) : x.data)

/** Strides along the leading axes of the result: 0 where the operand is repeated. */
const stackStrides = (x: Dense, batch: Shape): readonly number[] => {
  const lead = batch.length + 2 - x.shape.length
  return batch.map((_, axis) => (axis < lead || x.shape[axis - lead] === 1 ? 0 : x.strides[axis - lead]!))
}

const multiply = (a: Dense, b: Dense, shape: Shape, dtype: DType, { strongZero }: Zeros): Concrete => {
  const out = allocate(dtype, size(shape))
  if (out instanceof Uint8Array || out.length === 0) return fromData(shape, dtype, out)
  const m = rows(a.shape)
  const k = columns(a.shape)
  const n = columns(b.shape)
  const x = numbers(a)
  const y = numbers(b)
  const xRow = rows(a.strides)
  const xColumn = columns(a.strides)
  const yRow = rows(b.strides)
  const yColumn = columns(b.strides)
  if (shape.length === 2) {
    matmulInto(m, n, k, x, a.offset, xRow, xColumn, y, b.offset, yRow, yColumn, out, 0)
    if (strongZero) restoreZeros(m, n, k, x, a.offset, xRow, xColumn, y, b.offset, yRow, yColumn, out, 0)
    return fromData(shape, dtype, out)
  }
  const batch = stack(shape)
  const steps = plan(batch, [stackStrides(a, batch), stackStrides(b, batch)])
  const xStep = steps.innerStrides[0]!
  const yStep = steps.innerStrides[1]!
  let to = 0
  forEachRow(steps, [a.offset, b.offset], (xAt, yAt) => {
    for (let i = 0; i < steps.inner; i++) {
      const xFrom = xAt + i * xStep
      const yFrom = yAt + i * yStep
      matmulInto(m, n, k, x, xFrom, xRow, xColumn, y, yFrom, yRow, yColumn, out, to)
      if (strongZero) restoreZeros(m, n, k, x, xFrom, xRow, xColumn, y, yFrom, yRow, yColumn, out, to)
      to += m * n
    }
  })
  return fromData(shape, dtype, out)
}

/** The matrices of a stack with their axes swapped: a view. */
const transposed = (x: Tensor): Tensor => {
  const rank = x.shape.length
  const order = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  return permuteTo(x, order)
}

/** A stack of matrices side by side, [b, m, n] as [m, b n]. */
const sideBySide = (x: Tensor): Tensor => {
  const rank = x.shape.length
  const order = x.shape.map((_, axis) => (axis === 0 ? rank - 2 : axis < rank - 1 ? axis - 1 : axis))
  const m = rows(x.shape)
  return reshapeTo(permuteTo(x, order), [m, size(stack(x.shape)) * columns(x.shape)])
}

/**
 * Stacks [..., m, k] and [..., k, n] of one type, whose leading axes broadcast. The rules bind it with `strongZero`, so that
 * a zero cotangent stays zero beside NaN and infinities, at every order.
 */
const matmulPrimitive: Primitive<Zeros> = coded(
  op<2, Zeros>({
    name: 'matmul',
    kind: 'contract',
    arity: 2,
    cost: counted(([a], [out]) => 2 * size(out!.shape) * columns(a!.shape)),
    infer: (a, b) => {
      const batch = requireProduct('matmul', a.shape, b.shape)
      const [m, n] = [rows(a.shape), columns(b.shape)]
      return { shape: batch.length === 0 ? [m, n] : [...batch, m, n], dtype: a.dtype === 'bool' ? 'int32' : a.dtype }
    },
    evaluate: (a, b, zeros, out) => multiply(asDense(a), asDense(b), out.shape, out.dtype, zeros),
    jvp: [
      (tangent, _a, b) => bindOne(matmulPrimitive, [tangent, b], strong),
      (tangent, a) => bindOne(matmulPrimitive, [a, tangent], strong)
    ],
    vjp: [
      (a, b) => {
        const shape = a.shape
        const across = liesAcross(a)
        return (ct) => pullLeft(shape, across, b, ct)
      },
      (a, b) => {
        const shape = b.shape
        const across = liesAcross(b)
        return (ct) => sumTo(productLying(across, transposed(a), ct), shape)
      }
    ],
    batch: ([a, b], [ofLeft, ofRight], zeros) => {
      const left = ofLeft === true ? widened(a!, b!.shape.length + (ofRight === true ? 0 : 1)) : a!
      const right = ofRight === true ? widened(b!, a!.shape.length + (ofLeft === true ? 0 : 1)) : b!
      return ofLeft === true ? product(left, right, zeros) : timesStack(left, right, zeros)
    },
    sample: (draw) => {
      const batch = draw.shape({ maxRank: 2, maxSize: 3 })
      const part = (): Shape =>
        batch.slice(draw.integer(0, batch.length)).map((n) => (draw.integer(0, 2) === 0 ? 1 : n))
      const [m, k, n] = [draw.size(0, 4), draw.size(0, 4), draw.size(0, 4)]
      const a = draw.tensor([...part(), m, k], real)
      const operands = [a, draw.tensor([...part(), k, n], real)]
      return { operands, params: { strongZero: draw.pick([false, true]) } }
    }
  })
)

/**
 * ct B^T, summed over the axes along which A was repeated. One matrix A beside a stack of B is contracted in one product:
 * of [m, b n] and [b n, k], instead of a stack of [m, k] to be summed.
 */
const pullLeft = (shape: Shape, across: boolean, b: Tensor, ct: Tensor): Tensor =>
  shape.length === 2 && ct.shape.length > 2
    ? bindOne(matmulPrimitive, [sideBySide(ct), transposed(sideBySide(b))], strong)
    : sumTo(productLying(across, ct, transposed(b)), shape)

/** Whether a matrix lies in memory column by column, as the transpose of a matrix does. */
const liesAcross = (x: Tensor): boolean => {
  if (!isConcrete(x) || x.shape.length !== 2) return false
  const { shape, strides } = asDense(x)
  return strides[0] === 1 && strides[1] === shape[0]
}

/**
 * A B with strong zeros, laid out column by column if `across`, as B^T A^T: the bits are the same. The gradient of a transpose
 * is laid out as the transpose is, so that what meets it element by element lies in step with it.
 */
const productLying = (across: boolean, a: Tensor, b: Tensor): Tensor =>
  across && a.shape.length === 2 && b.shape.length === 2
    ? transposed(product(transposed(b), transposed(a), strong))
    : product(a, b, strong)

/** A stack of matrices, the mapped axis in front, with as many axes as are asked for: those that it lacks come behind it. */
const widened = (x: Tensor, rank: number): Tensor => {
  const [size, ...rest] = x.shape
  const ones = new Array<number>(Math.max(0, rank - x.shape.length)).fill(1)
  return reshapeTo(x, [size!, ...ones, ...rest])
}

/**
 * One matrix times a stack, as one product: of columns as though they were rows, of narrow matrices side by side. Wide
 * ones, whose copy would cost more than it saves, are read in place.
 */
const timesStack = (a: Tensor, b: Tensor, zeros: Zeros): Tensor => {
  const [m, n] = [rows(a.shape), columns(b.shape)]
  const lead = stack(b.shape)
  if (a.shape.length > 2 || (n > 1 && n >= m)) return bindOne(matmulPrimitive, [a, b], zeros)
  if (n === 1) {
    const flat = reshapeTo(b, [size(lead), rows(b.shape)])
    return reshapeTo(bindOne(matmulPrimitive, [flat, transposed(a)], zeros), [...lead, m, 1])
  }
  const wide = reshapeTo(bindOne(matmulPrimitive, [a, sideBySide(b)], zeros), [m, ...lead, n])
  return permuteTo(wide, [...lead.map((_, axis) => axis + 1), 0, lead.length + 1])
}

/** The product of stacks of one type. A stack times one matrix is one product, of all its rows. */
const product = (a: Tensor, b: Tensor, zeros: Zeros): Tensor => {
  if (b.shape.length > 2 || a.shape.length <= 2) return bindOne(matmulPrimitive, [a, b], zeros)
  const k = columns(a.shape)
  const tall = reshapeTo(a, [size(a.shape.slice(0, -1)), k])
  return reshapeTo(bindOne(matmulPrimitive, [tall, b], zeros), [...a.shape.slice(0, -1), columns(b.shape)])
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const accepted = (x: Tensor, dtype: DType): Tensor => cast(x, dtype === 'bool' ? 'int32' : dtype)

const requireBoth = (operation: string, a: Tensor, b: Tensor): void => {
  requireTensor(operation, a)
  requireTensor(operation, b)
}

const multiplied = (operation: string, a: Tensor, b: Tensor, zeros: Zeros = weak): Tensor => {
  requireBoth(operation, a, b)
  requireProduct(operation, a.shape, b.shape)
  const dtype = promote(a.dtype, b.dtype)
  const left = accepted(a, dtype)
  const right = accepted(b, dtype)
  const isRow = a.shape.length === 1
  const isColumn = b.shape.length === 1
  if (!isRow && !isColumn) return product(left, right, zeros)
  const result = product(
    isRow ? reshapeTo(left, [1, a.shape[0]!]) : left,
    isColumn ? reshapeTo(right, [b.shape[0]!, 1]) : right,
    zeros
  )
  const last = [...(isRow ? [] : [rows(a.shape)]), ...(isColumn ? [] : [columns(b.shape)])]
  return reshapeTo(result, [...stack(result.shape), ...last])
}

/**
 * The matrix product: c_ij = sum_k a_ik b_kj.
 *
 * `[..., m, k]` and `[..., k, n]` give `[..., m, n]`; the leading axes broadcast. A vector counts as a row on the left
 * and as a column on the right, and that axis is dropped from the result, as in NumPy. Integers and booleans give int32, modulo
 * 2^32. 0 times NaN or infinity is NaN; in the derivatives it is 0.
 *
 * Floats have one definition of their bits: blocks of 256 terms in order of k, each starting at 0, each product and each sum
 * rounded to the type; the blocks are added in order. So an element depends on its row and its column alone: not on how many there
 * are, on the layout, on `vmap`, or on where it is computed: `Debug.environment` says where. Where nothing overflows, the error is at
 * most (min(k, 256) + k / 256) u sum_k |a_ik b_kj| with u = 2^-24 in float32 and 2^-53 in float64, plus k / 2 of the smallest subnormal
 * number. Seen of it: below 2 u for terms of either sign, 20 u for positive ones, more for many equal ones. A float32 sum that has to
 * be better is that of operands cast to float64.
 *
 * @throws ShapeError when sizes do not agree, or when an operand is a scalar
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const a = T.of([[1, 2], [3, 4]])
 * T.matmul(a, T.of([[1, 0], [10, 1]])) // => T.of([[21, 2], [43, 4]])
 * pipe(a, T.matmul(T.of([1, 1]))) // => T.of([3, 7])
 * T.matmul(T.zeros([2, 3, 4]), T.zeros([4, 5])).shape // => [2, 3, 5]
 */
export const matmul: Product<'matmul'> & HasPrimitive<Zeros> = expose(
  dual<Product<'matmul'>>((a: Tensor, b: Tensor) => multiplied('matmul', a, b)),
  matmulPrimitive
)

/** `matmul` in which zero is strong: for rules. */
export const strongProduct = (a: Tensor, b: Tensor): Tensor => multiplied('matmul', a, b, strong)

/**
 * The inner product of two vectors, sum_i a_i b_i; of matrices, the matrix product.
 *
 * The terms are added as in `matmul`, in the type of the operands and in blocks of 256: where nothing over- or underflows, the error
 * is at most (min(k, 256) + k / 256) u sum_i |a_i b_i| for k terms, with u = 2^-24 in float32 and 2^-53 in float64.
 *
 * @throws ShapeError when sizes do not agree, or when an operand is a scalar or has more than two axes
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.dot(T.of([1, 2, 3]), T.of([4, 5, 6])) // => T.scalar(32)
 * pipe(T.of([[1, 2], [3, 4]]), T.dot(T.of([1, 10]))) // => T.of([21, 43])
 */
export const dot: Product<'dot'> = dual<Product<'dot'>>((a: Tensor, b: Tensor) => {
  requireBoth('dot', a, b)
  if (a.shape.length <= 2 && b.shape.length <= 2) return multiplied('dot', a, b)
  throw new ShapeError(
    'dot',
    [a.shape, b.shape],
    `the shapes are ${show(a.shape)} and ${show(b.shape)}; expected vectors or matrices, for stacks use T.matmul or T.einsum`
  )
})

/**
 * The outer product of two vectors: c_ij = a_i b_j, by the rule of `matmul`, so that a zero is +0.
 *
 * @throws ShapeError when an operand is not a vector
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.outer(T.of([1, 2]), T.of([3, 4, 5])) // => T.of([[3, 4, 5], [6, 8, 10]])
 */
export const outer: Outer = dual<Outer>((a: Tensor, b: Tensor) => {
  requireBoth('outer', a, b)
  if (a.shape.length !== 1 || b.shape.length !== 1) {
    throw new ShapeError(
      'outer',
      [a.shape, b.shape],
      `the shapes are ${show(a.shape)} and ${show(b.shape)}; expected vectors, flatten the operands with T.reshape`
    )
  }
  return multiplied('outer', reshapeTo(a, [a.shape[0]!, 1]), reshapeTo(b, [1, b.shape[0]!]))
})
