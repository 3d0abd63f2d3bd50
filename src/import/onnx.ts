/** Importing ONNX files. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { isFloat } from '../DType.js'
import * as T from '../Tensor.js'
import { isTensor, type Tensor } from '../tensor/model.js'
import { decode } from '../onnx/decode.js'
import type { ElementType, ModelProto, TypeProto } from '../onnx/model.js'
import { refusal } from '../internal/describe.js'
import { type Kind, type Options, callable, options } from '../internal/options.js'
import { show } from '../shape/model.js'
import { type Compiled, type Context, compile } from './compile.js'
import { dtypeOf, elementTypeOf } from './elements.js'
import { checkNames, readersOf } from './graph.js'
import { initializersOf } from './initializers.js'
import {
  type Faults,
  type ImportOptions,
  type Imported,
  type Params,
  type Port,
  type Result,
  collector,
  importError
} from './model.js'
import { operations } from './operations/table.js'
import { leafAt, pathsOf, treeOf } from './parameters.js'

// -----------------------------------------------------------------------------
// versions
// -----------------------------------------------------------------------------

/** The versions of the standard operator set that are read. */
const oldest = 7
const newest = 28

const versionsOf = ({ opsetImport }: ModelProto, faults: Faults): Readonly<Record<string, number>> => {
  const versions = Object.fromEntries(
    opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, version])
  )
  const own = versions['']
  if (own === undefined) faults.add('the model', 'states no version of the operator set of ONNX; expected one')
  else if (own < oldest || own > newest) {
    faults.add('the model', `uses version ${own} of the operator set of ONNX; expected ${oldest} to ${newest}`)
  }
  return versions
}

// -----------------------------------------------------------------------------
// inputs and outputs
// -----------------------------------------------------------------------------

const portOf = (name: string, type: TypeProto | undefined, inferred: ElementType | undefined): Port => {
  const stated = type?.kind === 'tensor' ? elementTypeOf(type.elementType) : undefined
  const elementType = stated ?? inferred
  return {
    name,
    elementType,
    dtype: elementType === undefined ? undefined : dtypeOf(elementType),
    shape: type?.kind === 'tensor' ? type.shape : undefined
  }
}

const checkInput = ({ name }: Port, type: TypeProto | undefined, faults: Faults): void => {
  if (type === undefined) return
  const at = `input '${name}'`
  if (type.kind === 'other') faults.add(at, 'is no tensor; expected a dense one')
  else if (elementTypeOf(type.elementType) === undefined) {
    faults.add(
      at,
      `has elements of type ${type.elementType === 8 ? 'string' : type.elementType}; expected numbers or booleans`
    )
  } else if (type.shape?.some((n) => typeof n === 'number' && n < 0) === true) {
    faults.add(at, `has shape [${type.shape.join(', ')}]; expected sizes of 0 or more`)
  }
}

/** Holds the arguments of a call against the inputs: element types, sizes, and names of sizes, which mean one size each. */
const checkArguments = (ports: readonly Port[], given: readonly unknown[]): readonly Tensor[] => {
  if (given.length !== ports.length) {
    const names = ports.map(({ name }) => name).join(', ')
    throw new TypeError(`Import.onnx: the model was given ${given.length} inputs; expected ${ports.length}: ${names}`)
  }
  const named = new Map<string, number>()
  return ports.map(({ name, dtype, shape }, i) => {
    const x = given[i]
    if (!isTensor(x)) throw new TypeError(refusal('Import.onnx', `input ${name}`, x, 'a tensor'))
    if (dtype !== undefined && x.dtype !== dtype) {
      throw new TypeError(`Import.onnx: input ${name} is ${x.dtype}; expected ${dtype}, cast it with T.cast`)
    }
    const fits = (n: number | string | undefined, axis: number): boolean => {
      if (typeof n !== 'string' || n === '') return n === undefined || n === '' || n === x.shape[axis]
      if (!named.has(n)) named.set(n, x.shape[axis]!)
      return named.get(n) === x.shape[axis]
    }
    if (shape !== undefined && !(shape.length === x.shape.length && shape.every(fits))) {
      const wanted = shape.map((n) => (typeof n === 'string' && named.has(n) ? `${n} = ${named.get(n)}` : (n ?? 'any')))
      throw new TypeError(`Import.onnx: input ${name} has shape ${show(x.shape)}; expected [${wanted.join(', ')}]`)
    }
    return x
  })
}

// -----------------------------------------------------------------------------
// parameters
// -----------------------------------------------------------------------------

/** Which inputs of which operations are statistics and scales, which are not learned by descent. */
const notLearned: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Resize: [1, 2],
  Upsample: [1]
}

const isLearned = (name: string, shape: readonly number[], readers: Context['readers']): boolean => {
  const all = readers.get(name) ?? []
  const isStatistic = all.every(({ node, input }) => notLearned[node?.opType ?? '']?.includes(input) === true)
  return shape.length > 0 && all.length > 0 && !isStatistic
}

// -----------------------------------------------------------------------------
// models
// -----------------------------------------------------------------------------

