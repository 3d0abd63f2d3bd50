/** Shapes: what is known of them as tensors, and operations that lay elements out anew. */
import { upTo } from '../../kernel/library/kinds.js'
import { show, size } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Node, type Operation, type Operations, always, operation, plain, moving } from '../operation.js'
import { axesOf, axisOf, common, numberOf, numbersOf, refuse, vector } from '../values.js'

/** Axes that are an attribute before a version, and an input since. */
const axesFrom = (node: Node, since: number): ((given: Tensor | undefined) => readonly number[] | undefined) => {
  const attribute = node.version < since ? node.ints('axes') : undefined
  return (given) => (given === undefined ? attribute : numbersOf(given, 'axes'))
}

// -----------------------------------------------------------------------------
// shapes as values
// -----------------------------------------------------------------------------

const shapeOf: Operation = operation(
  1,
  1,
  (node) => {
    const [start, end] = [node.int('start', 0), node.int('end', undefined)]
    return (x) => vector(x.shape.slice(start, end))
  },
  { types: always('int64'), ...moving }
)

/** A shape in which 0 stands for the size that is there and -1 for what is left. */
const wanted = (x: Tensor, sizes: readonly number[], allowsZero: boolean): readonly number[] => {
  const kept = sizes.map((n, axis) => (n === 0 && !allowsZero ? (x.shape[axis] ?? 0) : n))
  const rest = size(kept.filter((n) => n !== -1))
  const isWhole = rest > 0 && size(x.shape) % rest === 0
  const filled = kept.map((n) => (n === -1 ? (isWhole ? size(x.shape) / rest : rest === 0 ? 0 : -1) : n))
  if (filled.some((n) => n < 0)) refuse(`shape ${show(x.shape)} does not reshape to ${show(sizes)}`)
  return filled
}

const reshape: Operation = operation(
  2,
  2,
  (node) => {
    const allowsZero = node.flag('allowzero', false)
    return (x, sizes) => T.reshape(x, wanted(x, numbersOf(sizes, 'the shape'), allowsZero))
  },
  moving
)

const flatten: Operation = operation(
  1,
  1,
  (node) => {
    const axis = node.int('axis', 1)
    return (x) => {
      const at = axis === x.shape.length ? axis : axisOf(axis, x.shape.length)
      return T.reshape(x, [size(x.shape.slice(0, at)), size(x.shape.slice(at))])
    }
  },
  moving
)

const squeeze: Operation = operation(
  1,
  2,
  (node) => {
    const read = axesFrom(node, 13)
    return (x, given?: Tensor) => {
      const named = read(given)
      const axes =
        named === undefined ? upTo(x.shape.length).filter((i) => x.shape[i] === 1) : axesOf(named, x.shape.length)
      const wide = axes.find((axis) => x.shape[axis] !== 1)
      if (wide !== undefined) refuse(`axis ${wide} of shape ${show(x.shape)} has ${x.shape[wide]} elements; expected 1`)
      return T.reshape(
        x,
        x.shape.filter((_, i) => !axes.includes(i))
      )
    }
  },
  moving
)

const unsqueeze: Operation = operation(
  1,
  2,
  (node) => {
    const read = axesFrom(node, 13)
    return (x, given?: Tensor) => {
      const named = read(given) ?? refuse('axes are missing; expected the axes to insert')
      const axes = axesOf(named, x.shape.length + named.length)
      const rest = [...x.shape]
      return T.reshape(
        x,
        upTo(x.shape.length + axes.length).map((i) => (axes.includes(i) ? 1 : rest.shift()!))
      )
    }
  },
  moving
)

const transpose: Operation = operation(
  1,
  1,
  (node) => {
    const order = node.ints('perm')
    return (x) => T.permute(x, order ?? [...upTo(x.shape.length)].reverse())
  },
  moving
)

const expand: Operation = plain(
  2,
  (x, sizes) => T.broadcastTo(x, common(x.shape, numbersOf(sizes, 'the shape'))),
  moving
)

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

