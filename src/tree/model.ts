/**
 * Trees: any nesting of records, tuples and arrays whose leaves are tensors.
 *
 * Functions here take any type `P` and check at run time that the value is a tree: a constraint with an index signature
 * would refuse interfaces. The result has the type and the structure of the argument.
 */
import { requireFunction } from '../internal/check.js'
import { dual } from '../internal/dual.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import type { Dim } from '../shape/static.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { isCopy } from '../internal/describe.js'
import { TreeError, type Wording, isRecord, notATree, requireNode, below } from './error.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A tree taken apart.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const flat: Tree.Flat<{ readonly w: T.Tensor }> = Tree.flatten({ w: T.zeros([2]) })
 * flat.paths // => ['w']
 */
export interface Flat<P> {
  readonly leaves: readonly Tensor[]
  /** The path of each leaf, written as in code: `layers[0].w`; empty for a tree that is one tensor. */
  readonly paths: readonly string[]
  /** The same structure around other leaves. */
  readonly unflatten: (leaves: readonly Tensor[]) => P
}

/**
 * The type of a tree with other leaves in it.
 *
 * @example
 * import type { WithLeaves } from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * type Params = { readonly layers: readonly [T.Tensor<[2, 3]>, T.Tensor<[3]>] }
 * const norms: WithLeaves<Params, T.Tensor<[]>> = { layers: [T.scalar(1), T.scalar(2)] }
 * norms.layers.length // => 2
 */
export type WithLeaves<P, Leaf> = P extends Tensor ? Leaf : { [Key in keyof P]: WithLeaves<P[Key], Leaf> }

/** A function of leaves that keeps their shapes, and so the type of the tree. */
type Keeping = <S extends Shape>(leaf: Tensor<S>) => Tensor<S>

/** A function of leaves that may change their shapes. */
type Changing = (leaf: Tensor) => Tensor

/** A shape that stands for any shape. */
type Probe = [Dim<'any size'>]

/**
 * `unknown` for a function that keeps the probe's shape: a second check, because the compiler compares overloaded
 * functions, such as `T.sum`, as if their type parameters were `any`.
 */
type Keeps<F> = F extends (leaf: Tensor<Probe>) => Tensor<Probe> ? unknown : never
type KeepsBoth<F> = F extends (a: Tensor<Probe>, b: Tensor<Probe>) => Tensor<Probe> ? unknown : never

/** `Keeping` and `Changing` with the path of the leaf as the first argument. */
type KeepingWithPath = <S extends Shape>(path: string, leaf: Tensor<S>) => Tensor<S>
type ChangingWithPath = (path: string, leaf: Tensor) => Tensor

/** `Keeping` and `Changing` of two corresponding leaves. */
type KeepingBoth = <S extends Shape>(a: Tensor<S>, b: Tensor<S>) => Tensor<S>
type ChangingBoth = (a: Tensor, b: Tensor) => Tensor

/** Casts a node that was rebuilt from its children to the type of the original. */
const rebuild = <P>(value: unknown): P => value as P

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

type Fields = { [key: string]: unknown }

type Visit = (leaf: Tensor, path: string) => unknown

const walk = (
  operation: string,
  node: unknown,
  path: string,
  visit: Visit,
  wording?: Wording,
  depth: number = 1
): unknown => {
  if (isTensor(node)) return visit(node, path)
  requireNode(operation, path, node, depth)
  if (Array.isArray(node)) {
    return node.map((child: unknown, i) => walk(operation, child, `${path}[${i}]`, visit, wording, depth + 1))
  }
  if (!isRecord(node)) throw notATree(operation, path, node, wording)
  // In a copy, `__proto__` is a field like others.
  const result: Fields = { ...node }
  for (const key of Object.keys(node)) {
    result[key] = walk(operation, node[key], below(path, key), visit, wording, depth + 1)
  }
  return result
}

/**
 * Applies a function to each leaf and its path. `operation` names the caller in errors, `wording` gives the rest of the
 * sentence.
 */
export const mapAs = <P>(
  operation: string,
  tree: P,
  f: (leaf: Tensor, path: string) => Tensor,
  wording?: Wording
): P => (isTensor(tree) ? rebuild(f(tree, '')) : rebuild(walk(operation, tree, '', f, wording)))

