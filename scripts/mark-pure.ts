// The last step of `npm run build`: lets bundlers drop every top-level value of dist that is not used.
// Calls of makers are marked as pure: a maker says in src that it has no side effects (`@__NO_SIDE_EFFECTS__`), which esbuild reads only inside of one
// file. Other values that bundlers keep, since a spread, a property or a call might have a side effect, become pure calls of functions that give them;
// no module of this library does anything when it is loaded (`sideEffects` in package.json). Minifiers take those functions away again.
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

/** A call of a maker: `awayFrom([0])(real)` is one too, and bundlers take the mark for all of it. */
const isMaker = (called: ts.Expression, known: ReadonlySet<string>): boolean =>
  ts.isCallExpression(called) ? isMaker(called.expression, known) : known.has(called.getText())

const isMarked = (node: ts.Node): boolean =>
  /@__PURE__ \*\/\s*$/.test(node.getFullText().slice(0, -node.getText().length))

/** Where calls of makers start in a value, those in functions left out. */
const callsIn = (value: ts.Node, known: ReadonlySet<string>): readonly number[] => {
  const starts: number[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
    if (ts.isCallExpression(node) && isMaker(node.expression, known) && !isMarked(node)) starts.push(node.getStart())
    ts.forEachChild(node, visit)
  }
  visit(value)
  return starts
}

/** Arithmetic with numbers and names, which is too short to be worth a function. */
const isShort = (value: ts.Expression): boolean =>
  ts.isBinaryExpression(value)
    ? isShort(value.left) && isShort(value.right)
    : ts.isNumericLiteral(value) || ts.isIdentifier(value)

/** Whether bundlers see that a value can be dropped. */
const isDroppable = (node: ts.Node, known: ReadonlySet<string>): boolean => {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return true
  if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return false
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return false
  if (ts.isBinaryExpression(node)) return false
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const isPure = isMarked(node) || (ts.isCallExpression(node) && isMaker(node.expression, known))
    return isPure && (node.arguments ?? []).every((each) => isDroppable(each, known))
  }
  return ts.forEachChild(node, (child) => !isDroppable(child, known)) !== true
}

interface Insertion {
  readonly at: number
  readonly text: string
}

const insertionsIn = (source: ts.SourceFile, known: ReadonlySet<string>): readonly Insertion[] =>
  source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ name, initializer }): readonly Insertion[] => {
      if (initializer === undefined || !ts.isIdentifier(name) || isShort(initializer)) return []
      if (isDroppable(initializer, known)) return callsIn(initializer, known).map((at) => ({ at, text: mark }))
      return [
        { at: initializer.getStart(), text: `${mark}(() => (` },
        { at: initializer.end, text: '))()' }
      ]
    })

let count = 0
for (const file of files) {
  const text = textOf(file)
  const insertions = insertionsIn(sources.get(file)!, makers(file))
  if (insertions.length === 0) continue
  const parts = insertions.map(({ at, text: inserted }, i) => inserted + text.slice(at, insertions[i + 1]?.at))
  writeFileSync(join(root, file), text.slice(0, insertions[0]!.at) + parts.join(''))
  count += insertions.filter(({ text: inserted }) => inserted.startsWith(mark)).length
}
console.log(`${count} values are marked as pure`)
