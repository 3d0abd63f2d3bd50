/** From programs to JSON. */
import { below } from '../tree/error.js'
import { describe, isPlain } from '../internal/describe.js'
import { isProgram } from '../transform/program.js'
import { type Atom, type Equation, type Program, type TensorType, Variable } from '../primitive/model.js'
import { type Tensor, type TensorJson, isConcrete, isTensor } from '../tensor/model.js'
import {
  type AtomJson,
  type EquationJson,
  type OneProgramJson,
  type ProgramDocument,
  type TypeJson,
  format,
  numbers,
  version
} from './document.js'

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const typeOf = ({ shape, dtype }: TensorType): TypeJson => ({ shape: [...shape], dtype })

// -----------------------------------------------------------------------------
// parameters
// -----------------------------------------------------------------------------

/** The error for an equation that cannot be written: which one, and why. */
const unwritable = ({ primitive, scope }: Equation, what: string): TypeError =>
  new TypeError(
    `toJSON: ${primitive.name}${scope === undefined ? '' : ` in ${scope}`} holds ${what}; expected parameters of plain data, leave the operation out of the program`
  )

const hasTag = (key: string): boolean => key.startsWith('$')

const numberOf = (value: number): unknown => {
  const name = Object.is(value, -0) ? '-0' : String(value)
  return numbers.has(name) ? { $number: name } : value
}

// -----------------------------------------------------------------------------
// documents
// -----------------------------------------------------------------------------

/** The places of things in a list that grows: each is written once. */
const table = <A extends object, B>(): { readonly list: B[]; readonly placeOf: (key: A, make: () => B) => number } => {
  const list: B[] = []
  const places = new Map<A, number>()
  return {
    list,
    placeOf: (key, make) => {
      const before = places.get(key)
      if (before !== undefined) return before
      // Made first, so that the entries it refers to stand before it.
      const made = make()
      places.set(key, list.length)
      return list.push(made) - 1
    }
  }
}

/**
 * A program as plain data, for `JSON.stringify`: to keep it, to send it, or to read it elsewhere.
 *
 * Constants are written as their bytes, those of one value everywhere as one element; NaN, infinities and -0 survive in
 * constants and in parameters. `fromJSON` gives back a program that prints the same and computes the same bits. The format
 * has a version.
 *
 * @throws TypeError when an equation holds a function or another value that is not plain data, as those of `Debug.tap`,
 * of `Debug.checkFinite`, and of the user's rules and solvers that cannot be staged do; it names the operation and its scope
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Debug from 'pullback/Debug'
 * import { fromJSON, primitives, toJSON } from 'pullback/ProgramJson'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[3]>) => T.sum(T.mul(T.exp(x), T.of([1, 2, 3]))))(T.zeros([3]))
 * const text = JSON.stringify(toJSON(program))
 * E.map(Debug.show)(fromJSON(JSON.parse(text), primitives)) // => E.right(Debug.show(program))
 *
 * toJSON(Debug.trace(Debug.tap('x'))(T.scalar(1)))
 * // throws toJSON: tap holds a function at report; expected parameters of plain data, leave the operation out of the program
 */
export const toJSON = (program: Program): ProgramDocument => {
  const constants = table<Tensor, TensorJson>()
  const programs = table<Program, OneProgramJson>()

  const constant = (equation: Equation | undefined, x: Tensor): { readonly $constant: number } => {
    if (!isConcrete(x)) {
      throw equation === undefined
        ? new TypeError('toJSON: an output is a value inside a transformation; expected a constant')
        : unwritable(equation, 'a value inside a transformation')
    }
    return { $constant: constants.placeOf(x, () => x.toJSON()) }
  }

  const param = (equation: Equation, value: unknown, path: string): unknown => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return numberOf(value)
    if (value === undefined) return { $undefined: true }
    if (typeof value !== 'object') throw unwritable(equation, `${describe(value)} at ${path}`)
    if (isTensor(value)) return constant(equation, value)
    if (value instanceof Variable) return typeOf(value)
    if (Array.isArray(value)) return value.map((each: unknown, i) => param(equation, each, `${path}[${i}]`))
    if (!isPlain(value)) throw unwritable(equation, `${describe(value)} at ${path}`)
    if (isProgram(value)) return { $program: programOf(value) }
    const entries = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, param(equation, each, below(path, key))] as const)
    return entries.some(([key]) => hasTag(key)) ? { $record: entries } : Object.fromEntries(entries)
  }

  const equationOf = (equation: Equation, atom: (x: Atom) => AtomJson): Omit<EquationJson, 'results'> => {
    const { primitive, params, operands, scope } = equation
    // Records made per call from a user's functions: where they have programs, staging has written those down instead.
    if (primitive.close !== undefined) throw unwritable(equation, "a user's function that cannot be staged")
    return {
      primitive: primitive.name,
      params: param(equation, params, ''),
      operands: operands.map(atom),
      ...(scope !== undefined && { scope })
    }
  }

  const programOf = (of: Program): number =>
    programs.placeOf(of, () => {
      const numbers = new Map<Variable, number>()
      const define = (variable: Variable): TypeJson => {
        numbers.set(variable, numbers.size)
        return typeOf(variable)
      }
      const atomIn =
        (equation: Equation | undefined) =>
        (x: Atom): AtomJson => {
          if (!(x instanceof Variable)) return constant(equation, x)
          const place = numbers.get(x)
          if (place !== undefined) return place
          throw new TypeError(
            `toJSON: ${equation === undefined ? 'an output' : equation.primitive.name} reads a variable that is not defined yet; expected equations in order`
          )
        }
      const inputs = of.inputs.map(define)
      const equations = of.equations.map((equation): EquationJson => {
        const written = equationOf(equation, atomIn(equation))
        return { ...written, results: equation.results.map(define) }
      })
      return { inputs, equations, outputs: of.outputs.map(atomIn(undefined)) }
    })

  programOf(program)
  return { format, version, constants: constants.list, programs: programs.list }
}