/** Applies a function to each tensor in a value of any kind, and leaves everything else as it is. */
export const mapTensors = <A>(value: A, f: (leaf: Tensor, path: string) => Tensor): A => {
  const visit = (node: unknown, path: string): unknown => {
    if (isTensor(node)) return f(node, path)
    if (Array.isArray(node)) {
      return node.map((child: unknown, i) => (typeof child === 'object' ? visit(child, `${path}[${i}]`) : child))
    }
    if (!isRecord(node)) return node
    return Object.fromEntries(Reflect.ownKeys(node).map((key) => [key, visit(node[key], below(path, String(key)))]))
  }
  return rebuild(visit(value, ''))
}

/** Takes a tree apart; `operation` names the caller in errors, `wording` gives the rest of the sentence. */
export const flattenAs = <P>(operation: string, tree: P, wording?: Wording): Flat<P> => {
  const leaves: Tensor[] = []
  const paths: string[] = []
  const collect = (leaf: Tensor, path: string): void => {
    leaves.push(leaf)
    paths.push(path)
  }
  walk(operation, tree, '', collect, wording)
  const unflatten = (others: readonly Tensor[]): P => {
    if (others.length !== leaves.length) {
      throw new TreeError(operation, '', `the number of leaves is ${others.length}; expected ${leaves.length}`)
    }
    let next = 0
    return mapAs(operation, tree, () => others[next++]!)
  }
  return { leaves, paths, unflatten }
}

/** Refuses two corresponding leaves of different shapes. */
export const requireSameShape = (operation: string, path: string, a: Tensor, b: Tensor): void => {
  if (equals(a.shape, b.shape)) return
  const at = path === '' ? '' : `${path}: `
  const rule = `${at}the shapes are ${show(a.shape)} and ${show(b.shape)}; expected equal shapes`
  throw new ShapeError(operation, [a.shape, b.shape], rule)
}

/**
 * Takes a tree apart into its leaves, their paths and `unflatten`. `unflatten(leaves)` builds the tree again. Other
 * leaves must have the same number and shapes, so that the tree keeps its type.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const { paths, leaves, unflatten } = Tree.flatten({ layers: [{ w: T.ones([2]) }, { w: T.zeros([3]) }] })
 * paths // => ['layers[0].w', 'layers[1].w']
 * unflatten(leaves).layers[1]?.w.shape // => [3]
 */
export const flatten = <P>(tree: P): Flat<P> => {
  const flat = flattenAs('Tree.flatten', tree)
  const unflatten = (leaves: readonly Tensor[]): P => {
    const result = flat.unflatten(leaves)
    leaves.forEach((leaf, i) => requireSameShape('Tree.flatten', flat.paths[i] ?? '', flat.leaves[i]!, leaf))
    return result
  }
  return { ...flat, unflatten }
}

/**
 * The leaves, in order.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.leaves([T.scalar(1), { b: T.scalar(2) }]).length // => 2
 */
export const leaves = (tree: unknown): readonly Tensor[] => flattenAs('Tree.leaves', tree).leaves

/**
 * Applies a function to each leaf. Identity and composition are preserved. A function that keeps shapes keeps the type
 * of the tree; with any other, the leaves are of unknown shape. Where the compiler cannot tell, write the leaf's type:
 * `(leaf: T.Tensor) => T.matmul(leaf, x)`. Dual.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * pipe({ a: T.scalar(1), b: T.scalar(2) }, Tree.map(T.neg)) // => { a: T.scalar(-1), b: T.scalar(-2) }
 */
export const map: {
  <F extends Keeping>(f: F & Keeps<F>): <P>(tree: P) => P
  (f: Changing): <P>(tree: P) => WithLeaves<P, Tensor>
  <P, F extends Keeping>(tree: P, f: F & Keeps<F>): P
  <P>(tree: P, f: Changing): WithLeaves<P, Tensor>
} = dual((tree: unknown, f: Changing) => {
  requireFunction('Tree.map', f)
  return mapAs('Tree.map', tree, (leaf) => f(leaf))
})

/**
 * Applies a function to the path of each leaf and the leaf. Dual.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { dense: { w: T.of([1, 2]), b: T.scalar(3) } }
 * Tree.mapWithPath(params, (path, leaf) => (path.endsWith('.b') ? leaf : T.mul(leaf, 0.9)))
 * // => { dense: { w: T.of([0.9, 1.8]), b: T.scalar(3) } }
 */
