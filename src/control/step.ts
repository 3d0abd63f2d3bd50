/**
 * The step of a loop as a program, and the steps of its derivatives and of its mapping.
 */
import { closedProgram, memo, pullbackProgram, tangentProgram } from '../calculus/program.js'
import { newBatch } from '../calculus/batching.js'
import { pushForward } from '../calculus/leafwise.js'
import type { Program, Slots, TensorType } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { type Tensor, fill } from '../tensor/model.js'
import { stageBody } from '../transform/stage.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** From the carry, this step's elements and the constants, to the next carry and the outputs of the step. */
export interface Step {
  readonly program: Program
  /** The number of leaves of the carry: the first inputs, and the first outputs. */
  readonly carries: number
  /** The number of leaves of the elements: the inputs behind the carry. */
  readonly elements: number
}

/** The parameters of `scan`. Operands are the first carry, the stacked elements, and the constants of the step. */
export interface Scanned {
  readonly step: Step
  /** The number of steps. */
  readonly length: number
  /** Whether the last element comes first. */
  readonly reverse: boolean
}

type Leaves = readonly Tensor[]
type Flags = readonly boolean[]

/** A function of leaves that makes a step. */
export type StepFunction = (carry: Leaves, elements: Leaves) => readonly [carry: Leaves, emitted: Leaves]

/** Lists for some lengths, and one for the rest. */
type Parts<A, Lengths extends readonly number[]> = readonly [
  ...{ readonly [I in keyof Lengths]: readonly A[] },
  readonly A[]
]

/** As many lists as there are lengths, and one for the rest. */
const asParts = <A, Lengths extends readonly number[]>(lists: readonly (readonly A[])[]): Parts<A, Lengths> =>
  lists as unknown as Parts<A, Lengths>

/** The list in parts of the given lengths, and the rest of it. */
export const cut = <A, const Lengths extends readonly number[]>(
  list: readonly A[],
  ...lengths: Lengths
): Parts<A, Lengths> => {
  let next = 0
  const parts = lengths.map((n) => {
    next += n
    return list.slice(next - n, next)
  })
  return asParts([...parts, list.slice(next)])
}

/** The entries with a flag. */
export const chosen = <A>(list: readonly A[], flags: Flags): readonly A[] => list.filter((_, i) => flags[i])

/** The entries that are present. */
export const present = (slots: Slots): Leaves => slots.filter((each) => each !== undefined)

/** Which entries are present. */
export const presence = (slots: Slots): Flags => slots.map((each) => each !== undefined)

const count = (flags: Flags): number => flags.filter((flag) => flag).length

const key = (...flags: readonly Flags[]): string =>
  flags.map((each) => each.map((flag) => (flag ? '1' : '0')).join('')).join(' ')

