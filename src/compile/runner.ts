/** Programs as compiled functions: made once for each program, or run by the interpreter where they cannot be. */
import { reasonOf } from '../internal/describe.js'
import type { Called } from '../calculus/call.js'
import { callPrimitive } from '../calculus/call.js'
import type { Primitive, Program } from '../primitive/model.js'
import { removeUnread } from '../program/dead.js'
import { foldConstants } from '../program/fold.js'
import { mergeScans } from '../program/mergeScans.js'
import { shareCommon } from '../program/share.js'
import { type Concrete, isConcrete } from '../tensor/model.js'
import { run } from '../transform/program.js'
import { during } from './during.js'
import { fits, inlineCalls } from './inline.js'
import { type Lowered, type Runner, lowerProgram, runnerOf } from './run.js'

// -----------------------------------------------------------------------------
// passes
// -----------------------------------------------------------------------------

const passes: readonly (readonly [name: string, pass: (program: Program) => Program])[] = [
  ['inlineCalls', inlineCalls],
  ['foldConstants', foldConstants],
  ['shareCommon', shareCommon],
  ['mergeScans', mergeScans],
  ['removeUnread', removeUnread]
]

/** The program with fewer equations and the same bits. */
export const passed = (program: Program): Program =>
  passes.reduce((before, [name, pass]) => during(`the pass ${name}`, () => pass(before)), program)

// -----------------------------------------------------------------------------
// what became of a program
// -----------------------------------------------------------------------------

/** A program in its last form, or the reason why it is run by the interpreter. */
export type Made =
  | { readonly _tag: 'Compiled'; readonly lowered: Lowered; readonly runner: Runner }
  | { readonly _tag: 'Eager'; readonly reason: string }

const eager = (reason: string): Made => ({ _tag: 'Eager', reason })

/** The part of `console` that every host has. */
declare const console: { readonly warn: (line: string) => void }

const told = /* @__PURE__ */ new Set<string>()

/** Says once in a process that functions run without being compiled. */
export const warn = (reason: string): void => {
  if (told.has(reason)) return
  told.add(reason)
  // oxlint-disable-next-line no-console -- the results are right, so nothing else can carry it
  console.warn(`jit: ${reason}; the function runs eagerly, with the same results`)
}

const compile = (program: Program): Made => {
  try {
    const lowered = lowerProgram(passed(program))
    const runner = during('the engine', () => runnerOf(lowered))
    return runner === undefined ? eager('there is no WebAssembly') : { _tag: 'Compiled', lowered, runner }
  } catch (error) {
    return eager(reasonOf(error))
  }
}

const known = /* @__PURE__ */ new WeakMap<Program, Made>()

/** What became of a program, which is compiled at the first call. */
export const madeOf = (program: Program): Made => {
  const before = known.get(program)
  if (before !== undefined) return before
  const made = compile(program)
  if (made._tag === 'Eager') warn(made.reason)
  known.set(program, made)
  return made
}

const interpreted = (program: Program, operands: readonly Concrete[]): readonly Concrete[] =>
  run(program, operands).filter(isConcrete)

/** A program as a function of values. */
export const runnerFor = (program: Program): Runner => {
  const made = madeOf(program)
  return made._tag === 'Compiled' ? made.runner : (operands) => interpreted(program, operands)
}

/** Runs a program on values. */
export const runCompiled = (program: Program, operands: readonly Concrete[]): readonly Concrete[] =>
  runnerFor(program)(operands)

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** A call of a compiled program. Its derivatives and its mapping are compiled calls too. */
export const jitPrimitive: Primitive<Called> = /* @__PURE__ */ callPrimitive({
  name: 'jit',
  evaluate: (program, operands) => (fits(program, operands) ? runCompiled : interpreted)(program, operands)
})
