/** What StableHLO text is written with: lines, names of values, constants that stand once, locations. */
import type { DType } from '../../../DType.js'
import type { TensorType } from '../../../primitive/model.js'
import { type Shape, size } from '../../../shape/model.js'
import { type Concrete, contiguous, fill, uniform } from '../../../tensor/model.js'
import { type On, ruleOn } from '../model.js'
import { denseText, quoted, signatureText, typeText, typesText } from './text.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A value of the text: its name, such as `%3`. */
export interface Value extends TensorType {
  readonly id: string
}

/** The state of one text while it is written. */
interface State {
  /** The number of the next value. */
  next: number
  /** The numbers of locations, by their texts. */
  readonly locations: Map<string, number>
}

/** Writes the operations of one region. */
export interface Writer {
  readonly state: State
  readonly lines: string[]
  readonly indent: string
  /** What constants are written in this region, and in those around it. */
  readonly constants: Constants
  /** What stands behind each operation. */
  readonly location: string
}

interface Constants {
  readonly outer: Constants | undefined
  readonly known: Map<string | Concrete, Value>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** A writer for the body of a function. */
export const newWriter = (): Writer => ({
  state: { next: 0, locations: new Map() },
  lines: [],
  indent: '    ',
  constants: { outer: undefined, known: new Map() },
  location: ''
})

/** The writer whose operations have a location. */
export const locatedAt = (writer: Writer, name: string): Writer => {
  const { locations } = writer.state
  const number = locations.get(name) ?? locations.size
  locations.set(name, number)
  return { ...writer, location: ` loc(#loc${number})` }
}

/** The lines that say which locations there are. */
export const locationLines = ({ state }: Writer): readonly string[] =>
  [...state.locations].map(([name, number]) => `#loc${number} = loc(${quoted(name)})`)

/** The number of the next value, which is not given again. */
const fresh = ({ state }: Writer): string => `%${state.next++}`

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** Writes an operation with one result. */
export const emit = (writer: Writer, text: string, { shape, dtype }: TensorType): Value => {
  const id = fresh(writer)
  writer.lines.push(`${writer.indent}${id} = ${text}${writer.location}`)
  return { id, shape, dtype }
}

/** Writes an operation with several results, of one line or more. */
export const emitAll = (writer: Writer, lines: readonly string[], results: readonly TensorType[]): readonly Value[] => {
  const id = fresh(writer)
  const names = results.map((_, i) => (results.length === 1 ? id : `${id}#${i}`))
  const target = results.length === 1 ? id : `${id}:${results.length}`
  const [first = '', ...rest] = lines
  writer.lines.push([`${writer.indent}${target} = ${first}`, ...rest].join('\n') + writer.location)
  return results.map(({ shape, dtype }, i) => ({ id: names[i]!, shape, dtype }))
}

/** `stablehlo.name %0, %1 : type`, for operations whose operands have the type of the result. */
export const plain = (
  writer: Writer,
  name: string,
  operands: readonly Value[],
  result: TensorType = operands[0]!
): Value => emit(writer, `stablehlo.${name} ${namesOf(operands)} : ${typeText(result)}`, result)

/** `stablehlo.name %0, attributes : (types) -> type` */
export const typed = (
  writer: Writer,
  name: string,
  operands: readonly Value[],
  attributes: string,
  result: TensorType
): Value => {
  const words = attributes === '' ? namesOf(operands) : `${namesOf(operands)}, ${attributes}`
  return emit(writer, `stablehlo.${name} ${words} : ${signatureText(operands, result)}`, result)
}

/** `%0, %1` */
export const namesOf = (values: readonly Value[]): string => values.map(({ id }) => id).join(', ')

// -----------------------------------------------------------------------------
// regions
// -----------------------------------------------------------------------------

/** The lines of a region: its block arguments are new values, and it returns what it is given. */
export const region = (
  writer: Writer,
  types: readonly TensorType[],
  body: (inner: Writer, inputs: readonly Value[]) => readonly Value[]
): { readonly inputs: readonly Value[]; readonly lines: readonly string[] } => {
  const inner: Writer = {
    ...writer,
    lines: [],
    indent: `${writer.indent}  `,
    constants: { outer: writer.constants, known: new Map() }
  }
  const inputs = types.map(({ shape, dtype }) => ({ id: fresh(writer), shape, dtype }))
  const outputs = body(inner, inputs)
  const end = `${inner.indent}stablehlo.return ${namesOf(outputs)} : ${typesText(outputs)}${writer.location}`
  return {
    inputs,
    lines: [...inner.lines, outputs.length === 0 ? `${inner.indent}stablehlo.return${writer.location}` : end]
  }
}

/** The lines of a region in braces, whose block names its arguments. */
export const block = (
  writer: Writer,
  types: readonly TensorType[],
  body: (inner: Writer, inputs: readonly Value[]) => readonly Value[]
): readonly string[] => {
  const { inputs, lines } = region(writer, types, body)
  if (types.length === 0) return ['{', ...lines]
  const list = inputs.map((input) => `${input.id}: ${typeText(input)}`).join(', ')
  return ['{', `${writer.indent}^bb0(${list}):`, ...lines]
}

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const found = (constants: Constants | undefined, key: string | Concrete): Value | undefined =>
  constants === undefined ? undefined : (constants.known.get(key) ?? found(constants.outer, key))

/** The number that all elements of a constant are, if they are one. */
const oneNumber = (x: Concrete): number | undefined => {
  const known = uniform(x)
  if (known !== undefined || size(x.shape) === 0) return known
  const { data, offset } = contiguous(x)
  const first = data[offset]!
  for (let i = 1; i < size(x.shape); i++) if (!Object.is(data[offset + i], first)) return undefined
  return first
}

/** Whether a constant counts 0, 1, ... along its only axis. */
const isCounting = (x: Concrete): boolean => {
  if (x.dtype !== 'int32' || x.shape.length !== 1) return false
  const { data, offset } = contiguous(x)
  for (let i = 0; i < x.shape[0]!; i++) if (data[offset + i] !== i) return false
  return true
}

/** A constant, which is written once in each region that none around it has. */
export const constant = (writer: Writer, x: Concrete): Value => {
  const one = oneNumber(x)
  const key = one === undefined ? x : `${typeText(x)} ${Object.is(one, -0) ? '-0' : one}`
  const before = found(writer.constants, key)
  if (before !== undefined) return before
  const plain = one === undefined ? x : fill(x.shape, x.dtype, one)
  const text = one === undefined && isCounting(x) ? 'stablehlo.iota dim = 0' : `stablehlo.constant ${denseText(plain)}`
  const value = emit({ ...writer, location: '' }, `${text} : ${typeText(x)}`, x)
  writer.constants.known.set(key, value)
  return value
}

/** A number throughout a shape. */
export const splat = (writer: Writer, value: number, dtype: DType, shape: Shape): Value =>
  constant(writer, fill(shape, dtype, value))

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

/** How the equations of a primitive are written. */
export const on: On<Writer, Value> = ruleOn
