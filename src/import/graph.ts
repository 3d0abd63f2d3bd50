/** The structure of graphs: who defines and who reads which name, what is needed, and in which order. */
import type { AttributeProto, GraphProto, NodeProto } from '../onnx/model.js'
import type { Faults } from './model.js'

// -----------------------------------------------------------------------------
// names
// -----------------------------------------------------------------------------

/** A name in a sentence: those of hostile files are long. */
const short = (name: string): string => (name.length > 200 ? `${name.slice(0, 200)}...` : name)

/** The name of a node in errors. */
export const labelOf = ({ name, opType, output }: NodeProto): string =>
  name !== ''
    ? `node '${short(name)}' (${short(opType)})`
    : `the ${short(opType)} that gives '${short(output[0] ?? '')}'`

/** The name of a node in a list of nodes. */
export const nameOf = ({ name, output }: NodeProto): string => short(name === '' ? (output[0] ?? '') : name)

const graphsOf = (node: NodeProto): readonly GraphProto[] =>
  node.attribute.flatMap((attribute: AttributeProto) => (attribute.type === 'graph' ? [attribute.value] : []))

/** The names that a node reads, in itself and in its graphs from outside of them. */
export const readsOf = (node: NodeProto): readonly string[] => {
  const inner = graphsOf(node).flatMap(freeOf)
  return [...node.input, ...inner].filter((name) => name !== '')
}

/** The names that a graph reads from outside. */
const freeOf = (graph: GraphProto): readonly string[] => {
  const own = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output)
  ])
  const read = new Set([...graph.node.flatMap(readsOf), ...graph.output.map(({ name }) => name)])
  return [...read].filter((name) => !own.has(name))
}

/** A reader of a value: a node, and which of its inputs. */
export interface Reader {
  /** `undefined` for the caller of a graph, who reads its outputs. */
  readonly node: NodeProto | undefined
  readonly input: number
}

/** Who reads each name, in a graph and in those inside. */
export const readersOf = (graph: GraphProto): ReadonlyMap<string, readonly Reader[]> => {
  const readers = new Map<string, Reader[]>()
  const add = (name: string, reader: Reader): void => {
    const known = readers.get(name)
    if (known === undefined) readers.set(name, [reader])
    else known.push(reader)
  }
  const visit = ({ node: nodes, output }: GraphProto): void => {
    output.forEach(({ name }, input) => add(name, { node: undefined, input }))
    for (const node of nodes) {
      node.input.forEach((name, input) => add(name, { node, input }))
      graphsOf(node).forEach(visit)
    }
  }
  visit(graph)
  return readers
}

// -----------------------------------------------------------------------------
// definitions
// -----------------------------------------------------------------------------

/** Reports names that are defined twice; an input may have an initializer, which is its value by default. */
export const checkNames = (graph: GraphProto, where: string, faults: Faults): void => {
  const seen = new Map<string, string>()
  const define = (name: string, by: string): void => {
    const before = seen.get(name)
    if (before !== undefined) faults.add(`${where}value '${name}'`, `is defined twice, by ${before} and by ${by}`)
    else seen.set(name, by)
  }
  for (const { name } of graph.input) {
    if (name === '') faults.add(`${where}an input`, 'has no name')
    define(name, 'an input')
  }
  const initialized = new Set<string>()
  for (const { name } of graph.initializer) {
    if (initialized.has(name)) faults.add(`${where}initializer '${name}'`, 'is defined twice')
    initialized.add(name)
    if (!seen.has(name)) define(name, 'an initializer')
  }
  for (const node of graph.node) {
    for (const name of node.output) if (name !== '') define(name, labelOf(node))
  }
}

// -----------------------------------------------------------------------------
// order
// -----------------------------------------------------------------------------

/** Who defines each name of a graph by a node. */
const definersOf = (graph: GraphProto): ReadonlyMap<string, NodeProto> =>
  new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)))

/**
 * The nodes that outputs need, each behind those that it reads from. `given` are values that are there without a node; a name
 * that nobody defines, and nodes that wait for each other, are faults.
 */
export const inOrder = (
  graph: GraphProto,
  outputs: readonly string[],
  isGiven: (name: string) => boolean,
  where: string,
  faults: Faults
): readonly NodeProto[] => {
  const definers = definersOf(graph)
  const reads = new Map<NodeProto, readonly string[]>()
  const missing = new Map<string, string>()
  const pending = outputs.map((name) => ({ name, by: 'an output' }))
  while (pending.length > 0) {
    const { name, by } = pending.pop()!
    if (isGiven(name)) continue
    const node = definers.get(name)
    if (node === undefined) {
      missing.set(name, by)
      continue
    }
    if (reads.has(node)) continue
    const names = readsOf(node)
    reads.set(node, names)
    for (const each of names) pending.push({ name: each, by: labelOf(node) })
  }
  for (const [name, by] of missing) faults.add(`${where}value '${name}'`, `is read by ${by} and defined nowhere`)
  return sorted(graph, reads, isGiven, definers, where, faults)
}

const sorted = (
  graph: GraphProto,
  reads: ReadonlyMap<NodeProto, readonly string[]>,
  isGiven: (name: string) => boolean,
  definers: ReadonlyMap<string, NodeProto>,
  where: string,
  faults: Faults
): readonly NodeProto[] => {
  const waits = new Map<NodeProto, number>()
  const followers = new Map<NodeProto, NodeProto[]>()
  for (const [node, names] of reads) {
    const before = new Set(names.filter((name) => !isGiven(name)).flatMap((name) => definers.get(name) ?? []))
    waits.set(node, before.size)
    for (const each of before) {
      const known = followers.get(each)
      if (known === undefined) followers.set(each, [node])
      else known.push(node)
    }
  }
  const order: NodeProto[] = graph.node.filter((node) => waits.get(node) === 0)
  for (let i = 0; i < order.length; i++) {
    for (const next of followers.get(order[i]!) ?? []) {
      const left = waits.get(next)! - 1
      waits.set(next, left)
      if (left === 0) order.push(next)
    }
  }
  if (order.length < reads.size) {
    const stuck = graph.node.filter((node) => (waits.get(node) ?? 0) > 0).map(nameOf)
    const some = `${stuck.slice(0, 5).join(', ')}${stuck.length > 5 ? ', ...' : ''}`
    faults.add(`${where}the graph`, `has a cycle, in which or behind which are ${some}; expected none`)
    return order
  }
  // The order of the file, which is nearly always right, keeps fewer values at a time.
  const places = new Map(graph.node.map((node, i) => [node, i]))
  const isSorted = [...followers].every(([node, next]) => next.every((each) => places.get(node)! < places.get(each)!))
  return isSorted ? graph.node.filter((node) => reads.has(node)) : order
}