/** Masks of attention have infinite elements. */
const isFinite = (value: Tensor): boolean => {
  const data = T.toArray(value)
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

const isNonEmpty = (list: readonly Tensor[]): list is ReadonlyNonEmptyArray<Tensor> => list.length > 0

/** The function of parameters and inputs. */
const applied =
  (
    compiled: Compiled,
    inputs: readonly Port[],
    paths: ReadonlyMap<string, readonly string[]>,
    constants: ReadonlyMap<string, Tensor>
  ): Imported['apply'] =>
  (params: Params) =>
  (...given) => {
    const checked = checkArguments(inputs, given)
    const values = new Map(constants)
    for (const [name, path] of paths) values.set(name, leafAt(params, path))
    inputs.forEach(({ name }, i) => values.set(name, checked[i]!))
    const results = compiled.run(values, (name) => {
      throw new RangeError(`Import.onnx: value '${name}' is not there`)
    })
    if (!isNonEmpty(results)) throw new RangeError('Import.onnx: the model has no outputs')
    return results
  }

const names: Kind = {
  expected: 'a list of names',
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string')
}

const check: Options = /* @__PURE__ */ options<ImportOptions>('Import.onnx', {
  isParameter: callable('a function of a name and a shape'),
  inputs: names,
  outputs: names
})

const loaded = (model: ModelProto, { isParameter, inputs: chosen, outputs: wanted }: ImportOptions): Result => {
  const { graph } = model
  const faults = collector()
  const versions = versionsOf(model, faults)
  const readers = readersOf(graph)
  const context: Context = {
    operations,
    version: (domain) => versions[domain],
    functions: new Set(model.functions),
    faults,
    readers
  }
  checkNames(graph, '', faults)
  const initializers = initializersOf(graph, context, '')
  const stated = new Map([...graph.output, ...graph.input].map(({ name, type }) => [name, type]))
  const defined = new Set([...stated.keys(), ...initializers.keys(), ...graph.node.flatMap(({ output }) => output)])
  const named = chosen ?? graph.input.map(({ name }) => name).filter((name) => !initializers.has(name))
  const results = wanted ?? graph.output.map(({ name }) => name)
  for (const name of chosen ?? []) {
    if (!defined.has(name)) faults.add(`the chosen input '${name}'`, 'is no value of the graph; expected one')
  }
  if (results.length === 0) faults.add('the graph', 'has no outputs; expected one or more')
  const inputs = named.map((name) => portOf(name, stated.get(name), initializers.get(name)?.type))
  for (const port of inputs) checkInput(port, stated.get(port.name), faults)
  const types = new Map<string, ElementType | undefined>([
    ...graph.initializer.map(({ name }) => [name, initializers.get(name)?.type] as const),
    ...inputs.map(({ name }) => [name, typeOf(stated.get(name))] as const)
  ])
  const compiled = compile(graph, results, types, (name) => types.has(name), context, '')
  const error = faults.found()
  if (error !== undefined) return E.left(error)
  const given = new Set(named)
  const learns = isParameter ?? ((name, shape) => isLearned(name, shape, readers))
  const [learned, rest] = [new Map<string, Tensor>(), new Map<string, Tensor>()]
  for (const [name, { value }] of initializers) {
    if (given.has(name)) continue
    const isOne = isFloat(value.dtype) && learns(name, value.shape) && (isParameter !== undefined || isFinite(value))
    ;(isOne ? learned : rest).set(name, value)
  }
  const paths = pathsOf([...learned.keys()])
  return E.right({
    params: treeOf(learned, paths),
    constants: Object.fromEntries(rest),
    inputs,
    outputs: results.map((name) => portOf(name, stated.get(name), compiled.types.get(name))),
    producer: { name: model.producerName, irVersion: model.irVersion, operatorSets: versions },
    apply: applied(compiled, inputs, paths, rest)
  })
}

const typeOf = (type: TypeProto | undefined): ElementType | undefined =>
  type?.kind === 'tensor' ? elementTypeOf(type.elementType) : undefined

/**
 * The model in the bytes of an ONNX file, as a pure function of its parameters and inputs, or everything that is wrong with it.
 *
 * float16 and bfloat16 become float32, whole numbers become int32: 64-bit constants must fit, and results of 64-bit arithmetic are
 * taken to. float32, float64, int32 and bool stay.
 *
 * @throws TypeError when the argument is not bytes
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Import from 'pullback/Import'
 *
 * import * as Export from 'pullback/Export'
 * import * as T from 'pullback/Tensor'
 *
 * const file = Export.onnx((x: T.Tensor<[2]>) => T.mul(x, T.of([2, 3])))(T.zeros([2]))
 * const model = E.chainW((bytes: Uint8Array) => Import.onnx(bytes))(file)
 * E.map(({ apply, params }: Import.Imported) => apply(params)(T.of([1, 2])))(model) // => E.right([T.of([2, 6])])
 *
 * E.mapLeft(({ message }: Import.ImportError) => message)(Import.onnx(Uint8Array.of(8, 8, 58, 99)))
 * // => E.left('Import.onnx: model.graph is truncated: it states 99 bytes, and 0 are left')
 */
export const onnx = (bytes: Uint8Array, given: ImportOptions = {}): Result => {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(refusal('Import.onnx', 'the argument', bytes, 'a Uint8Array'))
  check(given)
  const decoded = decode(bytes)
  if (E.isLeft(decoded)) return E.left(importError([fromSentence(decoded.left)]))
  return loaded(decoded.right, given)
}

/** The sentence of the decoder, whose first word is the place. */
const fromSentence = (sentence: string): { readonly at: string; readonly rule: string } => {
  const end = sentence.indexOf(' ')
  return end < 0 ? { at: 'model', rule: sentence } : { at: sentence.slice(0, end), rule: sentence.slice(end + 1) }
}
