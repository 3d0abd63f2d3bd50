/** Layers one after the other. */
import { describe } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import { within } from '../transform/scope.js'
import { type Context, type Layer, requireLayer } from './model.js'

// -----------------------------------------------------------------------------
// the loop behind all of them
// -----------------------------------------------------------------------------

type Whatever = Layer<unknown, unknown, unknown, unknown>
type List = readonly unknown[]

/**
 * Layers in a row: parameters are drawn, and values are passed on, from the first to the last. Each layer gets a key of
 * its own.
 */
const inRow = (operation: string, layers: readonly Whatever[]): Layer<List, List, unknown, unknown> => {
  layers.forEach((layer, i) => requireLayer(operation, i + 1, layer))
  return row(layers)
}

/** The parts of a layer that is a row of them. */
const partsOf = /* @__PURE__ */ new WeakMap<object, readonly Whatever[]>()

/** Layers one after the other; each runs in a scope with its name. */
const row = (
  layers: readonly Whatever[],
  names: readonly string[] = layers.map((_, i) => String(i))
): Layer<List, List, unknown, unknown> => {
  const whole = rowOf(layers, names)
  partsOf.set(whole, layers)
  return whole
}

const rowOf = (layers: readonly Whatever[], names: readonly string[]): Layer<List, List, unknown, unknown> => ({
  init: (key) => {
    requireKey('init', key)
    const params: unknown[] = []
    const state: unknown[] = []
    let next = key
    for (const layer of layers) {
      const [drawn, after] = layer.init(next)
      params.push(drawn.params)
      state.push(drawn.state)
      next = after
    }
    return [{ params, state }, next]
  },
  apply: (params, state, { mode, key }) => {
    const keys = R.split(key, layers.length)
    const steps = layers.map((layer, i) => layer.apply(params[i], state[i], { mode, key: keys[i] ?? key }))
    return (input) => {
      let value = input
      const after = steps.map((step, i) => {
        const [output, next] = within(names[i], () => step(value))
        value = output
        return next
      })
      return [value, after]
    }
  }
})

/** Casts a loop over layers to overloads, each of which states its type for that many layers. */
const stated = <Signature>(body: (...layers: readonly Whatever[]) => unknown): Signature => body as Signature

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Two layers, one after the other: parameters, and states, as a pair. Dual: `compose(first, second)` and
 * `pipe(first, compose(second))`.
 *
 * With `identity` it forms a category, with two differences: parameters nest as the calls do, `[[p, q], r]` or `[p, [q, r]]`,
 * and layers that draw in training receive other keys. The same initial parameters are drawn whichever way it nests.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const double = Layer.lift((x: T.Tensor<[2]>) => T.mul(x, 2))
 * const increment = Layer.lift((x: T.Tensor<[2]>) => T.add(x, 1))
 * const both = pipe(double, Layer.compose(increment))
 * Layer.predict(both)([{}, {}], [{}, {}])(T.of([1, 2])) // => T.of([3, 5])
 */
export const compose: {
  <Q, R, B, C>(
    second: Layer<Q, R, B, C>
  ): <P, S, A>(first: Layer<P, S, A, B>) => Layer<readonly [P, Q], readonly [S, R], A, C>
  <P, S, A, B, Q, R, C>(
    first: Layer<P, S, A, B>,
    second: Layer<Q, R, B, C>
  ): Layer<readonly [P, Q], readonly [S, R], A, C>
} = dual((first: Whatever, second: Whatever) => inRow('compose', [first, second]))

/**
 * Up to eight layers, one after the other: parameters, and states, as a tuple. `named` makes records of them. More layers
 * are sequences of sequences.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const model = Layer.sequential(Layer.dense(64, 32), Layer.lift(Activation.relu), Layer.dense(32, 10))
 * const [{ params }] = model.init(Random.key(0))
 * params[2].w.shape // => [10, 32]
 */
