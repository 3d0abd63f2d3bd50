/**
 * Convolutions, as in kernel/convolution.ts: the elements under the window are copied into planes, and contracted by the
 * library where they lie.
 */
import { sharesPlanes } from '../../kernel/convolution.js'
import { type Convolution, type Triple, type Windows, sumAgain, volume } from '../../kernel/convolutionSums.js'
import { reach } from '../../kernel/convolutionWindows.js'
import { isContiguous } from '../../kernel/strided.js'
import { type Kind, float32, float64, upTo } from '../../kernel/library/kinds.js'
import { add, call, get, i32, increase, loop, mul, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size } from '../../shape/model.js'
import { type ConvolutionParams, type Factor, convolutionOf } from '../../tensor/convolution.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { copied, exchange, rowMajor } from './blocks.js'
import { type Body, newLocal } from './body.js'
import { callLibrary } from './library.js'
import { elementsOf, whereNaN } from './strongZeros.js'

// -----------------------------------------------------------------------------
// the working memory
// -----------------------------------------------------------------------------

/** The most elements of the planes of an image. */
export const most: number = 2 ** 22

/** The most positions of a window: each has code of its own. */
const mostTaps = 256

/** What reads run over an end by less than, and the distance between what lies in the working memory: elements. */
const margin = 64

/** Places one behind the other, in elements; the last one is the end. */
export const placesOf = (...sizes: readonly number[]): readonly number[] =>
  sizes.reduce<readonly number[]>((places, n) => [...places, places.at(-1)! + Math.ceil(n / margin + 1) * margin], [0])

/** Fills elements with 0. */
export const cleared = ({ bytes }: Kind, at: number, count: number): Instruction => ({
  _tag: 'Bulk',
  op: 'memory.fill',
  operands: [i32(at), i32(0), i32(count * bytes)]
})

