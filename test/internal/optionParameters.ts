// Reads the declarations of every public module: which functions have a parameter of options, and of which names.
import { readdirSync } from 'node:fs'
import ts from 'typescript-5.9'

/** A public function with a parameter of options: `Tensor.sum`, and the names of its options. */
export interface OptionParameter {
  readonly name: string
  readonly options: readonly string[]
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['pullback-source'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true
}

/** The object types that a parameter may be, inside of unions, intersections and the bounds of type parameters. */
const partsOf = (checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] => {
  if (type.isUnionOrIntersection()) return type.types.flatMap((part) => partsOf(checker, part))
  if (!(type.flags & ts.TypeFlags.TypeParameter)) return type.flags & ts.TypeFlags.Object ? [type] : []
  const bound = checker.getBaseConstraintOfType(type)
  return bound === undefined || bound === type ? [] : partsOf(checker, bound)
}

const isOptional = (property: ts.Symbol): boolean => (property.flags & ts.SymbolFlags.Optional) !== 0

const isNever = (checker: ts.TypeChecker, field: ts.Symbol): boolean =>
  (checker.getNonNullableType(checker.getTypeOfSymbol(field)).flags & ts.TypeFlags.Never) !== 0

/** The names, where a type is a record of which every field may be missing, or the parameter says that it is options. */
const optionsOf = (checker: ts.TypeChecker, parameter: ts.Symbol): readonly string[] => {
  const records = partsOf(checker, checker.getTypeOfSymbol(parameter)).filter(
    (part) => part.getCallSignatures().length === 0 && !checker.isArrayType(part) && !checker.isTupleType(part)
  )
  return records.flatMap((part) => {
    // A field of type `never` keeps tensors from being taken for options.
    const properties = part.getProperties().filter((field) => !isNever(checker, field))
    const named = parameter.name === 'options' && properties.some(isOptional)
    return properties.length > 0 && (named || properties.every(isOptional)) ? properties.map(({ name }) => name) : []
  })
}

/** The options of a function's parameters, and of the functions that it returns. */
const ofSignatures = (checker: ts.TypeChecker, type: ts.Type, depth: number): readonly string[] =>
  depth === 0
    ? []
    : type
        .getCallSignatures()
        .flatMap((signature) => [
          ...signature.parameters.flatMap((parameter) => optionsOf(checker, parameter)),
          ...ofSignatures(checker, signature.getReturnType(), depth - 1)
        ])

/** All of them, in the order of modules and of their exports. */
export const optionParameters = (): readonly OptionParameter[] => {
  const files = readdirSync('src').filter((file) => /^[A-Z].*\.ts$/.test(file))
  const paths = files.map((file) => `src/${file}`)
  const program = ts.createProgram(paths, compilerOptions)
  const checker = program.getTypeChecker()
  return paths.flatMap((path) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!
    return checker.getExportsOfModule(module).flatMap((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      if (!(target.flags & ts.SymbolFlags.Value)) return []
      const options = [...new Set(ofSignatures(checker, checker.getTypeOfSymbol(target), 3))]
      const name = `${path.slice('src/'.length, -'.ts'.length)}.${symbol.name}`
      return options.length === 0 ? [] : [{ name, options }]
    })
  })
}
