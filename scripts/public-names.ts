// Every name that a public module exports, its doc comment and the place where it is declared.
import ts from 'typescript-5.9'
import { checker, exportsOf, original } from './public-program.js'
import { publicModules, root, textOf } from './sources.js'

/** A name that a public module exports. */
export interface PublicName {
  readonly name: string
  readonly kind: 'class' | 'function' | 'type' | 'value'
  /** The text before the first tag; empty without a doc comment. */
  readonly comment: string
  /** The texts behind `@example`. */
  readonly examples: ReadonlyArray<string>
  /** Where it is declared: a path from the root, and a line. */
  readonly file: string
  readonly line: number
  /** Where the module's own file names it. */
  readonly position: number
}

/** A public module. */
export interface PublicModule {
  readonly name: string
  /** The doc comment at the head of the file. */
  readonly comment: string
  /** In the order of the module's file. */
  readonly names: ReadonlyArray<PublicName>
}

const kindOf = (symbol: ts.Symbol): PublicName['kind'] => {
  if ((symbol.flags & ts.SymbolFlags.Class) !== 0) return 'class'
  if ((symbol.flags & ts.SymbolFlags.Value) === 0) return 'type'
  return checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0 ? 'function' : 'value'
}

const publicName = (symbol: ts.Symbol): PublicName => {
  const faces = [symbol, original(symbol)]
  const declaration = original(symbol).declarations?.[0]
  const source = declaration?.getSourceFile()
  return {
    name: symbol.name,
    kind: kindOf(original(symbol)),
    comment: faces.map((face) => ts.displayPartsToString(face.getDocumentationComment(checker))).find(Boolean) ?? '',
    examples: faces
      .flatMap((face) => face.getJsDocTags(checker))
      .filter((tag) => tag.name === 'example')
      .map((tag) => ts.displayPartsToString(tag.text)),
    file: source?.fileName.slice(root.length + 1) ?? 'src',
    line: (source?.getLineAndCharacterOfPosition(declaration?.getStart(source) ?? 0).line ?? 0) + 1,
    position: symbol.declarations?.[0]?.getStart() ?? 0
  }
}

const headOf = (text: string): string => /^\/\*\*\n([\s\S]*?)\n \*\/\n/.exec(text)?.[1]?.replace(/^ \* ?/gm, '') ?? ''

/** All public modules, by name. */
export const publicNames = (): ReadonlyArray<PublicModule> =>
  publicModules().map((name) => ({
    name,
    comment: headOf(textOf(`src/${name}.ts`)),
    names: exportsOf(name)
      .map(publicName)
      .sort((a, b) => a.position - b.position)
  }))
