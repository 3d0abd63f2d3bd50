/** The gradient of a convolution to its kernel: the planes of the convolution, contracted with the cotangent in blocks of pixels. */
import { volume } from '../../kernel/convolutionSums.js'
import { type Kind, blockTerms } from '../../kernel/library/kinds.js'
import { add, get, i32, loop, min, mul, set, sub } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size } from '../../shape/model.js'
import type { ConvolutionParams } from '../../tensor/convolution.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { copied } from './blocks.js'
import { type LibraryName, newLocal } from './body.js'
import {
  cleared,
  flatConvolution,
  forEachGroup,
  gathered,
  groupSteps,
  most,
  placesOf,
  planesOf,
  summedAgain
} from './convolution.js'
import { callLibrary } from './library.js'

/** Panels of outputs, by vectors of columns. */
const panels = (kind: Kind, outputs: number): { readonly vectors: 1 | 2; readonly pack: LibraryName } =>
  outputs <= kind.lanes
    ? { vectors: 1, pack: kind.name === 'f32' ? 'pack4_f32' : 'pack2_f64' }
    : { vectors: 2, pack: kind.name === 'f32' ? 'pack8_f32' : 'pack4_f64' }

export const convolutionKernelLowering = (operation: Whole, params: ConvolutionParams): Emitter | undefined => {
  const found = flatConvolution('w', operation, params)
  if (found === undefined) return undefined
  const { kind, geometry, rooms, placed } = found
  const { groups, inputs, outputs, window, output } = geometry
  const planes = planesOf(geometry)
  if (planes.size > most || output[2] > blockTerms) return undefined
  const [taps, pixels] = [volume(window), volume(output)]
  const row = window[2] * inputs
  const terms = taps * inputs
  const { vectors, pack } = panels(kind, outputs)
  const width = vectors * kind.lanes
  const ld = Math.ceil(outputs / width) * width
  const block = Math.floor(blockTerms / output[2]) * output[2]
  const count = size(operation.results[0]!.shape)
  const [left = 0, right = 0, panel = 0, packed = 0, sums = 0, end = 0] = placesOf(
    ...rooms,
    planes.size,
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
      const added = (to: Instruction, line: number): Instruction =>
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
      const inBlocks = (to: Instruction, y: Instruction): readonly Instruction[] =>
        loop(first, i32(0), i32(pixels), block, [
          set(length, min(i32(block), sub(i32(pixels), get(first)))),
          callLibrary(body, pack, i32(at(packed)), add(y, here), bytes(1), bytes(pixels), get(length), i32(outputs)),
          ...Array.from({ length: window[1] }, (_, line) => added(to, line))
        ])
      const turned = {
        planes: outputs,
        toPlane: terms,
        fromPlane: 1,
        lines: inputs,
        toLine: taps,
        fromLine: ld,
        count: taps,
        step: inputs * ld
      }
      body.instructions.push(
        ...copies,
        cleared(kind, at(panel), planes.size),
        cleared(kind, at(sums), groups * terms * ld),
        ...forEachGroup(
          body,
          geometry,
          { ...steps, w: terms * ld * kind.bytes },
          { ...starts, w: at(sums) },
          ({ x, w, y }) => [...gathered(body, kind, geometry, planes, x, at(panel)), ...inBlocks(w, y)]
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