export const mapWithPath: {
  (f: KeepingWithPath): <P>(tree: P) => P
  (f: ChangingWithPath): <P>(tree: P) => WithLeaves<P, Tensor>
  <P>(tree: P, f: KeepingWithPath): P
  <P>(tree: P, f: ChangingWithPath): WithLeaves<P, Tensor>
} = dual((tree: unknown, f: ChangingWithPath) => {
  requireFunction('Tree.mapWithPath', f)
  return mapAs('Tree.mapWithPath', tree, (leaf, path) => f(path, leaf))
})

/** Checks that two trees have the same structure, and visits corresponding leaves. */
const together = (
  operation: string,
  a: unknown,
  b: unknown,
  path: string,
  visit: (a: Tensor, b: Tensor, path: string) => unknown,
  depth: number = 1
): unknown => {
  const differ = (rule: string): TreeError => {
    const copy = [a, b].find(isCopy)
    if (copy !== undefined) return notATree(operation, path, copy)
    const subject = path === '' ? 'the trees differ' : `${path} differs`
    return new TreeError(operation, path, `${subject}: ${rule}; expected the same structure`)
  }
  if (isTensor(a)) {
    if (isTensor(b)) return visit(a, b, path)
    throw differ('a tensor in the first tree only')
  }
  if (isTensor(b)) throw differ('a tensor in the second tree only')
  requireNode(operation, path, a, depth)
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) throw differ('an array in the first tree only')
    if (a.length !== b.length) throw differ(`${a.length} and ${b.length} entries`)
    return a.map((child: unknown, i) => together(operation, child, b[i], `${path}[${i}]`, visit, depth + 1))
  }
  if (!isRecord(a)) throw notATree(operation, path, a)
  if (!isRecord(b)) throw Array.isArray(b) ? differ('an array in the second tree only') : notATree(operation, path, b)
  requireNode(operation, path, b, depth)
  const extra = Object.keys(b).find((key) => !Object.hasOwn(a, key))
  if (extra !== undefined) throw differ(`key ${extra} in the second tree only`)
  const result: Fields = { ...a }
  for (const key of Object.keys(a)) {
    if (!Object.hasOwn(b, key)) throw differ(`key ${key} in the first tree only`)
    result[key] = together(operation, a[key], b[key], below(path, key), visit, depth + 1)
  }
  return result
}

/** Combines corresponding leaves of two trees of one structure; `operation` names the caller in errors. */
export const zipWithAs = <P>(
  operation: string,
  a: P,
  b: unknown,
  f: (a: Tensor, b: Tensor, path: string) => Tensor
): P => rebuild(together(operation, a, b, '', f))

/**
 * Combines corresponding leaves of two trees. A difference in structure throws a `TreeError` with its path. A function
 * that keeps shapes keeps the type of the tree. Data-last: `pipe(a, Tree.zipWith(b, f))`.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.zipWith({ a: T.scalar(1) }, { a: T.scalar(2) }, T.add) // => { a: T.scalar(3) }
 */
export function zipWith<P, F extends KeepingBoth>(a: P, b: NoInfer<P>, f: F & KeepsBoth<F>): P
export function zipWith<P>(a: P, b: unknown, f: ChangingBoth): WithLeaves<P, Tensor>
export function zipWith<P, F extends KeepingBoth>(b: P, f: F & KeepsBoth<F>): (a: P) => P
export function zipWith(b: unknown, f: ChangingBoth): <P>(a: P) => WithLeaves<P, Tensor>
export function zipWith(
  ...args: readonly [a: unknown, b: unknown, f: ChangingBoth] | readonly [b: unknown, f: ChangingBoth]
): unknown {
  const zip = (a: unknown, b: unknown, f: ChangingBoth): unknown => zipWithAs('Tree.zipWith', a, b, (x, y) => f(x, y))
  if (args.length === 3) return zip(...args)
  const [b, f] = args
  return (a: unknown) => zip(a, b, f)
}

/**
 * Whether two trees have the same structure: the same keys and lengths at every level, whatever the shapes of their
 * leaves.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.sameStructure({ w: T.zeros([2]) }, { w: T.zeros([3]) }) // => true
 * Tree.sameStructure({ w: T.zeros([2]) }, [T.zeros([2])]) // => false
 */
export const sameStructure = (a: unknown, b: unknown): boolean => {
  leaves(a)
  leaves(b)
  try {
    together('Tree.sameStructure', a, b, '', () => undefined)
    return true
  } catch (error) {
    if (error instanceof TreeError) return false
    throw error
  }
}
