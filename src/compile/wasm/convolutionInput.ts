/** The gradient of a convolution to its input where the window moves by single elements, as `shiftInput` in kernel/convolution.ts. */
import { isShifted, shiftedPlanes } from '../../kernel/convolution.js'
import { volume } from '../../kernel/convolutionSums.js'
import { access, get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import { size } from '../../shape/model.js'
import type { ConvolutionParams } from '../../tensor/convolution.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { copied, exchange } from './blocks.js'
import { newLocal } from './body.js'
import {
  cleared,
  contracted,
  flatConvolution,
  forEachGroup,
  groupSteps,
  most,
  placesOf,
  summedAgain
} from './convolution.js'

/** Products for all outputs in planes with zeros around, for one input, and then the sum over the window, which is a contraction with ones. */
export const convolutionInputLowering = (operation: Whole, params: ConvolutionParams): Emitter | undefined => {
  const found = flatConvolution('x', operation, params)
  if (found === undefined || !isShifted(found.geometry)) return undefined
  const { kind, geometry, rooms, placed } = found
  const { groups, inputs, outputs, input, window, output, dilation, before } = geometry
  const [taps, pixels] = [volume(window), volume(output)]
  const { line, left, above, n, count, source, plane } = shiftedPlanes(geometry)
  if (taps * plane > most || outputs * source > most) return undefined
  const [leftAt = 0, rightAt = 0, ones = 0, kernel = 0, panel = 0, product = 0, sums = 0, end = 0] = placesOf(
    ...rooms,
    1,
    groups * inputs * taps * outputs,
    outputs * source,
    taps * plane,
    count + 8
  )
  return {
    scratch: end * kind.bytes,
    emit: (body, { operand, result, scratch }) => {
      const at = (place: number): number => scratch + place * kind.bytes
      const bytes = (elements: number) => i32(elements * kind.bytes)
      const [[y0, w0], copies] = placed(body, operand, [at(leftAt), at(rightAt)])
      const starts = { x: result(0), w: w0, y: y0 }
      const steps = groupSteps(kind, geometry)
      const channel = newLocal(body, 'i32')
      const [to, factor] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const start = product + left + above * line
      const first = start + before[1] * line + before[2]
      const [nextRow, next] = [window[2] * plane - dilation[1] * line, plane - dilation[2]]
      const widened = {
        planes: outputs,
        toPlane: source,
        fromPlane: pixels,
        lines: output[1],
        toLine: line,
        fromLine: output[2],
        count: output[2],
        step: 1
      }
      const narrowed = {
        planes: 1,
        toPlane: 0,
        fromPlane: 0,
        lines: input[1],
        toLine: input[2],
        fromLine: line,
        count: input[2],
        step: 1
      }
      body.instructions.push(
        ...copies,
        cleared(kind, at(panel), sums - panel),
        access(kind.store, 0, i32(at(ones)), { _tag: 'Const', type: kind.name, value: 1 }),
        copied(body, kind, i32(at(kernel)), i32(starts.w), exchange(groups, outputs, inputs * taps)),
        ...forEachGroup(body, geometry, steps, { ...starts, w: at(kernel) }, ({ x, w, y }) => [
          copied(body, kind, i32(at(panel)), y, widened),
          set(to, x),
          set(factor, w),
          ...loop(channel, i32(0), i32(inputs), 1, [
            contracted(
              body,
              kind,
              [taps, n, 1, outputs],
              get(factor),
              [0, outputs, 1],
              i32(at(panel)),
              [0, source],
              i32(at(start)),
              plane
            ),
            contracted(
              body,
              kind,
              [1, count, window[1], window[2]],
              i32(at(ones)),
              [0, 0, 0],
              i32(at(first)),
              [nextRow, next],
              i32(at(sums)),
              count + 8
            ),
            copied(body, kind, get(to), i32(at(sums)), narrowed),
            increase(to, bytes(volume(input))),
            increase(factor, bytes(taps * outputs))
          ])
        ]),
        summedAgain(body, kind, operation, geometry, 'x', starts, size(operation.results[0]!.shape), params.strongZero)
      )
    }
  }
}
