/** Solving with steps that are chosen as the error demands. */
import { whileLoop } from '../control/while.js'
import { scan } from '../control/scan.js'
import { Traced, bottom } from '../primitive/model.js'
import { abs, add, div, mul, sign, sub } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { stack } from '../tensor/join.js'
import { type Tensor, contiguous, fill } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { size } from '../shape/model.js'
import { typed } from '../tensor/typed.js'
import { type Course, type Tolerances, attempt, firstStep, underway } from './control.js'
import { type Field, type State, stepOf } from './step.js'
import { dormandPrince } from './tableau.js'

/** How an adaptive solver goes. */
export interface Adaptive extends Tolerances {
  readonly maxSteps: number
  readonly checkpointEvery: number | boolean | 'sqrt'
}

/** The accepted steps of one interval, as shares of it: where each begins, and how long it is. */
interface Mesh {
  readonly begin: readonly Tensor[]
  readonly length: readonly Tensor[]
}

// -----------------------------------------------------------------------------
// watching
// -----------------------------------------------------------------------------

/** The values of a tensor under all transformations. */
const valuesOf = (x: Tensor): readonly number[] => {
  const values = bottom(x)
  if (values === undefined) return []
  const { data, offset } = contiguous(values)
  return [...data.subarray(offset, offset + size(values.shape))]
}

const some = (x: Tensor): boolean => valuesOf(x).some((value) => value !== 0)

const farthest = (times: readonly number[]): string => String(times[0] ?? NaN)

const tooMany = (maxSteps: number, t: Tensor, end: Tensor): Error =>
  new RangeError(
    `odeint: ${maxSteps} steps reach t = ${farthest(valuesOf(t))} of ${farthest(valuesOf(end))}; ` +
      'raise maxSteps or loosen the tolerances'
  )

const stuck = (t: Tensor): Error =>
  new RangeError(
    `odeint: no step from t = ${farthest(valuesOf(t))} is short enough; a finite slope and an equation that is not stiff ` +
      'are required, or fixed steps'
  )

/** Refuses a step that leaves the time as it is, or that is no number, while there is a way to go. */
const requireMoving = ({ t, h }: Course, open: Tensor): void => {
  const [times, steps, ways] = [valuesOf(t), valuesOf(h), valuesOf(open)]
  const count = Math.max(times.length, steps.length, ways.length)
  const at = (values: readonly number[], i: number): number => values[values.length === 1 ? 0 : i] ?? 0
  for (let i = 0; i < count; i++) {
    const step = at(steps, i)
    if (at(ways, i) !== 0 && !(Math.abs(step) > 2 ** -52 * Math.abs(at(times, i)) && step !== 0)) throw stuck(t)
  }
}

// -----------------------------------------------------------------------------
// one interval
// -----------------------------------------------------------------------------

const frozen = (open: Tensor, next: Course, before: Course): Course => ({
  t: where(open, next.t, before.t),
  h: where(open, next.h, before.h),
  y: next.y.map((leaf, i) => where(open, leaf, before.y[i]!)),
  slope: next.slope.map((leaf, i) => where(open, leaf, before.slope[i]!))
})

/** Goes to the end of an interval step by step, and notes the accepted steps. Examples that are done wait for the others. */
const pursue = (
  field: Field,
  from: Course,
  end: Tensor,
  options: Adaptive
): { readonly course: Course; readonly mesh: Mesh } => {
  const start = from.t
  const span = sub(end, start)
  const begin: Tensor[] = []
  const length: Tensor[] = []
  let course = from
  for (let steps = 0; ; steps++) {
    const open = underway(course, end)
    if (!some(open)) return { course, mesh: { begin, length } }
    if (steps === options.maxSteps) throw tooMany(options.maxSteps, course.t, end)
    requireMoving(course, open)
    const { next, accepted, used } = attempt(field, course, end, options)
    const taken = where(open, accepted, open)
    if (some(taken)) {
      begin.push(where(taken, div(sub(course.t, start), span), fill([], span.dtype, 0)))
      length.push(where(taken, div(used, span), fill([], span.dtype, 0)))
    }
    course = frozen(open, next, course)
  }
}

/** The same steps again, as constants: this is what is differentiated. */
const retrace = (
  field: Field,
  y: State,
  start: Tensor,
  end: Tensor,
  mesh: Mesh,
  { checkpointEvery }: Adaptive
): State => {
  if (mesh.begin.length === 0) return y
  const span = sub(end, start)
  const step = (state: State, share: { readonly begin: Tensor<[]>; readonly length: Tensor<[]> }) =>
    [
      stepOf(dormandPrince, field, state, add(start, mul(span, share.begin)), mul(span, share.length)),
      undefined
    ] as const
  const shares = { begin: typed<[number]>(stack(mesh.begin)), length: typed<[number]>(stack(mesh.length)) }
  return scan(step, { checkpointEvery })(y, shares)[0]
}

/** The staged form: one loop, whose number of steps is not known. */
const loopTo = (field: Field, from: Course, end: Tensor, options: Adaptive): Course =>
  whileLoop(
    (course: Course) => typed<[]>(underway(course, end)),
    (course: Course) => attempt(field, course, end, options).next,
    { maxSteps: options.maxSteps }
  )(from)

// -----------------------------------------------------------------------------
// all intervals
// -----------------------------------------------------------------------------

/** How many transformations a value is in. */
const depth = (x: Tensor): number => {
  const below = x instanceof Traced ? x.primal : undefined
  return below === undefined ? 0 : 1 + depth(below)
}

/** Whether a value is being differentiated: stopping derivatives leaves fewer transformations around it. */
export const moves = (x: Tensor): boolean => depth(stopGradient(x)) < depth(x)

/** The direction of an interval, for a step that was made for another one. */
const directed = (h: Tensor, start: Tensor, end: Tensor): Tensor => mul(abs(h), sign(sub(end, start)))

/**
 * The states at all times. `field` is at the operands of the caller, `constant` at the same ones without derivatives: steps
 * are chosen with the latter, and gone again with the former where there is something to differentiate.
 */
export const solveAdaptive = (
  field: Field,
  constant: Field,
  differentiated: boolean,
  y0: State,
  times: readonly Tensor[],
  options: Adaptive
): readonly State[] => {
  const states: State[] = [y0]
  const first = times[0]!
  const second = times[1]
  if (second === undefined) return states
  const staged =
    [...y0, ...times].some((x) => bottom(x) === undefined) || field(y0, first).some((x) => bottom(x) === undefined)
  const ground = staged ? field : constant
  const still = (x: Tensor): Tensor => (staged ? x : stopGradient(x))
  const base = y0.map(still)
  const slope = ground(base, still(first))
  let course: Course = {
    t: still(first),
    h: firstStep(ground, base, still(first), slope, still(sub(second, first)), options),
    y: base,
    slope
  }
  let y = y0
  for (let i = 1; i < times.length; i++) {
    const start = times[i - 1]!
    const end = times[i]!
    course = { ...course, t: still(start), h: directed(course.h, still(start), still(end)) }
    if (staged) {
      course = loopTo(field, course, end, options)
      states.push(course.y)
      continue
    }
    const { course: reached, mesh } = pursue(constant, course, still(end), options)
    course = reached
    y = differentiated ? retrace(field, y, start, end, mesh, options) : reached.y
    states.push(y)
  }
  return states
}
