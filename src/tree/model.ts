/**
 * Trees: any nesting of records, tuples and arrays whose leaves are tensors.
 *
 * Functions here take any type `P` and check at run time that it is a tree, because an index signature as a constraint
 * would refuse interfaces. What they give back has the type and the structure that went in.
 */
import type { Applicative, Applicative1, Applicative2 } from 'fp-ts/lib/Applicative.js'
// oxlint-disable-next-line no-restricted-imports -- types alone, erased; fp-ts declares them at this path only
import type { HKT, Kind, Kind2, URIS, URIS2 } from 'fp-ts/HKT.js'
import { dual } from '../internal/dual.js'
import { type Tensor, isTensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A value whose leaves are not all tensors, or two trees that differ in structure. Names the path of the first culprit.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return Tree.leaves({ layer: { w: T.zeros([2]), rate: 0.1 } })
 *   } catch (error) {
 *     return error instanceof Tree.TreeError ? error.path : error
 *   }
 * }
 * attempt() // => 'layer.rate'
 */
export class TreeError extends Error {
  override readonly name: string = 'TreeError'
  readonly operation: string
  /** Where in the tree, as one would write it: `layers[0].w`. */
  readonly path: string

  constructor(operation: string, path: string, rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
    this.path = path
  }
}

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
  /** Where each leaf stands, as one would write it: `layers[0].w`; empty for a tree that is one tensor. */
  readonly paths: readonly string[]
  /** The same structure around other leaves. */
  readonly unflatten: (leaves: readonly Tensor[]) => P
}

const isRecord = (node: unknown): node is { readonly [key: string]: unknown } => {
  if (typeof node !== 'object' || node === null) return false
  const prototype: unknown = Object.getPrototypeOf(node)
  return prototype === Object.prototype || prototype === null
}

const identifier = /^[A-Za-z_$][\w$]*$/

const below = (path: string, key: string): string =>
  !identifier.test(key) ? `${path}[${JSON.stringify(key)}]` : path === '' ? key : `${path}.${key}`

const describe = (node: unknown): string => {
  switch (typeof node) {
    case 'object':
      return node === null ? 'null' : `an object of class ${node.constructor.name}`
    case 'undefined':
      return 'undefined'
    case 'number':
    case 'string':
    case 'boolean':
    case 'bigint':
      return `a ${typeof node} (${String(node)})`
    default:
      return `a ${typeof node}`
  }
}

/** How an error words where a bad leaf is, and what is required there. */
export interface Wording {
  readonly at: (path: string) => string
  readonly required: string
}

const plain: Wording = {
  at: (path) => `${path === '' ? 'the value' : path} is`,
  required: 'leaves must be tensors'
}

const notATree = (operation: string, path: string, node: unknown, wording: Wording = plain): TreeError => {
  const remedy = typeof node === 'number' || typeof node === 'boolean' ? ', make it one with T.scalar' : ''
  return new TreeError(operation, path, `${wording.at(path)} ${describe(node)}; ${wording.required}${remedy}`)
}

/** Rebuilds a node from its children: the one place where the structure is trusted to have kept its type. */
const rebuild = <P>(value: unknown): P => value as P

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

type Visit = (leaf: Tensor, path: string) => unknown

const walk = (operation: string, node: unknown, path: string, visit: Visit, wording?: Wording): unknown => {
  if (isTensor(node)) return visit(node, path)
  if (Array.isArray(node)) {
    return node.map((child: unknown, i) => walk(operation, child, `${path}[${i}]`, visit, wording))
  }
  if (!isRecord(node)) throw notATree(operation, path, node, wording)
  const result: { [key: string]: unknown } = {}
  for (const key of Object.keys(node)) result[key] = walk(operation, node[key], below(path, key), visit, wording)
  return result
}

/**
 * Applies a function to each leaf; it is also told the leaf's path. `operation` names the caller in errors.
 */
export const mapAs = <P>(operation: string, tree: P, f: (leaf: Tensor, path: string) => Tensor): P =>
  isTensor(tree) ? rebuild(f(tree, '')) : rebuild(walk(operation, tree, '', f))

/** Applies a function to each tensor in a value of any kind, and leaves everything else as it is. */
export const mapTensors = <A>(value: A, f: (leaf: Tensor) => Tensor): A => {
  const visit = (node: unknown): unknown => {
    if (isTensor(node)) return f(node)
    if (Array.isArray(node)) return node.map(visit)
    if (!isRecord(node)) return node
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]))
  }
  return rebuild(visit(value))
}

/** Takes a tree apart; `operation` names the caller in errors, `wording` the rest of them. */
export const flattenAs = <P>(operation: string, tree: P, wording?: Wording): Flat<P> => {
  const leaves: Tensor[] = []
  const paths: string[] = []
  const collect = (leaf: Tensor, path: string): void => {
    leaves.push(leaf)
    paths.push(path)
  }
  walk(operation, tree, '', collect, wording)
  const unflatten = (others: readonly Tensor[]): P => {
    let next = 0
    return mapAs(operation, tree, () => {
      const leaf = others[next++]
      if (leaf === undefined) {
        throw new TreeError(operation, '', `${others.length} leaves were given; ${leaves.length} are required`)
      }
      return leaf
    })
  }
  return { leaves, paths, unflatten }
}