// -----------------------------------------------------------------------------
// planes
// -----------------------------------------------------------------------------

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
export interface Box {
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

// -----------------------------------------------------------------------------
// contractions
// -----------------------------------------------------------------------------

/** A contraction as in kernel/library/contraction.ts, of addresses, with distances in elements. */
export const contracted = (
  body: Body,
  kind: Kind,
  sizes: readonly [m: number, n: number, r: number, k: number],
  a: Instruction,
  [aRow, aItem, aTerm]: readonly [number, number, number],
  b: Instruction,
  [bRow, bTerm]: readonly [number, number],
  c: Instruction,
  cItem: number
): Instruction => {
  const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
  const [m, n, r, k] = sizes
  const vectors = n <= kind.lanes ? 1 : 2
  return callLibrary(
    body,
    `contraction${vectors}_${kind.name}`,
    a,
    bytes(aRow),
    bytes(aItem),
    bytes(aTerm),
    b,
    bytes(bRow),
    bytes(bTerm),
    bytes(vectors * kind.lanes),
    c,
    bytes(cItem),
    i32(m),
    i32(n),
    i32(r),
    i32(k),
    i32(0)
  )
}

/** Pointers to the parts of three arrays, for each example and each group; `w` begins again with each example. */
export const forEachGroup = (
  body: Body,
  { examples, groups }: Convolution,
  steps: { readonly [F in Factor]: number },
  starts: { readonly [F in Factor]: number },
  inside: (pointers: { readonly [F in Factor]: Instruction }) => readonly Instruction[]
): readonly Instruction[] => {
  const names = { x: newLocal(body, 'i32'), w: newLocal(body, 'i32'), y: newLocal(body, 'i32') }
  const [example, group] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
  const next = (factor: Factor): Instruction => increase(names[factor], i32(steps[factor]))
  return [
    set(names.x, i32(starts.x)),
    set(names.y, i32(starts.y)),
    ...loop(example, i32(0), i32(examples), 1, [
      set(names.w, i32(starts.w)),
      ...loop(group, i32(0), i32(groups), 1, [
        ...inside({ x: get(names.x), w: get(names.w), y: get(names.y) }),
        next('x'),
        next('w'),
        next('y')
      ])
    ])
  ]
}

/** How the elements of a result that are NaN are computed again. */
export const summedAgain = (
  body: Body,
  kind: Kind,
  geometry: Convolution,
  which: Factor,
  at: { readonly [F in Factor]: number },
  count: number,
  strongZero: boolean
): Instruction => {
  const name = ['sumAgain', kind.name, which, strongZero, ...Object.values(geometry).map(String)].join('_')
  body.hosts.set(name, {
    arity: 3,
    over: (buffer) => {
      const data = elementsOf(kind, buffer)
      return (...addresses) => {
        const [x = 0, w = 0, y = 0] = addresses.map((address) => address / kind.bytes)
        const places = { x, w, y }
        const arrays = { x: data, xAt: x, w: data, wAt: w, y: data, yAt: y }
        const own = data.subarray(places[which], places[which] + count)
        sumAgain(geometry, which, { ...arrays, [which]: own, [`${which}At`]: 0 }, strongZero)
      }
    }
  })
  const places = [at.x, at.w, at.y].map(i32)
  return whereNaN(body, kind, i32(at[which]), i32(at[which] + count * kind.bytes), [call(name, ...places)])
}

// -----------------------------------------------------------------------------
// what is lowered
// -----------------------------------------------------------------------------

/** A convolution that becomes code. */
export interface Found {
  readonly kind: Kind
  readonly geometry: Convolution
  /** The elements of both operands, where they do not lie in row-major order. */
  readonly rooms: readonly [number, number]
  /** Where the operands lie in row-major order: there, or in the given places behind the code. */
  readonly placed: (
    body: Body,
    operand: Places['operand'],
    rooms: readonly [number, number]
  ) => readonly [addresses: readonly [number, number], code: readonly Instruction[]]
}

/** The convolution of an operation, if it is one of floats, with elements. */
export const convolutionIn = (
  result: Factor,
  { operands, results }: Whole,
  params: ConvolutionParams
): Found | undefined => {
  const [a, b] = operands
  const [out] = results
  if (a === undefined || b === undefined || out === undefined) return undefined
  const kind = out.dtype === 'float32' ? float32 : out.dtype === 'float64' ? float64 : undefined
  if (kind === undefined || [a, b, out].some(({ shape }) => size(shape) === 0)) return undefined
  const geometry = convolutionOf(result, a.shape, b.shape, params)
  if (volume(geometry.window) > mostTaps) return undefined
  const lies = ({ shape, strides }: Access): boolean => isContiguous(shape, strides)
  return {
    kind,
    geometry,
    rooms: [lies(a) ? 0 : size(a.shape), lies(b) ? 0 : size(b.shape)],
    placed: (body, operand, [first, second]) => [
      [lies(a) ? operand(a) : first, lies(b) ? operand(b) : second],
      [
        ...(lies(a) ? [] : rowMajor(body, kind, a, operand(a), first)),
        ...(lies(b) ? [] : rowMajor(body, kind, b, operand(b), second))
      ]
    ]
  }
}

const bytesOfImage = (kind: Kind, channels: number, image: Triple): number => channels * volume(image) * kind.bytes

/** The steps of the three factors from one group to the next, in bytes. */
export const groupSteps = (
  kind: Kind,
  { inputs, outputs, input, window, output }: Convolution
): { readonly [F in Factor]: number } => ({
  x: bytesOfImage(kind, inputs, input),
  w: bytesOfImage(kind, outputs * inputs, window),
  y: bytesOfImage(kind, outputs, output)
})

/** The convolution itself. */
export const convolutionLowering = (operation: Whole, params: ConvolutionParams): Emitter | undefined => {
  const found = convolutionIn('y', operation, params)
  if (found === undefined) return undefined
  const { kind, geometry, rooms, placed } = found
  const { groups, inputs, outputs, window, output } = geometry
  const planes = planesOf(geometry)
  if (planes.size > most) return undefined
  const [taps, pixels] = [volume(window), volume(output)]
  const terms = taps * inputs
  const row = window[2] * inputs
  const isExchanged = inputs > 1 && taps > 1
  const ld = Math.ceil(pixels / 8) * 8
  const isApart = ld > pixels
  const count = size(operation.results[0]!.shape)
  const [first = 0, second = 0, panel = 0, kernel = 0, product = 0, end = 0] = placesOf(
    ...rooms,
    planes.size,
    isExchanged ? groups * outputs * terms : 0,
    isApart ? outputs * ld : 0
  )
  return {
    scratch: end * kind.bytes,
    emit: (body, { operand, result, scratch }) => {
      const at = (place: number): number => scratch + place * kind.bytes
      const [[x0, w0], copies] = placed(body, operand, [at(first), at(second)])
      const starts = { x: x0, w: w0, y: result(0) }
      const from = { ...starts, w: isExchanged ? at(kernel) : starts.w }
      const sizes = [outputs, pixels, terms / row, row] as const
      body.instructions.push(
        ...copies,
        cleared(kind, at(panel), planes.size + margin),
        ...(isExchanged
          ? [copied(body, kind, i32(from.w), i32(starts.w), exchange(groups * outputs, inputs, taps))]
          : []),
        ...forEachGroup(body, geometry, groupSteps(kind, geometry), from, ({ x, w, y }) => [
          ...gathered(body, kind, geometry, planes, x, at(panel)),
          contracted(
            body,
            kind,
            sizes,
            w,
            [row, terms, 1],
            i32(at(panel)),
            [planes.nextRow, planes.plane],
            isApart ? i32(at(product)) : y,
            isApart ? ld : pixels
          ),
          ...(isApart
            ? [
                callLibrary(
                  body,
                  'compact',
                  y,
                  ...[at(product), ld * kind.bytes, outputs, pixels * kind.bytes].map(i32)
                )
              ]
            : [])
        ]),
        summedAgain(body, kind, geometry, 'y', starts, count, params.strongZero)
      )
    }
  }
}
