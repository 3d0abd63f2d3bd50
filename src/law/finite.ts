/** The law that anchors both modes: centred finite differences. */
import * as E from 'fp-ts/lib/Either.js'
import { size } from '../shape/model.js'
import { compare } from './compare.js'
import { jacobian, lineAt, lineOf, pull, push } from './derivative.js'
import { type Line, type Slope, kinksAt, noiseOf, slope, widerNoiseOf } from './difference.js'
import { type FunctionLaw, type Jacobians, type Verdict, all, nothing } from './model.js'
import { lattice, rademacher } from './directions.js'
import type { Subject } from './subject.js'
import { count, dot, flat, leafwise, unflat } from './values.js'

// -----------------------------------------------------------------------------
// bounds
// -----------------------------------------------------------------------------

/** Up to this many inputs the whole Jacobian is taken, beyond it projections. */
const whole = 64
const projections = 8

/** Jacobians of up to this many entries are shown. */
const shown = 64

/**
 * The bound: |AD - FD| <= 8 (rounding + truncation) + 32 eps max(|AD|, |FD|), where a derivative that cancels is
 * as imprecise as the numbers it was derived from.
 */
const bounds = (automatic: Float64Array, { value, error }: Slope, natural: number | Float64Array): Float64Array =>
  error.map((each, i) => {
    const least = typeof natural === 'number' ? natural : natural[i]!
    return 8 * each + 32 * Number.EPSILON * Math.max(Math.abs(automatic[i]!), Math.abs(value[i]!), least)
  })

/** A bound above 1e-4 of the largest value in the leaf is too coarse to compare, unless that value is close to 0. */
const coarseness = (
  like: Subject['inputs'],
  automatic: Float64Array,
  expected: Float64Array,
  natural: number
): Float64Array => {
  const a = leafwise(like, automatic)
  const b = leafwise(like, expected)
  return a.map((each, i) => 1e-4 * Math.max(each, b[i]!, 1e-3 * natural))
}

// -----------------------------------------------------------------------------
// the whole Jacobian
// -----------------------------------------------------------------------------

/** The derivative is unknown where it differs from side to side. */
const withoutKinks = (measured: Slope, line: Line, at: Float64Array, noise: Float64Array): Slope => {
  const kinks = kinksAt(line, at, noise)
  return { value: measured.value, error: measured.error.map((each, i) => (kinks[i] === true ? Infinity : each)) }
}

/** How to look: with which estimate of the noise, and whether outputs at a kink are left out. */
interface Look {
  readonly noise: typeof noiseOf
  readonly kinks: boolean
}

/**
 * Checks the law; where it fails or bounds are too coarse, with the noise of a wider neighbourhood; then, unless smoothness was
 * promised, without the outputs at a kink.
 */
const forgiving = (subject: Subject, check: (look: Look) => Verdict): Verdict => {
  const verdict = check({ noise: noiseOf, kinks: false })
  if (E.isRight(verdict) && verdict.right.inconclusive === 0) return verdict
  const wider = check({ noise: widerNoiseOf, kinks: false })
  if (E.isRight(verdict) && (E.isLeft(wider) || verdict.right.inconclusive <= wider.right.inconclusive)) return verdict
  if (E.isRight(wider)) return wider
  if (subject.smooth) return verdict
  const forgiven = check({ noise: noiseOf, kinks: true })
  return E.isRight(forgiven) ? forgiven : verdict
}

/** Columns of the Jacobian, by finite differences, one per element of the inputs. */
const columnsOf = (subject: Subject, at: Float64Array, noise: Float64Array, kinks: boolean): readonly Slope[] => {
  const columns: Slope[] = []
  let next = 0
  subject.inputs.forEach((input, leaf) => {
    for (let element = 0; element < size(input.shape); element++) {
      const reach = subject.reach[next++]!
      const line = lineAt(subject, leaf, element, reach)
      const measured = slope(line, at, noise)
      const { value, error } = kinks ? withoutKinks(measured, line, at, noise) : measured
      columns.push({ value: value.map((each) => each / reach), error: error.map((each) => each / reach) })
    }
  })
  return columns
}

interface Contracted extends Slope {
  /** The size of the outputs that each product depends on. */
  readonly natural: Float64Array
}

/** `J v` or `u J` by finite differences, and the bounds that follow for them. */
const contracted = (columns: readonly Slope[], at: Float64Array, weights: Float64Array, rows: boolean): Contracted => {
  const n = at.length
  const value = new Float64Array(rows ? n : columns.length)
  const natural = new Float64Array(value.length)
  const error = new Float64Array(value.length)
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) {
      const to = rows ? i : j
      const weight = rows ? weights[j]! : weights[i]!
      value[to]! += weight * column.value[i]!
      error[to]! += Math.abs(weight) * column.error[i]! + Number.EPSILON * Math.abs(weight * column.value[i]!)
      if (column.value[i] !== 0) natural[to] = Math.max(natural[to]!, Math.abs(at[i]!))
    }
  })
  return { value, error, natural }
}

