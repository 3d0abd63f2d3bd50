/**
 * What a layer draws: the structure of its parameters and its state, found by staging `init`, without arithmetic. Trees that were
 * drawn by another layer are refused by path, before anything is computed.
 */
import { describe, isCopy, restore } from '../internal/describe.js'
import { LeakedTracerError } from '../primitive/traced.js'
import * as R from '../Random.js'
import { asKey } from '../random/model.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { TreeError, below, identifier, isRecord } from '../tree/error.js'
import { flattenAs } from '../tree/model.js'
import { type AnyLayer, isOpen, requireLayer } from './model.js'

// -----------------------------------------------------------------------------
// lists and records of parts
// -----------------------------------------------------------------------------

const asDrawn = (operation: string, what: string, given: string, expected: string): TypeError =>
  new TypeError(`${operation}: ${what} ${what === 'the state' ? 'is' : 'are'} ${given}; expected ${expected}`)

/** Refuses a name that a path could not be written with. */
export const requireName = (operation: string, name: unknown): void => {
  if (typeof name === 'string' && identifier.test(name)) return
  throw new TypeError(`${operation}: a name is ${describe(name)}; expected letters, digits and _, no digit first`)
}

/** The parameters, or the states, of parts in a row. */
export const listOf = (operation: string, what: string, given: unknown, n: number): readonly unknown[] => {
  if (Array.isArray(given) && given.length === n) return given
  const found = Array.isArray(given) ? `an array of ${given.length}` : describe(given)
  throw asDrawn(operation, what, found, `an array of ${n}, as init draws it`)
}

/** The parameters, or the states, of parts by name. */
export const recordOf = (
  operation: string,
  what: string,
  given: unknown,
  names: readonly string[],
  needed: readonly string[] = names
): { readonly [name: string]: unknown } => {
  if (!isRecord(given)) throw asDrawn(operation, what, describe(given), `an object with ${names.join(', ')}`)
  const missing = needed.find((name) => given[name] === undefined)
  if (missing === undefined) return given
  throw asDrawn(operation, what, `without ${missing}`, `an object with ${names.join(', ')}`)
}

// -----------------------------------------------------------------------------
// what init draws
// -----------------------------------------------------------------------------

/** A tree of shapes; `undefined` where there are no tensors. */
type Drawn = Leaf | Fields | readonly Drawn[] | undefined

/** The shape of a tensor that is drawn; an open one may become another, in the state of a layer of `stateful`. */
class Leaf {
  declare readonly shape: Shape
  declare readonly isOpen: boolean

  constructor(shape: Shape, isOpen: boolean) {
    this.shape = shape
    this.isOpen = isOpen
  }
}

/** A record that is drawn, without the entries that hold no tensors. */
class Fields {
  declare readonly names: readonly string[]
  declare readonly parts: readonly Drawn[]

  constructor(names: readonly string[], parts: readonly Drawn[]) {
    this.names = names
    this.parts = parts
  }
}

interface Structure {
  readonly params: Drawn
  readonly state: Drawn
}

const structures = /* @__PURE__ */ new WeakMap<AnyLayer, Structure>()

const structureOf = (tree: unknown, isState: boolean): Drawn => {
  if (isTensor(tree)) return new Leaf(tree.shape, isState && isOpen(tree))
  const children: Children = typeof tree === 'object' && tree !== null ? { ...tree } : {}
  const names = Object.keys(children)
  const parts = names.map((name) => structureOf(children[name], isState))
  const full = names.filter((_, i) => parts[i] !== undefined)
  if (full.length === 0) return undefined
  return Array.isArray(tree)
    ? parts
    : new Fields(
        full,
        parts.filter((part) => part !== undefined)
      )
}

const drawnBy = (layer: AnyLayer): Structure => {
  const known = structures.get(layer)
  if (known !== undefined) return known
  let drawn: Structure | undefined
  const look = (key: Tensor): readonly Tensor[] => {
    const [{ params, state }] = layer.init(asKey(key))
    drawn = { params: structureOf(params, false), state: structureOf(state, true) }
    return []
  }
  try {
    stage('init', [{ shape: [2], dtype: 'int32' }], ([key]) => look(key!))
  } catch (error) {
    // An initialiser of the user's that reads values has to draw them.
    if (!(error instanceof LeakedTracerError)) throw error
    look(R.key(0))
  }
  structures.set(layer, drawn!)
  return drawn!
}

const elements = (drawn: Drawn): number => {
  if (drawn === undefined) return 0
  if (drawn instanceof Leaf) return size(drawn.shape)
  return partsOf(drawn).reduce<number>((sum, each: Drawn) => sum + elements(each), 0)
}

/**
 * The number of parameters of a layer, elements of tensors, without drawing them.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.parameterCount(Layer.sequential(Layer.dense(3, 4), T.tanh, Layer.dense(4, 2))) // => 26
 */
export const parameterCount = (layer: AnyLayer): number => {
  requireLayer('parameterCount', layer)
  return elements(drawnBy(layer).params)
}

const takers = /* @__PURE__ */ new WeakMap<AnyLayer, (shape: Shape) => Shape>()

/** Says of a layer which shape, the nearest to a given one, it takes: how `check` goes on behind an error. */
export const taking = <L extends AnyLayer>(layer: L, takes: (shape: Shape) => Shape): L => {
  takers.set(layer, takes)
  return layer
}