const concat: Operation = operation(
  1,
  Infinity,
  (node) => {
    const axis = node.int('axis', node.version < 4 ? 1 : undefined)
    if (axis === undefined) node.fault('has no axis; expected one')
    return (...xs) => T.concat(xs, { axis: axis ?? 0 })
  },
  moving
)

/** The sizes of parts: as given, else equal ones but for the last, which may be smaller. */
const partsOf = (n: number, sizes: readonly number[] | undefined, count: number): readonly number[] => {
  if (sizes !== undefined) return sizes
  const each = Math.ceil(n / count)
  return upTo(count).map((i) => Math.max(0, Math.min(each, n - i * each)))
}

const split: Operation = operation(
  1,
  2,
  (node) => {
    const axis = node.int('axis', 0)
    const attribute = node.version < 13 ? node.ints('split') : undefined
    const count = node.version < 18 ? node.outputs : node.int('num_outputs', node.outputs)
    return (x, given?: Tensor) => {
      const sizes = given === undefined ? attribute : numbersOf(given, 'split')
      return T.split(x, partsOf(x.shape[axisOf(axis, x.shape.length)]!, sizes, count), { axis })
    }
  },
  moving
)

/** A bound of a slice as a place on an axis of size n: beyond the ends is at the ends. */
const clampedBound = (bound: number, n: number, least: number, most: number): number =>
  Math.min(Math.max(bound < 0 ? bound + n : bound, least), most)

const sliced = (
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[]
): Tensor =>
  axesOf(axes, x.shape.length).reduce<Tensor>((part, axis, i) => {
    const [n, step] = [part.shape[axis]!, steps[i]!]
    if (step === 0) refuse('a step is 0; expected another number')
    const start = clampedBound(starts[i]!, n, 0, step > 0 ? n : n - 1)
    const end = clampedBound(ends[i]!, n, step > 0 ? 0 : -1, n)
    const count = Math.max(0, Math.ceil((end - start) / step))
    if (step < 0 || count === 0) {
      const places = upTo(count).map((k) => start + k * step)
      return T.gather(part, vector(places), { axis })
    }
    return T.slice(part, [...new Array<null>(axis).fill(null), [start, Math.min(end, n), step]])
  }, x)

const slice: Operation = operation(
  1,
  5,
  (node) => {
    if (node.version < 10) {
      const [starts, ends] = [node.ints('starts') ?? [], node.ints('ends') ?? []]
      const axes = node.ints('axes') ?? upTo(starts.length)
      return (x) =>
        sliced(
          x,
          starts,
          ends,
          axes,
          starts.map(() => 1)
        )
    }
    if (node.inputs < 3) node.fault('has no starts and ends; expected them as inputs')
    return (x, from, to, onto?: Tensor, by?: Tensor) => {
      const [starts, ends] = [numbersOf(from, 'starts'), numbersOf(to, 'ends')]
      const axes = onto === undefined ? upTo(starts.length) : numbersOf(onto, 'axes')
      return sliced(x, starts, ends, axes, by === undefined ? starts.map(() => 1) : numbersOf(by, 'steps'))
    }
  },
  moving
)

// -----------------------------------------------------------------------------
// repetition and padding
// -----------------------------------------------------------------------------

const modes = { constant: 'constant', reflect: 'reflect', edge: 'replicate', wrap: 'circular' } as const

/** Negative widths cut elements off. */
const cutOff = (x: Tensor, before: readonly number[], after: readonly number[]): Tensor =>
  [...before, ...after].some((n) => n < 0)
    ? T.slice(
        x,
        x.shape.map((n, axis) => [Math.max(0, -before[axis]!), n - Math.max(0, -after[axis]!)])
      )
    : x

