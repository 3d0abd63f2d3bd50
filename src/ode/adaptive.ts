/** Solving with steps that are chosen by the error. */
import { rows } from '../control/rows.js'
import { Traced, bottom } from '../primitive/traced.js'
import { size } from '../shape/model.js'
import { abs, sub } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { fill, type Tensor, contiguous } from '../tensor/model.js'
import { logicalAnd } from '../tensor/logical.js'
import { maximum } from '../tensor/minMaxOfTwo.js'
import { where } from '../tensor/select.js'
import { along, take } from '../tensor/stridedWindow.js'
import {
  type Attempt,
  type Course,
  type Interval,
  type Tolerances,
  attempt,
  firstStep,
  timeAt,
  underway
} from './control.js'
import { type Accepted, plainRetrace, segmentedRetrace } from './replay.js'
import type { Field, State } from './step.js'

/** The parameters of an adaptive solver. */
export interface Adaptive extends Tolerances {
  readonly maxSteps: number
  /** Whether each interval is one step, whatever its error: for operands that are not finite, where no step is accepted. */
  readonly anyway?: boolean
  /** As `checkpointEvery` of `scan`, for a number of steps in all. */
  readonly again: (steps: number) => number | boolean | 'sqrt'
}

// -----------------------------------------------------------------------------
// watching
// -----------------------------------------------------------------------------

/** The values of a tensor under all transformations. */
export const valuesOf = (x: Tensor): readonly number[] => {
  const values = bottom(x)
  if (values === undefined) return []
  const { data, offset } = contiguous(values)
  return [...data.subarray(offset, offset + size(values.shape))]
}

const some = (x: Tensor): boolean => valuesOf(x).some((value) => value !== 0)

const all = (x: Tensor): boolean => valuesOf(x).every((value) => value !== 0)

/** The value of the first example for which a condition is true. */
const firstWhere = (condition: Tensor, x: Tensor): string =>
  String(valuesOf(where(condition, x, fill([], x.dtype, NaN))).find((value) => !Number.isNaN(value)) ?? NaN)

/** Time where the solver stands, and the one it goes to, in the first example for which a condition is true. */
const standing = (condition: Tensor, { share }: Course, interval: Interval): readonly [now: string, end: string] => [
  firstWhere(condition, timeAt(interval, share)),
  firstWhere(condition, timeAt(interval, fill([], share.dtype, 1)))
]

const tooMany = (maxSteps: number, open: Tensor, course: Course, interval: Interval): Error => {
  const [now, end] = standing(open, course, interval)
  const count = maxSteps === 1 ? '1 step reaches' : `${maxSteps} steps reach`
  return new RangeError(`odeint: ${count} t = ${now} of ${end}; raise maxSteps or loosen the tolerances`)
}

const nowhere = (stuck: Tensor, course: Course, interval: Interval): Error => {
  const [now, end] = standing(stuck, course, interval)
  const finite = [...course.y, ...course.slope].every((leaf) => valuesOf(leaf).every(Number.isFinite))
  return new RangeError(
    finite
      ? `odeint: no step from t = ${now} is short enough; expected a solution that goes on to t = ${end} with finite slopes`
      : `odeint: the state at t = ${now} or its slope is not finite; expected finite values`
  )
}

const requireFinite = (times: Tensor): void => {
  const wrong = valuesOf(times).find((time) => !Number.isFinite(time))
  if (wrong !== undefined) throw new RangeError(`odeint: a time is ${wrong}; expected finite times`)
}

// -----------------------------------------------------------------------------
// one interval
// -----------------------------------------------------------------------------

/** Examples that are done wait for the others. */
const waiting = (open: Tensor, next: Course, before: Course): Course => ({
  share: where(open, next.share, before.share),
  h: where(open, next.h, before.h),
  y: next.y.map((leaf, i) => where(open, leaf, before.y[i]!)),
  slope: next.slope.map((leaf, i) => where(open, leaf, before.slope[i]!))
})

/** The step as one to make again, unless no example accepted it. */
const noted = ({ share }: Course, { accepted, taken }: Attempt, open: Tensor): readonly Accepted[] => {
  const by = logicalAnd(open, accepted)
  if (!some(by)) return []
  return [{ share, taken, by: all(by) ? undefined : by }]
}

