/** Laws besides those of derivatives: of vector spaces of trees, and of equality. */
import * as fc from 'fast-check'
import type { Eq } from 'fp-ts/lib/Eq.js'
import { epsilon, isFloat } from '../DType.js'
import type { Tensor } from '../tensor/model.js'
import { flattenAs } from '../tree/model.js'
import { literal } from './literal.js'
import { flat, largest } from './values.js'

// -----------------------------------------------------------------------------
// vector spaces
// -----------------------------------------------------------------------------

/**
 * The operations of a vector space whose vectors are trees of float tensors, with an inner product where there is one.
 *
 * @example
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const tensors: Law.VectorSpace<T.Tensor> = { add: T.add, scale: T.mul, zero: T.zerosLike }
 * tensors.scale(T.of([1, 2]), 3) // => T.of([3, 6])
 */
export interface VectorSpace<V> {
  readonly add: (a: V, b: V) => V
  readonly scale: (a: V, factor: number) => V
  /** The zero of the vector's structure and shapes. */
  readonly zero: (like: V) => V
  readonly dot?: (a: V, b: V) => Tensor
}

const factors: fc.Arbitrary<number> = fc.noBias(fc.integer({ min: -3000, max: 2999 })).map((k) => (2 * k + 1) / 2000)

const numbers = (tree: unknown): Float64Array => flat(flattenAs('vectorSpace', tree).leaves)

/** The coarsest machine epsilon among the leaves. */
const coarsest = (tree: unknown): number =>
  Math.max(
    ...flattenAs('vectorSpace', tree).leaves.map(({ dtype }) => (isFloat(dtype) ? epsilon(dtype) : 0)),
    epsilon('float64')
  )

const fails = (law: string, operands: readonly unknown[], found: unknown, expected: unknown): Error =>
  new Error(
    `vectorSpace: ${law} does not hold at ${operands.map(literal).join(', ')}: the sides are ${literal(found)} and ${literal(expected)}; expected equality to rounding`
  )

/** Rounding of a few operations on terms of the given size. */
const close = (a: Float64Array, b: Float64Array, bound: number): boolean =>
  a.length === b.length && a.every((each, i) => Math.abs(each - b[i]!) <= bound)

/**
 * The axioms of a vector space, to rounding: addition commutes and associates and has a zero and inverses, multiples
 * distribute and compose, 1 does nothing; the inner product, if there is one, is symmetric, bilinear and not negative.
 *
 * All vectors that `arbitrary` generates must have one structure.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Law from 'pullback/Law'
 * import * as Tree from 'pullback/Tree'
 *
 * const params = fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [3] }) })
 * const space = {
 *   add: <P>(a: P, b: P) => Tree.add(a, b),
 *   scale: <P>(a: P, k: number) => Tree.scale(a, k),
 *   zero: Tree.zerosLike,
 *   dot: <P>(a: P, b: P) => Tree.dot(a, b)
 * }
 * fc.assert(Law.vectorSpace(space, params))
 */
export const vectorSpace = <V>(
  { add, scale, zero, dot }: VectorSpace<V>,
  arbitrary: fc.Arbitrary<V>
): fc.IPropertyWithHooks<[a: V, b: V, c: V, k: number, l: number]> =>
  fc.property(arbitrary, arbitrary, arbitrary, factors, factors, (a, b, c, k, l) => {
    const size = Math.max(1, ...[a, b, c].map((each) => largest(numbers(each))))
    const rounding = 16 * coarsest(a) * size * (1 + Math.abs(k)) * (1 + Math.abs(l))
    const equal = (law: string, found: V, expected: V): void => {
      if (!close(numbers(found), numbers(expected), rounding)) throw fails(law, [a, b, c, k, l], found, expected)
    }
    equal('a + b = b + a', add(a, b), add(b, a))
    equal('(a + b) + c = a + (b + c)', add(add(a, b), c), add(a, add(b, c)))
    equal('a + 0 = a', add(a, zero(a)), a)
    equal('a + (-1) a = 0', add(a, scale(a, -1)), zero(a))
    equal('1 a = a', scale(a, 1), a)
    equal('k (l a) = (k l) a', scale(scale(a, l), k), scale(a, k * l))
    equal('k (a + b) = k a + k b', scale(add(a, b), k), add(scale(a, k), scale(b, k)))
    equal('(k + l) a = k a + l a', scale(a, k + l), add(scale(a, k), scale(a, l)))
    if (dot === undefined) return
    const wide = rounding * size * Math.max(1, numbers(a).length)
    const same = (law: string, found: Tensor, expected: number): void => {
      if (!close(flat([found]), Float64Array.of(expected), wide)) throw fails(law, [a, b, c, k, l], found, expected)
    }
    const product = (x: V, y: V): number => flat([dot(x, y)])[0]!
    same('<a, b> = <b, a>', dot(a, b), product(b, a))
    same('<k a + b, c> = k <a, c> + <b, c>', dot(add(scale(a, k), b), c), k * product(a, c) + product(b, c))
    if (product(a, a) < 0) throw fails('<a, a> >= 0', [a], dot(a, a), 0)
  })

// -----------------------------------------------------------------------------
// equality
// -----------------------------------------------------------------------------

/**
 * The laws of an fp-ts `Eq`: reflexive, symmetric, transitive.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * fc.assert(Law.eq(T.Eq, A.tensor()))
 */
export const eq = <A>(
  { equals }: Eq<A>,
  arbitrary: fc.Arbitrary<A>
): fc.IPropertyWithHooks<[values: [A, A, A], repeats: [boolean, boolean]]> =>
  fc.property(
    fc.tuple(arbitrary, arbitrary, arbitrary),
    fc.tuple(fc.boolean(), fc.boolean()),
    ([a, second, third], [same, again]) => {
      const b = same ? a : second
      const c = again ? b : third
      const refuse = (law: string): Error =>
        new Error(`eq: equals is not ${law} at ${[a, b, c].map(literal).join(', ')}; expected an equivalence`)
      if (!equals(a, a) || !equals(b, b)) throw refuse('reflexive')
      if (equals(a, b) !== equals(b, a)) throw refuse('symmetric')
      if (equals(a, b) && equals(b, c) && !equals(a, c)) throw refuse('transitive')
    }
  )
