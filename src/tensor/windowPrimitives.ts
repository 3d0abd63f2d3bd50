/** The primitives of pooling: maxima of windows with their positions, and sums over windows, which are linear. */
import { coded } from '../primitive/code.js'
import { type DType, allocate } from '../DType.js'
import { blockFloat32, blockFloat64 } from '../kernel/sumOrder.js'
import { windowMaxInto, windowSpreadInto, windowSumsInto } from '../kernel/windows.js'
import { bind, bindOne } from '../primitive/bind.js'
import { type Draw, real } from '../primitive/domain.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import { contiguous, fromData } from './model.js'
import { taken, addedAt } from './pixels.js'
import { type AxisWindows, insidesOf, positionsOf } from './poolingWindows.js'

/** The windows along each of the last axes. */
interface OverWindows {
  readonly windows: readonly AxisWindows[]
}

/** The windows, and the sizes of the axes that they lie on. */
interface SpreadOver extends OverWindows {
  readonly image: Shape
}

/** The axes in front of the last ones. */
const leadOf = (shape: Shape, { windows }: OverWindows): Shape => shape.slice(0, shape.length - windows.length)

const imageOf = (shape: Shape, { windows }: OverWindows): Shape => shape.slice(shape.length - windows.length)

const pooled = (shape: Shape, params: OverWindows): Shape => [
  ...leadOf(shape, params),
  ...params.windows.map(({ length }) => length)
]

const summed = (dtype: DType): DType => (dtype === 'bool' ? 'int32' : dtype)

/** An image, behind other axes, and windows that have one element of it at least. */
const sampleWindows = (draw: Draw): { readonly shape: Shape; readonly image: Shape } & OverWindows => {
  const image = draw.pick([[draw.size(1, 5)], [draw.integer(1, 3), draw.size(1, 4)]])
  const windows = image.map((n) => {
    const count = draw.integer(1, 3)
    const elements = draw.integer(1, 3)
    return Array.from({ length: count }, () => {
      const inside = draw.integer(0, elements - 1)
      return Array.from({ length: elements }, (_, j) => draw.integer(j === inside ? 0 : -1, n - 1))
    })
  })
  return { shape: [...draw.shape({ maxRank: 2, maxSize: 2 }), ...image], image, windows }
}

/** The largest element of each window, and its row-major position in the image: the first NaN, or else the first of the largest. */
export const windowMaxPrimitive: Primitive<OverWindows> = coded({
  name: 'windowMax',
  kind: 'reduce',
  arity: 1,
  infer: ([x], params) => {
    const shape = pooled(x!.shape, params)
    return [
      { shape, dtype: x!.dtype },
      { shape, dtype: 'int32' }
    ]
  },
  evaluate: ([x], params) => {
    const { shape, dtype } = x!
    const { data, offset } = contiguous(x!)
    const image = imageOf(shape, params)
    const out = pooled(shape, params)
    const values = allocate(dtype, size(out))
    const places = new Int32Array(size(out))
    const windows = insidesOf('windowMax', image, params.windows)
    windowMaxInto(data, offset, size(leadOf(shape, params)), size(image), windows, values, places)
    return [fromData(out, dtype, values), fromData(out, 'int32', places)]
  },
  derivative: {
    jvp: ([tangent], _operands, [, places], params) => [
      tangent && taken(tangent, imageOf(tangent.shape, params), places!),
      undefined
    ],
    vjp: ([x], [, places], params) => {
      const image = imageOf(x!.shape, params)
      const lead = x!.shape.length - image.length
      return ([ct]) => [ct && addedAt(ct, image, places!, lead)]
    }
  },
  batch: (operands, _mapped, params) => bind(windowMaxPrimitive, operands, params),
  sample: (draw) => {
    const { shape, windows } = sampleWindows(draw)
    return { operands: [draw.distinct(shape, real)], params: { windows } }
  }
})

/** The sum of each window; elements outside of the image are 0. */
export const windowSumsPrimitive: Primitive<OverWindows> = coded(
  op<1, OverWindows>({
    name: 'windowSums',
    kind: 'reduce',
    arity: 1,
    infer: ({ shape, dtype }, params) => ({ shape: pooled(shape, params), dtype: summed(dtype) }),
    evaluate: (x, params, out) => {
      const { data, offset } = contiguous(x)
      const image = imageOf(x.shape, params)
      const result = allocate(out.dtype, size(out.shape))
      const block = out.dtype === 'float64' ? blockFloat64 : blockFloat32
      const windows = positionsOf(image, params.windows)
      windowSumsInto(data, offset, size(leadOf(x.shape, params)), size(image), windows, block, result)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: 'linear',
    vjp: [
      ({ shape }, _out, { windows }) => {
        const image = imageOf(shape, { windows })
        return (ct) => bindOne(windowSpreadPrimitive, [ct], { windows, image })
      }
    ],
    batch: (operands, _mapped, params) => bindOne(windowSumsPrimitive, operands, params),
    sample: (draw) => {
      const { shape, windows } = sampleWindows(draw)
      return { operands: [draw.tensor(shape, real)], params: { windows } }
    }
  })
)

/** Each element added to all elements of its window, in an image of zeros: the transpose of the sums. */
export const windowSpreadPrimitive: Primitive<SpreadOver> = coded(
  op<1, SpreadOver>({
    name: 'windowSpread',
    kind: 'reduce',
    arity: 1,
    infer: ({ shape, dtype }, params) => ({ shape: [...leadOf(shape, params), ...params.image], dtype: summed(dtype) }),
    evaluate: (x, params, out) => {
      const { data, offset } = contiguous(x)
      const result = allocate(out.dtype, size(out.shape))
      const windows = positionsOf(params.image, params.windows)
      windowSpreadInto(data, offset, size(leadOf(x.shape, params)), size(params.image), windows, result)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: 'linear',
    vjp: [
      (_x, _out, { windows }) =>
        (ct) =>
          bindOne(windowSumsPrimitive, [ct], { windows })
    ],
    batch: (operands, _mapped, params) => bindOne(windowSpreadPrimitive, operands, params),
    sample: (draw) => {
      const { shape, windows, image } = sampleWindows(draw)
      const lead = shape.slice(0, shape.length - image.length)
      return {
        operands: [draw.tensor([...lead, ...windows.map(({ length }) => length)], real)],
        params: { windows, image }
      }
    }
  })
)