export const sequential: {
  <P1, S1, A, B>(l1: Layer<P1, S1, A, B>): Layer<readonly [P1], readonly [S1], A, B>
  <P1, P2, S1, S2, A, B, C>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>
  ): Layer<readonly [P1, P2], readonly [S1, S2], A, C>
  <P1, P2, P3, S1, S2, S3, A, B, C, D>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>
  ): Layer<readonly [P1, P2, P3], readonly [S1, S2, S3], A, D>
  <P1, P2, P3, P4, S1, S2, S3, S4, A, B, C, D, E>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>,
    l4: Layer<P4, S4, D, E>
  ): Layer<readonly [P1, P2, P3, P4], readonly [S1, S2, S3, S4], A, E>
  <P1, P2, P3, P4, P5, S1, S2, S3, S4, S5, A, B, C, D, E, F>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>,
    l4: Layer<P4, S4, D, E>,
    l5: Layer<P5, S5, E, F>
  ): Layer<readonly [P1, P2, P3, P4, P5], readonly [S1, S2, S3, S4, S5], A, F>
  <P1, P2, P3, P4, P5, P6, S1, S2, S3, S4, S5, S6, A, B, C, D, E, F, G>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>,
    l4: Layer<P4, S4, D, E>,
    l5: Layer<P5, S5, E, F>,
    l6: Layer<P6, S6, F, G>
  ): Layer<readonly [P1, P2, P3, P4, P5, P6], readonly [S1, S2, S3, S4, S5, S6], A, G>
  <P1, P2, P3, P4, P5, P6, P7, S1, S2, S3, S4, S5, S6, S7, A, B, C, D, E, F, G, H>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>,
    l4: Layer<P4, S4, D, E>,
    l5: Layer<P5, S5, E, F>,
    l6: Layer<P6, S6, F, G>,
    l7: Layer<P7, S7, G, H>
  ): Layer<readonly [P1, P2, P3, P4, P5, P6, P7], readonly [S1, S2, S3, S4, S5, S6, S7], A, H>
  <P1, P2, P3, P4, P5, P6, P7, P8, S1, S2, S3, S4, S5, S6, S7, S8, A, B, C, D, E, F, G, H, I>(
    l1: Layer<P1, S1, A, B>,
    l2: Layer<P2, S2, B, C>,
    l3: Layer<P3, S3, C, D>,
    l4: Layer<P4, S4, D, E>,
    l5: Layer<P5, S5, E, F>,
    l6: Layer<P6, S6, F, G>,
    l7: Layer<P7, S7, G, H>,
    l8: Layer<P8, S8, H, I>
  ): Layer<readonly [P1, P2, P3, P4, P5, P6, P7, P8], readonly [S1, S2, S3, S4, S5, S6, S7, S8], A, I>
} = /* @__PURE__ */ stated((...layers) => inRow('sequential', layers))

/**
 * The parameters, or states, of a tuple of layers under the names of the layers.
 *
 * @example
 * import type { Named } from 'pullback/Layer'
 *
 * const sizes: Named<readonly ['hidden', 'output'], readonly [number, number]> = { hidden: 128, output: 10 }
 * sizes.hidden // => 128
 */
export type Named<Names extends readonly string[], Tuple> = {
  readonly [I in keyof Names as I extends `${number}` ? Names[I] & string : never]: I extends keyof Tuple
    ? Tuple[I]
    : never
}

/** The function that `named` returns: of a layer with as many parts as names. */
type Naming<Names extends readonly string[]> = <P extends Parts<Names>, S extends Parts<Names>, A, B>(
  layer: Layer<P, S, A, B>
) => Layer<Named<Names, P>, Named<Names, S>, A, B>

type Parts<Names extends readonly string[]> = readonly unknown[] & { readonly length: Names['length'] }

type Record = { readonly [name: string]: unknown }

const identifier = /^[A-Za-z_$][\w$]*$/

const checkNames = (names: readonly string[]): void => {
  const wrong = names.find((name) => !identifier.test(name))
  if (wrong !== undefined) {
    throw new Error(`named: a name is ${describe(wrong)}; expected letters, digits and _, no digit first`)
  }
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`named: the name ${twice} is given twice; expected distinct names`)
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Refuses another number of names than there are layers, or parameters of layers. */
const requireAll = (names: readonly string[], layers: List): void => {
  if (names.length === layers.length) return
  const given = `${counted(names.length, 'name')} for ${counted(layers.length, 'layer')}`
  throw new Error(`named: ${given}; expected a name for each layer`)
}

/** Casts a function that turns the tuples of a layer into records; `Signature` states the types. */
const renamed = <Signature>(body: (layer: Layer<List, List, unknown, unknown>) => unknown): Signature =>
  body as unknown as Signature

/**
 * Gives names to the parameters, and the states, of a sequence of layers, so that they form a record and read
 * `params.hidden.w`, also in error messages.
 *
 * @throws Error unless there is a name for each layer, and each name is given once
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const model = pipe(
 *   Layer.sequential(Layer.dense(64, 32), Layer.lift(Activation.relu), Layer.dense(32, 10)),
 *   Layer.named('hidden', 'relu', 'output')
 * )
 * const [{ params }] = model.init(Random.key(0))
 * params.hidden.w.shape // => [32, 64]
 */
export const named = <const Names extends readonly string[]>(...names: Names): Naming<Names> => {
  checkNames(names)
  const toRecord = (list: List): Record => Object.fromEntries(names.map((name, i) => [name, list[i]]))
  const toList = (record: Record): List => names.map((name) => record[name])
  return renamed((layer) => {
    const parts = partsOf.get(layer)
    if (parts !== undefined) requireAll(names, parts)
    const named = parts === undefined ? layer : row(parts, names)
    return {
      init: R.map(({ params, state }: { readonly params: List; readonly state: List }) => {
        requireAll(names, params)
        return { params: toRecord(params), state: toRecord(state) }
      })(layer.init),
      apply: (params: Record, state: Record, context: Context) => {
        const run = named.apply(toList(params), toList(state), context)
        return (input: unknown) => {
          const [output, next] = run(input)
          return [output, toRecord(next)]
        }
      }
    }
  })
}
