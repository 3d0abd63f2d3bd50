/**
 * Columns: what the fields of a CSV file must be, as io-ts codecs from text to numbers. A codec's name completes the
 * sentence "expected ...".
 */
import { requireFunction } from '../internal/check.js'
import { describe, refusal } from '../internal/describe.js'
import { count as naturals, options, requireKind, text } from '../internal/options.js'
import * as t from 'io-ts/lib/index.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A codec that reads a number from text, and whose name says what it expects: `a number from 0 to 16`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const field: Dataset.Field = Dataset.integerBetween(0, 9)
 * field.name // => 'an integer from 0 to 9'
 * E.isRight(field.decode('7')) // => true
 */
export type Field = t.Decoder<string, number>

/**
 * A column of a CSV file: its name in the header, and the codec of its fields.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 *
 * const column: Dataset.Column = Dataset.column('petal_length', Dataset.number)
 * column.name // => 'petal_length'
 */
export interface Column {
  readonly name: string
  readonly field: Field
}

// -----------------------------------------------------------------------------
// fields
// -----------------------------------------------------------------------------

/** Digits with an optional sign, point and exponent; blanks around them are allowed. */
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

/** A codec from its name and a function that returns NaN for text that it refuses. */
const reading = (name: string, parse: (text: string) => number): t.Type<number, string, string> =>
  new t.Type<number, string, string>(
    name,
    (value): value is number => typeof value === 'number' && parse(String(value)) === value,
    (text, context) => {
      const value = parse(text)
      return Number.isNaN(value) ? t.failure(text, context) : t.success(value)
    },
    String
  )

const finite = (text: string): number => {
  const value = decimal.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : NaN
}

const when = (holds: boolean, value: number): number => (holds ? value : NaN)

// Its own function, as Array.isArray makes a readonly array one of `any`.
const requireNames = (names: unknown): void => {
  if (!Array.isArray(names)) throw new TypeError(refusal('category', 'the list', names, 'an array of names'))
}

/** Refuses bounds between which no number lies. */
const requireBounds = (operation: string, from: number, to: number): void => {
  if (typeof from === 'number' && typeof to === 'number' && from <= to) return
  throw new RangeError(
    `${operation}: the bounds are ${describe(from)} and ${describe(to)}; expected the smaller one first`
  )
}

/**
 * Any finite decimal number; an empty field, `NaN` and `Infinity` are refused.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * Dataset.number.decode('-1.5e3') // => E.right(-1500)
 * E.isLeft(Dataset.number.decode('abc')) // => true
 */
export const number: t.Type<number, string, string> = /* @__PURE__ */ reading('a number', finite)

/**
 * Any integer that fits in 32 bits.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * Dataset.integer.decode('42') // => E.right(42)
 * E.isLeft(Dataset.integer.decode('4.2')) // => true
 */
export const integer: t.Type<number, string, string> = /* @__PURE__ */ reading('an integer', (text) => {
  const value = finite(text)
  return when(value === (value | 0), value)
})

/**
 * A number between two bounds, both included.
 *
 * @throws RangeError when the first bound is above the second
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * Dataset.numberBetween(0, 16).decode('16') // => E.right(16)
 * Dataset.numberBetween(0, 16).name // => 'a number from 0 to 16'
 */
/* @__NO_SIDE_EFFECTS__ */
export const numberBetween = (from: number, to: number): t.Type<number, string, string> => {
  requireBounds('numberBetween', from, to)
  return reading(`a number from ${from} to ${to}`, (text) => {
    const value = finite(text)
    return when(value >= from && value <= to, value)
  })
}

/**
 * An integer between two bounds, both included.
 *
 * @throws RangeError when the first bound is above the second
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * Dataset.integerBetween(0, 9).decode('9') // => E.right(9)
 * E.isLeft(Dataset.integerBetween(0, 9).decode('10')) // => true
 */
/* @__NO_SIDE_EFFECTS__ */
export const integerBetween = (from: number, to: number): t.Type<number, string, string> => {
  requireBounds('integerBetween', from, to)
  return reading(`an integer from ${from} to ${to}`, (text) => {
    const value = finite(text)
    return when(value === (value | 0) && value >= from && value <= to, value)
  })
}

