/** Values around a tensor: one value everywhere, or the tensor's own. */
import { options, number, oneOf } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { isFloat } from '../DType.js'
import { DTypeError, requireList } from '../internal/require.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { gather } from './indexing.js'
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
  /** The value in mode `'constant'`; 0 by default. */
  readonly value?: number
  /** Where the values come from; `'constant'` by default. */
  readonly mode?: PadMode
}

/**
 * What `pad` puts around: one value, the values mirrored at the edge, the edge itself, or those of the opposite side.
 *
 * @example
 * import type { PadMode } from 'pullback/Tensor'
 * import * as T from 'pullback/Tensor'
 *
 * const modes: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'circular']
 * modes.map((mode) => T.toNested(T.pad(T.of([1, 2, 3]), [[2, 0]], { mode })))
 * // => [[0, 0, 1, 2, 3], [3, 2, 1, 2, 3], [1, 1, 1, 2, 3], [2, 3, 1, 2, 3]]
 */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular'

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

/** A way to fill the places around an axis of size `n`: how many it can fill, and the place that each is filled from. */
interface Filling {
  readonly most: (n: number) => number
  readonly from: (place: number, n: number) => number
}

const fillings: Readonly<Record<Exclude<PadMode, 'constant'>, Filling>> = {
  reflect: { most: (n) => Math.max(0, n - 1), from: (i, n) => (i < 0 ? -i : i < n ? i : 2 * (n - 1) - i) },
  replicate: { most: (n) => (n === 0 ? 0 : Infinity), from: (i, n) => Math.min(Math.max(i, 0), n - 1) },
  circular: { most: (n) => n, from: (i, n) => (i + n) % n }
}

/** Fills from the tensor itself, along one axis after the other. */
const fill = (x: Tensor, each: readonly (readonly [number, number])[], mode: Exclude<PadMode, 'constant'>): Tensor => {
  const { most, from } = fillings[mode]
  return each.reduce<Tensor>((filled, [before, after], axis) => {
    if (before === 0 && after === 0) return filled
    const n = x.shape[axis]!
    if (Math.max(before, after) > most(n)) {
      const rule = `the width along axis ${axis} is [${before}, ${after}]; in mode '${mode}', expected at most ${most(n)} for size ${n}`
      throw new ShapeError('pad', [x.shape], rule)
    }
    const places = Array.from({ length: before + n + after }, (_, i) => from(i - before, n))
    return gather(filled, places, { axis })
  }, x)
}

/**
 * The tensor with values around it: `widths` says, for each axis, how many in front and behind; one number means as many on
 * every side.
 *
 * The mode says which values: `'constant'`, one value, by default 0; `'reflect'`, those beyond the edge, mirrored at it;
 * `'replicate'`, the edge; `'circular'`, those of the opposite side. All are linear but for the constant, and their pullback adds
 * each cotangent where its value came from. Widths that are negative or not one per axis throw a `ShapeError`, as do those that are more than
 * size - 1 in mode `'reflect'` and more than the size in mode `'circular'`; a fraction in a tensor of integers throws a `DTypeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.pad(T.of([1, 2]), [[1, 2]]) // => T.of([0, 1, 2, 0, 0])
 * pipe(T.of([[5]]), T.pad(1, { value: 9 })) // => T.of([[9, 9, 9], [9, 5, 9], [9, 9, 9]])
 * T.pad(T.of([1, 2, 3]), 2, { mode: 'reflect' }) // => T.of([3, 2, 1, 2, 3, 2, 1])
 */
export const pad: {
  <S extends Shape>(x: Tensor<S>, widths: number | readonly PadWidth[], options?: PadOptions): Tensor<Resized<S>>
  (widths: number | readonly PadWidth[], options?: PadOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
} = dataFirst(
  options<PadOptions>('pad', {
    value: number('a number', () => true),
    mode: oneOf('constant', 'reflect', 'replicate', 'circular')
  }),
  (x: Tensor, widths: number | readonly PadWidth[], given: PadOptions = {}) => {
    const { value = 0, mode = 'constant' } = given
    if (mode !== 'constant') {
      if (given.value === undefined) return fill(x, widthsOf(x, widths), mode)
      throw new TypeError(`pad: value is ${value} in mode '${mode}'; expected mode 'constant', or no value`)
    }
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