/**
 * Takes a tree apart into leaves, their paths, and the way back. `unflatten(leaves)` is the tree itself.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const { paths, leaves, unflatten } = Tree.flatten({ layers: [{ w: T.ones([2]) }, { w: T.zeros([3]) }] })
 * paths // => ['layers[0].w', 'layers[1].w']
 * unflatten(leaves).layers[1]?.w.shape // => [3]
 */
export const flatten = <P>(tree: P): Flat<P> => flattenAs('Tree.flatten', tree)

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
 * Applies a function to each leaf; it is also told the leaf's path. Identity and composition are preserved.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * pipe({ a: T.scalar(1), b: T.scalar(2) }, Tree.map(T.neg)) // => { a: T.scalar(-1), b: T.scalar(-2) }
 */
export const map: {
  (f: (leaf: Tensor, path: string) => Tensor): <P>(tree: P) => P
  <P>(tree: P, f: (leaf: Tensor, path: string) => Tensor): P
} = dual((tree: unknown, f: (leaf: Tensor, path: string) => Tensor) => mapAs('Tree.map', tree, f))

/** Checks that two trees have the same structure, and hands out corresponding leaves. */
const together = (
  operation: string,
  a: unknown,
  b: unknown,
  path: string,
  visit: (a: Tensor, b: Tensor, path: string) => unknown
): unknown => {
  const differ = (rule: string): TreeError =>
    new TreeError(
      operation,
      path,
      `${path === '' ? 'the trees differ' : `${path} differs`}: ${rule}; the same structure is required`
    )
  if (isTensor(a)) {
    if (isTensor(b)) return visit(a, b, path)
    throw differ('a tensor in the first tree only')
  }
  if (isTensor(b)) throw differ('a tensor in the second tree only')
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) throw differ('an array in the first tree only')
    if (a.length !== b.length) throw differ(`${a.length} and ${b.length} entries`)
    return a.map((child: unknown, i) => together(operation, child, b[i], `${path}[${i}]`, visit))
  }
  if (!isRecord(a)) throw notATree(operation, path, a)
  if (!isRecord(b)) throw Array.isArray(b) ? differ('an array in the second tree only') : notATree(operation, path, b)
  const extra = Object.keys(b).find((key) => !Object.hasOwn(a, key))
  if (extra !== undefined) throw differ(`key ${extra} in the second tree only`)
  const result: { [key: string]: unknown } = {}
  for (const key of Object.keys(a)) {
    if (!Object.hasOwn(b, key)) throw differ(`key ${key} in the first tree only`)
    result[key] = together(operation, a[key], b[key], below(path, key), visit)
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
 * Combines corresponding leaves of two trees. A difference in structure throws a `TreeError` with its path.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.zipWith({ a: T.scalar(1) }, { a: T.scalar(2) }, T.add) // => { a: T.scalar(3) }
 */
export const zipWith = <P>(a: P, b: P, f: (a: Tensor, b: Tensor, path: string) => Tensor): P =>
  zipWithAs('Tree.zipWith', a, b, f)

/**
 * Folds the leaves from the left.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * Tree.reduce({ w: T.zeros([2, 3]), b: T.zeros([3]) }, 0, (total, leaf) => total + T.size(leaf)) // => 9
 */
export const reduce = <P, B>(tree: P, start: B, f: (result: B, leaf: Tensor, path: string) => B): B => {
  const { leaves: all, paths } = flattenAs('Tree.reduce', tree)
  return all.reduce((result, leaf, i) => f(result, leaf, paths[i] ?? ''), start)
}

/** The leaves that a traversal has done, last first: effects may run a step more than once, so nothing is mutated. */
type Done = { readonly before: Done; readonly next: Tensor } | undefined

const inOrder = (done: Done): readonly Tensor[] => {
  const result: Tensor[] = []
  for (let rest = done; rest !== undefined; rest = rest.before) result.push(rest.next)
  return result.reverse()
}

/**
 * Applies an effectful function to each leaf, from left to right, and collects the tree inside the effect.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const finite = Tree.traverse(O.Applicative)((leaf: T.Tensor) => (T.item(T.all(T.isFinite(leaf))) ? O.some(leaf) : O.none))
 * O.isSome(finite({ a: T.of([1, 2]) })) // => true
 * O.isSome(finite({ a: T.of([1, Infinity]) })) // => false
 */
export function traverse<F extends URIS2>(
  F: Applicative2<F>
): <E>(f: (leaf: Tensor, path: string) => Kind2<F, E, Tensor>) => <P>(tree: P) => Kind2<F, E, P>
export function traverse<F extends URIS>(
  F: Applicative1<F>
): (f: (leaf: Tensor, path: string) => Kind<F, Tensor>) => <P>(tree: P) => Kind<F, P>
export function traverse<F>(
  F: Applicative<F>
): (f: (leaf: Tensor, path: string) => HKT<F, Tensor>) => <P>(tree: P) => HKT<F, P>
export function traverse<F>(
  F: Applicative<F>
): (f: (leaf: Tensor, path: string) => HKT<F, Tensor>) => <P>(tree: P) => HKT<F, P> {
  return (f) =>
    <P>(tree: P) => {
      const { leaves: all, paths, unflatten } = flattenAs('Tree.traverse', tree)
      let result: HKT<F, Done> = F.of(undefined)
      all.forEach((leaf, i) => {
        result = F.ap(
          F.map(result, (before) => (next: Tensor) => ({ before, next })),
          f(leaf, paths[i] ?? '')
        )
      })
      return F.map(result, (done) => unflatten(inOrder(done)))
    }
}
