/** The same values with their axes in another order: views, nothing is copied. */
import { dataFirst } from '../internal/dual.js'
import type { MovedAxis, SwappedAxes } from '../shape/layout.js'
import { type Shape, ShapeError, normalizeAxis, show } from '../shape/model.js'
import type { Permute, Transpose } from '../shape/static.js'
import type { Tensor } from './model.js'
import { requireList } from '../internal/require.js'
import { permuteTo } from './structural.js'

/** The shape with its axes in the given order, or reversed. */
type Transposed<S extends Shape, Order> = Order extends readonly number[] ? Permute<S, Order> : Transpose<S>

const ordered = (operation: string, x: Tensor, order: readonly number[]): readonly number[] => {
  requireList(operation, 'order', order, 'an array of axes such as [1, 0]')
  const axes = order.map((axis) => normalizeAxis(operation, axis, x.shape))
  if (axes.length === x.shape.length && new Set(axes).size === axes.length) return axes
  const rule = `order is ${show(order)}; for shape ${show(x.shape)}, expected each axis once`
  throw new ShapeError(operation, [x.shape], rule)
}

/**
 * The tensor with its axes in the given order: axis `i` of the result is axis `order[i]` of the operand. An order that
 * does not name each axis once throws a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.permute(T.zeros([2, 3, 4]), [2, 0, 1]).shape // => [4, 2, 3]
 * pipe(T.of([[1, 2], [3, 4]]), T.permute([1, 0])) // => T.of([[1, 3], [2, 4]])
 */
export const permute: {
  <S extends Shape, const Order extends readonly number[]>(x: Tensor<S>, order: Order): Tensor<Permute<S, Order>>
  <const Order extends readonly number[]>(order: Order): <S extends Shape>(x: Tensor<S>) => Tensor<Permute<S, Order>>
} = dataFirst('permute', (x: Tensor, order: readonly number[]) => permuteTo(x, ordered('permute', x, order)))

/**
 * The tensor with its axes reversed, or in the given order as `permute` has it.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.transpose(T.of([[1, 2], [3, 4]])) // => T.of([[1, 3], [2, 4]])
 * pipe(T.zeros([2, 3, 4]), T.transpose).shape // => [4, 3, 2]
 * pipe(T.zeros([2, 3, 4]), T.transpose([0, 2, 1])).shape // => [2, 4, 3]
 */
export const transpose: {
  <const A extends Tensor | readonly number[], const Order extends readonly number[] | undefined = undefined>(
    first: A,
    order?: Order
  ): A extends Tensor<infer S>
    ? Tensor<Transposed<S, Order>>
    : <S extends Shape>(x: Tensor<S>) => Tensor<Transposed<S, A>>
} = dataFirst('transpose', (x: Tensor, order?: readonly number[]) =>
  permuteTo(x, order === undefined ? x.shape.map((_, axis) => axis).reverse() : ordered('transpose', x, order))
)

/**
 * The tensor with two axes exchanged.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.swapAxes(T.of([[1, 2], [3, 4]]), 0, 1) // => T.of([[1, 3], [2, 4]])
 * pipe(T.zeros([2, 3, 4]), T.swapAxes(-1, -2)).shape // => [2, 4, 3]
 */
export const swapAxes: {
  <S extends Shape, const A extends number, const B extends number>(
    x: Tensor<S>,
    a: A,
    b: B
  ): Tensor<SwappedAxes<S, A, B>>
  <const A extends number, const B extends number>(
    a: A,
    b: B
  ): <S extends Shape>(x: Tensor<S>) => Tensor<SwappedAxes<S, A, B>>
} = dataFirst('swapAxes', (x: Tensor, a: number, b: number) => {
  const first = normalizeAxis('swapAxes', a, x.shape)
  const second = normalizeAxis('swapAxes', b, x.shape)
  return permuteTo(
    x,
    x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis))
  )
})

/**
 * The tensor with one axis moved to another place; the others keep their order.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.moveAxis(T.zeros([2, 3, 4]), 0, -1).shape // => [3, 4, 2]
 * pipe(T.zeros([2, 3, 4]), T.moveAxis(-1, 0)).shape // => [4, 2, 3]
 */
export const moveAxis: {
  <S extends Shape, const From extends number, const To extends number>(
    x: Tensor<S>,
    from: From,
    to: To
  ): Tensor<MovedAxis<S, From, To>>
  <const From extends number, const To extends number>(
    from: From,
    to: To
  ): <S extends Shape>(x: Tensor<S>) => Tensor<MovedAxis<S, From, To>>
} = dataFirst('moveAxis', (x: Tensor, from: number, to: number) => {
  const source = normalizeAxis('moveAxis', from, x.shape)
  const place = normalizeAxis('moveAxis', to, x.shape)
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== source)
  return permuteTo(x, [...others.slice(0, place), source, ...others.slice(place)])
})
