/**
 * Programs as functions: their derivatives and their mapping are programs again, each made once. Primitives that carry
 * programs (`checkpoint`, `scan`, `cond`, ...) write their rules with these.
 */
import type { CallMapped, Leaves, PushForward } from '../primitive/leaves.js'
import type { Program, TensorType } from '../primitive/model.js'
import { Traced, ownRule } from '../primitive/traced.js'
import { liveOrRefusing } from '../transform/checks.js'
import { live, run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import { pullBack } from './leafwise.js'

/**
 * A program made from a function of types alone: it must not close over values of a transformation. It refuses the values that the function
 * refuses, unless it is of a pullback: that runs where the function has been run.
 */
export const closedProgram = (name: string, types: readonly TensorType[], f: Leaves): Program => {
  const { program, captured } = stage(name, types, f, name === 'vjp' ? live : liveOrRefusing)
  if (captured.length === 0) return program
  // The library's own programs close over nothing, but a rule of the user's may.
  throw ownRule(name, captured[0] instanceof Traced ? captured[0].interpreter.transformation : 'a transformation')
}

/** Remembers the result for each program: programs are immutable, so that it is computed once. */
export const memo = <A>(): ((from: Program, key: string, make: () => A) => A) => {
  const made = new WeakMap<Program, Map<string, A>>()
  return (from, key, make) => {
    const known = made.get(from) ?? new Map<string, A>()
    made.set(from, known)
    const before = known.get(key)
    if (before !== undefined) return before
    const value = make()
    known.set(key, value)
    return value
  }
}

const tangents = /* @__PURE__ */ memo<Tangents>()
const pullbacks = /* @__PURE__ */ memo<Pullbacks>()
const mappings = /* @__PURE__ */ memo<Program>()

const mask = (flags: readonly boolean[]): string => flags.map((flag) => (flag ? '1' : '0')).join('')

const select = <A>(list: readonly A[], flags: readonly boolean[]): readonly A[] => list.filter((_, i) => flags[i])

/** Scatters a list to the positions whose flag is set; `undefined` elsewhere. */
export const spreadOver = <A>(list: readonly A[], flags: readonly boolean[]): readonly (A | undefined)[] => {
  let next = 0
  return flags.map((flag) => (flag ? list[next++] : undefined))
}

/** The types of the results of a program. */
export const outputTypes = (program: Program): readonly TensorType[] => program.outputs

/** A program of values and tangents. */
export interface Tangents {
  /** From all inputs and the tangents of those that move, to all values and the tangents of those that move with them. */
  readonly program: Program
  /** Which outputs move. */
  readonly moves: readonly boolean[]
}

/** The derivative of a program along the tangents of its `moving` inputs. */
export const tangentProgram = (program: Program, moving: readonly boolean[], push: PushForward): Tangents =>
  tangents(program, mask(moving), () => {
    const n = program.inputs.length
    let moves: readonly boolean[] = []
    const both = closedProgram('jvp', [...program.inputs, ...select(program.inputs, moving)], (leaves) => {
      const { value, tangent } = push(
        'jvp',
        (inputs) => run(program, inputs),
        leaves.slice(0, n),
        spreadOver(leaves.slice(n), moving)
      )
      moves = tangent.map((each) => each !== undefined)
      return [...value, ...tangent.filter((each) => each !== undefined)]
    })
    return { program: both, moves }
  })

/** A program of cotangents. */
export interface Pullbacks {
  /**
   * From all inputs, cotangents of the outputs that have one, and what inputs have been given before, to the totals of the
   * inputs that are reached.
   */
  readonly program: Program
  /** Which inputs are reached. */
  readonly reached: readonly boolean[]
}

/** The pullback of a program to its float inputs, for outputs with a cotangent and inputs that have been `given` some. */
export const pullbackProgram = (
  program: Program,
  cotangents: readonly boolean[],
  given: readonly boolean[]
): Pullbacks =>
  pullbacks(program, `${mask(cotangents)} ${mask(given)}`, () => {
    const n = program.inputs.length
    const seeds = select(program.outputs, cotangents)
    let reached: readonly boolean[] = []
    const types = [...program.inputs, ...seeds, ...select(program.inputs, given)]
    const pulled = closedProgram('vjp', types, (leaves) => {
      const { pull } = pullBack('vjp', (inputs) => run(program, inputs), leaves.slice(0, n))
      const after = pull(
        spreadOver(leaves.slice(n, n + seeds.length), cotangents),
        spreadOver(leaves.slice(n + seeds.length), given)
      )
      reached = after.map((each) => each !== undefined)
      return after.filter((each) => each !== undefined)
    })
    return { program: pulled, reached }
  })

/** A program of all examples at once: mapped inputs carry the axis in front, and so do all outputs. */
export const mappedProgram = (program: Program, mapped: readonly boolean[], size: number, map: CallMapped): Program =>
  mappings(program, `${mask(mapped)} ${size}`, () =>
    closedProgram(
      'vmap',
      program.inputs.map(({ shape, dtype }, i) => ({ shape: mapped[i] === true ? [size, ...shape] : shape, dtype })),
      (leaves) => map('vmap', size, leaves, mapped, (inputs) => run(program, inputs))
    )
  )
