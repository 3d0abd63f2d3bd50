/** Programs as text. */
import { isPlain, refusal } from '../internal/describe.js'
import { isProgram } from '../transform/program.js'
import type { DType } from '../DType.js'
import { type Atom, type Equation, type Params, type Program, type TensorType, Variable } from '../primitive/model.js'
import { show as showShape, size } from '../shape/model.js'
import { Dense, type Tensor, contiguous, isConcrete, isTensor } from '../tensor/model.js'
import { showElement } from '../tensor/show.js'

// -----------------------------------------------------------------------------
// types and constants
// -----------------------------------------------------------------------------

const abbreviations: { readonly [D in DType]: string } = { float32: 'f32', float64: 'f64', int32: 'i32', bool: 'bool' }

/** A type in short: `f32[2, 3]`. */
export const showType = ({ shape, dtype }: TensorType): string => `${abbreviations[dtype]}${showShape(shape)}`

/** Constants print as many of their values, and dots for the rest. */
const most = 6

/** The values of a constant in row-major order, as many as fit, and its type; one that is the same everywhere, once. */
const showConstant = (x: Tensor): string => {
  if (!isConcrete(x)) return `?:${showType(x)}`
  const { data, offset } = contiguous(x)
  const elements = size(x.shape)
  const repeated = !(x instanceof Dense) || (elements > 0 && x.strides.every((stride) => stride === 0))
  const count = repeated ? 1 : elements
  const values = Array.from(data.subarray(offset, offset + Math.min(count, most)), (value) =>
    showElement(x.dtype, value)
  )
  return `${repeated ? values.join('') : `[${[...values, ...(count > most ? ['...'] : [])].join(', ')}]`}:${showType(x)}`
}

// -----------------------------------------------------------------------------
// names
// -----------------------------------------------------------------------------

/** a, b, ..., z, aa, ab, ... */
const nameOf = (index: number): string => {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : nameOf(Math.floor(index / 26) - 1) + last
}

/** Gives every variable a name when it is first asked for. */
const naming = (): ((variable: Variable) => string) => {
  const names = new Map<Variable, string>()
  return (variable) => {
    const name = names.get(variable) ?? nameOf(names.size)
    names.set(variable, name)
    return name
  }
}

type Names = ReturnType<typeof naming>

// -----------------------------------------------------------------------------
// parameters
// -----------------------------------------------------------------------------

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isType = (value: object): value is TensorType =>
  'shape' in value && 'dtype' in value && (value instanceof Variable || Object.keys(value).length === 2)

const isNumbers = (value: object): value is ArrayLike<unknown> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

/** Entries in brackets, on lines of their own where one of them takes several. */
const enclosed = (open: string, entries: readonly string[], close: string, indent: string): string =>
  entries.some((entry) => entry.includes('\n'))
    ? [open, ...entries.map((entry) => `${indent}  ${entry}`), `${indent}${close}`].join('\n')
    : `${open}${entries.join(', ')}${close}`

const showFields = (value: object, indent: string, names: Names): readonly string[] =>
  Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${key}=${showValue(field, `${indent}  `, names)}`]
  )

/** A parameter of any kind; `indent` is that of the line it begins on. */
const showValue = (value: unknown, indent: string, names: Names): string => {
  if (typeof value === 'function') return value.name === '' ? 'function' : value.name
  if (!isObject(value)) return String(value)
  if (isTensor(value)) return showConstant(value)
  if (isProgram(value)) return showProgram(value, 0, indent, names)
  if (isType(value)) return showType(value)
  if (Array.isArray(value) || isNumbers(value)) {
    const entries = Array.from(value, (entry: unknown) => showValue(entry, `${indent}  `, names))
    const dots = entries.length > 2 * most && entries.every((entry) => !entry.includes('\n'))
    return enclosed('[', dots ? [...entries.slice(0, 2 * most), '...'] : entries, ']', indent)
  }
  return isPlain(value) ? enclosed('{', showFields(value, indent, names), '}', indent) : value.constructor.name
}

/** Parameters in brackets: `[axes=[0]]`. */
const showParams = (params: Params, indent: string, names: Names): string => {
  const fields = showFields(params, indent, names)
  return fields.length === 0 ? '' : enclosed('[', fields, ']', indent)
}

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

const showAtom = (atom: Atom, names: Names): string => (atom instanceof Variable ? names(atom) : showConstant(atom))

const declared = (variable: Variable, names: Names): string => `${names(variable)}:${showType(variable)}`

const showEquation = (equation: Equation, read: ReadonlySet<Atom>, indent: string, names: Names): string => {
  const { primitive, params, operands, results, scope } = equation
  const given = operands.map((operand) => ` ${showAtom(operand, names)}`).join('')
  const made = results.map((result) => (read.has(result) ? declared(result, names) : `_:${showType(result)}`))
  const inside = showParams(params, indent, names)
  const comment = scope === undefined ? '' : ` // ${scope}`
  return `${indent}${made.length === 0 ? '' : `${made.join(' ')} = `}${primitive.name}${inside}${given}${comment}\n`
}

const showProgram = (
  { inputs, equations, outputs }: Program,
  captured: number,
  indent: string,
  names: Names
): string => {
  const heads = inputs.map((input) => ` ${declared(input, names)}`)
  const own = heads.slice(0, heads.length - captured).join('')
  const others = captured === 0 ? '' : ` ;${heads.slice(-captured).join('')}`
  const read = new Set<Atom>([...equations.flatMap(({ operands }) => operands), ...outputs])
  const body = equations.map((equation) => showEquation(equation, read, `${indent}    `, names)).join('')
  const returned = `in (${outputs.map((output) => showAtom(output, names)).join(', ')}) }`
  return `{ lambda${own}${others} .${body === '' ? ' ' : ` let\n${body}${indent}  `}${returned}`
}

/** An equation as `show` prints it among those of its program. */
export const showEquationOf = (program: Program, equation: Equation): string => {
  const names = naming()
  showProgram(program, 0, '', names)
  const read = new Set<Atom>([...program.equations.flatMap(({ operands }) => operands), ...program.outputs])
  return showEquation(equation, read, '', names).trimEnd()
}

/**
 * A program as text, in the manner of a jaxpr: inputs with their types, an equation per line, outputs.
 *
 * `c:f32[3] = mul a b` says that `c` is the product of `a` and `b`, float32 of shape `[3]`; parameters stand in
 * brackets behind the name of the operation, and the programs inside `checkpoint`, `scan`, `cond` and so on are
 * indented there. Constants are written with their first values and their type, results that nobody reads as `_`,
 * captured inputs behind a semicolon, the scope of an equation behind slashes at the end of its line. Variables are named in the order in which they appear, so that equal programs
 * print equally.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[3]>) => T.sum(T.mul(T.exp(x), 2)))(T.zeros([3]))
 * Debug.show(program).split('\n')
 * // => ['{ lambda a:f32[3] . let', '    b:f32[3] = exp a', '    c:f32[3] = mul b 2:f32[3]', '    d:f32[] = sum[axes=[0]] c', '  in (d) }']
 */
export const show = (program: Program & { readonly captured?: readonly Tensor[] }): string => {
  const given: unknown = program
  if (!isObject(given) || !isProgram(given)) {
    throw new TypeError(`${refusal('show', 'the operand', given, 'a program')}; make one with Debug.trace`)
  }
  return showProgram(program, program.captured?.length ?? 0, '', naming())
}