export const taken = (layer: AnyLayer): ((shape: Shape) => Shape) | undefined => takers.get(layer)

// -----------------------------------------------------------------------------
// trees of another structure
// -----------------------------------------------------------------------------

/** Whether a tree has the structure that is drawn; where there are no tensors, anything without tensors has. */
const fits = (drawn: Drawn, given: unknown): boolean => {
  if (drawn === undefined) return isEmpty(given)
  if (drawn instanceof Leaf) return isTensor(given) && (drawn.isOpen || equals(given.shape, drawn.shape))
  if (typeof given !== 'object' || given === null || isTensor(given)) return false
  if (isList(drawn)) {
    if (!Array.isArray(given) || given.length !== drawn.length) return false
    for (let i = 0; i < drawn.length; i++) if (!fits(drawn[i], given[i])) return false
    return true
  }
  const children = given as Children
  // The entries nearly always stand in the order in which they were drawn: none has to be looked up.
  const { names, parts } = drawn
  let found = 0
  for (const key in children) {
    if (key !== names[found]) return fitsInAnyOrder(drawn, children)
    if (!fits(parts[found++], children[key])) return false
  }
  return found === names.length
}

const fitsInAnyOrder = ({ names, parts }: Fields, children: Children): boolean =>
  names.every((name, i) => fits(parts[i], children[name])) &&
  Object.keys(children).every((key) => names.includes(key) || isEmpty(children[key]))

type Children = { readonly [key: string]: unknown }

/** Narrows the union; `Array.isArray` does not, for readonly arrays. */
const isList = (drawn: Drawn): drawn is readonly Drawn[] => Array.isArray(drawn)

const partsOf = (drawn: Fields | readonly Drawn[]): readonly Drawn[] => (isList(drawn) ? drawn : drawn.parts)

const isEmpty = (tree: unknown): boolean => {
  if (tree === undefined) return true
  if (typeof tree !== 'object' || tree === null || isTensor(tree)) return false
  for (const key in tree) if (!isEmpty((tree as Children)[key])) return false
  return true
}

const subjects = { params: 'parameter', state: 'state' } as const

/** The first difference between a tree and what is drawn. */
const difference = (
  operation: string,
  which: 'params' | 'state',
  drawn: Drawn,
  given: unknown,
  path: string
): Error => {
  const what = subjects[which]
  const subject = path === '' ? `the ${which === 'params' ? 'parameters' : 'state'}` : `the ${what} ${path}`
  const verb = path === '' && which === 'params' ? 'are' : 'is'
  const wrong = (expected: string, found: string = describe(given)): TreeError =>
    new TreeError(operation, path, `${subject} ${verb} ${found}; expected ${expected}${isCopy(given) ? restore : ''}`)
  if (drawn === undefined) {
    return wrong(
      'nothing there, as init draws it',
      isTensor(given) ? `a tensor of shape ${show(given.shape)}` : undefined
    )
  }
  if (drawn instanceof Leaf) {
    if (!isTensor(given)) {
      return given === undefined
        ? wrong(`a tensor of shape ${show(drawn.shape)}`, 'missing')
        : wrong(`a tensor of shape ${show(drawn.shape)}`)
    }
    return new ShapeError(
      operation,
      [given.shape, drawn.shape],
      `${subject} ${verb === 'are' ? 'have' : 'has'} shape ${show(given.shape)}; expected ${show(drawn.shape)}`
    )
  }
  const list = isList(drawn)
  const shape = list ? `an array of ${drawn.length}` : `an object with ${drawn.names.join(', ')}`
  if (typeof given !== 'object' || given === null || isTensor(given) || isCopy(given)) return wrong(shape)
  if (list !== Array.isArray(given)) return wrong(shape)
  if (list && Array.isArray(given) && given.length !== drawn.length) return wrong(shape, `an array of ${given.length}`)
  const children: Children = { ...given }
  const names = list ? Object.keys(drawn) : drawn.names
  const parts = Object.fromEntries(names.map((name, i) => [name, partsOf(drawn)[i]]))
  const key = [...new Set([...Object.keys(parts), ...Object.keys(children)])].find(
    (each) => !fits(parts[each], children[each])
  )
  if (key === undefined) return wrong(shape)
  return difference(operation, which, parts[key], children[key], list ? `${path}[${key}]` : below(path, key))
}

/** Refuses parameters and a state that the layer does not draw: by path, and before anything is computed. */
export const requireTrees = (operation: string, layer: AnyLayer, params: unknown, state: unknown): void => {
  const drawn = drawnBy(layer)
  if (!fits(drawn.params, params)) throw difference(operation, 'params', drawn.params, params, '')
  if (drawn.state !== undefined && !fits(drawn.state, state))
    throw difference(operation, 'state', drawn.state, state, '')
}

/** The tensors of a tree. */
export const tensorsIn = (tree: unknown): readonly Tensor[] => {
  if (isTensor(tree)) return [tree]
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(tensorsIn) : []
}

/** Whether a state holds other tensors than before. */
export const isChanged = (before: unknown, after: unknown): boolean => {
  if (before === after) return false
  const [old, own] = [tensorsIn(before), tensorsIn(after)]
  return old.length !== own.length || own.some((leaf, i) => leaf !== old[i])
}

/** The number of elements of all tensors in a tree. */
export const countOf = (tree: unknown): number =>
  flattenAs('summary', tree).leaves.reduce((sum, leaf) => sum + size(leaf.shape), 0)
