/** The laws of functions as a property of fast-check. */
import * as fc from 'fast-check'
import { type CheckOptions, checkOf, functionLaws, hold } from './check.js'
import { thirdOrder } from './higher.js'
import { judge } from './toError.js'
import { subject } from './subject.js'

/**
 * One arbitrary for each argument of a function.
 *
 * @example
 * import * as A from 'pullback/Arbitrary'
 * import type { Arbitraries } from 'pullback/Law'
 * import type * as T from 'pullback/Tensor'
 *
 * const ofMatrixAndVector: Arbitraries<[T.Tensor<[2, 3]>, T.Tensor<[3]>]> = [
 *   A.tensor({ shape: [2, 3] }),
 *   A.tensor({ shape: [3] })
 * ]
 * ofMatrixAndVector.length // => 2
 */
export type Arbitraries<Args extends readonly unknown[]> = { readonly [I in keyof Args]: fc.Arbitrary<Args[I]> }

/** Salts, which determine directions: any integer, and smaller ones are not simpler. */
export const salts: fc.Arbitrary<number> = fc.noShrink(fc.noBias(fc.nat({ max: 0x7fffffff })))

/** Casts `fc.tuple` to tuples of any length. */
const argumentsOf = <Args extends readonly unknown[]>(arbitraries: Arbitraries<Args>): fc.Arbitrary<Args> =>
  fc.tuple(...arbitraries) as unknown as fc.Arbitrary<Args>

/**
 * `Law.gradient` with a name for the function, and a choice of laws.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const toThirdOrder = Law.gradientWith({ name: 'cube', laws: Law.functionLaws })
 * fc.assert(toThirdOrder((x: T.Tensor<[2]>) => T.mul(x, T.square(x)), A.tensor({ shape: [2] })))
 */
export const gradientWith = (
  options: CheckOptions
): (<Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...arbitraries: Arbitraries<Args>
) => fc.IPropertyWithHooks<[args: Args, salt: number]>) => {
  checkOf('Law.gradientWith')(options)
  return (f, ...arbitraries) => {
    const { name = f.name === '' ? 'the function' : f.name } = options
    const laws = options.laws ?? functionLaws.filter((law) => law !== thirdOrder)
    const judged = judge()
    return fc.property(argumentsOf(arbitraries), salts, (args, salt) => {
      const at = subject(name, f, args)
      judged(() => at, hold(at, laws, salt))
    })
  }
}

/**
 * The property that a function is differentiated correctly wherever its arguments are drawn from: purity, the adjoint
 * identity, linearity, mapped gradients, finite differences and the second order, as in `Law.check`. One arbitrary for each argument, which
 * is a tree of float64 tensors, or a constant of any type.
 *
 * It is an ordinary property of fast-check: for `fc.assert`, or any runner that takes one. A failure is shrunk, and thrown
 * as the cause of fast-check's report, which has the seed and the path to replay it.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Law from 'pullback/Law'
 * import { real } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const energy = (x: T.Tensor<[2, 3]>) => T.sum(T.square(x))
 * fc.assert(Law.gradient(energy, A.tensor({ shape: [2, 3], domain: real })))
 *
 * const affine = (params: { readonly w: T.Tensor; readonly b: T.Tensor }, x: T.Tensor) => T.add(T.mul(params.w, x), params.b)
 * const params = fc.record({ w: A.tensor({ shape: [3] }), b: A.tensor({ shape: [] }) })
 * fc.assert(Law.gradient(affine, params, A.tensor({ shape: [2, 3] })))
 */
export const gradient = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...arbitraries: Arbitraries<Args>
): fc.IPropertyWithHooks<[args: Args, salt: number]> => gradientWith({})(f, ...arbitraries)
