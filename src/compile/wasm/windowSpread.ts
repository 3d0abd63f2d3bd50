/** Elements added to all places of their windows, as in kernel/windows.ts: in float64, an image after the other. */
import { isContiguous } from '../../kernel/strided.js'
import { access, add, get, i32, increase, loop, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Shape, size } from '../../shape/model.js'
import { type AxisWindows, positionsOf } from '../../tensor/poolingWindows.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { newLocal } from './body.js'

interface SpreadOver {
  readonly windows: readonly AxisWindows[]
  readonly image: Shape
}

/** Bytes of a float64, in which the images are summed. */
const wide = 8

export const windowSpreadLowering = (
  { operands, results }: Whole,
  { windows, image }: SpreadOver
): Emitter | undefined => {
  const [x] = operands
  const [out] = results
  if (x === undefined || out === undefined || (out.dtype !== 'float32' && out.dtype !== 'float64')) return undefined
  if (!isContiguous(x.shape, x.strides) || size(x.shape) === 0 || size(out.shape) === 0) return undefined
  const { positions, elements, count } = positionsOf(image, windows)
  if (elements === 0) return undefined
  const length = size(image)
  const isNarrow = out.dtype === 'float32'
  const bytes = isNarrow ? 4 : 8
  // The first element of all windows, then the second.
  const table = Int32Array.from(positions, (_, i) => {
    const at = positions[(i % count) * elements + Math.floor(i / count)]!
    return at < 0 ? -1 : at * wide
  })
  const isInside = table.every((at) => at >= 0)
  return {
    scratch: isNarrow ? length * wide : 0,
    tables: [table],
    emit: (body, { operand, result, scratch, table: tableAt }) => {
      const [row, part, at] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [from, source, to] = [newLocal(body, 'i32'), newLocal(body, 'i32'), newLocal(body, 'i32')]
      const [window, entry] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const value = access(isNarrow ? 'f32.load' : 'f64.load', 0, get(source))
      const place = add(isNarrow ? i32(scratch) : get(to), get(at))
      const added: Instruction = access(
        'f64.store',
        0,
        place,
        op('f64.add', access('f64.load', 0, place), isNarrow ? op('f64.promote_f32', value) : value)
      )
      const rounded = loop(at, i32(0), i32(length), 1, [
        access(
          'f32.store',
          0,
          add(get(to), op('i32.mul', get(at), i32(bytes))),
          op('f32.demote_f64', access('f64.load', scratch, op('i32.mul', get(at), i32(wide))))
        )
      ])
      body.instructions.push(
        set(from, i32(operand(x))),
        set(to, i32(result(0))),
        ...loop(row, i32(0), i32(size(x.shape) / count), 1, [
          {
            _tag: 'Bulk',
            op: 'memory.fill',
            operands: [isNarrow ? i32(scratch) : get(to), i32(0), i32(length * wide)]
          },
          set(entry, i32(tableAt(0))),
          ...loop(part, i32(0), i32(elements), 1, [
            set(source, get(from)),
            ...loop(window, i32(0), i32(count), 1, [
              set(at, access('i32.load', 0, get(entry))),
              ...(isInside ? [added] : [when(op('i32.ge_s', get(at), i32(0)), [added])]),
              increase(entry, i32(4)),
              increase(source, i32(bytes))
            ])
          ]),
          ...(isNarrow ? rounded : []),
          increase(from, i32(count * bytes)),
          increase(to, i32(length * bytes))
        ])
      )
    }
  }
}