/** Goes to the end of an interval step by step, and returns the accepted ones. */
const pursue = (
  field: Field,
  from: Course,
  interval: Interval,
  options: Adaptive
): { readonly reached: Course; readonly mesh: readonly Accepted[] } => {
  const mesh: Accepted[] = []
  let course = from
  for (let steps = 0; ; steps++) {
    const open = underway(course)
    if (!some(open)) return { reached: course, mesh }
    if (steps === options.maxSteps) throw tooMany(options.maxSteps, open, course, interval)
    const tried = attempt(field, course, interval, options)
    const stuck = logicalAnd(open, tried.stuck)
    if (some(stuck)) throw nowhere(stuck, course, interval)
    mesh.push(...noted(course, tried, open))
    course = all(open) ? tried.next : waiting(open, tried.next, course)
  }
}

// -----------------------------------------------------------------------------
// all intervals
// -----------------------------------------------------------------------------

/** How many transformations a value is in. */
const depth = (x: Tensor): number => {
  const below = x instanceof Traced ? x.primal : undefined
  return below === undefined ? 0 : 1 + depth(below)
}

/** Whether a value is being differentiated: stopping derivatives leaves fewer transformations around it. */
const moves = (x: Tensor): boolean => depth(stopGradient(x)) < depth(x)

/** From each time to the next. */
const intervalsOf = (times: Tensor): readonly Interval[] => {
  const count = times.shape[0]! - 1
  const starts = take(times, along(times.shape, 0, 0, count))
  const spans = sub(take(times, along(times.shape, 0, 1, count)), starts)
  const [start, span] = [rows(starts), rows(spans)]
  return Array.from({ length: count }, (_, i) => ({ start: start(i), span: span(i) }))
}

/** What has been found of an interval. */
interface Found {
  readonly mesh: readonly Accepted[]
  /** The state at its end. */
  readonly y: State
}

/** The steps of all intervals, one after another. */
const explore = (field: Field, y0: State, slope: State, times: Tensor, options: Adaptive): readonly Found[] => {
  const intervals = intervalsOf(times)
  const longest = intervals.map(({ span }) => abs(span)).reduce((a, b) => maximum(a, b))
  const length = firstStep(field, y0, slope, intervals[0]!, longest, options)
  let course: Course = { share: length, h: length, y: y0, slope }
  return intervals.map((interval) => {
    const { reached, mesh } = pursue(field, { ...course, share: fill([], times.dtype, 0) }, interval, options)
    course = reached
    return { mesh, y: reached.y }
  })
}

/**
 * The states at all times but the first. Steps are chosen on constants, and made again, with the same results, where there is
 * something to differentiate. `field` makes the right-hand side from the values that the equation closes over.
 */
export const solveAdaptive = (
  field: (captured: readonly Tensor[]) => Field,
  y0: State,
  times: Tensor,
  captured: readonly Tensor[],
  options: Adaptive
): readonly State[] => {
  const { anyway = false } = options
  if (!anyway) requireFinite(times)
  if (times.shape[0] === 1) return []
  const intervals = intervalsOf(times)
  const still = (list: readonly Tensor[]): readonly Tensor[] => list.map((x) => stopGradient(x))
  const constant = field(still(captured))
  const base = still(y0)
  const fixed = stopGradient(times)
  const whole: Accepted = { share: fill([], times.dtype, 0), taken: fill([], times.dtype, 1), by: undefined }
  const found = anyway ? undefined : explore(constant, base, constant(base, rows(fixed)(0)), fixed, options)
  if (found !== undefined && ![...y0, times, ...captured].some(moves)) return found.map(({ y }) => y)
  const meshes = found?.map(({ mesh }) => mesh) ?? intervals.map(() => [whole])
  const own = field(captured)
  const steps = meshes.reduce((total, mesh) => total + mesh.length, 0)
  const checkpointEvery = options.again(steps)
  const every = typeof checkpointEvery === 'number' ? checkpointEvery : Math.max(1, Math.ceil(Math.sqrt(steps)))
  const retrace =
    checkpointEvery === false
      ? plainRetrace(own)
      : segmentedRetrace(field, y0, { shape: [], dtype: times.dtype }, captured, every)
  let stand = { y: y0, slope: own(y0, intervals[0]!.start) }
  return meshes.map((mesh, i) => {
    stand = retrace(stand, intervals[i]!, mesh)
    return stand.y
  })
}
