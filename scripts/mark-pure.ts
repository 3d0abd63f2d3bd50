// The last step of `npm run build`: marks calls of makers in dist as pure, so that bundlers drop what is made and not used.
// A maker says in src that it has no side effects (`@__NO_SIDE_EFFECTS__`); esbuild reads that only inside of one file.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import ts from 'typescript-5.9'
import { filesUnder, root, textOf } from './sources.js'

const mark = '/* @__PURE__ */ '

const files = filesUnder('dist', '.js')

const sources: ReadonlyMap<string, ts.SourceFile> = new Map(
  files.map((file) => [file, ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true)])
)

const declaration = /@__NO_SIDE_EFFECTS__ \*\/\s*(?:export )?const (\w+)/g

/** The makers that a file declares, imports or exports from another, by the names that it knows them by. */
const makersOf = (file: string): ReadonlySet<string> => {
  const known = new Set([...textOf(file).matchAll(declaration)].map(([, name]) => name!))
  for (const statement of sources.get(file)?.statements ?? []) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue
    const { moduleSpecifier } = statement
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) continue
    const from = join(dirname(file), moduleSpecifier.text)
    if (bindings === undefined || !sources.has(from)) continue
    if (ts.isNamespaceImport(bindings)) for (const name of makers(from)) known.add(`${bindings.name.text}.${name}`)
    if (!ts.isNamedImports(bindings) && !ts.isNamedExports(bindings)) continue
    for (const { name, propertyName } of bindings.elements) {
      if (makers(from).has((propertyName ?? name).text)) known.add(name.text)
    }
  }
  return known
}

const found = new Map<string, ReadonlySet<string>>()

/** `makersOf`, computed once for each file; there are no circles of imports. */
const makers = (file: string): ReadonlySet<string> => {
  const known = found.get(file) ?? makersOf(file)
  found.set(file, known)
  return known
}

/** Where calls of makers start that run when the module is loaded: those in functions do not. */
const callsIn = (source: ts.SourceFile, known: ReadonlySet<string>): readonly number[] => {
  const starts: number[] = []
  // `awayFrom([0])(real)` is one call of a maker too: bundlers take the mark for all of it.
  const isMaker = (called: ts.Expression): boolean =>
    ts.isCallExpression(called) ? isMaker(called.expression) : known.has(called.getText(source))
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
    if (ts.isCallExpression(node) && isMaker(node.expression)) starts.push(node.getStart(source))
    ts.forEachChild(node, visit)
  }
  for (const statement of source.statements) if (ts.isVariableStatement(statement)) visit(statement)
  return starts
}

let count = 0
for (const file of files) {
  const text = textOf(file)
  const starts = [...new Set(callsIn(sources.get(file)!, makers(file)))].filter(
    (at) => !text.slice(0, at).trimEnd().endsWith('@__PURE__ */')
  )
  if (starts.length === 0) continue
  const parts = [0, ...starts].map((from, i) => text.slice(from, starts[i] ?? text.length))
  writeFileSync(join(root, file), parts.join(mark))
  count += starts.length
}
console.log(`${count} calls of makers are marked as pure`)
