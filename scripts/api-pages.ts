// The pages of docs/api: for each public module its names, in the groups of its file, with the first sentence of each
// doc comment. Written by document-api.ts, compared by check-doc-coverage.ts.
import type { PublicModule, PublicName } from './public-names.js'
import { textOf } from './sources.js'

const sentenceOf = (comment: string): string => {
  const paragraph = (comment.split(/\n\s*\n/)[0] ?? '').replace(/\s+/g, ' ').trim()
  return /^.*?[.!?](?= [A-Z`]|$)/.exec(paragraph)?.[0] ?? paragraph.replace(/:$/, '.')
}

/** Text outside of code has no markup of its own: `<` and `*` stand for themselves. */
const escaped = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[<*]/g, '\\$&')))
    .join('')

/** `minMaxOfTwo` as a heading: Min max of two. */
const titled = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The sections of a file, which are ruled off by comments: where each begins, and its title. */
const sectionsOf = (text: string): ReadonlyArray<readonly [position: number, title: string]> =>
  [...text.matchAll(/^\/\/ -+\n\/\/ (.+)\n\/\/ -+$/gm)].map((match) => [match.index, match[1] ?? ''])

/** The way from a module's page to docs/api. */
const upFrom = (module: string): string => '../'.repeat(module.split('/').length - 1)

const groupOf = (module: string): ((name: PublicName) => string) => {
  const own = `src/${module}.ts`
  const sections = sectionsOf(textOf(own))
  const room = (file: string): string => titled((file.split('/').at(-1) ?? '').replace(/\.ts$/, ''))
  return ({ file, position }) =>
    file === own
      ? titled(sections.filter(([start]) => start < position).at(-1)?.[1] ?? module)
      : `[${room(file)}](${upFrom(module)}../../${file})`
}

const entryOf = ({ name, kind, comment }: PublicName): string =>
  `- \`${name}\` (${kind}): ${escaped(sentenceOf(comment))}`

const generated = '<!-- Written by `npm run docs:api` from the doc comments; edit those instead. -->'

const pageOf = ({ name, comment, names }: PublicModule): string => {
  const group = groupOf(name)
  const titles = [...new Set(names.map(group))]
  const groups = titles.flatMap((title) => [
    '',
    `## ${title}`,
    '',
    ...names.filter((entry) => group(entry) === title).map(entryOf)
  ])
  const source = `Import from \`pullback/${name}\`. All modules: [index](${upFrom(name)}index.md). Source: [src/${name}.ts](${upFrom(name)}../../src/${name}.ts).`
  return [`# ${name}`, '', generated, '', escaped(comment), '', source, ...groups, ''].join('\n')
}

const indexOf = (modules: ReadonlyArray<PublicModule>): string => {
  const total = modules.reduce((sum, { names }) => sum + names.length, 0)
  const entries = modules.flatMap(({ name, comment, names }) => [
    '',
    `## [${name}](${name}.md)`,
    '',
    escaped(sentenceOf(comment)),
    '',
    names.map((entry) => `\`${entry.name}\``).join(', ')
  ])
  return [
    '# All modules',
    '',
    generated,
    '',
    `${modules.length} modules, ${total} names. Each page has the first sentence of every name's doc comment. Your editor shows the whole`,
    'comment: the formula or law, shapes, errors, and an example that is run by the tests.',
    ...entries,
    ''
  ].join('\n')
}

/** The text of every page, by its path from the root. */
export const apiPages = (modules: ReadonlyArray<PublicModule>): ReadonlyMap<string, string> =>
  new Map([
    ['docs/api/index.md', indexOf(modules)],
    ...modules.map((module): readonly [string, string] => [`docs/api/${module.name}.md`, pageOf(module)])
  ])
