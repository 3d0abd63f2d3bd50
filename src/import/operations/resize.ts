/** Images of another size, in every mode that ONNX has. */
import { upTo } from '../../kernel/library/kinds.js'
import { show } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Node, type Operation, type Operations, operation } from '../operation.js'
import { axesOf, numbersOf, refuse, vector } from '../values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

const transformations = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize'
] as const

const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const

/** How values are found, along every axis alike. */
interface Manner {
  readonly mode: 'nearest' | 'linear' | 'cubic'
  readonly transformation: (typeof transformations)[number]
  readonly rounding: (typeof roundings)[number]
  readonly coefficient: number
  readonly excludesOutside: boolean
  readonly extrapolation: number
  readonly antialias: boolean
}

/** One axis: its old and new size, the factor between them, and the part of it that is taken. */
interface Extent {
  readonly from: number
  readonly to: number
  readonly scale: number
  readonly roi: readonly [start: number, end: number]
}

/** The old places that a new one takes values from, and their factors; `isOut` where it lies outside of the image. */
interface Tap {
  readonly places: readonly number[]
  readonly weights: readonly number[]
  readonly isOut: boolean
}

// -----------------------------------------------------------------------------
// places and weights
// -----------------------------------------------------------------------------

/** The old coordinate of a new place. */
const placeOf = (i: number, { from, to, scale, roi }: Extent, { transformation }: Manner): number => {
  switch (transformation) {
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5
    case 'half_pixel_symmetric': {
      const adjustment = to / (scale * from)
      const offset = (from / 2) * (1 - adjustment)
      return offset + (i + 0.5) / scale - 0.5
    }
    case 'pytorch_half_pixel':
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0
    case 'align_corners':
      return scale * from === 1 ? 0 : (i * (from - 1)) / (scale * from - 1)
    case 'asymmetric':
      return i / scale
    case 'tf_crop_and_resize':
      return to > 1
        ? roi[0] * (from - 1) + (i * (roi[1] - roi[0]) * (from - 1)) / (to - 1)
        : 0.5 * (roi[0] + roi[1]) * (from - 1)
  }
}

const rounded = (x: number, rounding: Manner['rounding']): number => {
  switch (rounding) {
    case 'round_prefer_floor':
      return Math.ceil(x - 0.5)
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5)
    case 'floor':
      return Math.floor(x)
    case 'ceil':
      return Math.ceil(x)
  }
}

/** The factor of a value at a distance: the cubic convolution of Keys, or a triangle. */
const weightAt = (distance: number, { mode, coefficient: a }: Manner): number => {
  const t = Math.abs(distance)
  if (mode === 'linear') return Math.max(0, 1 - t)
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
}

const clip = (place: number, n: number): number => Math.min(Math.max(place, 0), n - 1)

/** A smaller image is smoothed with `antialias`: the weights reach as far as a new pixel does. */
const tapOf = (i: number, extent: Extent, manner: Manner): Tap => {
  const { from, scale } = extent
  const x = placeOf(i, extent, manner)
  const isOut = manner.transformation === 'tf_crop_and_resize' && (x < 0 || x > from - 1)
  if (manner.mode === 'nearest') {
    return { places: [clip(rounded(x, manner.rounding), from)], weights: [1], isOut }
  }
  const stretch = manner.antialias ? Math.min(scale, 1) : 1
  const reach = (manner.mode === 'linear' ? 1 : 2) / stretch
  const first = Math.floor(x - reach) + 1
  const found = upTo(Math.ceil(2 * reach)).map((k) => ({
    place: first + k,
    weight: weightAt((first + k - x) * stretch, manner)
  }))
  const taken = manner.excludesOutside
    ? found.map(({ place, weight }) => ({ place, weight: place < 0 || place >= from ? 0 : weight }))
    : found
  const sum = taken.reduce((all, { weight }) => all + weight, 0)
  const isScaled = manner.excludesOutside || manner.antialias
  return {
    places: taken.map(({ place }) => clip(place, from)),
    weights: taken.map(({ weight }) => (isScaled ? weight / sum : weight)),
    isOut
  }
}

/** A column of numbers that broadcasts along an axis. */
const column = (values: readonly number[], x: Tensor, axis: number): Tensor =>
  T.cast(
    T.reshape(T.fromTypedArray(Float64Array.from(values), [values.length]), [
      values.length,
      ...x.shape.slice(axis + 1).map(() => 1)
    ]),
    x.dtype
  )

