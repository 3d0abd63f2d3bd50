/** Layers one after the other. */
import { refusal } from '../internal/describe.js'
import { dual } from '../internal/dual.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { applyPart, child } from './context.js'
import type { AllParams, AllStates, Checked, Fitting, FunctionOfAll, List, Part } from './links.js'
import { type AnyLayer, type Layer, applyOf, isLayer, layerOf, lift, requireInputs } from './model.js'
import { listOf, recordOf, requireName } from './structure.js'

// -----------------------------------------------------------------------------
// the loop behind all of them
// -----------------------------------------------------------------------------

const partsOf = /* @__PURE__ */ new WeakMap<object, readonly AnyLayer[]>()

/** The parameters and states of layers, drawn one after the other. */
export const drawn =
  (layers: readonly AnyLayer[]): Random<{ readonly params: unknown; readonly state: unknown }> =>
  (key) => {
    const params: unknown[] = []
    const state: unknown[] = []
    let next = key
    for (const layer of layers) {
      const [own, after] = layer.init(next)
      params.push(own.params)
      state.push(own.state)
      next = after
    }
    return [{ params, state }, next]
  }

/** Layers in a row; each runs in a scope with its name. */
const row = (layers: readonly AnyLayer[], names: readonly string[] = layers.map((_, i) => `[${i}]`)): AnyLayer => {
  const whole: AnyLayer = layerOf(drawn(layers), (params, state, context) => {
    const own = listOf('sequential', 'the parameters', params, layers.length)
    const before = listOf('sequential', 'the state', state, layers.length)
    return (...inputs) => {
      if (layers.length === 0) requireInputs('sequential', inputs)
      let value = inputs
      let isKept = true
      const after = layers.map((layer, i) => {
        const [output, next] = applyPart(layer, own[i], before[i], child(context, i), names[i]!, value)
        value = [output]
        isKept &&= next === before[i]
        return next
      })
      return [value[0], isKept ? before : after]
    }
  })
  partsOf.set(whole, layers)
  return whole
}

/** Layers of layers and functions. */
export const layersOf = (operation: string, parts: readonly Part[]): readonly AnyLayer[] =>
  parts.map((part, i) => {
    if (typeof part === 'function') return lift(part)
    if (isLayer(part)) return part
    const remedy = Array.isArray(part) ? `, spread the list: ${operation}(...layers)` : ''
    throw new TypeError(`${refusal(operation, `layer ${i + 1}`, part, 'a layer or a function')}${remedy}`)
  })

/** Casts a row of layers to the type that its constructor states. */
const stated = <L>(whole: AnyLayer): L => whole as unknown as L

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Layers and plain functions, any number of them, one after the other: parameters, and states, as a tuple. The compiler checks that each
 * takes what the one before it gives, and says in one line which does not; links of a list that is spread are checked when they run. The
 * whole is as polymorphic as its parts. The first may take several inputs.
 *
 * @throws TypeError when a part is neither a layer nor a function
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Layer.sequential(Layer.dense(64, 32), Activation.relu, Layer.dense(32, 10))
 * const [{ params, state }] = model.init(Random.key(0))
 * params[2].w.shape // => [10, 32]
 * Layer.predict(model)(params, state)(T.ones([5, 64])).shape // => [5, 10]
 */
/* @__NO_SIDE_EFFECTS__ */
export const sequential = <L extends readonly Part[]>(
  ...layers: Checked<L>
): Layer<FunctionOfAll<L>, AllParams<L>, AllStates<L>> => stated(row(layersOf('sequential', layers)))

type Pair<A extends Part, B extends Part> = Layer<
  FunctionOfAll<readonly [A, B]>,
  AllParams<readonly [A, B]>,
  AllStates<readonly [A, B]>
>

/**
 * Two layers, one after the other: parameters, and states, as a pair. Dual: `compose(first, second)` and
 * `pipe(first, compose(second))`.
 *
 * With `identity` it forms a category, with two differences: parameters nest as the calls do, `[[p, q], r]` or `[p, [q, r]]`,
 * and layers that draw receive other keys. The same initial parameters are drawn whichever way it nests.
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
  <B extends Part>(second: B): <A extends Part>(first: A & Fitting<readonly [A, B]>) => Pair<A, B>
  <A extends Part, B extends Part>(first: A, second: B & Fitting<readonly [A, B]>): Pair<A, B>
} = dual((first: Part, second: Part) => stated(row(layersOf('compose', [first, second]))))

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
type Naming<Names extends readonly string[]> = <F, P extends Parts<Names>, S extends Parts<Names>>(
  layer: Layer<F, P, S>
) => Layer<F, Named<Names, P>, Named<Names, S>>

type Parts<Names extends readonly string[]> = List & { readonly length: Names['length'] }

const checkNames = (names: readonly string[]): void => {
  for (const name of names) requireName('named', name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`named: the name ${twice} is given twice; expected distinct names`)
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** The layers of a row, of which there is one for each name. */
const requireRow = (layer: unknown, names: readonly string[]): readonly AnyLayer[] => {
  const parts = isLayer(layer) ? partsOf.get(layer) : undefined
  if (parts === undefined) {
    throw new TypeError(`named: the layer is not a sequence; expected one of sequential or compose`)
  }
  if (names.length === parts.length) return parts
  const given = `${counted(names.length, 'name')} for ${counted(parts.length, 'layer')}`
  throw new Error(`named: ${given}; expected a name for each layer`)
}

type Fields = { readonly [name: string]: unknown }

/**
 * Gives names to the parameters, and the states, of a sequence of layers, so that they form a record and read
 * `params.hidden.w`, also in error messages and programs. Parts that are not in a row are named by `make`.
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
 *   Layer.sequential(Layer.dense(64, 32), Activation.relu, Layer.dense(32, 10)),
 *   Layer.named('hidden', 'relu', 'output')
 * )
 * const [{ params }] = model.init(Random.key(0))
 * params.hidden.w.shape // => [32, 64]
 */
export const named = <const Names extends readonly string[]>(...names: Names): Naming<Names> => {
  checkNames(names)
  const toRecord = (values: unknown): Fields => {
    const list = listOf('named', 'the parameters', values, names.length)
    return Object.fromEntries(names.map((name, i) => [name, list[i]]))
  }
  const toList = (what: string, record: unknown): List => {
    const fields = recordOf('named', what, record, names)
    return names.map((name) => fields[name])
  }
  return (layer) => {
    const whole = row(requireRow(layer, names), names)
    return layerOf(
      R.map(({ params, state }: { readonly params: unknown; readonly state: unknown }) => ({
        params: toRecord(params),
        state: toRecord(state)
      }))(whole.init),
      (params, state, context) => {
        const run = applyOf(whole)(toList('the parameters', params), toList('the state', state), context)
        return (...inputs) => {
          const [output, next] = run(...inputs)
          return [output, toRecord(next)]
        }
      }
    )
  }
}
