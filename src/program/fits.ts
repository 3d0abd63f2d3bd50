/** Whether operands are what an operation takes, as far as its record says: what `infer` takes for granted. */
import type { Params, Primitive, Program, TensorType } from '../primitive/model.js'
import { equals, show } from '../shape/model.js'

const showType = ({ shape, dtype }: TensorType): string => `${dtype} ${show(shape)}`

const count = (n: number): string => `${n} operand${n === 1 ? '' : 's'}`

const isProgram = (x: Program | undefined): boolean =>
  typeof x === 'object' && Array.isArray(x.inputs) && Array.isArray(x.equations) && Array.isArray(x.outputs)

/** The first axis among the parameters that the first operand does not have. */
const missingAxis = (params: Params, [first]: readonly TensorType[]): unknown => {
  const named: readonly unknown[] = Object.entries(params).flatMap(([name, value]: [string, unknown]) =>
    name === 'axis' || name === 'axes' ? [value].flat() : []
  )
  const rank = first?.shape.length ?? 0
  return named.find((axis) => typeof axis !== 'number' || !Number.isInteger(axis) || axis < 0 || axis >= rank)
}

const compare = (wanted: readonly TensorType[], operands: readonly TensorType[]): string | undefined => {
  if (wanted.length !== operands.length) return `${count(operands.length)}; ${wanted.length} required`
  const wrong = operands.findIndex(({ shape, dtype }, i) => {
    const type = wanted[i]!
    return dtype !== type.dtype || !equals(shape, type.shape)
  })
  if (wrong < 0) return undefined
  return `operand ${wrong} is ${showType(operands[wrong]!)}; ${showType(wanted[wrong]!)} is required`
}

/** What is wrong with the operands of a primitive, or with programs and axes among its parameters. */
export const misfit = <P extends Params>(
  primitive: Primitive<P>,
  params: P,
  operands: readonly TensorType[]
): string | undefined => {
  const { kind, arity, pair } = primitive
  if (arity !== undefined && operands.length !== arity) return `${count(operands.length)}; ${arity} required`
  const programs = primitive.programs?.(params) ?? []
  if (!programs.every(isProgram)) return 'a parameter stands where a program is; a program is required'
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
  const axis = kind === 'reduce' || kind === 'lane' ? missingAxis(params, operands) : undefined
  return axis === undefined
    ? undefined
    : `axis ${String(axis)}; an axis of operand 0, which is ${showType(operands[0]!)}, is required`
}
