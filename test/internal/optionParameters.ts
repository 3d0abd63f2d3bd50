// Reads the declarations of every public module: which functions have a parameter of options, and of which names.
import ts from 'typescript-5.9'
import { checker, exportsOf, original } from '../../scripts/public-program.js'
import { publicModules } from '../../scripts/sources.js'

/** A public function with a parameter of options: `Tensor.sum`, and the names of its options. */
export interface OptionParameter {
  readonly name: string
  readonly options: readonly string[]
}

/** The object types that a parameter may be, inside of unions, intersections and the bounds of type parameters. */
const partsOf = (type: ts.Type): readonly ts.Type[] => {
  if (type.isUnionOrIntersection()) return type.types.flatMap((part) => partsOf(part))
  if (!(type.flags & ts.TypeFlags.TypeParameter)) return type.flags & ts.TypeFlags.Object ? [type] : []
  const bound = checker.getBaseConstraintOfType(type)
  return bound === undefined || bound === type ? [] : partsOf(bound)
}

const isOptional = (property: ts.Symbol): boolean => (property.flags & ts.SymbolFlags.Optional) !== 0

const isNever = (field: ts.Symbol): boolean =>
  (checker.getNonNullableType(checker.getTypeOfSymbol(field)).flags & ts.TypeFlags.Never) !== 0

/** The names, where a type is a record of which every field may be missing, or the parameter says that it is options. */
const optionsOf = (parameter: ts.Symbol): readonly string[] => {
  const records = partsOf(checker.getTypeOfSymbol(parameter)).filter(
    (part) => part.getCallSignatures().length === 0 && !checker.isArrayType(part) && !checker.isTupleType(part)
  )
  return records.flatMap((part) => {
    // A field of type `never` keeps tensors from being taken for options.
    const properties = part.getProperties().filter((field) => !isNever(field))
    const named = parameter.name === 'options' && properties.some(isOptional)
    return properties.length > 0 && (named || properties.every(isOptional)) ? properties.map(({ name }) => name) : []
  })
}

/** The options of a function's parameters, and of the functions that it returns. */
const ofSignatures = (type: ts.Type, depth: number): readonly string[] =>
  depth === 0
    ? []
    : type
        .getCallSignatures()
        .flatMap((signature) => [
          ...signature.parameters.flatMap((parameter) => optionsOf(parameter)),
          ...ofSignatures(signature.getReturnType(), depth - 1)
        ])

/** All of them, in the order of modules and of their exports. */
export const optionParameters = (): readonly OptionParameter[] =>
  publicModules().flatMap((module) =>
    exportsOf(module).flatMap((symbol) => {
      const target = original(symbol)
      if (!(target.flags & ts.SymbolFlags.Value)) return []
      const options = [...new Set(ofSignatures(checker.getTypeOfSymbol(target), 3))]
      return options.length === 0 ? [] : [{ name: `${module}.${symbol.name}`, options }]
    })
  )
