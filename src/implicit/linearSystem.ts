/** The primitive behind all linear solves: x with A(c) x = b, for an operator A that is a program. */
import { type Draw, interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Program, TensorType } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { add, mul, neg, sub } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { sumOver } from '../tensor/structural.js'
import { stage } from '../transform/stage.js'
import { direct } from './direct.js'
import { type System, bicgstab, cg, gmres } from './krylov.js'
import { type Examples, type Jointly, overExamples } from './mapped.js'
import { type Outcome, type Wording, refuse, reportLength, reportOf } from './notConverged.js'
import { full, matrixOf, onVectors, transposedProgram } from './operator.js'
import { wordingOfSystem } from './messages.js'
import { type Vector, compact, norm, pack, precisionOf, times, unpack } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** How a linear system is solved: by the operator's matrix, or by an iteration that applies the operator. */
export type Method = 'cg' | 'gmres' | 'bicgstab' | 'direct'

/** A bound that is relative to the precision of the dtype. */
export interface Tolerance {
  readonly float32: number
  readonly float64: number
}

/**
 * A system, without its values. Operands are what the operator closes over, what the preconditioner closes over, the right
 * side, and the initial guess if there is one; results are the solution, and a report of how the iteration ended.
 */
export interface LinearSystem extends Examples {
  /** The function as the user called it. */
  readonly name: string
  /** (x, closed over) -> A x. */
  readonly operator: Program
  /** (r, closed over) -> an approximation of A^-1 r. */
  readonly preconditioner: Program | undefined
  readonly method: Method
  readonly tolerance: Tolerance
  readonly absoluteTolerance: number
  readonly maxIterations: number | undefined
  readonly restart: number | undefined
  /** Whether the last operands are an initial guess. */
  readonly guessed: boolean
  /** Whether a failure is an error, for where nobody reads the report: in derivatives and in staged functions. */
  readonly strict: boolean
}

/** The defaults for solving a system. */
export const defaults: Pick<
  LinearSystem,
  'preconditioner' | 'tolerance' | 'absoluteTolerance' | 'maxIterations' | 'restart' | 'guessed' | 'strict'
> = {
  preconditioner: undefined,
  tolerance: { float32: 1e-5, float64: 1e-10 },
  absoluteTolerance: 0,
  maxIterations: undefined,
  restart: undefined,
  guessed: false,
  strict: false
}

// -----------------------------------------------------------------------------
// evaluation
// -----------------------------------------------------------------------------

interface Operands<A> {
  readonly captured: readonly A[]
  readonly ofPreconditioner: readonly A[]
  readonly b: readonly A[]
  readonly initial: readonly A[]
}

/** The operands by what they are. */
const partsOf = <A>({ operator, preconditioner }: LinearSystem, operands: readonly A[]): Operands<A> => {
  const k = operator.outputs.length
  const captured = operator.inputs.length - k
  const given = captured + (preconditioner === undefined ? 0 : preconditioner.inputs.length - k)
  return {
    captured: operands.slice(0, captured),
    ofPreconditioner: operands.slice(captured, given),
    b: operands.slice(given, given + k),
    initial: operands.slice(given + k)
  }
}

const krylov = { cg, gmres, bicgstab }

const same = (r: Vector): Vector => r

/**
 * A power of two that brings a right side of that size near 1, where its squares leave the range of numbers; else 1. A
 * solution scales with its right side.
 */
const scaleOf = (size: number): number =>
  size > 1e-100 && size < 1e100 ? 1 : 2 ** Math.max(-1000, Math.min(1000, -Math.round(Math.log2(size))))

/** The end of the iteration at concrete values. */
const outcomeOf = (params: LinearSystem, operands: readonly Concrete[]): Outcome => {
  const { captured, ofPreconditioner, b: leaves, initial } = partsOf(params, operands)
  const { operator, preconditioner, method, guessed } = params
  const b = pack(leaves)
  const size = norm(b)
  const tolerance = Math.max(params.tolerance[precisionOf(leaves)] * size, params.absoluteTolerance)
  if (size === 0) return { x: b, residual: 0, iterations: 0, tolerance, ending: 'converged' }
  if (!Number.isFinite(size)) return { x: b, residual: size, iterations: 0, tolerance: size, ending: 'not finite' }
  if (method === 'direct') return direct(matrixOf(operator, leaves, captured), b, tolerance)
  const scale = scaleOf(size)
  const system: System = {
    apply: onVectors(operator, leaves, captured),
    precondition: preconditioner === undefined ? same : onVectors(preconditioner, leaves, ofPreconditioner),
    b: times(scale, b),
    initial: guessed ? times(scale, pack(initial)) : undefined,
    tolerance: tolerance * scale,
    maxIterations: params.maxIterations ?? Math.max(100, 10 * b.length),
    restart: params.restart ?? 30
  }
  const outcome = krylov[method](system)
  return { ...outcome, x: times(1 / scale, outcome.x), residual: outcome.residual / scale, tolerance }
}

/**
 * The results of a primitive whose evaluation is an iteration: the solution and the report. Without a solution, NaN; an
 * error if nobody will read the report, unless operands were not finite: NaN gives NaN.
 */
export const settle = (
  wording: Wording,
  strict: boolean,
  operands: readonly Concrete[],
  types: readonly TensorType[],
  outcome: Outcome
): readonly Concrete[] => {
  const { x, ending } = outcome
  if (ending === 'converged') return [...unpack(x, types), reportOf(outcome)]
  if (strict && pack(operands).every(Number.isFinite)) refuse(wording, outcome)
  return [
    ...unpack(
      x.map(() => NaN),
      types
    ),
    reportOf(outcome)
  ]
}

