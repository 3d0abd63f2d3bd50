// Does a value print as its comment says?
import { inspect, isDeepStrictEqual } from 'node:util'

/** What a comment claims of the statement before it. */
export type Claim = {
  /** `// => text`, `// ≈ text` or `// throws text` */
  readonly kind: 'equals' | 'about' | 'throws'
  /** The lines of the comment: the claim is their join, or a shorter one whose remaining lines are remarks. */
  readonly lines: ReadonlyArray<string>
}

/** The printed form of a value, on as few lines as its own printing allows. */
export const print = (value: unknown): string =>
  inspect(value, { depth: Infinity, breakLength: Infinity, maxArrayLength: null, maxStringLength: null })

/** Text with white space made irrelevant: single spaces, none inside brackets. */
const normalise = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/([[({]) /g, '$1')
    .replace(/ ([\])}])/g, '$1')
    .trim()

const printedForms = (value: unknown): ReadonlyArray<string> =>
  (typeof value === 'string' ? [print(value), value] : [print(value)]).map(normalise)

const numeral = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi

// Half a unit in the last digit written, and the rounding of the comparison itself.
const agreesToItsDigits = (actual: string, written: string): boolean => {
  const [mantissa = '', exponent = '0'] = written.toLowerCase().split('e')
  const decimals = mantissa.split('.')[1]?.length ?? 0
  const halfUnit = 0.5 * 10 ** (Number(exponent) - decimals)
  return Math.abs(Number(actual) - Number(written)) <= halfUnit * (1 + 1e-9)
}

const isAbout = (actual: string, expected: string): boolean => {
  const skeleton = (text: string): string => text.replace(numeral, '#')
  const actualNumbers = actual.match(numeral) ?? []
  const expectedNumbers = expected.match(numeral) ?? []
  return (
    skeleton(actual) === skeleton(expected) &&
    expectedNumbers.every((written, index) => agreesToItsDigits(actualNumbers[index] ?? 'NaN', written))
  )
}

/** The texts a claim may mean, the longest first. */
const readings = (claim: Claim): ReadonlyArray<string> =>
  claim.lines.map((_, index) => normalise(claim.lines.slice(0, claim.lines.length - index).join('\n')))

/** Whether a value is what a claim says; `evaluate` gives the values that the claimed text evaluates to, if any. */
export const holds = (claim: Claim, value: unknown, evaluate: () => ReadonlyArray<unknown>): boolean =>
  claim.kind === 'about'
    ? readings(claim).some((text) => printedForms(value).some((form) => isAbout(form, text)))
    : readings(claim).some((text) => printedForms(value).includes(text)) ||
      evaluate().some((expected) => isDeepStrictEqual(expected, value) || print(expected) === print(value))

/** Whether what was thrown is what a `// throws` claim says: the message, with or without the name of the error. */
export const throwsAsClaimed = (claim: Claim, thrown: unknown): boolean => {
  const forms = thrown instanceof Error ? [thrown.message, `${thrown.name}: ${thrown.message}`] : [print(thrown)]
  return readings(claim).some((text) => forms.map(normalise).includes(text))
}