const padded = (
  x: Tensor,
  pads: readonly number[],
  axes: readonly number[],
  mode: keyof typeof modes,
  value: Tensor | number
) => {
  if (pads.length !== 2 * axes.length) {
    return refuse(`pads have ${pads.length} entries; expected ${2 * axes.length}, two for each axis`)
  }
  const at = axesOf(axes, x.shape.length)
  const side = (from: number): readonly number[] =>
    x.shape.map((_, axis) => (at.includes(axis) ? pads[from + at.indexOf(axis)]! : 0))
  const [before, after] = [side(0), side(at.length)]
  const part = cutOff(x, before, after)
  const widths = before.map((n, axis): readonly [number, number] => [Math.max(0, n), Math.max(0, after[axis]!)])
  if (mode !== 'constant') return T.pad(part, widths, { mode: modes[mode] })
  if (x.dtype !== 'bool' && typeof value === 'number') return T.pad(part, widths, { value })
  // A value that is a tensor may be one of a transformation.
  const around = T.pad(T.ones(part.shape, 'bool'), widths)
  return T.where(around, T.pad(part, widths), typeof value === 'number' ? T.full([], value, x.dtype) : value)
}

const pad: Operation = operation(
  1,
  4,
  (node) => {
    const mode = node.word('mode', ['constant', 'reflect', 'edge', 'wrap'])
    if (node.version < 11) {
      const [pads, value] = [node.ints('pads') ?? [], node.float('value', 0)]
      return (x) => padded(x, pads, upTo(x.shape.length), mode, value)
    }
    if (!node.gives(1)) node.fault('has no pads; expected them as an input')
    return (x, pads, value?: Tensor, axes?: Tensor) =>
      padded(
        x,
        numbersOf(pads, 'pads'),
        axes === undefined ? upTo(x.shape.length) : numbersOf(axes, 'axes'),
        mode,
        value === undefined ? 0 : value.level === 0 ? numberOf(value, 'the value') : T.reshape(value, [])
      )
  },
  moving
)

/** The middle of an axis of another size, with zeros around where it is larger. */
const centred: Operation = operation(2, 2, (node) => {
  const chosen = node.ints('axes')
  return (x, sizes) => {
    const axes = chosen === undefined ? upTo(x.shape.length) : axesOf(chosen, x.shape.length)
    const more = numbersOf(sizes, 'the shape').map((n, i) => n - x.shape[axes[i]!]!)
    const front = more.map((n) => (n < 0 ? -Math.floor(-n / 2) : Math.floor(n / 2)))
    return padded(x, [...front, ...more.map((n, i) => n - front[i]!)], axes, 'constant', 0)
  }
})

/** The channels as blocks of pixels: depth first, or the block's column and row first. */
const depthToSpace: Operation = operation(
  1,
  1,
  (node) => {
    const block = node.int('blocksize', 1)
    const isDepthFirst = node.word('mode', ['DCR', 'CRD']) === 'DCR'
    return (x) => {
      const [n = 0, c = 0, h = 0, w = 0] = x.shape
      const channels = c / block ** 2
      if (x.shape.length !== 4 || !Number.isInteger(channels)) {
        refuse(`the input has shape ${show(x.shape)}; expected [n, c, h, w] with channels for blocks of ${block}`)
      }
      const apart = isDepthFirst ? [n, block, block, channels, h, w] : [n, channels, block, block, h, w]
      const order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
      return T.reshape(T.permute(T.reshape(x, apart), order), [n, channels, h * block, w * block])
    }
  },
  moving
)

const spaceToDepth: Operation = operation(
  1,
  1,
  (node) => {
    const block = node.int('blocksize', 1)
    const isDepthFirst = node.word('mode', ['DCR', 'CRD']) === 'DCR'
    return (x) => {
      const [n = 0, c = 0, h = 0, w = 0] = x.shape
      const apart = T.reshape(x, [n, c, h / block, block, w / block, block])
      return T.reshape(T.permute(apart, isDepthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]), [
        n,
        c * block ** 2,
        h / block,
        w / block
      ])
    }
  },
  moving
)

export const shapes: Operations = {
  Shape: shapeOf,
  Size: plain(1, (x) => T.full([], size(x.shape), 'int32'), { types: always('int64'), ...moving }),
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Split: split,
  Slice: slice,
  Tile: plain(2, (x, repeats) => T.tile(x, numbersOf(repeats, 'repeats')), moving),
  Pad: pad,
  CenterCropPad: centred,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth
}