/** The type of a report. */
export const reportType: TensorType = { shape: [reportLength], dtype: 'int32' }

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** The system of the transposed operator; a symmetric one is its own. */
const transposed = (params: LinearSystem): LinearSystem => {
  const { operator, preconditioner, method } = params
  if (method === 'cg') return params
  return {
    ...params,
    operator: transposedProgram(operator),
    preconditioner: preconditioner === undefined ? undefined : transposedProgram(preconditioner)
  }
}

/** The solution of a system with the same operands but for the right side, where failure is an error. */
const solveAgain = (
  params: LinearSystem,
  { captured, ofPreconditioner }: Operands<Tensor>,
  b: readonly Tensor[]
): readonly Tensor[] =>
  bind(linearSolvePrimitive, [...captured, ...ofPreconditioner, ...b], {
    ...params,
    guessed: false,
    strict: true
  }).slice(0, b.length)

/** Sums where terms may be missing. */
const difference = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  b === undefined ? a : a === undefined ? neg(b) : sub(a, b)

/**
 * x with A(c) x = b. Its derivatives are solves with the same operator: A x' = b' - A' x forward; backward A^T w = x̄, which
 * is the cotangent of b, and the cotangent of c is that of c -> A(c) x at -w.
 */
export const linearSolvePrimitive: Jointly<LinearSystem> = /* @__PURE__ */ overExamples({
  name: 'linearSolve',
  kind: 'control',
  infer: (operands, params) => [
    ...partsOf(params, operands).b.map(({ shape, dtype }) => ({ shape, dtype })),
    reportType
  ],
  evaluate: (operands, params) => {
    const values = operands.map(compact)
    const outcome = outcomeOf(params, values)
    return settle(
      wordingOfSystem(params.name, params.method),
      params.strict,
      values,
      partsOf(params, values).b,
      outcome
    )
  },
  derivative: {
    jvp: (tangents, operands, out, params) => {
      const parts = partsOf(params, operands)
      const moving = partsOf(params, tangents)
      if ([...moving.captured, ...moving.b].every((tangent) => tangent === undefined)) return out.map(() => undefined)
      const x = out.slice(0, parts.b.length)
      const { tangent } = pushForward(
        'jvp',
        (inputs) => run(params.operator, inputs),
        [...x, ...parts.captured],
        [...x.map(() => undefined), ...moving.captured]
      )
      const right = full(
        parts.b.map((_, i) => difference(moving.b[i], tangent[i])),
        parts.b
      )
      return [...solveAgain(params, parts, right), undefined]
    },
    vjp: (operands, out, params) => {
      const parts = partsOf(params, operands)
      const k = parts.b.length
      return (cotangents) => {
        const w = solveAgain(transposed(params), parts, full(cotangents.slice(0, k), parts.b))
        const { pull } = pullBack(
          'vjp',
          (inputs) => run(params.operator, inputs),
          [...out.slice(0, k), ...parts.captured],
          (i) => i >= k
        )
        return [
          ...(parts.captured.length === 0 ? [] : pull(w.map((each) => neg(each))).slice(k)),
          ...parts.ofPreconditioner.map(() => undefined),
          ...w,
          ...parts.initial.map(() => undefined)
        ]
      }
    }
  },
  programs: ({ operator, preconditioner }) => [operator, ...(preconditioner === undefined ? [] : [preconditioner])],
  withPrograms: (params, [operator, preconditioner]) => ({ ...params, operator: operator!, preconditioner }),
  sample: (draw) => sampleOf(draw)
})

// -----------------------------------------------------------------------------
// test operands
// -----------------------------------------------------------------------------

/** Solved as far as rounding lets it. */
export const tight: Tolerance = { float32: 4e-7, float64: 4e-15 }

/** A vector and a scalar as unknowns: (u, s) -> (u + s v, s - v u), and with a plus, which is symmetric, for cg. */
const sampleOf = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: LinearSystem } => {
  const method = draw.pick<Method>(['direct', 'gmres', 'cg', 'bicgstab'])
  const n = draw.integer(1, 3)
  const vector = draw.tensor([n], interval(-0.25, 0.25))
  const b = [draw.tensor([n], interval(1, 2)), draw.tensor([], interval(-2, -1))]
  const [plus, minus] = method === 'cg' ? [add, sub] : [sub, add]
  const operator = stage('linearSolve', [...b, vector], ([u, s, v]) => [
    add(u!, mul(v!, s!)),
    plus(s!, sumOver(mul(v!, u!), [0]))
  ]).program
  // The inverse, but for terms of second order.
  const preconditioner = stage('linearSolve', [...b, vector], ([u, s, v]) => [
    sub(u!, mul(v!, s!)),
    minus(s!, sumOver(mul(v!, u!), [0]))
  ]).program
  const preconditioned = draw.pick([false, true])
  const guessed = draw.pick([false, true])
  return {
    operands: [vector, ...(preconditioned ? [vector] : []), ...b, ...(guessed ? [b[0]!, b[1]!] : [])],
    params: {
      ...defaults,
      name: 'linearSolve',
      operator,
      preconditioner: preconditioned ? preconditioner : undefined,
      method,
      tolerance: tight,
      guessed,
      strict: draw.pick([false, true]),
      examples: []
    }
  }
}
