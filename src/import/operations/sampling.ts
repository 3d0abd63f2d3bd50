/** Images sampled at places that are values. */
import { upTo } from '../../kernel/library/kinds.js'
import { show, size } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, operation } from '../operation.js'
import { numbersOf, refuse } from '../values.js'

type PaddingMode = 'zeros' | 'border' | 'reflection'

/** A coordinate from -1 to 1 as a place among n pixels. */
const placed = (x: Tensor, n: number, alignCorners: boolean): Tensor =>
  alignCorners ? T.mul(T.add(x, 1), (n - 1) / 2) : T.sub(T.mul(T.add(x, 1), n / 2), 0.5)

/** A place mirrored at the edges until it lies inside. */
const reflected = (x: Tensor, n: number, alignCorners: boolean): Tensor => {
  const [least, most] = alignCorners ? [0, n - 1] : [-0.5, n - 0.5]
  const span = most - least
  if (span === 0) return T.zerosLike(x)
  const from = T.mod(T.sub(x, least), 2 * span)
  return T.add(T.where(T.greater(from, span), T.sub(2 * span, from), from), least)
}

/** The pixel at a whole place, given one of each axis for all examples: [n, c, ...places]. */
const pixelAt = (image: Tensor, at: readonly Tensor[], mode: PaddingMode, alignCorners: boolean): Tensor => {
  const [n = 0, c = 0, ...sizes] = image.shape
  const inside = at.map((x, i) => {
    const held = mode === 'reflection' ? reflected(x, sizes[i]!, alignCorners) : x
    return T.clamp(held, { min: 0, max: sizes[i]! - 1 })
  })
  const flat = inside.reduce<Tensor>(
    (sum, x, i) => T.add(T.mul(sum, sizes[i]!), T.cast(T.round(x), 'int32')),
    T.zeros(at[0]!.shape, 'int32')
  )
  const count = size(at[0]!.shape.slice(1))
  const places = T.broadcastTo(T.reshape(flat, [n, 1, count]), [n, c, count])
  const taken = T.takeAlongAxis(T.reshape(image, [n, c, size(sizes)]), places, { axis: 2 })
  const values = T.reshape(taken, [n, c, ...at[0]!.shape.slice(1)])
  if (mode !== 'zeros') return values
  const isIn = at
    .map((x, i) => T.logicalAnd(T.greaterEqual(x, 0), T.lessEqual(x, sizes[i]! - 1)))
    .reduce<Tensor>((all, each) => T.logicalAnd(all, each), T.scalar(true))
  return T.where(T.expandDims(isIn, 1), values, 0)
}

const cubicNear = (t: Tensor): Tensor => T.add(T.mul(T.mul(T.sub(T.mul(t, 1.25), 2.25), t), t), 1)
const cubicFar = (t: Tensor): Tensor => T.add(T.mul(T.sub(T.mul(T.add(T.mul(t, -0.75), 3.75), t), 6), t), 3)

/** The factors of the pixels around a place, by the distance from the first. */
const factors = (t: Tensor, isCubic: boolean): readonly Tensor[] =>
  isCubic ? [cubicFar(T.add(t, 1)), cubicNear(t), cubicNear(T.sub(1, t)), cubicFar(T.sub(2, t))] : [T.sub(1, t), t]

/** Every choice of one entry of each list. */
const choices = <A>(lists: readonly (readonly A[])[]): readonly (readonly A[])[] =>
  lists.reduce<readonly (readonly A[])[]>(
    (all, list) => all.flatMap((chosen) => list.map((each) => [...chosen, each])),
    [[]]
  )

const gridSample: Operation = operation(2, 2, (node) => {
  const mode =
    node.version < 20
      ? node.word('mode', ['bilinear', 'nearest', 'bicubic'])
      : node.word('mode', ['linear', 'nearest', 'cubic'])
  const padding = node.word('padding_mode', ['zeros', 'border', 'reflection'])
  const alignCorners = node.flag('align_corners', false)
  return (image, grid) => {
    const sizes = image.shape.slice(2)
    if (grid.shape.at(-1) !== sizes.length) {
      return refuse(`the grid has shape ${show(grid.shape)}; expected ${sizes.length} coordinates along its last axis`)
    }
    // The last coordinate is that of the first spatial axis.
    const at = sizes.map((n, i) => placed(T.at(grid, sizes.length - 1 - i, { axis: -1 }), n, alignCorners))
    if (mode === 'nearest') return pixelAt(image, at.map(T.round), padding, alignCorners)
    const isCubic = mode === 'bicubic' || mode === 'cubic'
    const held = isCubic
      ? at
      : at.map((x, i) => {
          const inside = padding === 'reflection' ? reflected(x, sizes[i]!, alignCorners) : x
          return padding === 'zeros' ? inside : T.clamp(inside, { min: 0, max: sizes[i]! - 1 })
        })
    const taps = held.map((x) => {
      const first = T.floor(x)
      return factors(T.sub(x, first), isCubic).map((weight, k) => ({
        weight,
        place: T.add(first, isCubic ? k - 1 : k)
      }))
    })
    return choices(taps)
      .map((corner) => {
        const weight = corner.map((each) => each.weight).reduce((a, b) => T.mul(a, b))
        const pixel = pixelAt(
          image,
          corner.map(({ place }) => place),
          padding,
          alignCorners
        )
        return T.mul(pixel, T.expandDims(weight, 1))
      })
      .reduce((a, b) => T.add(a, b))
  }
})

/** The places that an affine map takes a grid of pixels to, in two or three dimensions. */
const affineGrid: Operation = operation(2, 2, (node) => {
  const alignCorners = node.flag('align_corners', false)
  return (theta, wanted) => {
    const sizes = numbersOf(wanted, 'the size').slice(2)
    const rank = sizes.length
    const coordinate = (axis: number): Tensor => {
      const n = sizes[axis]!
      const values = upTo(n).map((i) => (alignCorners ? (n === 1 ? -1 : (2 * i) / (n - 1) - 1) : (2 * i + 1) / n - 1))
      const along = T.reshape(
        T.of(values, 'float64'),
        sizes.map((_, i) => (i === axis ? n : 1))
      )
      return T.cast(T.broadcastTo(along, sizes), theta.dtype)
    }
    const last = [...upTo(rank)].reverse().map(coordinate)
    const base = T.reshape(T.stack([...last, T.ones(sizes, theta.dtype)], { axis: -1 }), [size(sizes), rank + 1])
    const moved = T.matmul(base, T.swapAxes(theta, 1, 2))
    return T.reshape(moved, [theta.shape[0]!, ...sizes, rank])
  }
})

export const sampling: Operations = { GridSample: gridSample, AffineGrid: affineGrid }
