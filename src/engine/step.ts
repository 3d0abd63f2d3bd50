/** Steps from state to state on an engine, whose states stay on its device. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type StagedProgram, leavesOf, structureOf } from '../debug/trace.js'
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { isLeft, right } from '../internal/either.js'
import type { TensorType } from '../primitive/model.js'
import { show } from '../shape/model.js'
import { type Tensor, fill, firstElement } from '../tensor/model.js'
import type { AsyncStep, Report } from '../train/model.js'
import type { EngineError } from './errors.js'
import type { Exporter } from './exporter.js'
import { type Options, checkOf } from './load.js'
import { dispose, isOnDevice } from './runtime.js'
import { type Leaf, type Opened, concrete, isValue, open } from './session.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

declare const held: unique symbol

/**
 * A state that an engine holds, on its device where it has one: what `place` and steps give, and `read` takes. It is immutable, as a tensor is.
 * On a device only the last three states of a run are held; using an older one is an error that says so.
 *
 * @example
 * import type { Placed } from 'pullback/engine/OnnxRuntime'
 *
 * const count = <X>({ steps }: Placed<X>): number => steps
 * count.length // => 1
 */
export interface Placed<X> {
  readonly [held]: X
  /** So many steps were made since it was placed. */
  readonly steps: number
}

/**
 * A step on an engine: from a state that it holds, and the other arguments, to the next one and what the step tells. `place` gives a state to
 * the engine, `read` brings one back, `release` gives the memory of the function back.
 *
 * @example
 * import type { EngineStep } from 'pullback/engine/OnnxRuntime'
 * import type * as T from 'pullback/Tensor'
 *
 * const twice = async <X>(step: EngineStep<X, [T.Tensor], T.Tensor>, state: X, x: T.Tensor): Promise<X> => {
 *   const [first] = await step(step.place(state), x)
 *   const [second] = await step(first, x)
 *   return step.read(second)
 * }
 * twice.length // => 3
 */
export interface EngineStep<X, Rest extends readonly unknown[], Told> {
  (state: Placed<X>, ...rest: Rest): Promise<readonly [state: Placed<X>, told: Told]>
  readonly place: (state: X) => Placed<X>
  readonly read: (state: Placed<X>) => Promise<X>
  readonly release: () => Promise<void>
}

const operation = 'OnnxRuntime.step'
const check = /* @__PURE__ */ checkOf(operation)

// -----------------------------------------------------------------------------
// states
// -----------------------------------------------------------------------------

/** The inside of a placed state, which knows the one before it. */
interface Inside {
  /** `undefined` when they are let go of. */
  leaves: readonly Leaf[] | undefined
  before: Inside | undefined
}

const insides = /* @__PURE__ */ new WeakMap<object, Inside>()

/** Casts a handle, which has nothing of the state in it but its type. */
const handleOf = <X>(steps: number, inside: Inside): Placed<X> => {
  const handle = Object.freeze({ steps }) as Placed<X>
  insides.set(handle, inside)
  return handle
}

const insideOf = <X>(state: Placed<X>): Inside => {
  const inside = insides.get(state)
  if (inside === undefined)
    throw new TypeError(refusal(operation, 'the state', state, 'one from place or from the step before'))
  return inside
}

const leavesIn = ({ leaves }: Inside): readonly Leaf[] => {
  if (leaves !== undefined) return leaves
  throw new Error(
    `${operation}: the state was let go of; expected one of the last three of a run whose step is in use, read it before`
  )
}

const isFar = (leaf: Leaf): boolean => isValue(leaf) && isOnDevice(leaf)

/** Lets go of a state on a device; one on the host is the collector's. */
const letGo = (inside: Inside): void => {
  if (inside.leaves?.some(isFar) !== true) return
  for (const leaf of inside.leaves) if (isValue(leaf)) dispose(leaf)
  inside.leaves = undefined
}

/**
 * The state behind another. Of a run, three are held: the result, the state of the step, and the one before, which training falls back to.
 */
const next = (leaves: readonly Leaf[], before: Inside): Inside => {
  const last = before.before
  if (last?.before !== undefined) {
    letGo(last.before)
    last.before = undefined
  }
  return { leaves, before }
}

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

type Staged = Pick<StagedProgram<never, unknown>, 'inputs' | 'inputPaths' | 'outputs' | 'outputPaths'>

/** Where each leaf of the state is, below `args[0]` or below `[0]`. */
const below = (paths: readonly string[], start: string): readonly string[] =>
  paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length))

const typeOf = ({ shape, dtype }: TensorType): string => `${dtype} of shape ${show(shape)}`

