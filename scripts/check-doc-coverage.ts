// Every name that a public module exports has a doc comment with an example.
// A name that is passed on (`export { add } from './tensor/arithmetic.js'`) is documented where it is declared.
import { join } from 'node:path'
import ts from 'typescript-6.0'
import { publicModules, report, root } from './sources.js'

const modules = publicModules()
const program = ts.createProgram(
  modules.map((name) => join(root, 'src', `${name}.ts`)),
  {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    skipLibCheck: true,
    noEmit: true
  }
)
const checker = program.getTypeChecker()

const original = (symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)

const lacking = (symbol: ts.Symbol): string | undefined => {
  const faces = [symbol, original(symbol)]
  if (faces.every((face) => face.getDocumentationComment(checker).length === 0)) return 'has no doc comment'
  const examples = faces.flatMap((face) => face.getJsDocTags(checker)).filter((tag) => tag.name === 'example')
  if (examples.length === 0) return 'has no @example'
  const hasCode = examples.every((tag) => ts.displayPartsToString(tag.text).trim() !== '')
  return hasCode ? undefined : 'has an empty @example'
}

const placeOf = (symbol: ts.Symbol): string => {
  const declaration = original(symbol).declarations?.[0]
  if (declaration === undefined) return 'src'
  const source = declaration.getSourceFile()
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart(source))
  return `${source.fileName.slice(root.length + 1)}:${line + 1}`
}

let count = 0
const missing = new Map<string, string>()
for (const name of modules) {
  const source = program.getSourceFile(join(root, 'src', `${name}.ts`))
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (module === undefined) {
    missing.set(name, `src/${name}.ts: exports nothing`)
    continue
  }
  for (const symbol of checker.getExportsOfModule(module)) {
    count++
    const lack = lacking(symbol)
    if (lack !== undefined) missing.set(`${name}.${symbol.name}`, `${placeOf(symbol)}: ${name}.${symbol.name} ${lack}`)
  }
}

report(`doc comments of ${count} names in ${modules.length} public modules`, [...missing.values()])
