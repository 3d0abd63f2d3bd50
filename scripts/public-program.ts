// The public modules as the compiler sees them, from the interface of TypeScript 5.9: version 7 has none yet.
import { join } from 'node:path'
import ts from 'typescript-5.9'
import { publicModules, root } from './sources.js'

const pathOf = (module: string): string => join(root, 'src', `${module}.ts`)

const program = ts.createProgram(publicModules().map(pathOf), {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true
})

export const checker: ts.TypeChecker = program.getTypeChecker()

/** The symbol behind a name that is exported again. */
export const original = (symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)

/** What a public module exports. */
export const exportsOf = (name: string): readonly ts.Symbol[] => {
  const source = program.getSourceFile(pathOf(name))
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  return module === undefined ? [] : checker.getExportsOfModule(module)
}
