/** Running maxima and minima along an axis. */
import { dataFirst } from '../internal/dual.js'
import { checkedLater, flag, options } from '../internal/options.js'
import { extremeSoFarInto } from '../kernel/cumulativeExtrema.js'
import { behind } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import { coded } from '../primitive/code.js'
import { real } from '../primitive/domain.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { size } from '../shape/model.js'
import { takeAlongAxis } from './alongAxis.js'
import { arrange } from './alongBlock.js'
import { axisOf } from './cumulative.js'
import type { Preserving } from './dataFirst.js'
import { type Tensor, fromData } from './model.js'
import type { Course } from './recurrence.js'

/**
 * Along which axis `cummax`, `cummin` and `logCumSumExp` run, and from which end.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const fromTheEnd: T.RunningOptions = { axis: -1, reverse: true }
 * T.cummax(T.of([1, 3, 2]), fromTheEnd) // => T.of([3, 3, 2])
 */
export interface RunningOptions {
  /** The axis; required unless the tensor is a vector. */
  readonly axis?: number
  /** Whether to run from the last element to the first; `false` by default. */
  readonly reverse?: boolean
}

/** The options as an axis counted from the front and a direction. */
export const courseOf = (operation: string, x: Tensor, { axis, reverse = false }: RunningOptions): Course => ({
  axis: axisOf(operation, axis, x.shape),
  reverse
})

/* @__NO_SIDE_EFFECTS__ */
const soFar = (name: string, sign: 1 | -1): Primitive<Course> => {
  const primitive: Primitive<Course> = coded(
    op<1, Course>({
      name,
      kind: 'lane',
      arity: 1,
      infer: (x) => ({ shape: x.shape, dtype: 'int32' }),
      evaluate: (x, { axis, reverse }, out) => {
        const { data, offset, outer, along, inner } = arrange(x, [axis])
        const result = new Int32Array(size(out.shape))
        extremeSoFarInto(data, offset, outer, along, inner, sign, reverse, result)
        return fromData(out.shape, out.dtype, result)
      },
      jvp: undefined,
      vjp: undefined,
      batch: (operands, _mapped, { axis, reverse }) => bindOne(primitive, operands, { axis: behind(axis), reverse }),
      sample: (draw) => {
        const shape = draw.shape({ minRank: 1 })
        const params = { axis: draw.integer(0, shape.length - 1), reverse: draw.pick([false, true]) }
        return { operands: [draw.distinct(shape, real)], params }
      }
    })
  )
  return primitive
}

/** Where the largest element so far is, along an axis. */
export const cumargmaxPrimitive: Primitive<Course> = soFar('cumargmax', 1)

/** Where the smallest element so far is, along an axis. */
export const cumargminPrimitive: Primitive<Course> = soFar('cumargmin', -1)

/* @__NO_SIDE_EFFECTS__ */
const running = (name: string, primitive: Primitive<Course>): Preserving<RunningOptions> =>
  dataFirst(
    options<RunningOptions>(name, { axis: checkedLater, reverse: flag }),
    (x: Tensor, given: RunningOptions = {}): Tensor => {
      const course = courseOf(name, x, given)
      return takeAlongAxis(x, bindOne(primitive, [x], course), { axis: course.axis })
    }
  )

/**
 * Running maxima along an axis: element `j` of the result is the largest of the elements `0` to `j`, or `j` to the last with
 * `reverse`. `jax.lax.cummax`, `torch.cummax`. From a NaN on the result is NaN.
 *
 * The gradient goes to the element that was taken, of equal ones the first that is met, as with `argmax`. A vector needs no
 * axis; other ranks without one throw a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.cummax(T.of([1, 3, 2, 4])) // => T.of([1, 3, 3, 4])
 * pipe(T.of([[1, 2], [0, 5]]), T.cummax({ axis: 0 })) // => T.of([[1, 2], [1, 5]])
 * grad((x: T.Tensor<[3]>) => T.sum(T.cummax(x)))(T.of([1, 3, 2])) // => T.of([1, 2, 0])
 */
export const cummax: Preserving<RunningOptions> = running('cummax', cumargmaxPrimitive)

/**
 * Running minima along an axis: element `j` of the result is the smallest of the elements `0` to `j`, or `j` to the last with
 * `reverse`. `jax.lax.cummin`, `torch.cummin`. NaN and derivatives are as in `cummax`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.cummin(T.of([3, 1, 2])) // => T.of([3, 1, 1])
 * pipe(T.of([3, 1, 2]), T.cummin({ reverse: true })) // => T.of([1, 1, 2])
 */
export const cummin: Preserving<RunningOptions> = running('cummin', cumargminPrimitive)

/**
 * `cummax` by its long name.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.cumulativeMax(T.of([1, 3, 2, 4])) // => T.of([1, 3, 3, 4])
 */
export const cumulativeMax: Preserving<RunningOptions> = running('cumulativeMax', cumargmaxPrimitive)

/**
 * `cummin` by its long name.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.cumulativeMin(T.of([4, 2, 3, 1])) // => T.of([4, 2, 2, 1])
 */
export const cumulativeMin: Preserving<RunningOptions> = running('cumulativeMin', cumargminPrimitive)
