/** Coins and categories. */
import { coded } from '../primitive/code.js'
import { isCopy } from '../internal/describe.js'
import { options, checkedLater } from '../internal/options.js'
import { dataAt } from '../internal/dual.js'
import { type Data, allocate, toFloat } from '../DType.js'
import { threefry2x32 } from '../kernel/threefry.js'
import { align, behind } from '../primitive/batch.js'
import { interval, real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import { type Primitive, none, type None } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import {
  type Shape,
  ShapeError,
  broadcast,
  equals,
  normalizeAxis,
  show,
  size,
  validate,
  positionAt
} from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Mutable, Reduce } from '../shape/static.js'
import { add } from '../tensor/arithmetic.js'
import { type OneAxis, arrange, dropAxes } from '../tensor/alongBlock.js'
import { argmaxPrimitive } from '../tensor/minMaxOverAxes.js'
import { type Tensor, contiguous, fromData, isTensor } from '../tensor/model.js'
import { broadcastToShape, cast } from '../tensor/structural.js'
import { draw } from './dataLast.js'
import { type Key, type Words, forEachKey, purpose, stackOf } from './model.js'
import { gumbel } from './normal.js'
import { asTensor, requireFits } from './uniform.js'
import { sampleKey, wordsFrom } from './unit.js'

// -----------------------------------------------------------------------------
// coins
// -----------------------------------------------------------------------------

/**
 * Whether a uniform number of 64 bits is below the probability, element by element. 32 bits decide nearly always; in
 * the one case in 2^32 in which they do not, a second stream decides.
 */
export const bernoulliPrimitive: Primitive = coded(
  op<2, None>({
    name: 'bernoulli',
    kind: 'random',
    arity: 2,
    refuses: [1],
    infer: (_keys, p) => ({ shape: p.shape, dtype: 'bool' }),
    evaluate: (keys, p, _params, out) => {
      const data = allocate('bool', size(out.shape))
      const n = size(out.shape.slice(stackOf(keys).length))
      const { data: probabilities, offset } = contiguous(p)
      forEachKey(keys, (key, i) => toss(key, probabilities, offset + i * n, n, data, i * n))
      return fromData(out.shape, 'bool', data)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, mapped, _params, size) => bindOne(bernoulliPrimitive, align(operands, mapped, size), none),
    sample: (draw) => {
      const keys = sampleKey(draw)
      return { operands: [keys, draw.tensor([...stackOf(keys), ...draw.shape()], interval(0, 1))], params: none }
    }
  })
)

const toss = (key: Words, p: Data, offset: number, n: number, out: Data, to: number): void => {
  const words = wordsFrom(key, n)
  const more = new Int32Array(2)
  for (let i = 0; i < n; i++) {
    const probability = p[offset + i]!
    if (!(probability >= 0 && probability <= 1)) {
      throw new DTypeError('bernoulli', `a probability is ${probability}; expected a number from 0 to 1`)
    }
    const scaled = probability * 2 ** 32
    const whole = Math.floor(scaled)
    const word = words[i]! >>> 0
    if (word !== whole) {
      out[to + i] = word < whole ? 1 : 0
      continue
    }
    threefry2x32(key[0], key[1], purpose.again, i, more, 0)
    out[to + i] = more[0]! >>> 0 < (scaled - whole) * 2 ** 32 ? 1 : 0
  }
}

/**
 * Coins: true with probability `p`, a number from 0 to 1 or a tensor of them that broadcasts to the shape, which is
 * that of `p` by default. Exact to 2^-64; 0 never and 1 always gives true. Data-last: `bernoulli(p, shape)(key)`.
 *
 * @throws DTypeError for a probability outside of [0, 1]
 * @throws ShapeError when `p` does not broadcast to the shape
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const keep: T.Tensor<[2, 3]> = Random.bernoulli(Random.key(0), 0.9, [2, 3])
 * keep.dtype // => 'bool'
 * pipe(Random.key(0), Random.bernoulli(T.of([0, 1]))) // => T.of([false, true])
 */
export const bernoulli: {
  <const S extends Shape>(key: Key, p: number | Tensor, shape: S): Tensor<Mutable<S>>
  <S extends Shape>(key: Key, p: Tensor<S>): Tensor<S>
  (key: Key, p: number): Tensor<[]>
  <const S extends Shape>(p: number | Tensor, shape: S): (key: Key) => Tensor<Mutable<S>>
  <S extends Shape>(p: Tensor<S>): (key: Key) => Tensor<S>
  (p: number): (key: Key) => Tensor<[]>
} = draw(
  'bernoulli',
  // A shape would be an array.
  ([, p]) => isTensor(p) || isCopy(p) || typeof p === 'number',
  (key: Key, p: number | Tensor, shape: Shape = isTensor(p) ? p.shape : []) => {
    const sizes = validate('bernoulli', shape)
    requireFits('bernoulli', 'p', p, sizes)
    const probabilities = broadcastToShape(cast(asTensor(p, 'float64'), 'float64'), sizes)
    return bindOne(bernoulliPrimitive, [key, probabilities], none)
  }
)

// -----------------------------------------------------------------------------
// categories
// -----------------------------------------------------------------------------