/** The number of leaves of the state, which must come out as it went in. */
const stateCount = ({ inputs, inputPaths, outputs, outputPaths }: Staged): number => {
  const expected = 'expected [state, what the step tells], with a state as it went in'
  const [given, made] = [below(inputPaths, 'args[0]'), below(outputPaths, '[0]')]
  const odd = given.find((path) => !made.includes(path)) ?? made.find((path) => !given.includes(path))
  if (odd !== undefined) {
    const place = `the state${odd === '' ? '' : ` at ${odd.replace(/^\./, '')}`}`
    const fault = made.includes(odd) ? 'comes out and did not go in' : 'does not come out'
    throw new TypeError(`${operation}: ${place} ${fault}; ${expected}`)
  }
  given.forEach((path, i) => {
    const [before, after] = [typeOf(inputs[i]!), typeOf(outputs[i]!)]
    if (before === after) return
    const place = `the state${path === '' ? '' : ` at ${path.replace(/^\./, '')}`}`
    throw new TypeError(`${operation}: ${place} comes out as ${after}; expected ${before}, as it went in`)
  })
  return given.length
}

const typeOfLeaf = (leaf: Leaf): string => (isValue(leaf) ? `${leaf.type} of shape ${show(leaf.dims)}` : typeOf(leaf))

/** Refuses the state of a step on other types, whose tensors would take the places of other arguments. */
const requireOwn = (leaves: readonly Leaf[], inputs: readonly TensorType[]): readonly Leaf[] => {
  const [found, expected] = [leaves.map(typeOfLeaf).join(', '), inputs.map(typeOf).join(', ')]
  if (found === expected) return leaves
  throw new TypeError(
    `${operation}: the state holds ${found || 'nothing'}; expected ${expected || 'nothing'}, as place gives it`
  )
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const stepOf = <X, Rest extends readonly unknown[], Told>(
  { program, run, read, release }: Opened<readonly [X, ...Rest], readonly [X, Told]>,
  [state, ...rest]: readonly [X, ...Rest]
): EngineStep<X, Rest, Told> => {
  const count = stateCount(program)
  const form = structureOf(state)
  const [, sample] = program.unflatten(program.outputs.map(({ shape, dtype }) => fill(shape, dtype, 0)))
  const { unflatten } = structureOf(sample)
  const [types, paths] = [program.inputs.slice(count), program.inputPaths.slice(count)]
  const ours = new WeakSet<Inside>()
  const far = new Set<Inside>()
  const own = (inside: Inside): readonly Leaf[] =>
    ours.has(inside) ? leavesIn(inside) : requireOwn(leavesIn(inside), program.inputs.slice(0, count))
  const held = (inside: Inside): Inside => {
    ours.add(inside)
    if (inside.leaves?.some(isFar) === true) far.add(inside)
    for (const each of far) if (each.leaves === undefined) far.delete(each)
    return inside
  }
  const call = async (state: Placed<X>, ...given: Rest): Promise<readonly [Placed<X>, Told]> => {
    const inside = insideOf(state)
    const leaves = own(inside)
    const others = leavesOf([[], ...given], paths, types)
    const values = await run([...leaves, ...others.map((leaf) => concrete(operation, leaf))])
    const told = await Promise.all(values.slice(count).map((value, i) => read(value, count + i)))
    const after = held(next(values.slice(0, count), inside))
    return [handleOf(state.steps + 1, after), unflatten(told)]
  }
  const place = (state: X): Placed<X> => {
    const leaves = program.flatten([state, ...rest]).slice(0, count)
    return handleOf(0, held({ leaves: leaves.map((leaf) => concrete(operation, leaf)), before: undefined }))
  }
  const back = async (state: Placed<X>): Promise<X> => {
    const leaves = own(insideOf(state))
    return form.unflatten(
      await Promise.all(leaves.map((leaf, i) => (isValue(leaf) ? read(leaf, i) : Promise.resolve(leaf))))
    )
  }
  const end = (): Promise<void> =>
    release(() => {
      for (const each of far) letGo(each)
      far.clear()
    })
  return Object.assign(call, { place, read: back, release: end })
}

/** `step` with an exporter of its own. */
export const stepBy =
  (exporter: Exporter) =>
  <X, Rest extends readonly unknown[], Told>(
    f: (...args: readonly [state: X, ...rest: Rest]) => readonly [X, Told],
    options: Options = {}
  ): ((...args: readonly [state: X, ...rest: Rest]) => TaskEither<EngineError, EngineStep<X, Rest, Told>>) => {
    requireFunction(operation, f, 'the first argument')
    check(options)
    return (...args) =>
      async () => {
        type Given = readonly [state: X, ...rest: Rest]
        const result = await open<Given, readonly [X, Told]>(operation, exporter, f, args, options, stateCount)()
        return isLeft(result) ? result : right(stepOf(result.right, args))
      }
  }

/**
 * The step that `Train.run` takes: of a step whose second argument is a batch, and which tells a loss, with the loss as a number and the
 * number of the step.
 *
 * @example
 * import * as OnnxRuntime from 'pullback/engine/OnnxRuntime'
 *
 * OnnxRuntime.training.length // => 1
 */
export const training = <X, Batch, Told extends { readonly loss: Tensor<[]> }>(
  step: EngineStep<X, [Batch], Told>
): AsyncStep<Placed<X>, Batch, Omit<Told, 'loss'> & Report> => {
  requireFunction('OnnxRuntime.training', step, 'the first argument')
  return async (state, batch) => {
    const [after, { loss, ...told }] = await step(state, batch)
    return [after, { ...told, step: state.steps, loss: firstElement(concrete('OnnxRuntime.training', loss)) }]
  }
}
