/** Intrinsics that are no single instruction: the functions of float32 as steps of this library, all others as calls. */
import type { DType } from '../../DType.js'
import { functions } from '../../kernel/functions/definitions.js'
import { quarter, rest } from '../../kernel/functions/reduction.js'
import { call, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import type { Intrinsic } from '../../primitive/intrinsics.js'
import { functionOf } from '../../primitive/special.js'
import { type Body, keep } from './body.js'
import { type FunctionName, importsOf, inlined } from './functions.js'

/** Whether an intrinsic on operands of a type is a function with steps of its own. */
const hasSteps = (name: Intrinsic, dtype: DType): name is FunctionName => dtype === 'float32' && name in functions

/** The functions of kernel/functions/reduction.ts that steps call. */
const reductions = { quarter, rest }

const importing = (body: Body, name: FunctionName): void => {
  for (const each of importsOf([name])) body.imports.set(each, { arity: 1, f: reductions[each] })
}

/** A call with float64 numbers. What an intrinsic is depends on the type of the operands. */
export const callOfOne = (body: Body, name: Intrinsic, dtype: DType, args: readonly Instruction[]): Instruction => {
  if (hasSteps(name, dtype)) {
    importing(body, name)
    body.functions.add(name)
    return call(`${name}_f64`, ...args)
  }
  const f = functionOf(name)
  if (f === undefined) throw new TypeError(`there is no function ${name}`)
  body.imports.set(name, { arity: args.length, f })
  return call(name, ...args)
}

const laneOf = (lane: 0 | 1, v: Instruction): Instruction => ({
  _tag: 'Lane',
  op: 'f64x2.extract_lane',
  lane,
  operands: [v]
})

/** A call with two float64 in each vector. */
export const callOfTwo = (body: Body, name: Intrinsic, dtype: DType, args: readonly Instruction[]): Instruction => {
  if (hasSteps(name, dtype)) {
    importing(body, name)
    const operands = args.map((arg) => {
      const kept = arg._tag === 'Get' ? arg : keep(body, 'v128', arg)
      return kept._tag === 'Get' ? kept.name : ''
    })
    const { locals, statements, value } = inlined(name, 'f64x2', operands, `${name}${body.locals.length}_`)
    body.locals.push(...locals)
    body.instructions.push(...statements)
    return value
  }
  const at = (lane: 0 | 1): Instruction =>
    callOfOne(
      body,
      name,
      dtype,
      args.map((arg) => laneOf(lane, arg))
    )
  return { _tag: 'Lane', op: 'f64x2.replace_lane', lane: 1, operands: [op('f64x2.splat', at(0)), at(1)] }
}
