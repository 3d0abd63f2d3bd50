/** From graphs to functions of tensors: every node is looked up, checked and prepared before anything runs. */
import * as E from 'fp-ts/lib/Either.js'
import { reasonOf } from '../internal/describe.js'
import type { ElementType, GraphProto, NodeProto } from '../onnx/model.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { readerOf } from './attributes.js'
import { constantOf, elementTypeOf, wrapped } from './elements.js'
import { type Reader, checkNames, inOrder, labelOf, nameOf, readsOf } from './graph.js'
import { fitter, initializersOf } from './initializers.js'
import type { Faults } from './model.js'
import type { Given, Node, Operation, Operations, Outer, Subgraph, Work } from './operation.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What all graphs of a model share. */
export interface Context {
  readonly operations: Operations
  readonly version: (domain: string) => number | undefined
  /** The names of the functions that the model defines itself. */
  readonly functions: ReadonlySet<string>
  readonly faults: Faults
  readonly readers: ReadonlyMap<string, readonly Reader[]>
}

type Types = ReadonlyMap<string, ElementType | undefined>

/** A node that is ready to run. */
interface Step {
  readonly label: string
  readonly scope: string | undefined
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly work: Work
  /** The values that nobody reads behind it. */
  readonly last: readonly string[]
}

/** A function of values by name. */
export interface Compiled {
  readonly types: Types
  readonly run: (values: Map<string, Tensor>, outer: Outer) => readonly Tensor[]
}

// -----------------------------------------------------------------------------
// nodes
// -----------------------------------------------------------------------------

const standard = new Set(['', 'ai.onnx'])

/** The operation of a node, where it is known. */
const lookUp = (
  node: NodeProto,
  { operations, version, functions, faults }: Context,
  where: string
): Operation | undefined => {
  const domain = standard.has(node.domain) ? '' : node.domain
  const found = domain === '' && Object.hasOwn(operations, node.opType) ? operations[node.opType] : undefined
  if (found !== undefined) return found
  if (functions.has(node.opType)) {
    const rule =
      'calls a function that the model defines itself; expected its operations in place, as onnx.inliner has them'
    faults.add(`${where}${labelOf(node)}`, rule)
  } else {
    faults.unknown({ operation: node.opType, domain, version: version(domain) ?? 0 }, nameOf(node))
  }
  return undefined
}

/** How many names there are up to the last that is not empty. */
const lastGiven = (names: readonly string[]): number =>
  names.reduce((count, name, i) => (name === '' ? count : i + 1), 0)

