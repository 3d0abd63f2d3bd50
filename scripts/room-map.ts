// The map of the rooms at the end of docs/architecture.md: one line for each file of src, which is the first sentence of its
// header. Written by document-api.ts, compared by check-doc-coverage.ts.
import { dirname } from 'node:path/posix'
import { filesUnder, textOf } from './sources.js'

export const architecture = 'docs/architecture.md'

const heading = '## Map of the rooms'

/** The first sentence of the comment that a file starts with. */
const headerOf = (path: string): string => {
  const text = textOf(path)
  const header =
    /^\/\*\*([^]*?)\*\//.exec(text)?.[1]?.replaceAll(/^\s*\* ?/gm, '') ?? /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? ''
  const plain = header
    .replaceAll(/^\/\/ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /^.*?[.](?= |$)/.exec(plain)?.[0] ?? plain
}

/** `docs/architecture.md` as it should be. */
export const withRooms = (): string => {
  const text = textOf(architecture)
  const before = text.includes(heading) ? text.slice(0, text.indexOf(heading)) : `${text}\n`
  const files = filesUnder('src', '.ts')
  const folders = [...new Set(files.map((file) => dirname(file)))].sort()
  const rooms = folders.map((folder) => {
    const lines = files
      .filter((file) => dirname(file) === folder)
      .map((file) => `- \`${file.slice(folder.length + 1)}\`: ${headerOf(file)}`)
    return `### ${folder}\n\n${lines.join('\n')}\n`
  })
  const how = 'One line a file, which is the first sentence of its header; `npm run docs:api` writes it.'
  return `${before}${heading}\n\n${how}\n\n${rooms.join('\n')}`
}
