// Finds the code blocks: every `@example` of a source file, and every ```ts fence in a Markdown page.

/** A code block, with the place its first line stands at. */
export type Block = {
  readonly file: string
  readonly line: number
  readonly code: string
  readonly run: boolean
}

/** What a file yields: its blocks, and fences that are not allowed. */
export type Extracted = { readonly blocks: ReadonlyArray<Block>; readonly problems: ReadonlyArray<string> }

type Line = { readonly number: number; readonly text: string }

const fence = /^\s*(`{3,})\s*([^`]*)$/

const blocksOf = (file: string, lines: ReadonlyArray<Line>): Extracted => {
  const blocks: Array<Block> = []
  const problems: Array<string> = []
  let open:
    { readonly ticks: string; readonly info: string; readonly line: number; readonly body: Array<string> } | undefined
  for (const { number, text } of lines) {
    const match = fence.exec(text)
    if (open === undefined) {
      if (match?.[1] !== undefined)
        open = { ticks: match[1], info: (match[2] ?? '').trim(), line: number + 1, body: [] }
      continue
    }
    const closes = match?.[1] !== undefined && match[1].length >= open.ticks.length && (match[2] ?? '').trim() === ''
    if (!closes) {
      open.body.push(text)
      continue
    }
    const [language, ...flags] = open.info.split(/\s+/)
    const place = `${file}:${open.line - 1}`
    const code = open.body.join('\n')
    const noRun = flags.includes('no-run')
    if (language !== undefined && /^(js|javascript|typescript|tsx|jsx|mjs|mts)$/.test(language)) {
      problems.push(`${place}: a fence marked '${language}'; mark code as ts, so that it is run`)
    } else if (language === 'ts') {
      const unknown = flags.filter((flag) => flag !== 'no-run')
      if (unknown.length > 0) problems.push(`${place}: a fence flag '${unknown.join(' ')}'; only no-run is known`)
      else if (noRun && !code.includes('@ts-expect-error')) {
        problems.push(`${place}: a no-run block without @ts-expect-error; no-run is for type errors alone`)
      } else blocks.push({ file, line: open.line, code, run: !noRun })
    }
    open = undefined
  }
  if (open !== undefined) problems.push(`${file}:${open.line - 1}: a fence that is never closed`)
  return { blocks, problems }
}

const concat = (parts: ReadonlyArray<Extracted>): Extracted => ({
  blocks: parts.flatMap(({ blocks }) => blocks),
  problems: parts.flatMap(({ problems }) => problems)
})

/** The blocks of a Markdown page. */
export const fromPage = (file: string, text: string): Extracted =>
  blocksOf(
    file,
    text.split('\n').map((line, index) => ({ number: index + 1, text: line }))
  )

// fp-ts's format: what follows `@example`, up to the next tag or the end of the comment, is code. A fence is refused, so
// that there is one way to write them.
const examplesOf = (file: string, comment: ReadonlyArray<Line>): Extracted => {
  const blocks: Array<Block> = []
  const problems: Array<string> = []
  comment.forEach(({ number, text }, index) => {
    if (/^\s*`{3,}/.test(text))
      problems.push(`${file}:${number}: a fence in a doc comment; code follows @example without`)
    if (!/^\s*@example\b/.test(text)) return
    const rest = comment.slice(index + 1)
    const end = rest.findIndex((line) => /^@[a-z]/.test(line.text))
    const body = (end === -1 ? rest : rest.slice(0, end)).map((line) => line.text)
    blocks.push({ file, line: number + 1, code: body.join('\n').trimEnd(), run: true })
  })
  return { blocks, problems }
}

/** The blocks of the doc comments of a source file. */
export const fromSource = (file: string, text: string): Extracted => {
  const comments: Array<Array<Line>> = []
  let comment: Array<Line> | undefined
  text.split('\n').forEach((line, index) => {
    if (comment === undefined && /^\s*\/\*\*(?!\/)/.test(line)) comment = []
    if (comment === undefined) return
    const ends = line.includes('*/')
    comment.push({ number: index + 1, text: line.replace(/\s*\*\/.*$/, '').replace(/^\s*\/?\*+ ?/, '') })
    if (!ends) return
    comments.push(comment)
    comment = undefined
  })
  return concat(comments.map((lines) => examplesOf(file, lines)))
}
