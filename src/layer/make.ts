/** Layers made of parts by name. */
import { loopDepth, bodyDepth } from '../control/depth.js'
import { requireFunction } from '../internal/check.js'
import { describe, refusal } from '../internal/describe.js'
import { Traced } from '../primitive/traced.js'
import type { Key, Random } from '../Random.js'
import { isRecord } from '../tree/error.js'
import { applyPart, child } from './context.js'
import {
  type AnyLayer,
  type Context,
  type Fn,
  type FunctionOf,
  type Layer,
  type None,
  type ParamsOf,
  type StateOf,
  call,
  isLayer,
  layerOf,
  requireInputs
} from './model.js'
import { isChanged, recordOf, requireName, tensorsIn } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parts of a layer by name: layers, and parameters to draw.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Layer from 'pullback/Layer'
 *
 * const parts: Layer.Parts = { table: Init.normal(0.02)([20, 8]), body: Layer.dense(8, 8) }
 * Object.keys(parts) // => ['table', 'body']
 */
export interface Parts {
  readonly [name: string]: AnyLayer | Random<unknown>
}

/** A part in the body: the function of a layer, the value of a draw. */
type Bound<X> = X extends AnyLayer ? FunctionOf<X> : X extends Random<infer A> ? A : never

type ParamsOfPart<X> = X extends AnyLayer ? ParamsOf<X> : X extends Random<infer A> ? A : never

type StateOfPart<X> = X extends AnyLayer ? StateOf<X> : None

const none: None = {}

const isDraw = (part: AnyLayer | Random<unknown>): part is Random<unknown> => typeof part === 'function'

const requireParts = (parts: Parts): void => {
  if (!isRecord(parts) || isLayer(parts))
    throw new TypeError(refusal('make', 'the record of parts', parts, 'an object of layers and draws by name'))
  for (const [name, part] of Object.entries(parts)) {
    requireName('make', name)
    if (isDraw(part) || isLayer(part)) continue
    throw new TypeError(
      `make: the part ${name} is ${describe(part)}; expected a layer, or a draw such as Init.normal(0.02)([20, 8])`
    )
  }
}

/** What a draw draws; a plain function in its place is refused. */
const drawnOf = (name: string, part: Random<unknown>, key: Key): readonly [unknown, Key] => {
  const drawn = part(key)
  if (Array.isArray(drawn) && drawn.length === 2) return drawn
  throw new TypeError(
    `make: the part ${name} is a function that does not draw; expected a layer or a draw, make a layer with Layer.lift`
  )
}

// -----------------------------------------------------------------------------
// states
// -----------------------------------------------------------------------------

/** The state of one part, whom only the calls of one application change. */
type States = { [name: string]: unknown }