/**
 * Along which axis the categories lie, and how many to draw.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const tenForEach: Random.CategoricalOptions = { shape: [10, 3] }
 * Random.categorical(Random.key(0), T.zeros([3, 5]), tenForEach).shape // => [10, 3]
 */
export interface CategoricalOptions {
  /** The axis of the logits along which the categories lie; the last by default. */
  readonly axis?: number
  /**
   * The shape of the draws, to which the shape of the logits without the axis must broadcast; that shape by default.
   */
  readonly shape?: Shape
}

/** The index of the largest of the logits plus noise along the axis, where there is one. */
export const categoryPrimitive: Primitive<OneAxis> = op<1, OneAxis>({
  name: 'category',
  kind: 'lane',
  arity: 1,
  refuses: [0],
  infer: ({ shape }, { axis }) => ({ shape: dropAxes(shape, [axis]), dtype: 'int32' }),
  evaluate: (scores, params, out) => {
    const { data, offset, outer, along, inner } = arrange(scores, [params.axis])
    for (let draw = 0; draw < outer * inner; draw++) {
      const from = offset + Math.floor(draw / inner) * along * inner + (draw % inner)
      let largest = -Infinity
      for (let i = 0; i < along; i++) largest = Math.max(largest, data[from + i * inner]!)
      if (!(largest > -Infinity)) throw noCategory(out.shape, draw, largest)
    }
    return argmaxPrimitive.evaluate([scores], params)[0]!
  },
  jvp: undefined,
  vjp: undefined,
  batch: (operands, _mapped, { axis }) => bindOne(categoryPrimitive, operands, { axis: behind(axis) }),
  sample: (draw) => {
    const shape = draw.shape({ minRank: 1, minSize: 1 })
    return { operands: [draw.distinct(shape, real)], params: { axis: draw.integer(0, shape.length - 1) } }
  }
})

/** The error for a draw without a category to choose. */
const noCategory = (shape: Shape, draw: number, largest: number): DTypeError => {
  const index = positionAt(draw, shape)
  const place = index.length === 0 ? '' : ` for draw ${show(index)}`
  const fault = Number.isNaN(largest) ? 'have a NaN' : 'are all -Infinity'
  return new DTypeError('categorical', `the logits${place} ${fault}; expected numbers above -Infinity, one at least`)
}

/** The shape of the option, or that of the logits without the axis. */
type Drawn<S extends Shape, O> = 'shape' extends keyof O
  ? O['shape'] extends Shape
    ? Mutable<O['shape']>
    : Shape
  : Reduce<S, Given<O, 'axis', -1>, false>

/**
 * Categories: int32 indices along an axis of the logits (the last by default), index i with probability
 * `softmax(logits)_i`.
 *
 * Drawn as the index of the largest of the logits plus Gumbel noise; a logit of -infinity is never drawn beside a
 * finite one. The logits need not be normalised. Data-last: `categorical(logits, options)(key)`. Source: E. J. Gumbel,
 * Statistical theory of extreme values and some practical applications (1954).
 *
 * Draws from logits of which one is NaN, or all are -infinity, are refused by their index as soon as values are known: at once, or when a
 * program runs; under `vmap` the index begins with that of the example.
 *
 * @throws DTypeError where a logit along the axis is NaN, or all are -infinity
 * @throws ShapeError when the logits without the axis do not broadcast to the shape
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const logits = T.of([[-Infinity, 0, -Infinity], [0, -Infinity, -Infinity]])
 * Random.categorical(Random.key(0), logits) // => T.of([1, 0], 'int32')
 * pipe(Random.key(0), Random.categorical(logits, { shape: [4, 2] })).shape // => [4, 2]
 */
export const categorical: {
  <S extends Shape, const O extends CategoricalOptions = {}>(
    key: Key,
    logits: Tensor<S>,
    options?: O & Only<O, CategoricalOptions>
  ): Tensor<Drawn<S, O>>
  <S extends Shape, const O extends CategoricalOptions = {}>(
    logits: Tensor<S>,
    options?: O & Only<O, CategoricalOptions>
  ): (key: Key) => Tensor<Drawn<S, O>>
} = draw(
  'categorical',
  dataAt(1, options<CategoricalOptions>('categorical', { axis: checkedLater, shape: checkedLater })),
  (key: Key, logits: Tensor, given: CategoricalOptions = {}) => {
    requireTensor('categorical', logits)
    const axis = normalizeAxis('categorical', given.axis ?? -1, logits.shape)
    const batch = dropAxes(logits.shape, [axis])
    const shape = validate('categorical', given.shape ?? batch)
    const both = broadcast(batch, shape)
    if (both === undefined || !equals(both, shape)) {
      const given = `the logits without axis ${axis} have shape ${show(batch)}`
      throw new ShapeError(
        'categorical',
        [logits.shape, shape],
        `${given}; for draws of shape ${show(shape)}, expected a shape that broadcasts to it`
      )
    }
    const along = shape.length - batch.length + axis
    const categories = logits.shape[axis]!
    if (categories === 0) {
      throw new ShapeError('categorical', [logits.shape], `axis ${axis} has no categories; expected at least one`)
    }
    const noise = gumbel(key, [...shape.slice(0, along), categories, ...shape.slice(along)], toFloat(logits.dtype))
    return bindOne(categoryPrimitive, [add(logits, noise)], { axis: along })
  }
)
