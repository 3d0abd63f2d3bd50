/** The gradient of a convolution to its kernel: the planes of the convolution, contracted with the cotangent in blocks of pixels. */
import { volume } from '../../kernel/convolutionSums.js'
import { type Kind, blockTerms, upTo } from '../../kernel/library/kinds.js'
import { add, get, i32, loop, min, mul, set, sub } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size } from '../../shape/model.js'
import type { ConvolutionParams } from '../../tensor/convolution.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { copied } from './blocks.js'
import { type LibraryName, newLocal } from './body.js'
import { convolutionIn, forEachGroup, groupSteps, most, placesOf, summedAgain } from './convolution.js'
import { type Part, cleared, gathered, largest, partsOf } from './convolutionPlanes.js'
import { callLibrary } from './library.js'

/** Panels of outputs, by vectors of columns. */
const panels = (kind: Kind, outputs: number): { readonly vectors: 1 | 2; readonly pack: LibraryName } =>
  outputs <= kind.lanes
    ? { vectors: 1, pack: kind.name === 'f32' ? 'pack4_f32' : 'pack2_f64' }
    : { vectors: 2, pack: kind.name === 'f32' ? 'pack8_f32' : 'pack4_f64' }

/** The least number of planes of so many lines each that are whole blocks of `rows` lines. */
const planesIn = (rows: number, lines: number): number => {
  let planes = 1
  while ((planes * lines) % rows !== 0) planes++
  return planes
}

export const convolutionKernelLowering = (operation: Whole, params: ConvolutionParams): Emitter | undefined => {
  const found = convolutionIn('w', operation, params)
  if (found === undefined) return undefined
  const { kind, geometry, rooms, placed } = found
  const { groups, inputs, outputs, window, output } = geometry
  // Parts are whole blocks: whole rows of outputs, or pieces of longer rows.
  const rows = Math.max(1, Math.floor(blockTerms / output[2]))
  const parts = partsOf(geometry, (axis) => (axis === 2 ? blockTerms : axis === 1 ? rows : planesIn(rows, output[1])))
  if (largest(parts) > most) return undefined
  const [taps, pixels] = [volume(window), volume(output)]
  const row = window[2] * inputs
  const terms = taps * inputs
  const { vectors, pack } = panels(kind, outputs)
  const width = vectors * kind.lanes
  const ld = Math.ceil(outputs / width) * width
  const block = Math.min(blockTerms, rows * output[2])
  const count = size(operation.results[0]!.shape)
  const [left = 0, right = 0, panel = 0, packed = 0, sums = 0, end = 0] = placesOf(
    ...rooms,
    largest(parts),
    block * ld,
    groups * terms * ld
  )
  return {
    scratch: end * kind.bytes,
    emit: (body, { operand, result, scratch }) => {
      const at = (place: number): number => scratch + place * kind.bytes
      const [[x0, y0], copies] = placed(body, operand, [at(left), at(right)])
      const starts = { x: x0, w: result(0), y: y0 }
      const steps = groupSteps(kind, geometry)
      const [first, length, group] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      const bytes = (elements: number): Instruction => i32(elements * kind.bytes)
      const here = mul(get(first), i32(kind.bytes))
      const added = ({ planes }: Part, to: Instruction, line: number): Instruction =>
        callLibrary(
          body,
          `contraction${vectors}_${kind.name}`,
          add(i32(at(panel + line * planes.nextRow)), here),
          i32(0),
          bytes(planes.plane),
          bytes(1),
          i32(at(packed)),
          i32(0),
          bytes(width),
          mul(get(length), bytes(width)),
          add(to, bytes(line * row * ld)),
          bytes(ld),
          i32(row),
          i32(outputs),
          i32(1),
          get(length),
          i32(1)
        )
      /** Blocks of the outputs from `from` on, which end with those before `to`. */
      const inBlocks = (part: Part, from: Instruction, to: Instruction, w: Instruction, y: Instruction) =>
        loop(first, from, to, block, [
          set(length, min(i32(block), sub(to, get(first)))),
          callLibrary(
            body,
            pack,
            i32(at(packed)),
            add(y, add(here, bytes(part.first))),
            bytes(1),
            bytes(pixels),
            get(length),
            i32(outputs)
          ),
          ...upTo(window[0] * window[1]).map((line) => added(part, w, line))
        ])
      const inRows = (part: Part, w: Instruction, y: Instruction): readonly Instruction[] => {
        const width = part.geometry.output[2]
        if (width <= blockTerms) return inBlocks(part, i32(0), i32(part.count), w, y)
        const row = newLocal(body, 'i32')
        const end = add(get(row), i32(width))
        return loop(row, i32(0), i32(part.count), width, inBlocks(part, get(row), end, w, y))
      }
      const isOnce = parts.length === 1
      const panelCleared = cleared(kind, at(panel), largest(parts))
      const turned = {
        planes: outputs,
        toPlane: terms,
        fromPlane: 1,
        lines: inputs,
        toLine: taps,
        fromLine: ld,
        count: taps,
        step: inputs * ld,
        toStep: 1
      }
      body.instructions.push(
        ...copies,
        ...(isOnce ? [panelCleared] : []),
        cleared(kind, at(sums), groups * terms * ld),
        ...forEachGroup(
          body,
          geometry,
          { ...steps, w: terms * ld * kind.bytes },
          { ...starts, w: at(sums) },
          ({ x, w, y }) =>
            parts.flatMap((part) => [
              ...(isOnce ? [] : [panelCleared]),
              ...gathered(body, kind, part.geometry, part.planes, x, at(panel)),
              ...inRows(part, w, y)
            ])
        ),
        ...loop(group, i32(0), i32(groups), 1, [
          copied(
            body,
            kind,
            add(i32(starts.w), mul(get(group), i32(steps.w))),
            add(i32(at(sums)), mul(get(group), bytes(terms * ld))),
            turned
          )
        ]),
        summedAgain(body, kind, operation, geometry, 'w', starts, count, params.strongZero)
      )
    }
  }
}
