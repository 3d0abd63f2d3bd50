/** The cost of programs, without running them. */
import { bytesOf, bytesOfAll, costOfKind } from '../primitive/cost.js'
import { type Atom, type Equation, type Program, Variable } from '../primitive/model.js'
import type { Cost, CostOfPrograms, Traffic } from '../primitive/traffic.js'
import { liveness } from '../transform/program.js'
import { joined } from '../transform/scope.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The cost of a program.
 *
 * @example
 * import type { ProgramCost } from 'pullback/Program'
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const cost: ProgramCost = Debug.cost(T.exp)(T.zeros([100]))
 * cost.peak // => 800
 */
export interface ProgramCost extends Traffic {
  /** The most bytes that inputs and intermediate values take at one time; views take none of their own. */
  readonly peak: number
  /** Whether the other fields are lower bounds: there is a loop of unknown length, or an operation without a formula. */
  readonly atLeast: boolean
  /**
   * The part of every scope, from the most operations to the fewest (names that are whole numbers come first, as in all objects of
   * JavaScript); operations outside of all scopes are under ''.
   */
  readonly scopes: Readonly<Record<string, Traffic>>
}

// -----------------------------------------------------------------------------
// sums
// -----------------------------------------------------------------------------

const nothing: Traffic = { flops: 0, read: 0, written: 0 }

const plus = (a: Traffic, b: Traffic): Traffic => ({
  flops: a.flops + b.flops,
  read: a.read + b.read,
  written: a.written + b.written
})

const times = (n: number, a: Traffic): Traffic => ({ flops: n * a.flops, read: n * a.read, written: n * a.written })

type Scopes = Map<string, Traffic>

const addTo = (scopes: Scopes, scope: string, part: Traffic): void => {
  scopes.set(scope, plus(scopes.get(scope) ?? nothing, part))
}

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

const costOf = ({ primitive, params, operands, results }: Equation): Cost =>
  primitive.cost?.(operands, params, results, ofPrograms) ?? costOfKind(primitive.kind, operands, results)

/** The variable whose memory each one uses: for a view, that of its operand. */
const owners = ({ equations }: Program): ((atom: Atom) => Atom) => {
  const owner = new Map<Atom, Atom>()
  const ownerOf = (atom: Atom): Atom => owner.get(atom) ?? atom
  for (const { primitive, operands, results } of equations) {
    const viewed = primitive.kind === 'view' ? operands : []
    results.forEach((result, i) => {
      const of = viewed[i] ?? viewed[0]
      if (of !== undefined) owner.set(result, ownerOf(of))
    })
  }
  return ownerOf
}

/** The most bytes that are held at one time, when each equation needs some for itself. */
const peakOf = (program: Program, working: readonly number[]): number => {
  const ownerOf = owners(program)
  const { inputs, equations, outputs } = program
  const kept = new Set<Atom>([...inputs, ...outputs.map(ownerOf)])
  const users = new Map<Atom, number>()
  const use = (atom: Atom, by: number): number => {
    const count = (users.get(ownerOf(atom)) ?? 0) + by
    users.set(ownerOf(atom), count)
    return count
  }
  let held = bytesOfAll(inputs)
  let peak = held
  const last = liveness(program)
  equations.forEach(({ results }, i) => {
    for (const result of results) {
      use(result, 1)
      if (ownerOf(result) === result) held += bytesOf(result)
    }
    peak = Math.max(peak, held + working[i]!)
    for (const variable of last[i]!) {
      const owner = ownerOf(variable)
      if (use(variable, -1) === 0 && owner instanceof Variable && !kept.has(owner)) held -= bytesOf(owner)
    }
  })
  return peak
}

const known = /* @__PURE__ */ new WeakMap<Program, ProgramCost>()

/**
 * The cost of a run of a program, from the types alone: floating-point operations, bytes read and written, and the most
 * memory at one time, in all and by scope.
 *
 * Every equation counts by its primitive's own formula, or else by kind: elementwise one operation per element of the
 * result, reductions one per element of the operand, products of matrices 2 m n k, views and moves none. A `scan` counts
 * its step as often as it runs, `cond` its dearest branch, a loop of unknown length one step: the cost is `atLeast` that.
 * Bytes are what the operations touch, as if each ran by itself; constants are read, but not part of the peak.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace(T.matmul<[10, 20], [20, 30]>)(T.zeros([10, 20]), T.zeros([20, 30]))
 * const { flops, read, written, peak } = Program.cost(program)
 * flops // => 12000
 * read // => 3200
 * written // => 1200
 * peak // => 4400
 */
export const cost = (program: Program): ProgramCost => {
  const before = known.get(program)
  if (before !== undefined) return before
  const scopes: Scopes = new Map()
  let total = nothing
  let atLeast = false
  const working = program.equations.map((each) => {
    const one = costOf(each)
    total = plus(total, one)
    atLeast ||= one.atLeast === true
    const parts = Object.entries(one.scopes ?? { '': one })
    for (const [inner, part] of parts) addTo(scopes, joined(each.scope, inner === '' ? undefined : inner) ?? '', part)
    return one.working ?? 0
  })
  const sorted = [...scopes].sort(([, a], [, b]) => b.flops - a.flops)
  const { flops, read, written } = total
  const peak = peakOf(program, working)
  const made: ProgramCost = { flops, read, written, peak, atLeast, scopes: Object.fromEntries(sorted) }
  known.set(program, made)
  return made
}

// -----------------------------------------------------------------------------
// primitives with programs
// -----------------------------------------------------------------------------

/** The memory that a program needs beside its inputs and, where they are the results of its primitive, its outputs. */
const workingOf = (program: Program, outputs: readonly Atom[]): number =>
  Math.max(0, cost(program).peak - bytesOfAll(program.inputs) - bytesOfAll(outputs))

/** Some programs one after the other, the whole `n` times. */
const repeated = (programs: readonly Program[], n: number, atLeast = false): Cost => {
  const costs = programs.map(cost)
  const scopes: Scopes = new Map()
  for (const each of costs) {
    for (const [scope, part] of Object.entries(each.scopes)) addTo(scopes, scope, times(n, part))
  }
  return {
    ...times(n, costs.reduce<Traffic>(plus, nothing)),
    working: Math.max(0, ...programs.map((program) => workingOf(program, []))),
    atLeast: atLeast || costs.some((each) => each.atLeast),
    scopes: Object.fromEntries(scopes)
  }
}

/** The dearest of some programs, any of which may run: the one with the most operations, then the most bytes; with the results of the primitive as outputs. */
const dearest = (programs: readonly Program[]): Cost => {
  const costs = programs.map(cost)
  const bytes = ({ read, written }: ProgramCost): number => read + written
  const dearer = (a: ProgramCost, b: ProgramCost): boolean =>
    b.flops > a.flops || (b.flops === a.flops && bytes(b) > bytes(a))
  const most = costs.reduce((a, b) => (dearer(a, b) ? b : a))
  const { flops, read, written } = most
  return {
    flops,
    read,
    written,
    working: Math.max(...programs.map((program) => workingOf(program, program.outputs))),
    atLeast: costs.some((each) => each.atLeast),
    scopes: most.scopes
  }
}

/** Given to primitives, so that bundles hold this only where a program is asked for its cost. */
const ofPrograms: CostOfPrograms<Program> = { dearest, repeated }
