// Runs every `@example` of the doc comments in src, and every ```ts block of README.md and docs/*.md, and type-checks them all.
// A comment behind a statement is a claim that is checked:
//   expression          // => printed form, or an expression that is deeply equal
//   const name = value  // => the same, of the name
//   expression          // ≈ 0.7311          equal to the digits written
//   expression          // throws message
// A claim may go on over the comment lines that follow. `npm run docs -- src/Shape.ts` looks at some files only.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromPage, fromSource } from './doc-blocks/extract.js'
import { type Claim, holds, print, throwsAsClaimed } from './doc-blocks/compare.js'
import { instrument } from './doc-blocks/instrument.js'
import { filesUnder, report, root, textOf } from './sources.js'

const wanted = process.argv.slice(2)
const pages = [...(existsSync(join(root, 'README.md')) ? ['README.md'] : []), ...filesUnder('docs', '.md')]
const files = [...filesUnder('src', '.ts'), ...pages].filter((file) => wanted.length === 0 || wanted.includes(file))
for (const file of wanted)
  if (!files.includes(file)) throw new Error(`docs: got ${file}; a file of src or docs is required`)

const extracted = files.map((file) => (file.endsWith('.md') ? fromPage : fromSource)(file, textOf(file)))
const blocks = extracted.flatMap((part) => part.blocks)
const problems: Array<string> = extracted.flatMap((part) => part.problems)

// ---------------------------------------------------------------------------
// the blocks as files
// ---------------------------------------------------------------------------

const folder = join(root, '.doc-blocks', String(process.pid))
const nameOf = (index: number): string => `block-${String(index).padStart(4, '0')}.ts`
const prepared = blocks.map((block) => instrument(block.code))

mkdirSync(join(folder, 'types'), { recursive: true })
mkdirSync(join(folder, 'run'))
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { isolatedDeclarations: false },
    include: ['types']
  })
)
blocks.forEach((block, index) => {
  writeFileSync(join(folder, 'types', nameOf(index)), `${block.code}\n`)
  const code = prepared[index]?.code ?? ''
  writeFileSync(join(folder, 'run', nameOf(index)), `const __claims = globalThis.__claimsOf(${index}); ${code}\n`)
})

// ---------------------------------------------------------------------------
// types, in one process, while the blocks run in this one
// ---------------------------------------------------------------------------

const placeOf = (index: number, line: number): string => `${blocks[index]?.file}:${(blocks[index]?.line ?? 0) + line}`

const typeErrors = async (): Promise<ReadonlyArray<string>> => {
  if (blocks.length === 0) return []
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const child = spawn(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: root })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const errors = output
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = /types[/\\]block-(\d+)\.ts\((\d+),\d+\): (.*)$/.exec(line)
      return match === null ? line : `${placeOf(Number(match[1]), Number(match[2]) - 1)}: ${match[3]}`
    })
  return code !== 0 && errors.length === 0 ? [`tsc left with code ${code}`] : errors
}

// ---------------------------------------------------------------------------
// the claims of a block
// ---------------------------------------------------------------------------

const valuesOf = (thunks: ReadonlyArray<() => unknown>): ReadonlyArray<unknown> =>
  thunks.flatMap((thunk) => {
    try {
      return [thunk()]
    } catch {
      return []
    }
  })

let checked = 0
const reached = blocks.map(() => new Set<number>())

const fail = (index: number, id: number, actual: string): void => {
  const located = prepared[index]?.claims[id]
  const expected = `${located?.claim.kind === 'about' ? '≈ ' : ''}${located?.claim.lines.join('\n').trim()}`
  const indent = (text: string): string => text.split('\n').join('\n             ')
  problems.push(
    `${placeOf(index, located?.line ?? 0)}:\n  expected:  ${indent(expected)}\n  actual:    ${indent(actual)}`
  )
}

type Claims = {
  readonly check: (id: number, value: unknown, thunks: ReadonlyArray<() => unknown>) => void
  readonly returned: (id: number) => void
  readonly threw: (id: number, thrown: unknown) => void
}

const claimsOf = (index: number): Claims => {
  const judge = (id: number, says: (claim: Claim) => boolean, actual: () => string): void => {
    const claim = prepared[index]?.claims[id]?.claim
    reached[index]?.add(id)
    checked++
    if (claim !== undefined && !says(claim)) fail(index, id, actual())
  }
  return {
    check: (id, value, thunks) =>
      judge(
        id,
        (claim) => holds(claim, value, () => valuesOf(thunks)),
        () => print(value)
      ),
    returned: (id) =>
      judge(
        id,
        () => false,
        () => 'nothing was thrown'
      ),
    threw: (id, thrown) =>
      judge(
        id,
        (claim) => throwsAsClaimed(claim, thrown),
        () => `throws ${String(thrown)}`
      )
  }
}

Object.assign(globalThis, { __claimsOf: claimsOf })

// ---------------------------------------------------------------------------
// running
// ---------------------------------------------------------------------------

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : print(error)

const runBlock = async (index: number): Promise<void> => {
  const path = join(folder, 'run', nameOf(index))
  try {
    await import(pathToFileURL(path).href)
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    const line = new RegExp(`${nameOf(index).replace('.', '\\.')}:(\\d+)`).exec(stack)?.[1]
    problems.push(`${placeOf(index, line === undefined ? 0 : Number(line) - 1)}: the block fails: ${messageOf(error)}`)
    return
  }
  prepared[index]?.claims.forEach(({ claim, line }, id) => {
    if (reached[index]?.has(id) === true) return
    problems.push(`${placeOf(index, line)}: the claim '${claim.lines[0]?.trim()}' is never reached`)
  })
}

const silently = async (action: () => Promise<void>): Promise<void> => {
  const { log, info, table } = console
  Object.assign(console, { log: () => undefined, info: () => undefined, table: () => undefined })
  await action().finally(() => Object.assign(console, { log, info, table }))
}

process.on('unhandledRejection', (reason) =>
  problems.push(`a promise of some block was rejected: ${messageOf(reason)}`)
)

try {
  const types = typeErrors()
  await silently(async () => {
    for (const [index, block] of blocks.entries()) {
      for (const { line, says } of prepared[index]?.problems ?? []) problems.push(`${placeOf(index, line)}: ${says}`)
      if (block.run) await runBlock(index)
    }
  })
  problems.push(...(await types))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const notRun = blocks.filter((block) => !block.run)
for (const { file, line } of notRun) console.log(`${file}:${line}: not run: it shows type errors, which are checked`)
console.log(
  `${blocks.length} blocks in ${files.length} files, ${notRun.length} of them not run; ${checked} claims checked`
)
report('doc blocks', problems)
process.exit()
