/** Programs as JSON: the form of a document, and the errors in others. */
import { below } from '../tree/error.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts/lib/index.js'
import type { DType } from '../DType.js'
import { describe } from '../internal/describe.js'
import { type JsonError, type JsonErrors, isCount, isDType, isSet, isShape, isString } from '../tensor/json.js'
import type { TensorJson } from '../tensor/model.js'

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
  readonly constants: readonly TensorJson[]
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
/* @__NO_SIDE_EFFECTS__ */
export const named = <A>(name: string, is: (value: unknown) => value is A): t.Type<A> =>
  new t.Type<A>(name, is, (value, context) => (is(value) ? t.success(value) : t.failure(value, context)), t.identity)

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isAtom = (value: unknown): value is AtomJson =>
  isCount(value) ||
  (isObject(value) && '$constant' in value && isCount(value.$constant) && Object.keys(value).length === 1)

/** The codec of documents. */
const codec = (): t.Decoder<unknown, ProgramDocument> => {
  const shape = named('a shape', isShape)
  const dtype = named('bool, int32, float32 or float64', isDType)
  const text = named('a string', isString)
  const type = t.type({ shape, dtype }, 'an object')
  const constant = t.type({ shape, dtype, data: text, uniform: named('true', isSet) }, 'an object')
  const optional = named('a string', (value): value is string | undefined => value === undefined || t.string.is(value))
  const list = <A>(type: t.Type<A>): t.Type<readonly A[]> => t.readonlyArray(type, 'an array')
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
  return t.type(whole, 'a document')
}

/** `programs[0].equations` */
const pathOf = (context: t.Context): string =>
  context.slice(1).reduce((path, { key }) => (/^\d+$/.test(key) ? `${path}[${key}]` : below(path, key)), '')

/** The errors of the codec. */
const errorsOf = (errors: t.Errors): JsonErrors => {
  const [first, ...rest] = errors.map(({ context, value }): JsonError => ({
    path: pathOf(context),
    rule: `expected ${context.at(-1)!.type.name}, got ${describe(value)}`
  }))
  return [first!, ...rest]
}

/** Decodes the outline of a document: everything but parameters. */
export const decodeDocument = (json: unknown): E.Either<JsonErrors, ProgramDocument> =>
  pipe(codec().decode(json), E.mapLeft(errorsOf))
