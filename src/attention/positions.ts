/** Positions in sequences: as sines that are added, and as angles by which queries and keys are turned. */
import { type FloatDType, isFloat } from '../DType.js'
import { requireNumber } from '../internal/check.js'
import { dataFirst } from '../internal/dual.js'
import { type Kind, number, oneOf, options } from '../internal/options.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { ShapeError, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Preserving } from '../tensor/dataFirst.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `sinusoidal`.
 *
 * @example
 * import type { SinusoidalOptions } from 'pullback/Attention'
 *
 * const options: SinusoidalOptions = { dtype: 'float64' }
 * options.dtype // => 'float64'
 */
export interface SinusoidalOptions {
  /** The longest wavelength, divided by 2 pi, is just below it; 10000 by default. */
  readonly base?: number
  /** The element type; float32 by default. */
  readonly dtype?: FloatDType
}

/**
 * The options of `rotary`.
 *
 * @example
 * import type { RotaryOptions } from 'pullback/Attention'
 *
 * const options: RotaryOptions = { pairs: 'halves' }
 * options.pairs // => 'halves'
 */
export interface RotaryOptions {
  /** As in `sinusoidal`; 10000 by default. */
  readonly base?: number
  /** Which elements are turned together: neighbours (`'adjacent'`, the default), or i and i + width / 2 (`'halves'`). */
  readonly pairs?: 'adjacent' | 'halves'
}

/** What angles are divided by powers of. */
export const baseKind: Kind = number('a finite number above 1', (base) => base > 1 && base < Infinity)

/** The angles p / base^(2 i / width) of positions p, in double: [length, width / 2]. */
const anglesOf = (length: number, width: number, base: number): Tensor => {
  const exponents = T.mul(T.arange(0, width, 2, 'float64'), -1 / width)
  return T.mul(T.expandDims(T.arange(length, 'float64'), 1), T.exp(T.mul(exponents, Math.log(base))))
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const checkSinusoidal = options<SinusoidalOptions>('sinusoidal', { base: baseKind, dtype: oneOf('float32', 'float64') })

/**
 * Positions as sines and cosines, [length, width]: element 2 i of position p is sin(p / base^(2 i / width)), element 2 i + 1 the cosine.
 * They are computed in double, and rounded once.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017.
 *
 * @throws RangeError when the length is not an integer of 0 or more, or the width not an even one above 0
 *
 * @example
 * import * as Attention from 'pullback/Attention'
 * import * as T from 'pullback/Tensor'
 *
 * Attention.sinusoidal(3, 2) // => T.of([[0, 1], [Math.sin(1), Math.cos(1)], [Math.sin(2), Math.cos(2)]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const sinusoidal = <L extends number, W extends number>(
  length: L,
  width: W,
  options: SinusoidalOptions = {}
): Tensor<[L, W]> => {
  checkSinusoidal(options)
  requireNumber('sinusoidal', 'the length', length, 'an integer of 0 or more', (n) => Number.isInteger(n) && n >= 0)
  requireEven('sinusoidal', width)
  const { base = 10_000, dtype = 'float32' } = options
  const angles = anglesOf(length, width, base)
  return typed(T.cast(T.reshape(T.stack([T.sin(angles), T.cos(angles)], { axis: -1 }), [length, width]), dtype))
}

/** Refuses a width that is not even. */
export const requireEven = (operation: string, width: unknown): void => {
  requireNumber(operation, 'the width', width, 'an even integer above 0', (n) => n > 0 && n % 2 === 0)
}

/**
 * Rotary positions of queries or keys [..., length, width]: at position p each pair (a, b) of elements is turned by the angle
 * p / base^(2 i / width), to (a cos - b sin, a sin + b cos), so that a product of a query and a key depends on the distance between them.
 * `pairs` are neighbours, as in the paper, or lie half a width apart, as in most published weights. Data-last: `rotary(options)(x)`.
 *
 * J. Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, Neurocomputing 568 (2024).
 *
 * @throws ShapeError when there are fewer than two axes, or the width is odd; DTypeError when x is not of floats
 *
 * @example
 * import * as Attention from 'pullback/Attention'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 0], [1, 0]])
 * Attention.rotary(x) // => T.of([[1, 0], [Math.cos(1), Math.sin(1)]])
 */
export const rotary: Preserving<RotaryOptions> = /* @__PURE__ */ dataFirst<Preserving<RotaryOptions>>(
  /* @__PURE__ */ options<RotaryOptions>('rotary', { base: baseKind, pairs: oneOf('adjacent', 'halves') }),
  (x: Tensor, { base = 10_000, pairs = 'adjacent' }: RotaryOptions = {}): Tensor => {
    requireTensor('rotary', x)
    if (!isFloat(x.dtype)) {
      throw new DTypeError('rotary', `the operand is ${x.dtype}; expected float32 or float64, cast it with T.cast`)
    }
    const [length, width] = x.shape.slice(-2)
    if (length === undefined || width === undefined || width % 2 !== 0) {
      const rule = `the operand has shape ${show(x.shape)}; expected [..., length, width] with an even width`
      throw new ShapeError('rotary', [x.shape], rule)
    }
    return within('rotary', () => {
      const angles = anglesOf(length, width, base)
      const [cos, sin] = [T.cast(T.cos(angles), x.dtype), T.cast(T.sin(angles), x.dtype)]
      const axis = pairs === 'adjacent' ? -1 : -2
      const pair = pairs === 'adjacent' ? [width / 2, 2] : [2, width / 2]
      const split: Tensor = T.reshape(x, [...x.shape.slice(0, -1), ...pair])
      const [a, b]: readonly Tensor[] = [T.at(split, 0, { axis }), T.at(split, 1, { axis })]
      const turned = [T.sub(T.mul(a!, cos), T.mul(b!, sin)), T.add(T.mul(a!, sin), T.mul(b!, cos))]
      return T.reshape(T.stack(turned, { axis }), x.shape)
    })
  }
)
