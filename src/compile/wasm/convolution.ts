/**
 * Convolutions, as in kernel/convolution.ts: the elements under the window are copied into planes, and contracted by the
 * library where they lie.
 */
import { type Convolution, type Triple, volume } from '../../kernel/convolutionSums.js'
import { isContiguous } from '../../kernel/strided.js'
import { type Kind, float32, float64 } from '../../kernel/library/kinds.js'
import { add, call, get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import { type ConvolutionParams, type Factor, convolutionOf, operandsOf } from '../../tensor/convolution.js'
import { Dense, contiguous } from '../../tensor/model.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { copied, exchange, rowMajor } from './blocks.js'
import { type Body, newLocal } from './body.js'
import { type Part, cleared, gathered, largest, partsOf } from './convolutionPlanes.js'
import { callLibrary } from './library.js'
import { elementsOf, whereNaN } from './strongZeros.js'

// -----------------------------------------------------------------------------
// the working memory
// -----------------------------------------------------------------------------

/** The most elements of planes. */
export const most: number = 2 ** 22

/** The most positions of a window: each has code of its own. */
const mostTaps = 256

/** What reads run over an end by less than, and the distance between what lies in the working memory: elements. */
export const margin = 64

/** Places one behind the other, in elements; the last one is the end. */
export const placesOf = (...sizes: readonly number[]): readonly number[] =>
  sizes.reduce<readonly number[]>((places, n) => [...places, places.at(-1)! + Math.ceil(n / margin + 1) * margin], [0])

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

/** How a result with elements that are NaN is computed again: by the kernel of the primitive, from the operands in row-major order. */
export const summedAgain = (
  body: Body,
  kind: Kind,
  { operands, equation }: Whole,
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
        const given = operands.map(
          ({ shape, dtype }, i) =>
            new Dense(shape, dtype, data, denseStrides(shape), places[operandsOf[which][i === 0 ? 0 : 1]])
        )
        const [result] = equation.primitive.evaluate(given, equation.params)
        data.set(contiguous(result!).data, places[which])
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
  const parts = partsOf(geometry)
  if (largest(parts) > most) return undefined
  const [taps, pixels] = [volume(window), volume(output)]
  const terms = taps * inputs
  const row = window[2] * inputs
  const isExchanged = inputs > 1 && taps > 1
  // Whole vectors are written, so a part whose rows are not whole vectors is not written where they lie.
  const widths = parts.map((part) => Math.ceil(part.count / 8) * 8)
  const apart = Math.max(...parts.map((part, i) => (widths[i]! > part.count ? widths[i]! : 0)))
  const count = size(operation.results[0]!.shape)
  const [first = 0, second = 0, panel = 0, kernel = 0, product = 0, end = 0] = placesOf(
    ...rooms,
    largest(parts),
    isExchanged ? groups * outputs * terms : 0,
    outputs * apart
  )
  return {
    scratch: end * kind.bytes,
    emit: (body, { operand, result, scratch }) => {
      const at = (place: number): number => scratch + place * kind.bytes
      const [[x0, w0], copies] = placed(body, operand, [at(first), at(second)])
      const starts = { x: x0, w: w0, y: result(0) }
      const from = { ...starts, w: isExchanged ? at(kernel) : starts.w }
      const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
      const steps = groupSteps(kind, geometry)
      const part = ({ geometry: own, planes, first: output, count: n }: Part, i: number): readonly Instruction[] => {
        const ld = widths[i]!
        const isApart = ld > n
        const back = {
          planes: 1,
          toPlane: 0,
          fromPlane: 0,
          lines: outputs,
          toLine: pixels,
          fromLine: ld,
          count: n,
          step: 1,
          toStep: 1
        }
        return [
          cleared(kind, at(panel), planes.size + margin),
          ...forEachGroup(body, geometry, steps, from, ({ x, w, y }) => [
            ...gathered(body, kind, own, planes, x, at(panel)),
            contracted(
              body,
              kind,
              [outputs, n, terms / row, row],
              w,
              [row, terms, 1],
              i32(at(panel)),
              [planes.nextRow, planes.plane],
              isApart ? i32(at(product)) : add(y, bytes(output)),
              isApart ? ld : pixels
            ),
            ...(isApart ? [copied(body, kind, add(y, bytes(output)), i32(at(product)), back)] : [])
          ])
        ]
      }
      body.instructions.push(
        ...copies,
        ...(isExchanged
          ? [copied(body, kind, i32(from.w), i32(starts.w), exchange(groups * outputs, inputs, taps))]
          : []),
        ...parts.flatMap(part),
        summedAgain(body, kind, operation, geometry, 'y', starts, count, params.strongZero)
      )
    }
  }
}
