/** Values around a tensor. */
import { options, number } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { isFloat } from '../DType.js'
import { DTypeError, requireList } from '../internal/require.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Tensor } from './model.js'
import { place } from './stridedWindow.js'

/**
 * How many values `pad` puts in front of and behind an axis; one number means as many on both sides.
 *
 * @example
 * import type { PadWidth } from 'pullback/Tensor'
 *
 * const behind: PadWidth = [0, 3]
 * behind // => [0, 3]
 */
export type PadWidth = number | readonly [before: number, after: number]

/**
 * The options of `pad`.
 *
 * @example
 * import type { PadOptions } from 'pullback/Tensor'
 *
 * const lowest: PadOptions = { value: -Infinity }
 * lowest.value // => -Infinity
 */
export interface PadOptions {
  /** The value; 0 by default. */
  readonly value?: number
}

const widthsOf = (x: Tensor, widths: number | readonly PadWidth[]): readonly (readonly [number, number])[] => {
  const each = typeof widths === 'number' ? x.shape.map(() => widths) : widths
  requireList('pad', 'widths', each, 'an integer or an array such as [[1, 1]]')
  if (each.length !== x.shape.length) {
    const rule = `widths has length ${each.length}; for shape ${show(x.shape)}, expected one entry per axis, or one number`
    throw new ShapeError('pad', [x.shape], rule)
  }
  return each.map((width, axis) => {
    const pair = typeof width === 'number' ? [width, width] : width
    requireList('pad', `the width along axis ${axis}`, pair, 'two integers such as [1, 1]')
    const [before, after] = pair
    if (pair.length !== 2 || before === undefined || after === undefined) {
      const rule = `the width along axis ${axis} is [${pair.join(', ')}]; expected two integers such as [1, 1]`
      throw new ShapeError('pad', [x.shape], rule)
    }
    if ([before, after].every((n) => Number.isInteger(n) && n >= 0)) return [before, after]
    const rule = `the width along axis ${axis} is [${before}, ${after}]; expected integers of 0 or more`
    throw new ShapeError('pad', [x.shape], rule)
  })
}

/**
 * The tensor with a constant value around it: `widths` says, for each axis, how many in front and behind; one number
 * means as many on every side.
 *
 * Its pullback is the slice where the tensor lies. Widths that are negative or not one per axis throw a `ShapeError`, a
 * fraction in a tensor of integers a `DTypeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.pad(T.of([1, 2]), [[1, 2]]) // => T.of([0, 1, 2, 0, 0])
 * pipe(T.of([[5]]), T.pad(1, { value: 9 })) // => T.of([[9, 9, 9], [9, 5, 9], [9, 9, 9]])
 */
export const pad: {
  <S extends Shape>(x: Tensor<S>, widths: number | readonly PadWidth[], options?: PadOptions): Tensor<Resized<S>>
  (widths: number | readonly PadWidth[], options?: PadOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
} = dataFirst(
  options<PadOptions>('pad', { value: number('a number', () => true) }),
  (x: Tensor, widths: number | readonly PadWidth[], { value = 0 }: PadOptions = {}) => {
    if (!isFloat(x.dtype) && !(x.dtype === 'bool' ? value === 0 || value === 1 : Number.isInteger(value))) {
      const expected = x.dtype === 'bool' ? '0 or 1' : 'a whole number'
      throw new DTypeError('pad', `value is ${value}; for a tensor of ${x.dtype}, expected ${expected}`)
    }
    const each = widthsOf(x, widths)
    return place(x, {
      starts: each.map(([before]) => before),
      steps: each.map(() => 1),
      sizes: x.shape,
      shape: x.shape.map((n, axis) => each[axis]![0] + n + each[axis]![1]),
      value
    })
  },
  1
)
