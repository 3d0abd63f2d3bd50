import { describe, expect, test } from 'vitest'
import { type Claim, holds, throwsAsClaimed } from '../../scripts/doc-blocks/compare.js'
import { fromPage, fromSource } from '../../scripts/doc-blocks/extract.js'
import { instrument } from '../../scripts/doc-blocks/instrument.js'

const nothing = (): ReadonlyArray<unknown> => []
const equals = (...lines: ReadonlyArray<string>): Claim => ({ kind: 'equals', lines })
const about = (line: string): Claim => ({ kind: 'about', lines: [line] })

describe('a claim of equality', () => {
  test('compares the printed form, whatever its white space', () => {
    expect(holds(equals('{a: [1,  2]}'), { a: [1, 2] }, nothing)).toBe(true)
    expect(holds(equals('{a: [12]}'), { a: [1, 2] }, nothing)).toBe(false)
    expect(holds(equals('{ a: [1, 2] }'), { a: [1, 2] }, nothing)).toBe(true)
    expect(holds(equals('{a: [', '1, 2', ']}'), { a: [1, 2] }, nothing)).toBe(true)
  })

  test('compares numbers exactly', () => {
    expect(holds(equals('0.3'), 0.1 + 0.2, nothing)).toBe(false)
    expect(holds(equals('0'), -0, () => [0])).toBe(false)
    expect(holds(equals('NaN'), NaN, nothing)).toBe(true)
  })

  test('accepts a deeply equal value', () => {
    expect(holds(equals('right(2)'), { _tag: 'Right', right: 2 }, () => [{ _tag: 'Right', right: 2 }])).toBe(true)
    expect(holds(equals('right(3)'), { _tag: 'Right', right: 2 }, () => [{ _tag: 'Right', right: 3 }])).toBe(false)
  })

  test('takes the lines it needs, the rest being a remark', () => {
    expect(holds(equals('3', 'three it is'), 3, nothing)).toBe(true)
    expect(holds(equals('[1,', '2]', 'a pair'), [1, 2], nothing)).toBe(true)
    expect(holds(equals('[1,', '3]'), [1, 2], nothing)).toBe(false)
  })

  test('prints a string with its quotes or without', () => {
    expect(holds(equals(`'a b'`), 'a b', nothing)).toBe(true)
    expect(holds(equals('a b'), 'a b', nothing)).toBe(true)
    expect(holds(equals('a c'), 'a b', nothing)).toBe(false)
  })
})

describe('a claim of nearness', () => {
  test('compares the digits that are written', () => {
    expect(holds(about('0.7311'), 0.7310585786300049, nothing)).toBe(true)
    expect(holds(about('0.7310'), 0.7310585786300049, nothing)).toBe(false)
    expect(holds(about('1.23e-7'), 1.2345e-7, nothing)).toBe(true)
    expect(holds(about('1.24e-7'), 1.2345e-7, nothing)).toBe(false)
  })

  test('looks into structures, whose words must agree', () => {
    expect(holds(about('{ x: [0.33, -0.67] }'), { x: [1 / 3, -2 / 3] }, nothing)).toBe(true)
    expect(holds(about('{ y: [0.33, -0.67] }'), { x: [1 / 3, -2 / 3] }, nothing)).toBe(false)
    expect(holds(about('[0.33]'), [1 / 3, -2 / 3], nothing)).toBe(false)
    expect(holds(about('0.33'), NaN, nothing)).toBe(false)
  })
})

test('a claim of an error is its message, with or without its name', () => {
  const thrown = new RangeError('add: too big; 3 is required')
  expect(throwsAsClaimed({ kind: 'throws', lines: ['add: too big; 3 is required'] }, thrown)).toBe(true)
  expect(throwsAsClaimed({ kind: 'throws', lines: ['RangeError: add: too big;', '3 is required'] }, thrown)).toBe(true)
  expect(throwsAsClaimed({ kind: 'throws', lines: ['add: too big'] }, thrown)).toBe(false)
})

describe('instrument', () => {
  test('keeps the lines and finds claims at any depth', () => {
    const code = [
      'const xs = [1, 2].map((x) => {',
      '  x + 1 // => 2',
      '  return x',
      '}) // => [1, 2]',
      'f(xs,',
      '  1)',
      '// => 3',
      '//    of them'
    ]
    const { code: edited, claims, problems } = instrument(code.join('\n'))
    expect(problems).toEqual([])
    expect(edited.split('\n')).toHaveLength(code.length)
    expect(claims.map(({ line }) => line)).toEqual([1, 3, 6])
    expect(claims[2]?.claim).toEqual({ kind: 'equals', lines: ['3', '    of them'] })
  })

  test('refuses a claim that follows no statement', () => {
    const { problems } = instrument('f(1, // => 2\n 3)')
    expect(problems).toHaveLength(1)
  })

  test('is not misled by strings and templates', () => {
    const { claims, problems } = instrument("const a = 'x // => 1'\nconst b = `${a} // => 2`\nb // => 3")
    expect(problems).toEqual([])
    expect(claims.map(({ line }) => line)).toEqual([2])
  })
})

describe('extract', () => {
  const fence = '```'

  test('reads doc comments, with the line each block begins at', () => {
    const source = [
      '/**',
      ' * Doc.',
      ' *',
      ' * @example',
      ' * f(1)',
      ' *   // => 2',
      ' *',
      ' * @since 1',
      ' */',
      'code()'
    ]
    const { blocks, problems } = fromSource('a.ts', source.join('\n'))
    expect(problems).toEqual([])
    expect(blocks).toEqual([{ file: 'a.ts', line: 5, code: 'f(1)\n  // => 2', run: true }])
  })

  test('refuses a fence in a doc comment, for code follows @example without', () => {
    expect(fromSource('a.ts', '/**\n * @example\n * f(1) // => 2\n */').problems).toEqual([])
    expect(fromSource('a.ts', `/**\n * @example\n * ${fence}ts\n * f(1)\n * ${fence}\n */`).problems).toHaveLength(2)
  })

  test('allows no-run on pages, for type errors alone', () => {
    const page = (info: string, body: string): string => `${fence}${info}\n${body}\n${fence}\n`
    const error = '// @ts-expect-error\nf(1)'
    expect(fromPage('a.md', page('ts no-run', error)).blocks.map(({ run }) => run)).toEqual([false])
    expect(fromPage('a.md', page('ts no-run', 'f(1)')).problems).toHaveLength(1)
    expect(fromPage('a.md', page('js', 'f(1)')).problems).toHaveLength(1)
    expect(fromPage('a.md', page('sh', 'npm test')).blocks).toEqual([])
  })
})
