/** Checks that operands fit an operation, as far as its record says: `infer` takes these for granted. */
import type { Params, Primitive, Program, TensorType } from '../primitive/model.js'
import { equals, show } from '../shape/model.js'

const showType = ({ shape, dtype }: TensorType): string => `${dtype} ${show(shape)}`

const miscounted = (given: number, expected: number): string =>
  `the number of operands is ${given}; expected ${expected}`

const isProgram = (x: Program | undefined): boolean =>
  typeof x === 'object' && Array.isArray(x.inputs) && Array.isArray(x.equations) && Array.isArray(x.outputs)

/** Whether an axis among the parameters is one that the first operand does not have. */
const lacksAxis = (params: Params, [first]: readonly TensorType[]): boolean => {
  const named: readonly unknown[] = Object.entries(params).flatMap(([name, value]: [string, unknown]) =>
    name === 'axis' || name === 'axes' ? [value].flat() : []
  )
  const rank = first?.shape.length ?? 0
  return named.some((axis) => typeof axis !== 'number' || !Number.isInteger(axis) || axis < 0 || axis >= rank)
}

const compare = (wanted: readonly TensorType[], operands: readonly TensorType[]): string | undefined => {
  if (wanted.length !== operands.length) return miscounted(operands.length, wanted.length)
  const wrong = operands.findIndex(({ shape, dtype }, i) => {
    const type = wanted[i]!
    return dtype !== type.dtype || !equals(shape, type.shape)
  })
  if (wrong < 0) return undefined
  return `operand ${wrong} is ${showType(operands[wrong]!)}; expected ${showType(wanted[wrong]!)}`
}

/** The error in the operands of a primitive, or in the programs and axes among its parameters, as a sentence. */
export const misfit = <P extends Params>(
  primitive: Primitive<P>,
  params: P,
  operands: readonly TensorType[]
): string | undefined => {
  const { kind, arity, pair } = primitive
  if (arity !== undefined && operands.length !== arity) return miscounted(operands.length, arity)
  const programs = primitive.programs?.(params) ?? []
  if (!programs.every(isProgram)) return 'a parameter is not a program; expected one'
  const takes = primitive.takes?.(params)
  if (takes !== undefined) return compare(takes, operands)
  if (kind === 'elementwise') {
    const [first] = operands
    const like = operands.map(({ dtype }) => ({
      shape: first!.shape,
      dtype: pair === undefined ? dtype : first!.dtype
    }))
    return compare(like, operands)
  }
  return (kind === 'reduce' || kind === 'lane') && lacksAxis(params, operands)
    ? `a parameter names an axis that operand 0 does not have; expected an axis of ${showType(operands[0]!)}`
    : undefined
}
