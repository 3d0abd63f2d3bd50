/** Folding and traversing trees. */
import type { Applicative, Applicative1, Applicative2 } from 'fp-ts/lib/Applicative.js'
// oxlint-disable-next-line no-restricted-imports -- types alone, erased; fp-ts declares them at this path only
import type { HKT, Kind, Kind2, URIS, URIS2 } from 'fp-ts/HKT.js'
import { requireFunction } from '../internal/check.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { type WithLeaves, flattenAs } from './model.js'

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
  requireFunction('Tree.reduce', f)
  const { leaves: all, paths } = flattenAs('Tree.reduce', tree)
  return all.reduce((result, leaf, i) => f(result, leaf, paths[i] ?? ''), start)
}

/** The leaves that a traversal has visited, last first. It is immutable, since an effect may run a step more than once. */
type Done = { readonly before: Done; readonly next: Tensor } | undefined

const inOrder = (done: Done): readonly Tensor[] => {
  const result: Tensor[] = []
  for (let rest = done; rest !== undefined; rest = rest.before) result.push(rest.next)
  return result.reverse()
}

interface Traverse2<F extends URIS2> {
  <E>(f: <S extends Shape>(leaf: Tensor<S>) => Kind2<F, E, Tensor<S>>): <P>(tree: P) => Kind2<F, E, P>
  <E>(f: (leaf: Tensor) => Kind2<F, E, Tensor>): <P>(tree: P) => Kind2<F, E, WithLeaves<P, Tensor>>
}

interface Traverse1<F extends URIS> {
  (f: <S extends Shape>(leaf: Tensor<S>) => Kind<F, Tensor<S>>): <P>(tree: P) => Kind<F, P>
  (f: (leaf: Tensor) => Kind<F, Tensor>): <P>(tree: P) => Kind<F, WithLeaves<P, Tensor>>
}

interface TraverseOf<F> {
  (f: <S extends Shape>(leaf: Tensor<S>) => HKT<F, Tensor<S>>): <P>(tree: P) => HKT<F, P>
  (f: (leaf: Tensor) => HKT<F, Tensor>): <P>(tree: P) => HKT<F, WithLeaves<P, Tensor>>
}

interface TraverseWithPath2<F extends URIS2> {
  <E>(f: <S extends Shape>(path: string, leaf: Tensor<S>) => Kind2<F, E, Tensor<S>>): <P>(tree: P) => Kind2<F, E, P>
  <E>(f: (path: string, leaf: Tensor) => Kind2<F, E, Tensor>): <P>(tree: P) => Kind2<F, E, WithLeaves<P, Tensor>>
}

interface TraverseWithPath1<F extends URIS> {
  (f: <S extends Shape>(path: string, leaf: Tensor<S>) => Kind<F, Tensor<S>>): <P>(tree: P) => Kind<F, P>
  (f: (path: string, leaf: Tensor) => Kind<F, Tensor>): <P>(tree: P) => Kind<F, WithLeaves<P, Tensor>>
}

interface TraverseWithPathOf<F> {
  (f: <S extends Shape>(path: string, leaf: Tensor<S>) => HKT<F, Tensor<S>>): <P>(tree: P) => HKT<F, P>
  (f: (path: string, leaf: Tensor) => HKT<F, Tensor>): <P>(tree: P) => HKT<F, WithLeaves<P, Tensor>>
}

const through =
  <F>(operation: string, F: Applicative<F>) =>
  (f: (path: string, leaf: Tensor) => HKT<F, Tensor>) =>
  <P>(tree: P): HKT<F, P> => {
    const { leaves: all, paths, unflatten } = flattenAs(operation, tree)
    let result: HKT<F, Done> = F.of(undefined)
    all.forEach((leaf, i) => {
      result = F.ap(
        F.map(result, (before) => (next: Tensor) => ({ before, next })),
        f(paths[i] ?? '', leaf)
      )
    })
    return F.map(result, (done) => unflatten(inOrder(done)))
  }

/**
 * Applies an effectful function to each leaf, from left to right, and collects the tree inside the effect. A function
 * that keeps shapes keeps the type of the tree.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const isFinite = (leaf: T.Tensor) => T.item(T.all(T.isFinite(leaf))) === 1
 * const finite = Tree.traverse(O.Applicative)((leaf) => (isFinite(leaf) ? O.some(leaf) : O.none))
 * O.isSome(finite({ a: T.of([1, 2]) })) // => true
 * O.isSome(finite({ a: T.of([1, Infinity]) })) // => false
 */
export function traverse<F extends URIS2>(F: Applicative2<F>): Traverse2<F>
export function traverse<F extends URIS>(F: Applicative1<F>): Traverse1<F>
export function traverse<F>(F: Applicative<F>): TraverseOf<F>
export function traverse<F>(
  F: Applicative<F>
): (f: (leaf: Tensor) => HKT<F, Tensor>) => <P>(tree: P) => HKT<F, unknown> {
  return (f) => through('Tree.traverse', F)((_path, leaf) => f(leaf))
}

/**
 * Like `traverse`, with the leaf's path as the first argument of the function.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const matrices = Tree.traverseWithPath(E.Applicative)((path, leaf) =>
 *   T.rank(leaf) === 2 ? E.right(leaf) : E.left(path)
 * )
 * matrices({ layer: { w: T.zeros([2, 3]), b: T.zeros([3]) } }) // => E.left('layer.b')
 */
export function traverseWithPath<F extends URIS2>(F: Applicative2<F>): TraverseWithPath2<F>
export function traverseWithPath<F extends URIS>(F: Applicative1<F>): TraverseWithPath1<F>
export function traverseWithPath<F>(F: Applicative<F>): TraverseWithPathOf<F>
export function traverseWithPath<F>(
  F: Applicative<F>
): (f: (path: string, leaf: Tensor) => HKT<F, Tensor>) => <P>(tree: P) => HKT<F, unknown> {
  return through('Tree.traverseWithPath', F)
}
