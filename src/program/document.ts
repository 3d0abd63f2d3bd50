/** Programs as JSON: the form of a document, and the errors in others. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts/lib/index.js'
import type { DType } from '../DType.js'

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * An error in a document, and its place: `programs[0].equations[2].primitive`. The path is empty for the whole document.
 *
 * @example
 * import { type JsonError, showJsonErrors } from 'pullback/ProgramJson'
 *
 * const error: JsonError = { path: 'version', rule: 'expected 1, got 2' }
 * showJsonErrors([error]) // => 'version: expected 1, got 2'
 */
export interface JsonError {
  readonly path: string
  readonly rule: string
}

/**
 * The errors found in a document: all parts of the wrong form, or else the first equation that is wrong.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { type JsonErrors, fromJSON } from 'pullback/ProgramJson'
 *
 * const count = (errors: JsonErrors): number => errors.length
 * E.swap(E.mapLeft(count)(fromJSON({ format: 'pullback program', version: 1 }, []))) // => E.right(2)
 */
export type JsonErrors = ReadonlyNonEmptyArray<JsonError>

/**
 * Errors as text, one to a line.
 *
 * @example
 * import { showJsonErrors } from 'pullback/ProgramJson'
 *
 * showJsonErrors([{ path: 'programs', rule: 'expected an array, got undefined' }])
 * // => 'programs: expected an array, got undefined'
 */
export const showJsonErrors = (errors: JsonErrors): string =>
  errors.map(({ path, rule }) => (path === '' ? rule : `${path}: ${rule}`)).join('\n')

/** One error. */
export const wrong = (path: string, rule: string): E.Either<JsonErrors, never> => E.left([{ path, rule }])

const longest = 60

/** A value in a sentence. */
export const showJson = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}...` : value)
}

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The numbers that JSON does not have. */
export const numbers: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0]
])

/** A tensor's shape and dtype. */
export interface TypeJson {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** A tensor's elements in row-major order, as little-endian bytes in base64; a uniform tensor has one element. */
export interface ConstantJson extends TypeJson {
  readonly data: string
  readonly uniform?: true | undefined
}

/** A variable by its number, inputs first and then results as they come; or a constant by its place among all. */
export type AtomJson = number | { readonly $constant: number }

/** An equation; the types of its results follow from the operands, and are held against what follows. */
export interface EquationJson {
  readonly primitive: string
  readonly params: unknown
  readonly operands: readonly AtomJson[]
  readonly results: readonly TypeJson[]
  readonly scope?: string | undefined
}

/** A program, which may refer to those before it. */
export interface OneProgramJson {
  readonly inputs: readonly TypeJson[]
  readonly equations: readonly EquationJson[]
  readonly outputs: readonly AtomJson[]
}

/**
 * A program as plain data, ready for `JSON.stringify`. Constants and programs stand once each, however often they are used;
 * the last program is the whole.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { type ProgramDocument, toJSON } from 'pullback/ProgramJson'
 * import * as T from 'pullback/Tensor'
 *
 * const document: ProgramDocument = toJSON(Debug.trace((x: T.Tensor<[]>) => T.mul(x, 2))(T.scalar(1)))
 * document.constants // => [{ shape: [], dtype: 'float32', data: 'AAAAQA==', uniform: true }]
 * document.programs[0]?.equations[0]?.operands // => [0, { $constant: 0 }]
 */
export interface ProgramDocument {
  readonly format: typeof format
  readonly version: typeof version
  readonly constants: readonly ConstantJson[]
  readonly programs: readonly OneProgramJson[]
}

/** The format that a document states. */
export const format = 'pullback program'

/** The only version so far. */
export const version = 1

// -----------------------------------------------------------------------------
// codec
// -----------------------------------------------------------------------------

/** A type whose name completes the sentence "expected ...". */
const named = <A>(name: string, is: (value: unknown) => value is A): t.Type<A> =>
  new t.Type<A>(name, is, (value, context) => (is(value) ? t.success(value) : t.failure(value, context)), t.identity)

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Sizes whose product is a number that is exact. */
const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.every(isCount) &&
  Number.isSafeInteger(value.reduce((product: number, size: number) => product * size, 1))

const isAtom = (value: unknown): value is AtomJson =>
  isCount(value) ||
  (isObject(value) && '$constant' in value && isCount(value.$constant) && Object.keys(value).length === 1)

const dtypes: readonly DType[] = ['bool', 'int32', 'float32', 'float64']

/** The codec of documents. */
const codec = (): t.Decoder<unknown, ProgramDocument> => {
  const shape = named('a shape', isShape)
  const dtype = named('bool, int32, float32 or float64', (value): value is DType =>
    dtypes.some((each) => each === value)
  )
  const text = named('a string', t.string.is)
  const optional = named('a string', (value): value is string | undefined => value === undefined || t.string.is(value))
  const flag = named('true', (value): value is true | undefined => value === undefined || value === true)
  const list = <A>(type: t.Type<A>): t.Type<readonly A[]> => t.readonlyArray(type, 'an array')
  const type = t.type({ shape, dtype }, 'an object')
  const constant = t.type({ shape, dtype, data: text, uniform: flag }, 'an object')
  const atom = named('the number of a variable or { "$constant": number }', isAtom)
  const equation = t.type(
    { primitive: text, params: t.unknown, operands: list(atom), results: list(type), scope: optional },
    'an object'
  )
  const program = t.type({ inputs: list(type), equations: list(equation), outputs: list(atom) }, 'an object')
  const whole = {
    format: named(JSON.stringify(format), (value): value is typeof format => value === format),
    version: named(String(version), (value): value is typeof version => value === version),
    constants: list(constant),
    programs: list(program)
  }
  return t.type(whole, 'an object')
}

/** `programs[0].equations` */
const pathOf = (context: t.Context): string =>
  context
    .slice(1)
    .map(({ key }, i) => (/^\d+$/.test(key) ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join('')

const errorOf = ({ context, value }: t.ValidationError): JsonError => ({
  path: pathOf(context),
  rule: `expected ${context.at(-1)?.type.name ?? 'a document'}, got ${showJson(value)}`
})

/** Decodes the outline of a document: everything but parameters. */
export const decodeDocument = (json: unknown): E.Either<JsonErrors, ProgramDocument> =>
  pipe(
    codec().decode(json),
    E.mapLeft((errors): JsonErrors => {
      const [first, ...rest] = errors.map(errorOf)
      return [first!, ...rest]
    })
  )