/** The smallest set of carries that holds the given ones and those that follow from it. */
const closure = (start: Flags, next: (flags: Flags) => Flags): Flags => {
  let flags = start
  for (;;) {
    const after = next(flags)
    if (after.every((flag, i) => !flag || flags[i])) return flags
    flags = flags.map((flag, i) => flag || after[i] === true)
  }
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The step of a function, at the carry that it starts from. */
export interface Staging {
  readonly step: Step
  /** The carry that the step starts from, without the leaves that no step changes. */
  readonly init: Leaves
  /** The constants: leaves of the carry that no step changes, and values of other transformations that it closes over. */
  readonly constants: Leaves
  /** The whole carry, from the part of it that steps change. */
  readonly whole: (carry: Leaves) => Leaves
}

/** A function as a step. A leaf that it carries along unchanged becomes a constant, as if it closed over it. */
export const stageStep = (name: string, init: Leaves, elements: readonly TensorType[], f: StepFunction): Staging => {
  const { program, captured } = stageBody(name, [...init, ...elements], (leaves) => {
    const [next, emitted] = f(leaves.slice(0, init.length), leaves.slice(init.length))
    return [...next, ...emitted]
  })
  const changes = init.map((_, i) => program.outputs[i] !== program.inputs[i])
  const stays = changes.map((flag) => !flag)
  const [carry, rest, closedOver] = cut(program.inputs, init.length, elements.length)
  const [next, emitted] = cut(program.outputs, init.length)
  const inputs = [...chosen(carry, changes), ...rest, ...chosen(carry, stays), ...closedOver]
  const outputs = [...chosen(next, changes), ...emitted]
  const moving = chosen(init, changes)
  return {
    step: {
      program: Object.freeze({ ...program, inputs: Object.freeze(inputs), outputs: Object.freeze(outputs) }),
      carries: moving.length,
      elements: elements.length
    },
    init: moving,
    constants: [...chosen(init, stays), ...captured],
    whole: (leaves) => {
      let used = 0
      return init.map((x, i) => (changes[i] === true ? leaves[used++]! : x))
    }
  }
}

/** The type of an element of a tensor along its axis in front. */
export const elementType = ({ shape, dtype }: TensorType): TensorType => ({ shape: shape.slice(1), dtype })

/** The types of the step's inputs, in groups. */
const inputsOf = ({ program, carries, elements }: Step): Parts<TensorType, readonly [number, number]> =>
  cut(program.inputs, carries, elements)

/** What a step emits. */
export const emittedTypes = ({ program, carries }: Step): readonly TensorType[] => program.outputs.slice(carries)

const stepFrom = (
  name: string,
  carry: readonly TensorType[],
  elements: readonly TensorType[],
  constants: readonly TensorType[],
  f: (carry: Leaves, elements: Leaves, constants: Leaves) => Leaves
): Step => ({
  program: closedProgram(name, [...carry, ...elements, ...constants], (leaves) => {
    const [c, e, rest] = cut(leaves, carry.length, elements.length)
    return f(c, e, rest)
  }),
  carries: carry.length,
  elements: elements.length
})

// -----------------------------------------------------------------------------
// tangents
// -----------------------------------------------------------------------------

/** A step of values and their tangents, each group of values before the tangents of those that move. */
export interface MovingStep {
  readonly step: Step
  /** Which carries move: those that have a tangent, and those that depend on them. */
  readonly carry: Flags
  /** Which emitted values move. */
  readonly emitted: Flags
}

const movingSteps = /* @__PURE__ */ memo<MovingStep>()

/** The derivative of a step along tangents of some carries, elements and constants. */
export const movingStep = (step: Step, carry: Flags, elements: Flags, constants: Flags): MovingStep =>
  movingSteps(step.program, key(carry, elements, constants), () => {
    const { program, carries } = step
    const derived = (flags: Flags) => tangentProgram(program, [...flags, ...elements, ...constants], pushForward)
    const moving = closure(carry, (flags) => derived(flags).moves.slice(0, carries))
    const tangents = derived(moving)
    const [c, e, k] = inputsOf(step)
    const emitted = tangents.moves.slice(carries)
    const made = stepFrom(
      'jvp',
      [...c, ...chosen(c, moving)],
      [...e, ...chosen(e, elements)],
      [...k, ...chosen(k, constants)],
      (carried, given, same) => {
        const [cs, tcs] = cut(carried, c.length)
        const [es, tes] = cut(given, e.length)
        const [ks, tks] = cut(same, k.length)
        const results = run(tangents.program, [...cs, ...es, ...ks, ...tcs, ...tes, ...tks])
        const [next, out, dots] = cut(results, carries, program.outputs.length - carries)
        let used = 0
        const all = tangents.moves.map((moves) => (moves ? dots[used++] : undefined))
        const dotted = chosen(c, moving).map((type, i) => chosen(all.slice(0, carries), moving)[i] ?? zero(type, 0))
        return [...next, ...dotted, ...out, ...present(all.slice(carries))]
      }
    )
    return { step: made, carry: moving, emitted }
  })

const zero = ({ shape, dtype }: TensorType, value: number): Tensor => fill(shape, dtype, value)

// -----------------------------------------------------------------------------
// cotangents
// -----------------------------------------------------------------------------

/**
 * A step backward. Its carry: the cotangents of the carries that have one, and the totals of the constants that are reached;
 * its elements: the carry before the step, the step's elements, and the cotangents of what it emitted; it emits the
 * cotangents of the elements that are reached.
 */
export interface BackwardStep {
  readonly step: Step
  readonly carry: Flags
  /** Which carries have a cotangent after the step; the others' are zero then. */
  readonly reached: Flags
  readonly elements: Flags
  readonly constants: Flags
}

/** The additive identity. It is -0, since 0 + (-0) is 0. */
export const neutral = (type: TensorType): Tensor => zero(type, -0)

const backwardSteps = /* @__PURE__ */ memo<BackwardStep>()

/** The pullback of a step, for cotangents of some of the last carry and of what was emitted. */
export const backwardStep = (step: Step, carry: Flags, emitted: Flags): BackwardStep =>
  backwardSteps(step.program, key(carry, emitted), () => {
    const { program, carries } = step
    const [c, e, k] = inputsOf(step)
    const none = program.inputs.map(() => false)
    const reachedBy = (flags: Flags): Parts<boolean, readonly [number, number]> =>
      cut(pullbackProgram(program, [...flags, ...emitted], none).reached, c.length, e.length)
    const active = closure(carry, (flags) => reachedBy(flags)[0])
    const [, , constants] = reachedBy(active)
    const given = [...c.map(() => false), ...e.map(() => false), ...constants]
    const pulled = pullbackProgram(program, [...active, ...emitted], given)
    const [reachedCarry, elements] = cut(pulled.reached, c.length, e.length)
    const outer = chosen(c, active)
    const made = stepFrom(
      'vjp',
      [...outer, ...chosen(k, constants)],
      [...c, ...e, ...chosen(program.outputs.slice(carries), emitted)],
      k,
      (carried, rest, same) => {
        const [cts, totals] = cut(carried, outer.length)
        const [values, ctEmitted] = cut(rest, c.length + e.length)
        const results = run(pulled.program, [...values, ...same, ...cts, ...ctEmitted, ...totals])
        const [ctCarry, ctElements, sums] = cut(results, count(reachedCarry), count(elements))
        let used = 0
        const next = reachedCarry.map((reached) => (reached ? ctCarry[used++] : undefined))
        const full = chosen(next, active).map((each, i) => each ?? neutral(outer[i]!))
        return [...full, ...sums, ...ctElements]
      }
    )
    return { step: made, carry: active, reached: reachedCarry, elements, constants }
  })

const emittingSteps = /* @__PURE__ */ memo<Step>()

/** The step that emits the carry before it, and nothing else. */
export const emittingStep = (step: Step): Step =>
  emittingSteps(step.program, '', () => {
    const [c, e, k] = inputsOf(step)
    return stepFrom('vjp', c, e, k, (carry, elements, same) => [
      ...run(step.program, [...carry, ...elements, ...same]).slice(0, step.carries),
      ...carry
    ])
  })

// -----------------------------------------------------------------------------
// mapping
// -----------------------------------------------------------------------------

/** A step of all examples at once: values that differ between them carry the mapped axis in front. */
export interface MappedStep {
  readonly step: Step
  readonly carry: Flags
  readonly emitted: Flags
}

const mappedSteps = /* @__PURE__ */ memo<MappedStep>()

/** The mapping of a step, some of whose inputs differ between examples. */
export const mappedStep = (step: Step, mapped: Flags, size: number): MappedStep =>
  mappedSteps(step.program, `${key(mapped)} ${size}`, () => {
    const { program, carries, elements } = step
    const rest = mapped.slice(carries)
    const inFront = ({ shape, dtype }: TensorType, i: number, flags: Flags): TensorType => ({
      shape: flags[i] === true ? [size, ...shape] : shape,
      dtype
    })
    const attempt = (flags: Flags): { readonly program: Program; readonly outputs: Flags } => {
      const all = [...flags, ...rest]
      let outputs: Flags = []
      const types = program.inputs.map((input, i) => inFront(input, i, all))
      const made = closedProgram('vmap', types, (leaves) => {
        const batch = newBatch('vmap', size)
        try {
          const results = run(
            program,
            leaves.map((leaf, i) => (all[i] === true ? batch.input(leaf) : leaf))
          )
          outputs = results.map((each) => batch.owns(each))
          return results.map((each, i) => (flags[i] === true ? batch.spread(each) : batch.primal(each)))
        } finally {
          batch.close()
        }
      })
      return { program: made, outputs }
    }
    let last: ReturnType<typeof attempt> | undefined
    const carry = closure(mapped.slice(0, carries), (flags) => {
      last = attempt(flags)
      return last.outputs.slice(0, carries)
    })
    return { step: { program: last!.program, carries, elements }, carry, emitted: last!.outputs.slice(carries) }
  })