/**
 * The options of `category`.
 *
 * @example
 * import type { CategoryOptions } from 'pullback/Dataset'
 *
 * const options: CategoryOptions = { other: 'elsewhere' }
 * options.other // => 'elsewhere'
 */
export interface CategoryOptions {
  /** The name of a further category, the last one, for every text that is not a name; without it such text is an error. */
  readonly other?: string
}

const categoryOptions = options<CategoryOptions>('category', { other: text })

/**
 * One of several names, read as its position in the list, counted from 0. Another text is an error of the field, or, with `other`, of a
 * further category, whose position is the number of names.
 *
 * @throws RangeError when a name is given twice, or the list is empty
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const species = Dataset.category(['setosa', 'versicolor', 'virginica'])
 * species.decode('virginica') // => E.right(2)
 * E.isLeft(species.decode('tulip')) // => true
 * species.name // => 'one of setosa, versicolor, virginica'
 * Dataset.category(['north', 'south'], { other: 'elsewhere' }).decode('west') // => E.right(2)
 */
/* @__NO_SIDE_EFFECTS__ */
export const category = (names: readonly string[], options: CategoryOptions = {}): t.Type<number, string, string> => {
  requireNames(names)
  categoryOptions(options)
  const all = options.other === undefined ? names : [...names, options.other]
  const again = all.find((name, index) => all.indexOf(name) < index)
  if (again !== undefined)
    throw new RangeError(`category: the name ${describe(again)} is given twice; expected distinct names`)
  if (names.length === 0) throw new RangeError('category: the list is empty; expected at least one name')
  return new t.Type<number, string, string>(
    `one of ${all.join(', ')}`,
    (value): value is number => typeof value === 'number' && all[value] !== undefined,
    (field, context) => {
      const index = all.indexOf(field)
      return index >= 0 ? t.success(index) : all === names ? t.failure(field, context) : t.success(names.length)
    },
    (index) => all[index] ?? String(index)
  )
}

/**
 * A field that may be missing: the texts in `missing`, the empty one by default, are read as NaN, which `Dataset.impute` replaces. Only
 * columns of floats hold it; as a label of integers it is an error.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const age = Dataset.optional(Dataset.numberBetween(0, 150), ['', '?'])
 * age.decode('?') // => E.right(NaN)
 * age.decode('42') // => E.right(42)
 * age.name // => 'a number from 0 to 150 or a missing value'
 */
/* @__NO_SIDE_EFFECTS__ */
export const optional = (
  field: t.Type<number, string, string>,
  missing: readonly [string, ...string[]] = ['']
): t.Type<number, string, string> => {
  const given: unknown = field
  if (typeof given !== 'object' || given === null || !('validate' in given)) {
    throw new TypeError(refusal('optional', 'the field', field, 'one such as Dataset.number'))
  }
  return new t.Type<number, string, string>(
    `${field.name} or a missing value`,
    (value): value is number => Number.isNaN(value) || field.is(value),
    (content, context) => (missing.includes(content.trim()) ? t.success(NaN) : field.validate(content, context)),
    (value) => (Number.isNaN(value) ? missing[0] : field.encode(value))
  )
}

// -----------------------------------------------------------------------------
// columns
// -----------------------------------------------------------------------------

/**
 * A column, from its name in the header and the codec of its fields.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 *
 * Dataset.column('label', Dataset.integerBetween(0, 9)).field.name // => 'an integer from 0 to 9'
 */
export const column = (name: string, field: Field): Column => ({ name, field })

/**
 * Several columns, from their positions; the compiler knows the count where it is a literal.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 *
 * const pixels = Dataset.columns(64, (i) => Dataset.column(`p${i}`, Dataset.numberBetween(0, 16)))
 * pixels[63]?.name // => 'p63'
 */
export const columns = <N extends number>(
  count: N,
  make: (index: number) => Column
): readonly Column[] & { readonly length: N } => {
  requireKind('columns', 'the count', count, naturals)
  requireFunction('columns', make, 'make')
  return counted(Array.from({ length: count }, (_, index) => make(index)))
}

/** Casts a list to its length. */
const counted = <A, N extends number>(list: readonly A[]): readonly A[] & { readonly length: N } =>
  list as readonly A[] & { readonly length: N }
