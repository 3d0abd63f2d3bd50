/** Cells along the time of sequences: in one direction or both, and in layers. */
import { scanTrees } from '../control/scan.js'
import { refusal } from '../internal/describe.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { dropout } from '../regularizer/noise.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { requireEach } from '../tensor/requireEach.js'
import { within } from '../transform/scope.js'
import { isRecord } from '../tree/error.js'
import {
  type Cell,
  type CellOptions,
  type Leaves,
  type OwnParams,
  bound,
  cellParameters,
  leavesOf,
  mapLeaves,
  stateOf
} from './cellRules.js'
import { child } from './context.js'
import type { Context } from './model.js'
import { keyIn } from './noise.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What a recurrent layer may be given beside its input: which steps are there, and the state to begin with.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * // two sequences, of 3 and of 1 step
 * const sequence: Layer.Sequence<2, 3> = { lengths: T.of([3, 1], 'int32') }
 * sequence.lengths?.shape // => [2]
 */
export interface Sequence<N extends number = number, Time extends number = number, State = unknown> {
  /** Which steps are there, [batch, time]: those that are `true`. */
  readonly mask?: Tensor<[N, Time]>
  /** How many steps of each sequence are there, the first ones; int32. */
  readonly lengths?: Tensor<[N]>
  /** The state before the first step, of the structure that `returns: 'state'` gives; 0 by default. */
  readonly initial?: State
}

/** What belongs to each of two directions. */
export interface Ways<A> {
  readonly forward: A
  readonly backward: A
}

/** What all parts of a layer have in common as it runs. */
export interface Course {
  readonly operation: string
  readonly context: Context
  /** Which steps are there, [time, batch, 1]. */
  readonly mask: Tensor | undefined
}

/** The state before the first step, where one is given, and how errors call it. */
export interface Initial {
  readonly value: unknown
  readonly subject: string
}

/** Outputs of all steps, [time, batch, ...], that of the last one, and the state behind it. */
export interface Ran {
  readonly outputs: Tensor
  readonly last: Tensor
  readonly state: unknown
}

/** A part of a layer: from inputs [time, batch, ...] to as many outputs. */
export interface Part<P> {
  readonly draw: Random<P>
  readonly run: (course: Course, params: P, x: Tensor, initial: Initial | undefined) => Ran
}

// -----------------------------------------------------------------------------
// what is given
// -----------------------------------------------------------------------------

/** Which steps are there, as a bool tensor [batch, time]; `undefined` where all are. */
export const maskOf = (operation: string, [n, time]: Shape, { mask, lengths }: Sequence): Tensor | undefined => {
  if (lengths === undefined) {
    if (mask === undefined) return undefined
    requireTensor(operation, mask, 'the mask')
    if (!equals(mask.shape, [n!, time!])) {
      const rule = `the mask has shape ${show(mask.shape)}; expected ${show([n!, time!])}, that of batch and time`
      throw new ShapeError(operation, [mask.shape], rule)
    }
    if (mask.dtype !== 'bool') {
      throw new DTypeError(operation, `the mask is ${mask.dtype}; expected bool, true where a step is there`)
    }
    return mask
  }
  if (mask !== undefined) throw new TypeError(`${operation}: mask and lengths are given; expected one of them`)
  requireTensor(operation, lengths, 'the argument lengths')
  if (!equals(lengths.shape, [n!])) {
    const rule = `lengths have shape ${show(lengths.shape)}; expected ${show([n!])}, one for each sequence`
    throw new ShapeError(operation, [lengths.shape], rule)
  }
  if (lengths.dtype !== 'int32') {
    throw new DTypeError(operation, `lengths are ${lengths.dtype}; expected int32, cast them with T.cast`)
  }
  const expected = `an integer from 0 to ${time}`
  requireEach(operation, 'lengths', lengths, expected, (length) => length >= 0 && length <= time!)
  return T.less(T.arange(time!), T.expandDims(lengths, 1))
}

// -----------------------------------------------------------------------------
// parts as they run
// -----------------------------------------------------------------------------

/** What one step is given. */
interface Step {
  readonly given: Tensor
  readonly there?: Tensor
}

