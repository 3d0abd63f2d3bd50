/** The elements under the window of a convolution, copied into planes, of as many outputs as fit into a cache. */
import { sharesPlanes } from '../../kernel/convolution.js'
import { type Convolution, type Triple, type Windows, volume } from '../../kernel/convolutionSums.js'
import { reach } from '../../kernel/convolutionWindows.js'
import { type Kind, upTo } from '../../kernel/library/kinds.js'
import { add, get, i32, loop, mul } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { copied } from './blocks.js'
import { type Body, newLocal } from './body.js'

/** Fills elements with 0. */
export const cleared = ({ bytes }: Kind, at: number, count: number): Instruction => ({
  _tag: 'Bulk',
  op: 'memory.fill',
  operands: [i32(at), i32(0), i32(count * bytes)]
})

/** The elements under the window, a plane for each of its positions and each channel. */
interface Planes {
  /** Positions that have planes, as places in the image with its padding. */
  readonly taps: readonly Triple[]
  /** The sizes of a plane. */
  readonly output: Triple
  /** The distance of planes, and that of the rows of the window. */
  readonly plane: number
  readonly nextRow: number
  readonly size: number
}

/** The positions of the window, as places in the image with its padding. */
export const positionsOf = ({ window: [planes, rows, columns], dilation }: Windows): readonly Triple[] =>
  upTo(planes).flatMap((z) =>
    upTo(rows).flatMap((y) => upTo(columns).map((x): Triple => [z * dilation[0], y * dilation[1], x * dilation[2]]))
  )

export const planesOf = (geometry: Convolution): Planes => {
  const { inputs, window, output, dilation } = geometry
  const isShared = sharesPlanes(geometry)
  const taps = positionsOf(isShared ? { ...geometry, window: [1, 1, window[2]] } : geometry)
  const lines = output[1] + (isShared ? (window[1] - 1) * dilation[1] : 0)
  // Planes whose distance is a power of 2 would share few lines of a cache.
  const plane = output[0] * lines * output[2] + 16
  const nextRow = isShared ? dilation[1] * output[2] : window[2] * inputs * plane
  return { taps, output: [output[0], lines, output[2]], plane, nextRow, size: taps.length * inputs * plane }
}

/** The outputs whose window has the image at one of its positions, as a box; places are counted in outputs and in elements of the image. */
interface Box {
  readonly sizes: Triple
  readonly output: number
  readonly image: number
}

/** The box of a position of the window, for so many outputs along each axis. */
export const boxOf = ({ input, stride, before }: Windows, position: Triple, output: Triple): Box => {
  const shifts = position.map((at, axis) => at - before[axis]!)
  const firsts = shifts.map((shift, axis) => reach(0, shift, stride[axis]!, output[axis]!))
  const [a = 0, b = 0, c = 0] = shifts.map(
    (shift, axis) => reach(input[axis]!, shift, stride[axis]!, output[axis]!) - firsts[axis]!
  )
  const [z = 0, y = 0, x = 0] = firsts.map((first, axis) => first * stride[axis]! + shifts[axis]!)
  return {
    sizes: [a, b, c],
    output: (firsts[0]! * output[1] + firsts[1]!) * output[2] + firsts[2]!,
    image: (z * input[1] + y) * input[2] + x
  }
}

/** Copies an image into planes. */
export const gathered = (
  body: Body,
  kind: Kind,
  geometry: Convolution,
  { taps, output, plane }: Planes,
  image: Instruction,
  to: number
): readonly Instruction[] => {
  const { inputs, input, stride } = geometry
  const depth = newLocal(body, 'i32')
  return taps.flatMap((position, tap) => {
    const box = boxOf(geometry, position, output)
    const [depths, lines, count] = box.sizes
    if (volume(box.sizes) === 0) return []
    const block = {
      planes: inputs,
      toPlane: plane,
      fromPlane: volume(input),
      lines,
      toLine: output[2],
      fromLine: stride[1] * input[2],
      count,
      step: stride[2],
      toStep: 1
    }
    const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
    const from = add(image, bytes(box.image))
    const target = i32(to + (tap * inputs * plane + box.output) * kind.bytes)
    if (depths === 1) return [copied(body, kind, target, from, block)]
    const ahead = (distance: number): Instruction => mul(get(depth), bytes(distance))
    const next = stride[0] * input[1] * input[2]
    return loop(depth, i32(0), i32(depths), 1, [
      copied(body, kind, add(target, ahead(output[1] * output[2])), add(from, ahead(next)), block)
    ])
  })
}

/** The planes of one part of the outputs. */
export interface Part {
  readonly geometry: Convolution
  readonly planes: Planes
  /** The first output, and the number of them. */
  readonly first: number
  readonly count: number
}

/** The elements of planes that are to fit into a cache. */
const panelSize = 2 ** 17

/** The most parts: each has code of its own. */
const mostParts = 64

/** Parts of the outputs, as convolutions of their own: planes of volumes, rows or columns, in multiples of `unit` if there are several. */
export const partsOf = (geometry: Convolution, unit: (axis: number) => number = () => 1): readonly Part[] => {
  const { output, before, stride } = geometry
  const axis = output[0] > 1 ? 0 : output[1] > 1 ? 1 : 2
  const along = (values: Triple, value: number): Triple => {
    const [a, b, c] = values.map((each, i) => (i === axis ? value : each))
    return [a!, b!, c!]
  }
  const parts = Math.min(mostParts, Math.ceil(planesOf(geometry).size / panelSize))
  const each = Math.ceil(output[axis] / parts / unit(axis)) * unit(axis)
  const slice = volume(along(output, 1))
  return upTo(Math.ceil(output[axis] / each)).map((part) => {
    const from = part * each
    const n = Math.min(each, output[axis] - from)
    const shifted = along(before, before[axis] - from * stride[axis])
    const own = { ...geometry, output: along(output, n), before: shifted }
    return { geometry: own, planes: planesOf(own), first: from * slice, count: n * slice }
  })
}

/** The size of the largest planes. */
export const largest = (parts: readonly Part[]): number => Math.max(...parts.map(({ planes }) => planes.size))