const checkWhole = (subject: Subject, salt: number, order: number, law: string, look: Look): Verdict => {
  const { f, inputs, value, paths, resultPaths, natural } = subject
  const at = flat(value)
  const noise = look.noise(lineOf(subject, rademacherReach(subject, salt)), at)
  const columns = columnsOf(subject, at, noise, look.kinks)
  const jacobians = (): Jacobians | undefined =>
    at.length * columns.length > shown
      ? undefined
      : { automatic: jacobian(subject), numeric: [...at].map((_, i) => columns.map((column) => column.value[i]!)) }
  const u = lattice(salt + 1, at.length)
  const v = lattice(salt + 2, columns.length)
  const pulled = flat(pull(f, inputs, unflat(value, u)))
  const pushed = flat(push(f, inputs, unflat(inputs, v)))
  const byRows = contracted(columns, at, u, false)
  const byColumns = contracted(columns, at, v, true)
  return all([
    () =>
      compare(subject, {
        law,
        order,
        what: 'vjp and finite differences disagree',
        automatic: pulled,
        expected: byRows.value,
        bound: bounds(pulled, byRows, byRows.natural),
        like: inputs,
        paths,
        coarse: coarseness(inputs, pulled, byRows.value, natural),
        jacobians
      }),
    () =>
      compare(subject, {
        law,
        order,
        what: 'jvp and finite differences disagree',
        automatic: pushed,
        expected: byColumns.value,
        bound: bounds(pushed, byColumns, byColumns.natural),
        like: value,
        paths: resultPaths,
        coarse: coarseness(value, pushed, byColumns.value, natural),
        jacobians
      })
  ])
}

// -----------------------------------------------------------------------------
// projections
// -----------------------------------------------------------------------------

/** A direction of random signs in which each element moves by as much as it may. */
export const rademacherReach = ({ reach }: Pick<Subject, 'reach'>, salt: number): Float64Array =>
  rademacher(salt, reach.length).map((sign, i) => sign * reach[i]!)

/** One direction: the derivative along it by finite differences, by jvp, and by vjp. */
export const checkAlong = (subject: Subject, salt: number, order: number, law: string): Verdict =>
  forgiving(subject, (look) => along(subject, salt, order, law, look))

const along = (subject: Subject, salt: number, order: number, law: string, look: Look): Verdict => {
  const { f, inputs, value, resultPaths, natural } = subject
  const at = flat(value)
  const direction = rademacherReach(subject, salt)
  const line = lineOf(subject, direction)
  const noise = look.noise(line, at)
  const smooth = slope(line, at, noise)
  const measured = look.kinks ? withoutKinks(smooth, line, at, noise) : smooth
  const pushed = flat(push(f, inputs, unflat(inputs, direction)))
  const u = lattice(salt + 1, at.length)
  const pulled = flat(pull(f, inputs, unflat(value, u)))
  const total = Float64Array.of(dot(pulled, direction))
  const expected = Float64Array.of(dot(u, measured.value))
  const scale = pulled.reduce((sum, each, i) => sum + Math.abs(each * direction[i]!), 0)
  const rounding =
    32 * Number.EPSILON * (scale + u.reduce((sum, each, i) => sum + Math.abs(each * measured.value[i]!), 0))
  const error = Float64Array.of(measured.error.reduce((sum, each, i) => sum + Math.abs(u[i]!) * each, 0) + rounding / 8)
  return all([
    () =>
      compare(subject, {
        law,
        order,
        what: 'jvp and finite differences disagree along a direction',
        automatic: pushed,
        expected: measured.value,
        bound: bounds(pushed, measured, natural),
        like: value,
        paths: resultPaths,
        coarse: coarseness(value, pushed, measured.value, natural)
      }),
    () =>
      compare(subject, {
        law,
        order,
        what: 'vjp and finite differences disagree along a direction',
        automatic: total,
        expected,
        bound: bounds(total, { value: expected, error }, natural * u.length),
        like: [],
        paths: [],
        coarse: Float64Array.of(1e-4 * Math.max(scale, Math.abs(expected[0]!), 1e-3 * natural))
      })
  ])
}

// -----------------------------------------------------------------------------
// the law
// -----------------------------------------------------------------------------

/**
 * Centred finite differences agree with vjp and with jvp: the whole Jacobian up to 64 inputs, directions of random signs
 * beyond.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * E.isRight(Law.check(T.square, { laws: [Law.finiteDifferences] })(T.of([1, 2], 'float64'))) // => true
 */
export const finiteDifferences: FunctionLaw = {
  name: 'finite differences',
  says: '|AD - FD| <= 8 (rounding + truncation) + 32 eps max(|AD|, |FD|)',
  check: (subject, salt) => {
    const n = count(subject.inputs)
    if (n === 0 || count(subject.value) === 0) return nothing
    return n <= whole
      ? forgiving(subject, (look) => checkWhole(subject, salt, 1, finiteDifferences.name, look))
      : all(
          Array.from(
            { length: projections },
            (_, i) => () => checkAlong(subject, salt + 16 * i, 1, finiteDifferences.name)
          )
        )
  }
}
