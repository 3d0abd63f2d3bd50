/** Mapping over an axis for users. */
import { describe } from '../internal/describe.js'
import { checkedLater, options, count } from '../internal/options.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { type Key, requireKey } from '../random/model.js'
import { split } from '../random/key.js'
import { stack } from '../tensor/join.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { permuteTo } from '../tensor/structural.js'
import type { BatchTrace } from '../transform/batch.js'
import { TreeError, type Wording } from '../tree/error.js'
import { type WithLeaves, mapAs } from '../tree/model.js'
import { newBatch } from './batching.js'
import { aTensor, requireFunctions, results } from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** One leaf's axis: its number, negative from the back; `null` for the same value in every example; `'split'` for a key. */
type Axis = number | null | 'split'

/**
 * Which axis of each leaf of a tree is mapped: one entry for the whole tree, or a tree of them, which may stop anywhere
 * above the leaves. `null` passes the same value to every example, `'split'` splits a key, so that each has its own.
 *
 * @example
 * import type { InAxes } from 'pullback/Vmap'
 * import * as T from 'pullback/Tensor'
 *
 * const axes: InAxes<{ w: T.Tensor<[2]>; x: T.Tensor<[2]> }> = { w: null, x: -1 }
 * axes // => { w: null, x: -1 }
 */
export type InAxes<P> =
  Axis | (P extends Tensor ? never : P extends object ? { readonly [Key in keyof P]: InAxes<P[Key]> } : never)

/**
 * Where the mapped axis stands in the results: one number, or a tree of them.
 *
 * @example
 * import type { OutAxes } from 'pullback/Vmap'
 * import * as T from 'pullback/Tensor'
 *
 * const last: OutAxes<readonly [T.Tensor, T.Tensor]> = [0, -1]
 * last // => [0, -1]
 */
export type OutAxes<R> =
  number | (R extends Tensor ? never : R extends object ? { readonly [Key in keyof R]: OutAxes<R[Key]> } : never)

/** The mapped axes of all arguments: one entry for all, or a list of one per argument. */
type AllAxes<Args extends readonly unknown[]> = Axis | { readonly [I in keyof Args]: InAxes<Args[I]> }

/**
 * The options of `vmap`: the mapped axis of every argument (one entry for all, or a list of one per argument; 0 by
 * default), and where it stands in the results (0 by default). `Axes` is the type of `inAxes` as it is written.
 *
 * @example
 * import type { VmapOptions } from 'pullback/Vmap'
 * import * as T from 'pullback/Tensor'
 *
 * const options: VmapOptions<[w: T.Tensor, x: T.Tensor], T.Tensor> = { inAxes: [null, 1], outAxes: -1 }
 * options.outAxes // => -1
 */
export interface VmapOptions<Args extends readonly unknown[], R, Axes = AllAxes<Args>> {
  readonly inAxes?: Axes
  readonly outAxes?: OutAxes<R>
  /** How many examples there are; needed only where keys are split and nothing else is mapped. */
  readonly size?: number
}

/**
 * The type of a tree whose leaves have one more axis, in front.
 *
 * @example
 * import type { WithAxis } from 'pullback/Vmap'
 * import * as T from 'pullback/Tensor'
 *
 * const batch: WithAxis<{ x: T.Tensor<[2]> }> = { x: T.zeros([10, 2]) }
 * batch.x.shape // => [10, 2]
 */
export type WithAxis<P> =
  P extends Tensor<infer S>
    ? Tensor<number extends S['length'] ? Shape : [number, ...S]>
    : P extends object
      ? { [Key in keyof P]: WithAxis<P[Key]> }
      : P

/** What an argument of type `P` becomes: itself for `null` and `'split'`, with an axis in front for 0, else of any shape. */
type Mapped<P, Axes> = [Axes] extends [null | 'split']
  ? P
  : [Axes] extends [0]
    ? WithAxis<P>
    : [Axes] extends [object]
      ? { [Key in keyof P]: Mapped<P[Key], Axes[Key & keyof Axes]> }
      : Loose<P>

/** What all arguments become. */
type MappedAll<Args extends readonly unknown[], Axes> = {
  [I in keyof Args]: Mapped<Args[I], Axes extends readonly unknown[] ? Axes[I & keyof Axes] : Axes>
}

type Loose<P> = P extends object ? WithLeaves<P, Tensor> : P

// -----------------------------------------------------------------------------
// axes
// -----------------------------------------------------------------------------

interface Leaf {
  readonly leaf: Tensor
  readonly axis: Axis
  readonly path: string
}

const isNode = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null

const isAxis = (x: unknown): x is Axis => typeof x === 'number' || x === null || x === 'split'

const below = (path: string, key: string, list: boolean): string => (list ? `${path}[${key}]` : `${path}.${key}`)

