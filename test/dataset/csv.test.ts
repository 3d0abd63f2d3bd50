import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv, showCsvError, showCsvErrors } from 'pullback/Dataset'

const fieldsOf = (text: string): unknown =>
  E.map((rows: readonly { fields: readonly string[] }[]) => rows.map((row) => row.fields))(parseCsv(text))
const sentence = (text: string): unknown => {
  const result = parseCsv(text, 'a.csv')
  return E.isLeft(result) ? showCsvError(result.left) : result
}

describe('parseCsv', () => {
  it('reads records with and without a final line break', () => {
    expect(fieldsOf('a,b\n1,2')).toEqual(
      E.right([
        ['a', 'b'],
        ['1', '2']
      ])
    )
    expect(fieldsOf('a,b\n1,2\n')).toEqual(
      E.right([
        ['a', 'b'],
        ['1', '2']
      ])
    )
    expect(fieldsOf('a,b\r\n1,2\r\n')).toEqual(
      E.right([
        ['a', 'b'],
        ['1', '2']
      ])
    )
  })

  it('keeps empty fields, blanks and lone carriage returns', () => {
    expect(fieldsOf(',\n')).toEqual(E.right([['', '']]))
    expect(fieldsOf('a, b ,\n')).toEqual(E.right([['a', ' b ', '']]))
    expect(fieldsOf('a\rb,c')).toEqual(E.right([['a\rb', 'c']]))
    expect(fieldsOf('1,\n,2')).toEqual(
      E.right([
        ['1', ''],
        ['', '2']
      ])
    )
  })

  it('an empty text has no records, a line break is one', () => {
    expect(fieldsOf('')).toEqual(E.right([]))
    expect(fieldsOf('\n')).toEqual(E.right([['']]))
    expect(fieldsOf('\ufeff')).toEqual(E.right([]))
  })

  it('skips a byte order mark', () => {
    expect(fieldsOf('\ufeffa,b')).toEqual(E.right([['a', 'b']]))
  })

  it('reads quotes, with commas, line breaks and quotes inside', () => {
    expect(fieldsOf('"a,b","c ""d"""\n"",x')).toEqual(
      E.right([
        ['a,b', 'c "d"'],
        ['', 'x']
      ])
    )
    expect(fieldsOf('""""')).toEqual(E.right([['"']]))
  })

  it('knows the lines of fields behind line breaks in quotes', () => {
    expect(parseCsv('h\n"a\nb",c\nd,e')).toEqual(
      E.right([
        { fields: ['h'], lines: [1] },
        { fields: ['a\nb', 'c'], lines: [2, 3] },
        { fields: ['d', 'e'], lines: [4, 4] }
      ])
    )
  })

  it('says what is wrong with quotes, and where', () => {
    expect(sentence('a,b\n1,"2')).toBe('a.csv:2:2: expected a closing quote, got the end of the file')
    expect(sentence('a,b\n"1"2,3')).toBe(
      'a.csv:2:1: expected a comma or the end of the line after a closing quote, got "2"'
    )
    expect(sentence('a,b"c\n')).toBe('a.csv:1:2: expected quotes around the whole field, got "b\\"c"')
  })

  it('is the inverse of quoting', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '1', ' ', ',', '"', '\n', '\r', 'é') })
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, newline) => {
          const text = rows.map((row) => row.map(quote).join(',')).join(newline)
          expect(fieldsOf(text)).toEqual(E.right(rows))
        }
      )
    )
  })

  it('parses or refuses any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r') }), (text) => {
        const result = parseCsv(text)
        return E.isLeft(result) || result.right.every((row) => row.fields.length === row.lines.length)
      })
    )
  })
})

describe('errors as text', () => {
  const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

  it.each<readonly [string, () => unknown]>([
    ['showCsvError: the operand is undefined; expected an error in a CSV file', () => loose(showCsvError)()],
    ['showCsvError: the operand is {}; expected an error in a CSV file', () => loose(showCsvError)({})],
    ["showCsvErrors: the operand is 'x'; expected an array of errors", () => loose(showCsvErrors)('x')],
    ['showCsvError: the operand is 3; expected an error in a CSV file', () => loose(showCsvErrors)([3])],
    ['showCsvErrors: the number of lines is -1; expected an integer of 0 or more', () => loose(showCsvErrors)([], -1)]
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})