/** A cell along the time, which keeps its state through steps that are not there. */
export const oneWay =
  (operation: string, cell: Cell, hidden: number, options: CellOptions, reverse = false) =>
  (inputs: number): Part<OwnParams> => ({
    draw: cellParameters(operation, cell, inputs, hidden, options),
    run: ({ operation, mask }, params, x, initial) => {
      const { given: givenBy, next } = bound(cell, params, [x.shape[1]!])
      const given = givenBy(x)
      const shape = [x.shape[1]!, hidden]
      const zero = T.zeros(shape, given.dtype)
      const start: Leaves =
        initial === undefined
          ? [zero, ...cell.names.slice(1).map(() => zero)]
          : mapLeaves(leavesOf(operation, cell, initial.value, shape, initial.subject), (leaf) =>
              T.cast(leaf, given.dtype)
            )
      const step = (before: Leaves, each: Step): readonly [Leaves, Tensor] => {
        const after = next(each.given, before)
        const { there } = each
        if (there === undefined) return [after, after[0]]
        const kept = mapLeaves(after, (leaf, i) => T.where(there, leaf, before[i]!))
        return [kept, kept[0]]
      }
      const xs = mask === undefined ? { given } : { given, there: mask }
      const [state, ys] = scanTrees<Leaves, Step, Tensor>(operation, step, start, xs, { reverse })
      return { outputs: mask === undefined ? ys : T.where(mask, ys, 0), last: state[0], state: stateOf(cell, state) }
    }
  })

const mapWays = <A>(f: (way: keyof Ways<A>) => A): Ways<A> => ({ forward: f('forward'), backward: f('backward') })

/** The states of both directions. */
const waysIn = (operation: string, { value, subject }: Initial): Ways<Initial> => {
  if (!isRecord(value) || !('forward' in value && 'backward' in value)) {
    throw new TypeError(refusal(operation, subject, value, 'an object with forward and backward'))
  }
  return mapWays((way) => ({ value: value[way], subject: `${subject}'s ${way}` }))
}

/** A cell in each direction, whose outputs are joined. */
export const bothWays =
  (operation: string, cell: Cell, hidden: number, options: CellOptions) =>
  (inputs: number): Part<Ways<OwnParams>> => {
    const parts = mapWays((way) => oneWay(operation, cell, hidden, options, way === 'backward')(inputs))
    return {
      draw: R.map(([forward, backward]: readonly OwnParams[]) => ({ forward: forward!, backward: backward! }))(
        R.sequence([parts.forward.draw, parts.backward.draw])
      ),
      run: (course, params, x, initial) => {
        const states = initial === undefined ? undefined : waysIn(course.operation, initial)
        const { forward, backward } = mapWays((way) =>
          within(way, () => parts[way].run(course, params[way], x, states?.[way]))
        )
        return {
          outputs: T.concat([forward.outputs, backward.outputs], { axis: -1 }),
          last: T.concat([forward.last, backward.last], { axis: -1 }),
          state: { forward: forward.state, backward: backward.state }
        }
      }
    }
  }

/** The states of layers. */
const statesIn = (operation: string, { value, subject }: Initial, layers: number): readonly Initial[] => {
  if (!Array.isArray(value) || value.length !== layers) {
    throw new TypeError(refusal(operation, subject, value, `an array of ${layers}, one for each layer`))
  }
  return Array.from(value, (state: unknown, i) => ({ value: state, subject: `${subject} of layer ${i}` }))
}

/** Parts one after the other, with dropout between them. */
export const stacked = <P>(parts: readonly Part<P>[], rate: number): Part<readonly P[]> => ({
  draw: R.sequence(parts.map(({ draw }) => draw)),
  run: (course, params, x, initial) => {
    const { operation, context } = course
    const states = initial === undefined ? [] : statesIn(operation, initial, parts.length)
    const ran: Ran[] = []
    parts.forEach((part, i) => {
      const before = ran[i - 1]
      const key = before === undefined || rate === 0 ? undefined : keyIn(operation, child(context, i))
      const input = before?.outputs ?? x
      const own = key === undefined ? input : dropout(key, input, { rate })
      ran.push(within(`[${i}]`, () => part.run(course, params[i]!, own, states[i])))
    })
    const { outputs, last } = ran[ran.length - 1]!
    return { outputs, last, state: ran.map(({ state }) => state) }
  }
})