/** Refuses a state that belongs to a transformation inside the body, which has finished. */
const requireOpen = (name: string, state: unknown): void => {
  for (const leaf of tensorsIn(state)) {
    if (!(leaf instanceof Traced) || leaf.interpreter.open) continue
    throw new Error(
      `make: the part ${name} changes its state inside ${leaf.interpreter.transformation}, which cannot pass it on; ` +
        'expected Layer.apply there, with the state as an argument and as a result'
    )
  }
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Casts a function of parts by name, whose types the parts determine. */
const plain = (body: unknown): ((parts: object, context: Context) => (...inputs: readonly unknown[]) => unknown) =>
  body as (parts: object, context: Context) => (...inputs: readonly unknown[]) => unknown

/**
 * A layer of parts by name. The body gets each layer as the plain function that it computes, and each draw as its value, and returns the
 * function of the whole: residual connections, branches, attention and tied weights are ordinary code, without keys or states.
 *
 * Names are the paths of parameters and states, in errors, summaries, masks and programs. A part that is called several times has one set
 * of parameters (it is shared); its state goes from call to call, and each call draws with a key of its own. The body may call parts
 * inside `grad`, `vmap` and `checkpoint` where they keep their state; a part that changes its state there, or inside the body of a loop or a
 * branch, is refused, and inside that of a loop one that draws.
 *
 * @throws TypeError when a part is neither a layer nor a draw, or the body returns no function
 * @throws Error when a part draws or changes its state where it cannot
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const bottleneck = Layer.make(
 *   { inner: Layer.dense(8, 4), outer: Layer.dense(4, 8), scale: Random.of(T.scalar(1)) },
 *   ({ inner, outer, scale }) =>
 *     (x: T.Tensor<[number, 8]>) => T.add(x, T.mul(pipe(x, inner, T.relu, outer), scale))
 * )
 * const [{ params, state }] = bottleneck.init(Random.key(0))
 * params.inner.w.shape // => [4, 8]
 * Layer.predict(bottleneck)(params, state)(T.ones([2, 8])).shape // => [2, 8]
 */
/* @__NO_SIDE_EFFECTS__ */
export const make = <X extends Parts, F extends Fn>(
  parts: X,
  body: (parts: { readonly [K in keyof X]: Bound<X[K]> }, context: Context) => F
): Layer<F, { readonly [K in keyof X]: ParamsOfPart<X[K]> }, { readonly [K in keyof X]: StateOfPart<X[K]> }> => {
  requireParts(parts)
  requireFunction('make', body, 'the body')
  const names = Object.keys(parts)
  const whole = plain(body)
  return layerOf(
    (key) => {
      const params: States = {}
      const state: States = {}
      let rest = key
      for (const name of names) {
        const part = parts[name]!
        if (isDraw(part)) {
          ;[params[name], rest] = drawnOf(name, part, rest)
          state[name] = none
          continue
        }
        const [drawn, next] = part.init(rest)
        params[name] = drawn.params
        state[name] = drawn.state
        rest = next
      }
      return [{ params, state }, rest]
    },
    (params, state, context) => {
      const own = recordOf('make', 'the parameters', params, names)
      const before = recordOf('make', 'the state', state, names, [])
      return (...inputs) => {
        const after: States = { ...before }
        const bound: States = {}
        names.forEach((name, i) => {
          const part = parts[name]!
          bound[name] = isDraw(part) ? own[name] : bind(part, own[name], child(context, i), name, after)
        })
        const f = whole(bound, context)
        requireFunction('make', f, 'what the body returns')
        const output = f(...inputs)
        const changed = names.filter((name) => after[name] !== before[name])
        for (const name of changed) requireOpen(name, after[name])
        return [output, changed.length === 0 ? before : after]
      }
    }
  )
}

/** Casts a function of any inputs to one that refuses another number of them. */
const counting = <F extends Fn>(operation: string, f: F, least: number, most: number): F => {
  const run = f as unknown as (...inputs: readonly unknown[]) => unknown
  const counted = (...inputs: readonly unknown[]): unknown => {
    requireInputs(operation, inputs, least, most)
    return call(run, inputs)
  }
  return counted as unknown as F
}

/** `make` for the layers of the library, which have names, and know how many inputs they take. */
/* @__NO_SIDE_EFFECTS__ */
export const makeOf = <X extends Parts, F extends Fn>(
  operation: string,
  parts: X,
  body: (parts: { readonly [K in keyof X]: Bound<X[K]> }, context: Context) => F,
  least = 1,
  most: number = least
): Layer<F, { readonly [K in keyof X]: ParamsOfPart<X[K]> }, { readonly [K in keyof X]: StateOfPart<X[K]> }> =>
  make(parts, (bound, context) => counting(operation, body(bound, context), least, most))

/** A layer at its parameters as a plain function, which keeps the state among those of the parts. */
const bind = (layer: AnyLayer, params: unknown, context: Context, name: string, states: States): unknown => {
  const depth = loopDepth()
  const bodies = bodyDepth()
  let calls = 0
  return (...inputs: readonly unknown[]): unknown => {
    const own = calls++ === 0 ? context : child(context, -calls, depth)
    const [output, next] = applyPart(layer, params, states[name], own, name, inputs)
    if (bodyDepth() !== bodies && isChanged(states[name], next)) {
      throw new Error(
        `make: the part ${name} changes its state inside the body of a loop or a branch, which cannot pass it on; ` +
          'expected Layer.repeat, or Layer.apply with the state in the carry'
      )
    }
    states[name] = next
    return output
  }
}
