// Writes what is made of other files of src, and checked in; a test compares them.
//
// The float64 twins of the kernels that exist once for each element type are the float32 text without its roundings: V8 keeps
// what it learns of types with the source text, so the twins must be texts of their own. The bytes of the library are made
// of its instruction trees here, and not in the user's process, which would take longer than to compile them. The functions of
// float32 are printed from their definitions, which are data.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { functions, reductions } from '../src/kernel/functions/definitions.js'
import { library } from '../src/kernel/library/module.js'
import { encode } from '../src/kernel/wasm/encode.js'
import { loopOf, printed, typeOfLoop } from './print-function.js'
import { root, textOf } from './sources.js'

/** A text as prettier has it in the place of a file. */
const formatted = async (file: string, text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(join(root, file))), parser: 'typescript' })

/** The float32 texts; each has its float64 twin beside it. */
export const templates: readonly string[] = [
  'library/plain',
  'library/packed',
  'library/vector',
  'library/contract',
  'library/wasm',
  'sum',
  'moments',
  'softmax',
  'softmaxDerivative',
  'arithmetic',
  'convolutionRuns'
].map((name) => `src/kernel/${name}Float32.ts`)

export const twinOf = (file: string): string => file.replace('Float32', 'Float64')

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

const notice = (file: string): string =>
  `/** The text of ${nameOf(file)} for float64, made by scripts/generate-kernels.ts: change that file, not this one. */`

/** The text of a twin: the first comment replaced, roundings dropped, the type's names exchanged, our functions those of `Math`. */
export const generate = async (file: string): Promise<string> => {
  const body = textOf(file)
    .replace(/^\/\*\*[^]*?\*\/\n/, `${notice(file)}\n`)
    .replace(/^const \{ fround \} = Math\n/m, '')
    .replaceAll('fround(', '(')
    .replace(/^import .* from '\.\/functions\/.*'\n/gm, '')
    .replace(/(?<![\w.])(exp|log)\(/g, 'Math.$1(')
    .split('\n')
    .map((line, i) =>
      i === 0 ? line : line.replaceAll('Float32', 'Float64').replaceAll('float32', 'float64').replaceAll('f32', 'f64')
    )
    .join('\n')
  return formatted(file, body)
}

// -----------------------------------------------------------------------------
// functions of float32
// -----------------------------------------------------------------------------

/** A text that calls functions of `Math`, and its twin that calls those of float32. */
const logistic = 'src/kernel/special/logistic.ts'
export const logisticTwin = 'src/kernel/special/logisticFloat32.ts'

/** The text of that twin: the functions of `Math` exchanged, comments dropped, and a loop for each function of the library. */
export const generateLogistic = async (): Promise<string> => {
  const called = new Set<string>()
  const body = textOf(logistic)
    .replace(/^ *\/\*\*[^]*?\*\/\n|^\/\/.*\n/gm, '')
    .replace(/Math\.(\w+)\(/g, (call, name: string) => {
      if (!(name in functions)) return call
      called.add(name)
      return `${name}(`
    })
  const arities = [...body.matchAll(/^export const (\w+) = \(([^)]*)\): number/gm)].map(
    ([, name = '', parameters = '']) => [name, parameters.split(',').length] as const
  )
  const types = [...new Set(arities.map(([, arity]) => typeOfLoop(arity)))].sort()
  return formatted(
    logisticTwin,
    [
      `/** The functions of ${nameOf(logistic)} for float32, made by scripts/generate-kernels.ts: change that file, not this one. */`,
      `import type { ${types.join(', ')} } from '../elementwise.js'`,
      ...[...called].sort().map((name) => `import { ${name} } from '../functions/${name}.js'`),
      body,
      ...arities.map(([name, arity]) => `${loopOf(name, arity)}\n`)
    ].join('\n')
  )
}

const made = '/** Made by scripts/generate-kernels.ts from definitions.ts: change that, not this file. */'

const folder = 'src/kernel/functions'

const importsOf = (names: Iterable<string>, from: string): readonly string[] => {
  const all = [...names].sort()
  return all.length === 0 ? [] : [`import { ${all.join(', ')} } from '${from}'`]
}

/** The files of the functions, by name. */
export const generateFunctions = async (): Promise<ReadonlyMap<string, string>> => {
  const texts = new Map<string, readonly string[]>()
  const reduced = Object.entries(reductions).map(([name, definition]) => printed(name, definition))
  const unique = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())]
  texts.set(`${folder}/reduction.ts`, [
    made,
    ...importsOf(unique(reduced.map(({ imports }) => imports)), './bits.js'),
    ...unique(reduced.map(({ constants }) => constants)),
    ...reduced.map(({ code }) => code)
  ])
  for (const [name, definition] of Object.entries(functions)) {
    const { arity, imports, constants, code, loop } = printed(name, definition)
    const isReduction = (each: string): boolean => each in reductions
    texts.set(`${folder}/${name}.ts`, [
      made,
      `import type { ${typeOfLoop(arity)} } from '../elementwise.js'`,
      ...importsOf(
        imports.filter((each) => !isReduction(each)),
        './bits.js'
      ),
      ...importsOf(imports.filter(isReduction), './reduction.js'),
      ...constants,
      code,
      loop
    ])
  }
  const files = [...texts].map(async ([file, lines]) => {
    const spaced = lines.map((line) => (line.startsWith('import') || line === made ? line : `\n${line}`))
    return [file, await formatted(file, spaced.join('\n'))] as const
  })
  return new Map(await Promise.all(files))
}

export const bytesFile = 'src/kernel/library/bytes.ts'

/** The file that holds the bytes of the library: in digits, which zip to 3.5 kB, where base64, in which nothing repeats, takes 6.1. */
export const generateBytes =
  (): string => `/** The bytes of module.ts in hexadecimal, made by scripts/generate-kernels.ts. */
export const hex =
  '${Buffer.from(encode(library)).toString('hex')}'
`

if (process.argv[1]?.endsWith('generate-kernels.ts') === true) {
  for (const file of templates) writeFileSync(join(root, twinOf(file)), await generate(file))
  writeFileSync(join(root, bytesFile), generateBytes())
  writeFileSync(join(root, logisticTwin), await generateLogistic())
  for (const [file, text] of await generateFunctions()) writeFileSync(join(root, file), text)
}
