import { describe, expect, test } from 'vitest'
import { apiPages } from '../../scripts/api-pages.js'
import type { PublicName } from '../../scripts/public-names.js'

const name = (over: Partial<PublicName>): PublicName => ({
  name: 'accuracy',
  kind: 'function',
  comment: 'How many.',
  examples: [],
  file: 'src/Metric.ts',
  line: 1,
  position: 1e6,
  ...over
})
const pageOf = (...names: ReadonlyArray<PublicName>): string =>
  apiPages([{ name: 'Metric', comment: 'Numbers.', names }]).get('docs/api/Metric.md') ?? ''

describe('a page of docs/api', () => {
  test.each([
    { comment: 'One. Two.', says: 'One.' },
    { comment: 'One over\ntwo lines.\n\nMore.', says: 'One over two lines.' },
    { comment: 'Halves, as 0.5 or e.g. others. Two.', says: 'Halves, as 0.5 or e.g. others.' },
    { comment: 'Where:\n\nsum x_i', says: 'Where.' },
    { comment: 'x_1 < y * z_1, and `x < y`', says: 'x_1 \\< y \\* z_1, and `x < y`' }
  ])('has the first sentence of $comment', ({ comment, says }) => {
    expect(pageOf(name({ comment }))).toContain(`- \`accuracy\` (function): ${says}\n`)
  })

  test('groups names by the section of the file, or by the file that declares them', () => {
    const own = name({ name: 'allocate', file: 'src/DType.ts' })
    const names = [own, name({ name: 'other', kind: 'type', file: 'src/tensor/minMaxOfTwo.ts' })]
    const page = apiPages([{ name: 'DType', comment: 'Types.', names }]).get('docs/api/DType.md')
    expect(page).toContain('## Constructors\n\n- `allocate`')
    expect(page).toContain('## [Min max of two](../../src/tensor/minMaxOfTwo.ts)\n\n- `other` (type)')
  })

  test('is named in the index, with what it holds', () => {
    const index = apiPages([{ name: 'Metric', comment: 'Numbers. More.', names: [name({})] }]).get('docs/api/index.md')
    expect(index).toContain('## [Metric](Metric.md)\n\nNumbers.\n\n`accuracy`\n')
  })
})
