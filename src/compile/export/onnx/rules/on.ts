/** The lines of the tables of rules. */
import type { Params, Primitive, TensorType } from '../../../../primitive/model.js'
import { size } from '../../../../shape/model.js'
import { type On, type Refuses, type Rule, type Write, ruleOn } from '../../model.js'
import type { Value, Writer } from '../graph.js'
import { filled } from '../values.js'

/** A line of a table. */
export type Line = readonly [Primitive, Rule<Writer, Value>]

const isEmpty = ({ shape }: TensorType): boolean => size(shape) === 0

/** How the equations of a primitive are written. Results without elements are constants, which engines need not compute. */
export const on: On<Writer, Value> = <P extends Params>(
  primitive: Primitive<P>,
  write: Write<Writer, Value, P>,
  refuses?: Refuses<P>
): Line => {
  const guarded: Write<Writer, Value, P> = (writer, operands, params, results, inner) =>
    results.length > 0 && results.every(isEmpty)
      ? results.map((type) => filled(writer, type, 0))
      : write(writer, operands, params, results, inner)
  return ruleOn(primitive, guarded, refuses)
}
