// Every relative link of the pages in the packed package leads to a file of the package, and to a heading of it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { install } from './install.js'

const installation = install([])
afterAll(installation.remove)

const folder = join(installation.folder, 'node_modules/pullback')
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .sort()
const textOf = (page: string): string => readFileSync(join(folder, page), 'utf8')

const withoutCode = (text: string): string =>
  text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '))

/** Relative targets of links: those without a scheme. */
const linksOf = (page: string): ReadonlyArray<string> =>
  [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))

/** The anchors of a page: its headings as GitHub and npm write them. */
const anchorsOf = (page: string): ReadonlyArray<string> =>
  [
    ...textOf(page)
      .replace(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.+)$/gm)
  ].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replace(/ /g, '-')
  )

const problemOf = (page: string, link: string): string | undefined => {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : normalize(join(dirname(page), path))
  if (!existsSync(join(folder, target))) return `${page}: ${link} leads to no file of the package`
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined
  return `${page}: ${link} leads to no heading of ${target}`
}

test('there are pages, and links in them', () => {
  expect(pages).toContain('README.md')
  expect(pages).toContain('docs/api/Tensor.md')
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(50)
})

test('no link of the package is dead', () => {
  expect(
    pages.flatMap((page) =>
      linksOf(page)
        .map((link) => problemOf(page, link))
        .filter((text) => text !== undefined)
    )
  ).toEqual([])
})

test('a dead link is found', () => {
  expect(problemOf('README.md', 'docs/nowhere.md')).toBe('README.md: docs/nowhere.md leads to no file of the package')
  expect(problemOf('docs/tour.md', 'gradients.md#nowhere')).toBe(
    'docs/tour.md: gradients.md#nowhere leads to no heading of docs/gradients.md'
  )
})

test('each page of docs can be reached from the README', () => {
  const seen = new Set(['README.md'])
  for (const page of seen) {
    for (const link of linksOf(page)) {
      const target = normalize(join(dirname(page), link.split('#')[0] ?? ''))
      if (target.endsWith('.md')) seen.add(target)
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !seen.has(page))).toEqual([])
})
