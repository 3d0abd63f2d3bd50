/**
 * The domains in which operations are defined and smooth, as plain data: for readers, and for the operands of the laws.
 */
import type { DType } from '../DType.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An open interval on which a function of a real number is defined, and the points in it where it is not smooth.
 *
 * @example
 * import { type Domain, real } from 'pullback/Primitive'
 *
 * const ofAbs: Domain = { ...real, kinks: [0] }
 * ofAbs.kinks // => [0]
 */
export interface Domain {
  /** The lower end, exclusive. */
  readonly from: number
  /** The upper end, exclusive. */
  readonly to: number
  /** Points where the function or a derivative jumps or is infinite: generated values keep away from them. */
  readonly kinks: readonly number[]
}

/**
 * A source of test operands, which the laws implement with fast-check: shrinking comes with it. All float tensors are
 * float64, on a half-odd lattice: never 0, never a kink.
 *
 * @example
 * import { type Draw, real } from 'pullback/Primitive'
 * import type * as T from 'pullback/Tensor'
 *
 * // a matrix and a vector that multiply
 * const operands = (draw: Draw): readonly T.Tensor[] => {
 *   const [rows, columns] = [draw.integer(1, 4), draw.integer(1, 4)]
 *   return [draw.tensor([rows, columns], real), draw.tensor([columns], real)]
 * }
 * operands.length // => 1
 */
export interface Draw {
  /** A whole number between two bounds, both included. */
  readonly integer: (from: number, to: number) => number
  /** A size of an axis between two bounds, both included; laws of long axes draw a longer one now and then. */
  readonly size: (from: number, to: number) => number
  /** One of several. */
  readonly pick: <A>(options: readonly [A, ...A[]]) => A
  /** A shape; by default, ranks 0 to 4 and sizes 0 to 4. */
  readonly shape: (bounds?: {
    readonly minRank?: number
    readonly maxRank?: number
    readonly minSize?: number
    readonly maxSize?: number
  }) => Shape
  /** A float64 tensor with values in a domain, away from its kinks. */
  readonly tensor: (shape: Shape, domain: Domain) => Tensor
  /** A float64 tensor with values in a domain that all differ, for operations with ties. */
  readonly distinct: (shape: Shape, domain: Domain) => Tensor
  /** Two tensors of one shape with all values different, across both. */
  readonly distinctPair: (shape: Shape, domain: Domain) => readonly [Tensor, Tensor]
  /** An int32 tensor of values from 0 to `below` (exclusive), duplicates included. */
  readonly indices: (shape: Shape, below: number) => Tensor
  /** A bool tensor. */
  readonly mask: (shape: Shape) => Tensor
  /** An element type out of several. */
  readonly dtype: (options: readonly [DType, ...DType[]]) => DType
}

/**
 * Operands and parameters at which to test a primitive.
 *
 * @example
 * import { type Sample, real } from 'pullback/Primitive'
 *
 * const ofReduction: Sample<{ readonly axis: number }> = (draw) => {
 *   const shape = draw.shape({ minRank: 1 })
 *   return { operands: [draw.tensor(shape, real)], params: { axis: draw.integer(0, shape.length - 1) } }
 * }
 * ofReduction.length // => 1
 */
export type Sample<P> = (draw: Draw) => { readonly operands: readonly Tensor[]; readonly params: P }

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * An open interval, with kinks inside it where there are any.
 *
 * @example
 * import { interval } from 'pullback/Primitive'
 *
 * interval(-1, 1) // => { from: -1, to: 1, kinks: [] }
 */
/* @__NO_SIDE_EFFECTS__ */
export const interval = (from: number, to: number, kinks: readonly number[] = []): Domain => ({ from, to, kinks })

/**
 * All real numbers.
 *
 * @example
 * import { real } from 'pullback/Primitive'
 *
 * real // => { from: -Infinity, to: Infinity, kinks: [] }
 */
export const real: Domain = { from: -Infinity, to: Infinity, kinks: [] }

/**
 * The positive numbers.
 *
 * @example
 * import { positive } from 'pullback/Primitive'
 *
 * positive.from // => 0
 */
export const positive: Domain = { from: 0, to: Infinity, kinks: [] }

/**
 * The numbers between 0 and 1.
 *
 * @example
 * import { unitOpen } from 'pullback/Primitive'
 *
 * unitOpen // => { from: 0, to: 1, kinks: [] }
 */
export const unitOpen: Domain = { from: 0, to: 1, kinks: [] }

/**
 * A domain with further kinks, from which generated values keep away.
 *
 * @example
 * import { awayFrom, real } from 'pullback/Primitive'
 *
 * awayFrom([0])(real).kinks // => [0]
 */
/* @__NO_SIDE_EFFECTS__ */
export const awayFrom =
  (kinks: readonly number[]) =>
  (domain: Domain): Domain => ({ ...domain, kinks: [...domain.kinks, ...kinks] })
