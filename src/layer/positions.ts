/** Layers that add positions to sequences. */
import { type SinusoidalOptions, baseKind, requireEven, sinusoidal } from '../attention/positions.js'
import type { FloatDType } from '../DType.js'
import { type Initializer, normal } from '../Init.js'
import { requireCount } from '../internal/check.js'
import { options } from '../internal/options.js'
import * as R from '../Random.js'
import { ShapeError, show } from '../shape/model.js'
import { add, slice } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'
import { requireSequence, sequenceOf } from './attention.js'
import { drawKinds, initialised } from './drawn.js'
import { type AnyLayer, type Layer, liftOf, statelessOf } from './model.js'
import type { Rowwise } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parameters of `learnedPositions`: a row for each position.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.PositionParams<16, 8> = { table: T.zeros([16, 8]) }
 * params.table.shape // => [16, 8]
 */
export interface PositionParams<Length extends number, Width extends number> {
  readonly table: Tensor<[Length, Width]>
}

/**
 * The options of `learnedPositions`.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import type { PositionOptions } from 'pullback/Layer'
 *
 * const options: PositionOptions = { init: Init.zeros }
 * options.init === Init.zeros // => true
 */
export interface PositionOptions {
  /** How the table is drawn; `Init.normal(0.02)` by default. */
  readonly init?: Initializer
  /** The element type of the table; float32 by default. */
  readonly dtype?: FloatDType
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Casts to the type that states the sizes, which are checked at run time. */
const stated = <L>(layer: AnyLayer): L => layer as unknown as L

const checkSinusoidal = options<Pick<SinusoidalOptions, 'base'>>('sinusoidalPositions', { base: baseKind })

/**
 * Adds `Attention.sinusoidal` to sequences [..., length, width] of any length.
 *
 * @throws RangeError when the width is not an even integer above 0; ShapeError for an input of another width
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const output = Layer.predict(Layer.sinusoidalPositions(2))({}, {})(T.zeros([2, 2]))
 * output // => T.of([[0, 1], [Math.sin(1), Math.cos(1)]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const sinusoidalPositions = <Width extends number>(
  width: Width,
  options: Pick<SinusoidalOptions, 'base'> = {}
): Layer<Rowwise<Width, Width>> => {
  checkSinusoidal(options)
  requireEven('sinusoidalPositions', width)
  const layer = liftOf('sinusoidalPositions', (x: Tensor): Tensor => {
    requireSequence('sinusoidalPositions', 'the input', x, width)
    return within('sinusoidalPositions', () =>
      add(x, sinusoidal(x.shape.at(-2)!, width, { ...options, dtype: x.dtype === 'float64' ? 'float64' : 'float32' }))
    )
  })
  return stated(taking(layer, sequenceOf(width)))
}

const check = options<PositionOptions>('learnedPositions', drawKinds)

/**
 * Adds a vector to learn for each of `length` positions to sequences [..., length or fewer, width].
 *
 * @throws ShapeError for a longer sequence, or an input of another width
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.learnedPositions(3, 2)
 * const params = { table: T.of([[1, 2], [3, 4], [5, 6]]) }
 * Layer.predict(layer)(params, {})(T.of([[10, 10], [10, 10]])) // => T.of([[11, 12], [13, 14]])
 * Layer.predict(layer)(params, {})(T.zeros([4, 2]))
 * // throws learnedPositions: the input has shape [4, 2], a sequence of 4; expected 3 or fewer
 */
/* @__NO_SIDE_EFFECTS__ */
export const learnedPositions = <Length extends number, Width extends number>(
  length: Length,
  width: Width,
  options: PositionOptions = {}
): Layer<Rowwise<Width, Width>, PositionParams<Length, Width>> => {
  check(options)
  requireCount('learnedPositions', 'the length', length)
  requireCount('learnedPositions', 'the width', width)
  const { init = normal(0.02), dtype = 'float32' } = options
  const draw = R.map((table: Tensor): PositionParams<Length, Width> => ({ table: typed(table) }))(
    initialised('learnedPositions', init, [length, width], dtype)
  )
  const layer = statelessOf('learnedPositions', draw, ({ table }) => (x: Tensor): Tensor => {
    requireSequence('learnedPositions', 'the input', x, width)
    const own = x.shape.at(-2)!
    if (own > length) {
      const rule = `the input has shape ${show(x.shape)}, a sequence of ${own}; expected ${length} or fewer`
      throw new ShapeError('learnedPositions', [x.shape, table.shape], rule)
    }
    return within('learnedPositions', () => add(x, own === length ? table : slice(table, [[0, own], null])))
  })
  return stated(
    taking(layer, (shape) => sequenceOf(width)([...shape.slice(0, -2), Math.min(shape.at(-2) ?? 1, length), width]))
  )
}
