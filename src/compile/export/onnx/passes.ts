/** Passes over the nodes of a graph that is written. */
import type { GraphProto, NodeProto } from '../../../onnx/model.js'

const graphsOf = ({ attribute }: NodeProto): readonly GraphProto[] =>
  attribute.flatMap((each) => (each.type === 'graph' ? [each.value] : []))

/** All names that a node reads, those of graphs inside too. */
const readBy = (node: NodeProto): readonly string[] => [
  ...node.input,
  ...graphsOf(node).flatMap(({ node: inner, output }) => [...inner.flatMap(readBy), ...output.map(({ name }) => name)])
]

const mapGraphs = (node: NodeProto, f: (graph: GraphProto) => GraphProto): NodeProto =>
  graphsOf(node).length === 0
    ? node
    : {
        ...node,
        attribute: node.attribute.map((each) => (each.type === 'graph' ? { ...each, value: f(each.value) } : each))
      }

/** The graph without nodes and constants whose results nobody reads. */
export const withoutDead = (graph: GraphProto): GraphProto => {
  const read = new Set(graph.output.map(({ name }) => name))
  const kept: NodeProto[] = []
  for (const each of [...graph.node].reverse()) {
    if (!each.output.some((name) => read.has(name))) continue
    const lean = mapGraphs(each, withoutDead)
    kept.push(lean)
    readBy(lean).forEach((name) => read.add(name))
  }
  return {
    ...graph,
    node: kept.reverse(),
    initializer: graph.initializer.filter(({ name }) => read.has(name))
  }
}

/** How often each name is read, outputs of the graph included. */
const countsOf = (graph: GraphProto): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const names = [...graph.node.flatMap(readBy), ...graph.output.map(({ name }) => name)]
  names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1))
  return counts
}

/** The product that a sum adds something to, and what it adds, if nobody else reads the product. */
const productIn = (
  { input: [a = '', b = ''] }: NodeProto,
  products: ReadonlyMap<string, NodeProto>
): { readonly product: NodeProto; readonly added: string } | undefined => {
  const [left, right] = [products.get(a), products.get(b)]
  if (left !== undefined) return { product: left, added: b }
  return right === undefined ? undefined : { product: right, added: a }
}

/**
 * Sums of a product and a row, in one `Gemm`. `isRow` says whether a tensor broadcasts to a product.
 */
export const withBiases = (graph: GraphProto, isRow: (name: string, product: string) => boolean): GraphProto => {
  const counts = countsOf(graph)
  const products = new Map(
    graph.node.flatMap((each) =>
      each.opType === 'Gemm' && each.input.length === 2 && counts.get(each.output[0]!) === 1
        ? [[each.output[0]!, each] as const]
        : []
    )
  )
  const gone = new Set<string>()
  const joined = graph.node.map((each) => {
    const found = each.opType === 'Add' ? productIn(each, products) : undefined
    if (found === undefined || !isRow(found.added, found.product.output[0]!)) return each
    gone.add(found.product.output[0]!)
    return { ...found.product, name: each.name, input: [...found.product.input, found.added], output: each.output }
  })
  return {
    ...graph,
    node: joined
      .filter(({ opType, output: [name = ''] }) => opType !== 'Gemm' || !gone.has(name))
      .map((each) => mapGraphs(each, (inner) => withBiases(inner, isRow)))
  }
}

/** The graph with other names for some values, in graphs inside too. */
export const renamed = (graph: GraphProto, names: ReadonlyMap<string, string>): GraphProto => {
  const named = (name: string): string => names.get(name) ?? name
  return {
    ...graph,
    node: graph.node.map((each) => ({
      ...mapGraphs(each, (inner) => renamed(inner, names)),
      input: each.input.map(named),
      output: each.output.map(named)
    })),
    output: graph.output.map(({ name, type }) => ({ name: named(name), type }))
  }
}