/** Visits every leaf with its axis: a specification that stops early holds for everything below. */
const withAxes = (
  operation: string,
  what: string,
  tree: unknown,
  axes: unknown,
  path: string,
  visit: (leaf: Leaf) => unknown
): unknown => {
  if (isAxis(axes)) {
    if (isTensor(tree)) return visit({ leaf: tree, axis: axes, path })
    if (axes === null) return tree
    const where = (at: string): string => (at === '' || at.startsWith('[') ? `${path}${at}` : `${path}.${at}`)
    const wording: Wording = { at: (at) => `${where(at)} is`, required: aTensor }
    const visitAt = (leaf: Tensor, at: string): Tensor => {
      const mapped = visit({ leaf, axis: axes, path: where(at) })
      return isTensor(mapped) ? mapped : leaf
    }
    return mapAs(operation, tree, visitAt, wording)
  }
  const differ = (rule: string): TreeError => new TreeError(operation, path, `${what} at ${path} ${rule}`)
  if (!isNode(axes)) throw differ(`is ${describe(axes)}; expected a number, null or a tree of them`)
  if (isTensor(tree) || !isNode(tree)) {
    throw differ(`is ${describe(axes)} for ${describe(tree)}; expected a number or null`)
  }
  if (Array.isArray(tree) !== Array.isArray(axes))
    throw differ(`is ${describe(axes)} for ${describe(tree)}; expected the structure of the value`)
  const keys = Object.keys(tree)
  const missing = keys.find((key) => !Object.hasOwn(axes, key))
  if (missing !== undefined) throw differ(`has no entry for ${missing}; expected a number or null`)
  const extra = Object.keys(axes).find((key) => !Object.hasOwn(tree, key))
  if (extra !== undefined) throw differ(`has an entry for ${extra}; expected the keys of the value`)
  const entries = keys.map(
    (key) =>
      [key, withAxes(operation, what, tree[key], axes[key], below(path, key, Array.isArray(tree)), visit)] as const
  )
  return Array.isArray(tree) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

const axisOf = (what: string, axis: number, shape: Shape, rank: number, path: string): number => {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  throw new ShapeError(
    'vmap',
    [shape],
    rank === 0
      ? `${what} is ${axis} for ${path}, a scalar; expected null, which passes it to every example`
      : `${what} is ${axis} for ${path} of shape ${show(shape)}; expected an integer from ${-rank} to ${rank - 1}`
  )
}

/** The order of axes that brings one to the front. */
const toFront = (rank: number, axis: number): readonly number[] => [
  axis,
  ...Array.from({ length: rank }, (_, each) => each).filter((each) => each !== axis)
]

/** The order of axes that brings the front one elsewhere. */
const fromFront = (rank: number, axis: number): readonly number[] => {
  const rest = Array.from({ length: rank - 1 }, (_, each) => each + 1)
  return [...rest.slice(0, axis), 0, ...rest.slice(axis)]
}

// -----------------------------------------------------------------------------
// arguments
// -----------------------------------------------------------------------------

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

const axesOf = (inAxes: unknown, count: number): readonly unknown[] => {
  if (isAxis(inAxes)) return new Array<Axis>(count).fill(inAxes)
  if (!Array.isArray(inAxes)) {
    const rule = `inAxes is ${describe(inAxes)}; expected a number, null, 'split' or a list of one entry per argument`
    throw new TreeError('vmap', '', rule)
  }
  if (inAxes.length === count) return inAxes
  throw new TreeError(
    'vmap',
    '',
    `inAxes has ${counted(inAxes.length, 'entry', 'entries')} for ${counted(count, 'argument')}; expected one each`
  )
}

/** The length of the mapped axis, on which all leaves must agree. */
const sizeOf = (args: readonly unknown[], axes: readonly unknown[], size: number | undefined): number => {
  let first: { readonly path: string; readonly n: number; readonly shape: Shape } | undefined
  if (size !== undefined) first = { path: 'size', n: size, shape: [size] }
  args.forEach((arg, i) =>
    withAxes('vmap', 'inAxes', arg, axes[i], `args[${i}]`, ({ leaf, axis, path }) => {
      if (typeof axis !== 'number') return leaf
      const n = leaf.shape[axisOf('inAxes', axis, leaf.shape, leaf.shape.length, path)]!
      first ??= { path, n, shape: leaf.shape }
      if (first.n === n) return leaf
      throw new ShapeError(
        'vmap',
        [first.shape, leaf.shape],
        first.path === 'size'
          ? `${path} has size ${n} along its mapped axis; expected ${first.n}, the option size`
          : `${first.path} has size ${first.n} along its mapped axis and ${path} has size ${n}; expected the same size`
      )
    })
  )
  if (first !== undefined) return first.n
  throw new TreeError(
    'vmap',
    '',
    'no argument is mapped; expected an axis of at least one leaf in inAxes, or the number of examples in size'
  )
}

const keysOf = (leaf: Tensor, path: string, size: number): Tensor => {
  requireKey(`vmap: inAxes 'split' for ${path}`, leaf)
  return size === 0 ? fill([0, 2], leaf.dtype, 0) : stack(split(asSplit(leaf), size))
}

/** Casts a leaf that has been checked to be a key. */
const asSplit = (leaf: Tensor): Key => leaf as Key

const enter = (batch: BatchTrace, arg: unknown, axes: unknown, i: number): unknown =>
  withAxes('vmap', 'inAxes', arg, axes, `args[${i}]`, ({ leaf, axis, path }) => {
    if (axis === null) return leaf
    if (axis === 'split') return batch.input(keysOf(leaf, path, batch.size))
    const rank = leaf.shape.length
    return batch.input(permuteTo(leaf, toFront(rank, axisOf('inAxes', axis, leaf.shape, rank, path))))
  })

const leave = (batch: BatchTrace, value: unknown, outAxes: unknown): unknown => {
  results('vmap', value)
  return withAxes('vmap', 'outAxes', value, outAxes, 'the result', ({ leaf, axis, path }) => {
    if (typeof axis !== 'number') {
      throw new TreeError('vmap', path, `outAxes at ${path} is ${describe(axis)}; expected an integer`)
    }
    const rank = leaf.shape.length + 1
    return permuteTo(batch.spread(leaf), fromFront(rank, axisOf('outAxes', axis, leaf.shape, rank, path)))
  })
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

const check = options<VmapOptions<readonly unknown[], unknown>>('vmap', {
  inAxes: checkedLater,
  outAxes: checkedLater,
  size: count
})

/**
 * The function of many examples at once from a function of one: `vmap(f)(xs)` is the stack of `f(x)` for every `x` along
 * the mapped axis. No loop is run: every operation works on all examples together.
 *
 * Arguments are trees of tensors; `inAxes` says which axis of each is mapped, 0 by default. A result that is the same for
 * all examples is repeated. It nests, with itself and all other transformations: `vmap(grad(loss))` has a gradient per
 * example. Values inside cannot be read as numbers, since examples differ in them. Leaves whose sizes along the mapped axis
 * differ, and axes that a leaf does not have, are errors that name the path.
 *
 * The type follows each entry: what is mapped along 0 has an axis more, what is passed with `null` or `'split'` keeps its
 * type, and along any other axis a tensor may be of any shape. From many examples back to one: `overExamples`.
 *
 * TypeScript reads one overload only of a function that has several, as most operations do: write `vmap((x: T.Tensor<[2]>,
 * y: T.Tensor<[2]>) => T.add(x, y))` in place of `vmap(T.add)`.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import { vmap } from 'pullback/Vmap'
 *
 * vmap((x: T.Tensor<[2]>, y: T.Tensor<[2]>) => T.dot(x, y))(T.of([[1, 2], [3, 4]]), T.of([[1, 1], [2, 2]]))
 * // => T.of([3, 14])
 *
 * // one gradient per example
 * const loss = (w: T.Tensor<[2]>, x: T.Tensor<[2]>) => T.square(T.dot(w, x))
 * vmap(grad(loss), { inAxes: [null, 0] })(T.of([1, 1]), T.of([[1, 0], [0, 2]])) // => T.of([[2, 0], [0, 8]])
 *
 * // every example draws with a key of its own
 * const noisy = (key: Random.Key, x: T.Tensor<[]>) => T.add(x, Random.normal(key, []))
 * vmap(noisy, { inAxes: ['split', 0] })(Random.key(0), T.zeros([3])).shape // => [3]
 *
 * vmap((x: T.Tensor, y: T.Tensor) => T.add(x, y))(T.zeros([2]), T.zeros([3]))
 * // throws vmap: args[0] has size 2 along its mapped axis and args[1] has size 3; expected the same size
 */
export const vmap: {
  <Args extends readonly unknown[], R>(
    f: (...args: Args) => R
  ): (...args: { [I in keyof Args]: WithAxis<Args[I]> }) => WithAxis<R>
  <Args extends readonly unknown[], R, const Axes extends AllAxes<Args> = 0>(
    f: (...args: Args) => R,
    options: VmapOptions<Args, R, Axes> & { readonly outAxes?: 0 }
  ): (...args: MappedAll<Args, Axes>) => WithAxis<R>
  <Args extends readonly unknown[], R, const Axes extends AllAxes<Args> = 0>(
    f: (...args: Args) => R,
    options: VmapOptions<Args, R, Axes>
  ): (...args: MappedAll<Args, Axes>) => Loose<R>
} = <Args extends readonly unknown[], R>(f: (...args: Args) => R, options: VmapOptions<Args, R> = {}) => {
  requireFunctions('vmap', { f })
  check(options)
  const { inAxes = 0, outAxes = 0, size } = options
  const mapped = (...args: readonly unknown[]): unknown => {
    const axes = axesOf(inAxes, args.length)
    const batch = newBatch('vmap', sizeOf(args, axes, size))
    try {
      return leave(batch, f(...asArguments<Args>(args.map((arg, i) => enter(batch, arg, axes[i], i)))), outAxes)
    } finally {
      batch.close()
    }
  }
  return asSignature(mapped)
}

/** Casts arguments, which keep their structure: only their leaves lose an axis. */
const asArguments = <Args extends readonly unknown[]>(list: readonly unknown[]): Args => list as Args

/** Casts to the signatures of `vmap`, in which the options decide the types of the axes; run time checks the axes. */
const asSignature = (f: (...args: readonly unknown[]) => unknown): never => f as never
