/** Maps inside of the operation that reads them: its elements are computed where it would have loaded them. */
import type { TensorType } from '../../primitive/model.js'
import type { Value, Whole } from '../graph.js'
import type { Body } from './body.js'
import { mapped } from './maps.js'
import { type Strip, constantStrip } from './strip.js'

/** Shape and type of the tensor that an operation on one tensor reads, be it in memory or not. */
export const operandOf = ({ equation }: Whole): TensorType => equation.operands[0]!

/** Four elements of the tensor that an operation on one tensor reads, from four elements of each of its operands. */
export const elementsOf = (body: Body, { maps = [], operands }: Whole, strips: readonly Strip[]): Strip => {
  const values = new Map<Value, Strip>()
  let last = strips[0]!
  for (const map of maps) {
    const given = map.operands.map((operand): Strip => {
      if (operand._tag === 'Uniform') return constantStrip(operand.dtype, operand.number)
      return values.get(operand.value) ?? strips[operands.indexOf(operand)]!
    })
    const [result] = map.results
    last = mapped(body, { ...map, dtype: map.operands[0]!.dtype, operands: given }, result.dtype)
    values.set(result, last)
  }
  return last
}
