/** Elements added to all places of their windows, as in kernel/windows.ts: in float64, or taken from the one window that has a place. */
import { type Kind, float32, float64, upTo } from '../../kernel/library/kinds.js'
import { isContiguous } from '../../kernel/strided.js'
import { access, add, get, i32, increase, loop, op, set, tee, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import type { Windows } from '../../kernel/windows.js'
import { type Shape, size } from '../../shape/model.js'
import { type AxisWindows, positionsOf } from '../../tensor/poolingWindows.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { newLocal } from './body.js'

interface SpreadOver {
  readonly windows: readonly AxisWindows[]
  readonly image: Shape
}

/** The window that has each element of the image; -1 where none has it, and `undefined` if several have the same one. */
const ownersOf = ({ positions, elements }: Windows, length: number): Int32Array | undefined => {
  const owners = new Int32Array(length).fill(-1)
  for (const [i, at] of positions.entries()) {
    if (at >= 0 && owners[at]! >= 0) return undefined
    if (at >= 0) owners[at] = Math.floor(i / elements)
  }
  return owners
}

/** How many elements of the image a turn writes. */
const few = 4

/** Each element of the image taken from its window; a sum of one number differs from it where that is -0. */
const taken = (x: Access, owners: Int32Array, count: number, { name, bytes, load, store }: Kind): Emitter => {
  const length = owners.length
  const zero: Instruction = { _tag: 'Const', type: name, value: 0 }
  const table = owners.map((at) => at * bytes)
  const isWhole = owners.every((at) => at >= 0)
  return {
    tables: [table],
    emit: (body, { operand, result, table: tableAt }) => {
      const [row, at, from, to] = [
        newLocal(body, 'i32'),
        newLocal(body, 'i32'),
        newLocal(body, 'i32'),
        newLocal(body, 'i32')
      ]
      const [entry, place] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
      const plus = (place: Instruction): Instruction =>
        op(name === 'f32' ? 'f32.add' : 'f64.add', access(load, 0, add(get(from), place)), zero)
      const one = (number: number): Instruction => {
        const given = access('i32.load', 4 * number, get(entry))
        if (isWhole) return access(store, number * bytes, get(to), plus(given))
        const isOutside = op('i32.lt_s', get(place), i32(0))
        const inside = plus(op('select', i32(0), tee(place, given), isOutside))
        return access(store, number * bytes, get(to), op('select', zero, inside, isOutside))
      }
      const several = (n: number): readonly Instruction[] => [
        ...upTo(n).map(one),
        increase(entry, i32(4 * n)),
        increase(to, i32(bytes * n))
      ]
      body.instructions.push(
        set(from, i32(operand(x))),
        set(to, i32(result(0))),
        ...loop(row, i32(0), i32(size(x.shape) / count), 1, [
          set(entry, i32(tableAt(0))),
          ...loop(at, i32(few), i32(length + 1), few, several(few)),
          ...several(length % few),
          increase(from, i32(count * bytes))
        ])
      )
    }
  }
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
  const given = positionsOf(image, windows)
  const { positions, elements, count } = given
  if (elements === 0) return undefined
  const length = size(image)
  const owners = ownersOf(given, length)
  if (owners !== undefined) return taken(x, owners, count, out.dtype === 'float32' ? float32 : float64)
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