const alongAxis = (x: Tensor, axis: number, extent: Extent, manner: Manner): Tensor => {
  const taps = upTo(extent.to).map((i) => tapOf(i, extent, manner))
  const count = Math.max(1, ...taps.map(({ places }) => places.length))
  const parts = upTo(count).map((k) => {
    const taken = T.gather(x, vector(taps.map(({ places }) => places[k] ?? 0)), { axis })
    return manner.mode === 'nearest'
      ? taken
      : T.mul(
          taken,
          column(
            taps.map(({ weights }) => weights[k] ?? 0),
            x,
            axis
          )
        )
  })
  const y = parts.reduce((sum, each) => T.add(sum, each))
  if (!taps.some(({ isOut }) => isOut)) return y
  const outside = T.equal(
    column(
      taps.map(({ isOut }) => Number(isOut)),
      T.zeros(x.shape),
      axis
    ),
    1
  )
  return T.where(outside, T.full([], manner.extrapolation, y.dtype), y)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The scales that keep the ratio of sizes: the smallest or the largest of all. */
const scalesFor = (image: readonly number[], sizes: readonly number[], policy: string): readonly number[] => {
  const scales = sizes.map((n, i) => n / image[i]!)
  if (policy === 'stretch') return scales
  const one = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales)
  return scales.map(() => one)
}

const mannerOf = (node: Node): Manner => ({
  mode: node.word('mode', ['nearest', 'linear', 'cubic']),
  transformation: node.version < 11 ? 'asymmetric' : node.word('coordinate_transformation_mode', transformations),
  rounding: node.version < 11 ? 'floor' : node.word('nearest_mode', roundings),
  coefficient: node.float('cubic_coeff_a', -0.75),
  excludesOutside: node.flag('exclude_outside', false),
  extrapolation: node.float('extrapolation_value', 0),
  antialias: node.flag('antialias', false)
})

/** An empty tensor stands for an input that is not given. */
const listed = (x: Tensor | undefined, what: string): readonly number[] | undefined =>
  x === undefined || x.shape.includes(0) ? undefined : numbersOf(x, what)

const resize: Operation = operation(1, 4, (node) => {
  const manner = mannerOf(node)
  const policy = node.word('keep_aspect_ratio_policy', ['stretch', 'not_larger', 'not_smaller'])
  const chosen = node.ints('axes')
  const isOld = node.version < 11
  return (x: Tensor, second?: Tensor, third?: Tensor, fourth?: Tensor) => {
    const axes = chosen === undefined ? upTo(x.shape.length) : axesOf(chosen, x.shape.length)
    const image = axes.map((axis) => x.shape[axis]!)
    const regions = isOld ? undefined : listed(second, 'roi')
    const factors = listed(isOld ? second : third, 'scales')
    const sizes = listed(fourth, 'sizes')
    const given = (factors ?? sizes)?.length
    if (given !== axes.length)
      return refuse(`has ${given ?? 'no'} scales or sizes for shape ${show(x.shape)}; expected ${axes.length}`)
    const scales = factors ?? scalesFor(image, sizes!, policy)
    const round = (n: number): number => Math.floor(n + 0.5)
    return axes.reduce<Tensor>((y, axis, i) => {
      const roi = [regions?.[i] ?? 0, regions?.[axes.length + i] ?? 1] as const
      const [from, scale] = [image[i]!, scales[i]!]
      const part = manner.transformation === 'tf_crop_and_resize' ? roi[1] - roi[0] : 1
      const to =
        sizes === undefined ? Math.floor(from * part * scale) : policy === 'stretch' ? sizes[i]! : round(from * scale)
      if (from === to && scale === 1 && manner.transformation !== 'tf_crop_and_resize') return y
      return alongAxis(y, axis, { from, to, scale, roi }, manner)
    }, x)
  }
})

/** The operation from before version 10: nearest or linear, from the edge of the image. */
const upsample: Operation = operation(1, 2, (node) => {
  const manner: Manner = {
    mode: node.word('mode', ['nearest', 'linear']),
    transformation: 'asymmetric',
    rounding: 'floor',
    coefficient: -0.75,
    excludesOutside: false,
    extrapolation: 0,
    antialias: false
  }
  const attribute = node.version < 9 ? node.floats('scales') : undefined
  return (x: Tensor, given?: Tensor) => {
    const scales = given === undefined ? attribute : numbersOf(given, 'scales')
    if (scales?.length !== x.shape.length)
      return refuse(`has ${scales?.length ?? 'no'} scales; expected ${x.shape.length}`)
    return scales.reduce<Tensor>((y, scale, axis) => {
      const from = x.shape[axis]!
      const extent = { from, to: Math.floor(from * scale), scale, roi: [0, 1] as const }
      return scale === 1 ? y : alongAxis(y, axis, extent, manner)
    }, x)
  }
})

export const resizing: Operations = { Resize: resize, Upsample: upsample }