const expected = ({ least, most }: Operation): string =>
  most === least ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`

/** Names of integers that are unsigned, for which an operation on int32 of the same bits may give another result. */
const refuseUnsigned = (node: Node, { unsigned = false }: Operation): void => {
  const at = Array.from({ length: node.inputs }, (_, i) => i).find((i) => node.type(i) === 'uint32')
  if (!unsigned && at !== undefined) {
    node.fault(`has the input ${at} of type uint32; expected another type, since here these are int32 of the same bits`)
  }
}

/** A node's work, and the types of its outputs. */
const prepared = (
  proto: NodeProto,
  types: Types,
  context: Context,
  where: string
): readonly [Work, Types] | undefined => {
  const operation = lookUp(proto, context, where)
  if (operation === undefined) return undefined
  const at = `${where}${labelOf(proto)}`
  const fault = (rule: string): void => context.faults.add(at, rule)
  const inner = `${at}: `
  const { attributes, unread } = readerOf(
    proto.attribute,
    fault,
    (graph, given) => subgraph(graph, given, types, context, inner),
    fitter(proto.output[0] ?? '', context.readers)
  )
  const inputs = lastGiven(proto.input)
  const isAsked = proto.output.map((name) => name !== '')
  const node: Node = {
    ...attributes,
    version: context.version('') ?? 0,
    outputs: lastGiven(proto.output),
    asks: (output) => isAsked[output] === true,
    gives: (input) => (proto.input[input] ?? '') !== '',
    inputs,
    type: (input) => types.get(proto.input[input] ?? ''),
    fault
  }
  const missing = Array.from({ length: operation.least }, (_, i) => i).find((i) => !node.gives(i))
  const isLoop = operation.most === Infinity
  if (inputs > operation.most || inputs < operation.least || (missing !== undefined && !isLoop)) {
    fault(
      `has ${inputs} ${inputs === 1 ? 'input' : 'inputs'}${missing === undefined || inputs < operation.least ? '' : `, of which ${missing} is left out`}; expected ${expected(operation)}`
    )
    return undefined
  }
  refuseUnsigned(node, operation)
  const made = E.tryCatch(() => operation.prepare(node), reasonOf)
  if (E.isLeft(made)) {
    fault(made.left)
    return undefined
  }
  const work = made.right
  const results = operation.types?.(node) ?? proto.output.map(() => node.type(0))
  const left = unread()
  if (left.length > 0)
    fault(`has the attribute ${left.join(', ')}; expected those that ${proto.opType} has in version ${node.version}`)
  const own = new Map(proto.output.map((name, i) => [name, results[i]]))
  return [operation.wraps === true ? wrapping(work, results[0]) : work, own]
}

/** The same work, whose results wrap around where their type is narrow. */
const wrapping =
  (work: Work, type: ElementType | undefined): Work =>
  (inputs, outer) =>
    work(inputs, outer).map((each) => wrapped(each, type))

// -----------------------------------------------------------------------------
// graphs
// -----------------------------------------------------------------------------

/** The error of a node, which says its name. */
const located = (label: string, error: unknown): Error =>
  new Error(`Import.onnx: ${label}: ${reasonOf(error).replace(/^Import\.onnx: /, '')}`, { cause: error })

/** A scope per node, named as the node without a slash in front. */
const scopeOf = ({ name }: NodeProto): string | undefined => {
  const trimmed = name.replace(/^\/+/, '')
  return trimmed === '' ? undefined : trimmed
}

const runStep = (step: Step, values: Map<string, Tensor>, outer: Outer): void => {
  const at: Outer = (name) => values.get(name) ?? outer(name)
  const inputs = step.inputs.map((name): Given => (name === '' ? undefined : at(name)))
  try {
    const results = within(step.scope, () => step.work(inputs, at))
    step.outputs.forEach((name, i) => {
      if (name === '') return
      const result = results[i]
      if (result === undefined) throw new RangeError(`has no output ${i}; expected at most ${results.length} outputs`)
      values.set(name, result)
    })
  } catch (error) {
    throw located(step.label, error)
  }
  for (const name of step.last) values.delete(name)
}

/** For each node, the values that are read there for the last time. */
const lastReads = (nodes: readonly NodeProto[], kept: ReadonlySet<string>): readonly (readonly string[])[] => {
  const seen = new Set(kept)
  return [...nodes]
    .reverse()
    .map((node) => {
      const ends = [...new Set([...readsOf(node), ...node.output])].filter((name) => name !== '' && !seen.has(name))
      for (const name of ends) seen.add(name)
      return ends
    })
    .reverse()
}

/** The outputs of a graph as a function of values that are given by name, of which `types` has the types. */
export const compile = (
  graph: GraphProto,
  outputs: readonly string[],
  types: Types,
  isGiven: (name: string) => boolean,
  context: Context,
  where: string
): Compiled => {
  const nodes = inOrder(graph, outputs, isGiven, where, context.faults)
  const known = new Map(types)
  const last = lastReads(nodes, new Set(outputs))
  const steps = nodes.flatMap((node, i): readonly Step[] => {
    const made = prepared(node, known, context, where)
    if (made === undefined) return []
    const [work, own] = made
    for (const [name, type] of own) known.set(name, type)
    const label = labelOf(node)
    return [{ label, scope: scopeOf(node), inputs: node.input, outputs: node.output, work, last: last[i]! }]
  })
  return {
    types: known,
    run: (values, outer) => {
      for (const step of steps) runStep(step, values, outer)
      return outputs.map((name) => values.get(name) ?? outer(name))
    }
  }
}

/** Whether a node is a constant that is true. */
const isTrue = ({ opType, attribute }: NodeProto): boolean =>
  opType === 'Constant' &&
  attribute.some((each) => {
    const read = each.type === 'tensor' ? constantOf(each.value, () => 'none') : undefined
    return read !== undefined && E.isRight(read) && isTruth(read.right)
  })

const isTruth = ({ value, type }: { readonly value: Tensor; readonly type: ElementType }): boolean =>
  type === 'bool' && T.toArray(value).every((each) => each !== 0)

/** Whether the condition of a loop's body is always true: it hands on what it is given, or a constant. */
const isEndless = (graph: GraphProto, truths: ReadonlySet<string>): boolean => {
  const definers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)))
  const goes = (name: string, depth: number): boolean => {
    if (name === graph.input[1]?.name || truths.has(name)) return true
    const node = definers.get(name)
    if (node === undefined) return false
    return isTrue(node) || (node.opType === 'Identity' && depth < 20 && goes(node.input[0] ?? '', depth + 1))
  }
  return graph.output[0] !== undefined && goes(graph.output[0].name, 0)
}

/** A graph inside a node. */
const subgraph = (
  graph: GraphProto,
  given: readonly (ElementType | undefined)[],
  outerTypes: Types,
  context: Context,
  where: string
): Subgraph => {
  checkNames(graph, where, context.faults)
  const constants = initializersOf(graph, context, where)
  const inputs = graph.input.map(({ name }) => name)
  const stated = graph.input.map(({ type }) => (type?.kind === 'tensor' ? elementTypeOf(type.elementType) : undefined))
  const own: Types = new Map([
    ...outerTypes,
    ...graph.initializer.map(({ name }) => [name, constants.get(name)?.type] as const),
    ...inputs.map((name, i) => [name, given[i] ?? stated[i]] as const)
  ])
  const outputs = graph.output.map(({ name }) => name)
  const compiled = compile(graph, outputs, own, (name) => own.has(name), context, where)
  const truths = [...constants].filter(([, constant]) => isTruth(constant)).map(([name]) => name)
  return {
    inputs: inputs.length,
    outputs: outputs.length,
    types: outputs.map((name) => compiled.types.get(name)),
    isEndless: isEndless(graph, new Set(truths)),
    run: (values, outer) => {
      const all = new Map([...constants].map(([name, { value }]) => [name, value] as const))
      inputs.forEach((name, i) => all.set(name, values[i]!))
      return compiled.run(all, outer)
    }
  }
}
