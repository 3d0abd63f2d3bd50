/** Records of options: each is declared once, and its check and its sentences follow from the declaration. */
import { isNotNegative } from './check.js'
import { describe, either, isOptions, isTensorLike, refusal, restore } from './describe.js'

/** What an option accepts, in words and as a test. */
export interface Kind {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
  /** A check with sentences of its own, in place of the test. */
  readonly check?: (operation: string, name: string, value: unknown) => void
}

/** An option that the operation itself checks where it is used, against a shape for example. */
export const checkedLater: Kind = { expected: '', holds: () => true }

/** `true` or `false`. */
export const flag: Kind = { expected: 'true or false', holds: (value) => typeof value === 'boolean' }

/** A number for which `holds` is true. */
/* @__NO_SIDE_EFFECTS__ */
export const number = (expected: string, holds: (value: number) => boolean): Kind => ({
  expected,
  holds: (value) => typeof value === 'number' && holds(value)
})

/** A finite number. */
export const finite: Kind = { expected: 'a finite number', holds: (value) => Number.isFinite(value) }

/** A finite number that is not negative. */
export const notNegative: Kind = number('a finite number of 0 or more', isNotNegative)

/** A part of a whole. */
export const share: Kind = number('a number from 0 to 1', (value) => value >= 0 && value <= 1)

/** A number of things. */
export const count: Kind = number('an integer of 0 or more', (n) => Number.isInteger(n) && n >= 0)

/** A number of things, of which there is at least one. */
export const positiveCount: Kind = number('an integer of 1 or more', (n) => Number.isInteger(n) && n >= 1)

/** An integer. */
export const integer: Kind = { expected: 'an integer', holds: (value) => Number.isInteger(value) }

/** One of some strings or numbers. */
/* @__NO_SIDE_EFFECTS__ */
export const oneOf = (...names: ReadonlyArray<string | number>): Kind => ({
  expected: either(names.map(describe)),
  holds: (value) => names.some((name) => name === value)
})

/** Text. */
export const text: Kind = { expected: 'a string', holds: (value) => typeof value === 'string' }

/** A function. */
/* @__NO_SIDE_EFFECTS__ */
export const callable = (expected: string): Kind => ({ expected, holds: (value) => typeof value === 'function' })

/** Refuses a value that is not of a kind, such as an option that is required and missing. */
export const requireKind = (operation: string, name: string, value: unknown, kind: Kind): void => {
  if (kind.check !== undefined) return kind.check(operation, name, value)
  const { expected, holds } = kind
  if (holds(value)) return
  throw new (typeof value === 'number' ? RangeError : TypeError)(refusal(operation, name, value, expected))
}

/** The kinds of the options of an operation, by name. */
export type Kinds<O> = { readonly [Name in keyof O]-?: Kind }

/** The check of an operation's options. It throws for a value that is not a record, an unknown name and a wrong value. */
export interface Options {
  readonly operation: string
  (given: unknown): void
}

/**
 * Declares the options of an operation. The result checks what a caller gave: an option that is `undefined` counts as
 * absent.
 *
 * `const check = options<ReduceOptions>('sum', { axis: checkedLater, keepDims: flag })`
 */
/* @__NO_SIDE_EFFECTS__ */
export const options = <O extends object>(operation: string, kinds: Kinds<O>): Options =>
  record(operation, 'options are', kinds)

/** `options` for a record that is an argument of its own, such as the masks of attention; `subject` ends in its verb. */
/* @__NO_SIDE_EFFECTS__ */
export const record = <O extends object>(operation: string, subject: string, kinds: Kinds<O>): Options => {
  const areOptions = subject === 'options are'
  const named: Readonly<Record<string, Kind>> = kinds
  const expected = either(Object.keys(named))
  const check = (given: unknown): void => {
    if (given === undefined) return
    if (!isOptions(given) || (!areOptions && isTensorLike(given))) {
      // `xs.map(T.sum)` calls `T.sum(x, index, xs)`.
      const isIndex = areOptions && typeof given === 'number'
      const remedy = isIndex ? `; in an array's map write (x) => ${operation}(x)` : ''
      throw new TypeError(`${operation}: ${subject} ${describe(given)}; expected an object with ${expected}${remedy}`)
    }
    if (isTensorLike(given)) throw new TypeError(`${refusal(operation, 'the operand', given, 'a tensor')}${restore}`)
    for (const name of Object.keys(given)) {
      const kind = Object.hasOwn(named, name) ? named[name] : undefined
      if (kind === undefined) {
        throw new TypeError(`${operation}: unknown ${areOptions ? 'option' : 'entry'} ${name}; expected ${expected}`)
      }
      const value: unknown = Reflect.get(given, name)
      if (value !== undefined) requireKind(operation, name, value, kind)
    }
  }
  return Object.assign(check, { operation })
}
