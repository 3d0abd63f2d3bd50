/** Convolutions and pooling: windows that slide along images. */
import { upTo } from '../../kernel/library/kinds.js'
import type { Padding } from '../../shape/geometry.js'
import { show, size } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Node, type Operation, type Operations, operation } from '../operation.js'
import { perAxis, refuse } from '../values.js'

// -----------------------------------------------------------------------------
// geometry
// -----------------------------------------------------------------------------

/** How a window slides along the spatial axes of an image. */
interface Windows {
  readonly window: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly (readonly [before: number, after: number])[]
}

/** The attributes that say how a window slides, for images and windows of sizes that are known when it runs. */
const windowsOf = (node: Node): ((image: readonly number[], window?: readonly number[]) => Windows) => {
  const auto = node.word('auto_pad', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'])
  const [given, strides] = [node.ints('kernel_shape'), node.ints('strides')]
  const [dilations, pads] = [node.ints('dilations'), node.ints('pads')]
  if (pads?.some((n) => n < 0) === true) node.fault('has negative pads; expected 0 or more')
  return (image, kernel) => {
    const rank = image.length
    const window = kernel ?? given ?? refuse('has no kernel_shape; expected the sizes of the window')
    if (given !== undefined && show(given) !== show(window)) {
      refuse(`kernel_shape is ${show(given)} and the kernel has ${show(window)}; expected the same`)
    }
    const stride = perAxis(strides, rank, 1, 'strides')
    const dilation = perAxis(dilations, rank, 1, 'dilations')
    const sides = auto === 'NOTSET' ? perAxis(pads, 2 * rank, 0, 'pads') : new Array<number>(2 * rank).fill(0)
    const padding = image.map((n, i): readonly [number, number] => {
      if (!auto.startsWith('SAME')) return [sides[i]!, sides[rank + i]!]
      const span = (window[i]! - 1) * dilation[i]! + 1
      const all = Math.max(0, (Math.ceil(n / stride[i]!) - 1) * stride[i]! + span - n)
      const [less, more] = [Math.floor(all / 2), Math.ceil(all / 2)]
      return auto === 'SAME_UPPER' ? [less, more] : [more, less]
    })
    return { window, stride, dilation, padding }
  }
}

/** The function for the number of spatial axes, of which there are one to three. */
const ofRank = <F>(functions: readonly [F, F, F], x: Tensor): F =>
  functions[x.shape.length - 3] ?? refuse(`the input has shape ${show(x.shape)}; expected one to three spatial axes`)

/** Adds a bias to each channel. */
const biased = (y: Tensor, bias: Tensor | undefined): Tensor =>
  bias === undefined ? y : T.add(y, T.reshape(bias, [bias.shape[0]!, ...y.shape.slice(2).map(() => 1)]))

// -----------------------------------------------------------------------------
// convolution
// -----------------------------------------------------------------------------

const conv: Operation = operation(2, 3, (node) => {
  const windows = windowsOf(node)
  const groups = node.int('group', 1)
  return (x, kernel, bias?: Tensor) => {
    const { stride, dilation, padding } = windows(x.shape.slice(2), kernel.shape.slice(2))
    const f = ofRank([T.conv1d, T.conv2d, T.conv3d], x)
    return biased(f(x, kernel, { stride, dilation, padding: padding satisfies Padding, groups }), bias)
  }
})

/** The part of an image from a place on, of the sizes that are asked for; zeros beyond its end. */
const cutOut = (y: Tensor, before: readonly number[], sizes: readonly number[]): Tensor => {
  const missing = sizes.map((n, i): readonly [number, number] => [
    Math.max(0, -before[i]!),
    Math.max(0, before[i]! + n - y.shape[i + 2]!)
  ])
  const wide = missing.some(([a, b]) => a + b > 0) ? T.pad(y, [0, 0, ...missing]) : y
  return T.slice(wide, [
    null,
    null,
    ...sizes.map((n, i) => {
      const start = before[i]! + missing[i]![0]
      return [start, start + n] as const
    })
  ])
}

const convTranspose: Operation = operation(2, 3, (node) => {
  const windows = windowsOf(node)
  const groups = node.int('group', 1)
  const auto = node.word('auto_pad', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'])
  const [more, shape] = [node.ints('output_padding'), node.ints('output_shape')]
  return (x, kernel, bias?: Tensor) => {
    const image = x.shape.slice(2)
    const { window, stride, dilation, padding } = windows(image, kernel.shape.slice(2))
    const extra = perAxis(more, image.length, 0, 'output_padding')
    const full = image.map((n, i) => (n - 1) * stride[i]! + (window[i]! - 1) * dilation[i]! + 1)
    const isSame = auto.startsWith('SAME')
    const sizes = image.map((n, i) =>
      shape !== undefined
        ? shape[shape.length - image.length + i]!
        : isSame
          ? n * stride[i]!
          : full[i]! + extra[i]! - padding[i]![0] - padding[i]![1]
    )
    const before = image.map((_, i) => {
      if (shape === undefined && !isSame) return padding[i]![0]
      const all = full[i]! + extra[i]! - sizes[i]!
      return auto === 'SAME_UPPER' ? Math.floor(all / 2) : Math.ceil(all / 2)
    })
    const f = ofRank([T.convTranspose1d, T.convTranspose2d, T.convTranspose3d], x)
    return biased(cutOut(f(x, kernel, { stride, dilation, groups }), before, sizes), bias)
  }
})

// -----------------------------------------------------------------------------
// pooling
// -----------------------------------------------------------------------------

/** Positions among the spatial axes as positions in the whole tensor. */
const inWhole = (places: Tensor, x: Tensor): Tensor => {
  const lead = x.shape.slice(0, 2)
  const images = T.reshape(T.arange(size(lead), 'int32'), [...lead, ...x.shape.slice(2).map(() => 1)])
  return T.add(places, T.mul(images, size(x.shape.slice(2))))
}

const maxPool: Operation = operation(
  1,
  1,
  (node) => {
    const windows = windowsOf(node)
    const ceilMode = node.flag('ceil_mode', false)
    if (node.flag('storage_order', false) && node.asks(1)) {
      node.fault('has storage_order 1 and an output of indices; expected row-major indices')
    }
    const locates = node.asks(1)
    return (x) => {
      const options = { ...windows(x.shape.slice(2)), ceilMode }
      const f = ofRank<typeof T.maxPool2d>([T.maxPool1d, T.maxPool2d, T.maxPool3d], x)
      if (!locates) return f(x, options)
      const [values, places] = f(x, { ...options, returnIndices: true })
      return [values, inWhole(places, x)]
    }
  },
  { types: ({ type }) => [type(0), 'int64'] }
)

const averagePool: Operation = operation(1, 1, (node) => {
  const windows = windowsOf(node)
  const ceilMode = node.flag('ceil_mode', false)
  const countIncludePad = node.flag('count_include_pad', false)
  return (x) => {
    const f = ofRank([T.avgPool1d, T.avgPool2d, T.avgPool3d], x)
    return f(x, { ...windows(x.shape.slice(2)), ceilMode, countIncludePad })
  }
})

/** The p-norm of the elements of each window: padding adds nothing. */
const lpPool: Operation = operation(1, 1, (node) => {
  const windows = windowsOf(node)
  const ceilMode = node.flag('ceil_mode', false)
  const p = node.int('p', 2)
  return (x) => {
    const { padding, ...sliding } = windows(x.shape.slice(2))
    const f = ofRank([T.lpPool1d, T.lpPool2d, T.lpPool3d], x)
    return f(T.pad(T.abs(x), [0, 0, ...padding]), { ...sliding, p, ceilMode })
  }
})

/** One value for all of an image, whose axes stay. */
const overImages = (f: (x: Tensor, axis: readonly number[]) => Tensor): Operation =>
  operation(1, 1, () => (x) => f(x, upTo(x.shape.length).slice(2)))

/** Values at the places that they came from, among zeros. */
const maxUnpool: Operation = operation(2, 3, (node) => {
  const windows = windowsOf(node)
  return (x, places, given?: Tensor) => {
    const image = x.shape.slice(2)
    const { window, stride, padding } = windows(image)
    const sizes = image.map((n, i) => (n - 1) * stride[i]! + window[i]! - padding[i]![0] - padding[i]![1])
    const least = [...x.shape.slice(0, 2), ...sizes]
    const flat = T.scatterAdd(T.zeros([size(least)], x.dtype), T.ravel(places), T.ravel(x))
    const small = T.reshape(flat, least)
    if (given !== undefined && show(Array.from(T.toArray(given))) !== show(least)) {
      refuse(
        `has an output_shape other than ${show(least)}; expected that, since what indices mean in another differs between engines`
      )
    }
    return small
  }
})

/** Columns added up to images. */
const col2im: Operation = operation(3, 3, (node) => {
  const [dilations, pads, strides] = [node.ints('dilations'), node.ints('pads'), node.ints('strides')]
  return (x, image, block) => {
    const [size, window] = [Array.from(T.toArray(image)), Array.from(T.toArray(block))]
    const rank = size.length
    const sides = perAxis(pads, 2 * rank, 0, 'pads')
    return T.col2im(x, {
      size,
      window,
      stride: perAxis(strides, rank, 1, 'strides'),
      dilation: perAxis(dilations, rank, 1, 'dilations'),
      padding: size.map((_, i) => [sides[i]!, sides[rank + i]!] as const)
    })
  }
})

export const convolutions: Operations = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lpPool,
  MaxUnpool: maxUnpool,
  Col2Im: col2im,
  GlobalAveragePool: overImages((x, axis) => T.mean(x, { axis, keepDims: true })),
  GlobalMaxPool: overImages((x, axis) => T.max(x, { axis, keepDims: true })),
  GlobalLpPool: operation(1, 1, (node) => {
    const p = node.int('p', 2)
    return (x) => {
      const axis = upTo(x.shape.length).slice(2)
      return T.pow(T.sum(T.pow(T.abs(x), p), { axis, keepDims: true }), 1 / p)
    }
  })
}
