/** The gradient of a convolution to its input, as `scatterInput` in kernel/convolution.ts: products for all outputs, added where the window has the input. */
import { volume } from '../../kernel/convolutionSums.js'
import { blockTerms, upTo } from '../../kernel/library/kinds.js'
import { add, get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size } from '../../shape/model.js'
import type { ConvolutionParams } from '../../tensor/convolution.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { added, copied, exchange } from './blocks.js'
import { newLocal } from './body.js'
import { contracted, convolutionIn, forEachGroup, groupSteps, most, placesOf, summedAgain } from './convolution.js'
import { boxOf, cleared, positionsOf } from './convolutionPlanes.js'

/** The elements of products that are to fit into a cache. */
const partSize = 2 ** 15

/** Products of outputs and kernels for some of the inputs at a time, a row for each position of the window. */
export const convolutionInputLowering = (operation: Whole, params: ConvolutionParams): Emitter | undefined => {
  const found = convolutionIn('x', operation, params)
  if (found === undefined) return undefined
  const { kind, geometry, rooms, placed } = found
  const { groups, inputs, outputs, input, window, output, stride } = geometry
  const [taps, pixels, image] = [volume(window), volume(output), volume(input)]
  // Distances that are powers of 2 would share few lines of a cache.
  const plane = Math.ceil(pixels / 8) * 8 + 16
  if (Math.max(taps, outputs) * plane > most) return undefined
  // Of more than one block per position, those of one position come before those of the next.
  const isOneBlock = outputs <= blockTerms || taps === 1
  const several = isOneBlock ? taps : 1
  const fits = Math.max(1, Math.floor(partSize / (several * plane)))
  const part = Math.min(inputs, fits < 4 ? fits : fits - (fits % 4))
  const boxes = positionsOf(geometry).map((position) => boxOf(geometry, position, output))
  const [left = 0, right = 0, kernel = 0, panel = 0, product = 0, end = 0] = placesOf(
    ...rooms,
    groups * inputs * taps * outputs,
    outputs * plane,
    part * several * plane
  )
  return {
    scratch: end * kind.bytes,
    emit: (body, { operand, result, scratch }) => {
      const at = (place: number): number => scratch + place * kind.bytes
      const bytes = (elements: number) => i32(elements * kind.bytes)
      const [[y0, w0], copies] = placed(body, operand, [at(left), at(right)])
      const starts = { x: result(0), w: w0, y: y0 }
      const count = size(operation.results[0]!.shape)
      const [channel, to, factor] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      /** The addition of a row of products, for `m` inputs, where the window has the input at a position. */
      const addedAt = (m: number, tap: number): readonly Instruction[] => {
        const { sizes, output: first, image: place } = boxes[tap]!
        if (volume(sizes) === 0) return []
        const block = {
          planes: m,
          toPlane: image,
          fromPlane: several * plane,
          lines: sizes[1],
          toLine: stride[1] * input[2],
          fromLine: output[2],
          count: sizes[2],
          step: 1,
          toStep: stride[2]
        }
        return upTo(sizes[0]).map((z) =>
          added(
            body,
            kind,
            add(get(to), bytes(place + z * stride[0] * input[1] * input[2])),
            i32(at(product + (tap % several) * plane + first + z * output[1] * output[2])),
            block
          )
        )
      }
      /** The products of `k` outputs from `first` on and `m` inputs, for some positions, and their addition. */
      const addedFor = (m: number, tap: number, first: number, k: number): readonly Instruction[] => [
        contracted(
          body,
          kind,
          [m * several, pixels, 1, k],
          add(get(factor), bytes(tap * outputs + first)),
          [0, several === 1 ? taps * outputs : outputs, 1],
          i32(at(panel + first * plane)),
          [0, plane],
          i32(at(product)),
          plane
        ),
        ...upTo(several).flatMap((i) => addedAt(m, tap + i))
      ]
      const forInputs = (m: number): readonly Instruction[] => [
        ...upTo(taps / several).flatMap((tap) =>
          upTo(isOneBlock ? 1 : Math.ceil(outputs / blockTerms)).flatMap((block) => {
            const first = block * blockTerms
            return addedFor(m, tap, first, isOneBlock ? outputs : Math.min(blockTerms, outputs - first))
          })
        ),
        increase(to, bytes(m * image)),
        increase(factor, bytes(m * taps * outputs))
      ]
      const rest = inputs % part
      body.instructions.push(
        ...copies,
        cleared(kind, starts.x, count),
        copied(body, kind, i32(at(kernel)), i32(starts.w), exchange(groups, outputs, inputs * taps)),
        ...forEachGroup(body, geometry, groupSteps(kind, geometry), { ...starts, w: at(kernel) }, ({ x, w, y }) => [
          copied(body, kind, i32(at(panel)), y, {
            planes: outputs,
            toPlane: plane,
            fromPlane: pixels,
            lines: 1,
            toLine: 0,
            fromLine: 0,
            count: pixels,
            step: 1,
            toStep: 1
          }),
          set(to, x),
          set(factor, w),
          ...loop(channel, i32(0), i32(inputs - rest), part, forInputs(part)),
          ...(rest === 0 ? [] : forInputs(rest))
        ]),
        ...(params.strongZero ? [summedAgain(body, kind, operation, geometry, 'x', starts, count, true)] : [])
      )
    }
  }
}
