/** Graphs as data, and random ones of the kinds that randomly wired networks are made of. */
import { number, requireKind, share } from '../internal/options.js'
import type { Key } from '../Random.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import { toNested } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { partCount } from './parts.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An acyclic graph: edges between nodes 0 to `nodes` - 1, each from a smaller number to a larger one, and each once. There are 4096
 * nodes at most.
 *
 * @example
 * import type { Graph } from 'pullback/Model'
 *
 * const diamond: Graph = { nodes: 4, edges: [[0, 1], [0, 2], [1, 3], [2, 3]] }
 * diamond.edges.length // => 4
 */
export interface Graph {
  readonly nodes: number
  readonly edges: readonly Edge[]
}

type Edge = readonly [from: number, to: number]

/** Edges in order, each from the smaller number. */
const graphOf = (nodes: number, pairs: readonly Edge[]): Graph => ({
  nodes,
  edges: pairs.map(([a, b]): Edge => (a < b ? [a, b] : [b, a])).sort(([a, b], [c, d]) => a - c || b - d)
})

const requireGraph = (operation: string, key: Key, nodes: number): void => {
  requireKey(operation, key)
  requireKind(operation, 'the number of nodes', nodes, partCount)
}

const uniforms = (key: Key, shape: [number, number]): readonly (readonly number[])[] => {
  const drawn: Tensor<[number, number]> = R.uniform(key, shape)
  return toNested(drawn)
}

/** The element of a list at a part of its length. */
const at = (list: readonly number[], part: number): number => list[Math.floor(part * list.length)]!

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A random graph in which each two nodes have an edge with a probability of its own, directed from the smaller number. Those in several pieces
 * are not drawn again.
 *
 * P. Erdős and A. Rényi, On Random Graphs I, 1959; for networks S. Xie, A. Kirillov, R. Girshick and K. He, Exploring Randomly Wired Neural Networks for
 * Image Recognition, ICCV 2019.
 *
 * @throws RangeError when the number of nodes or the probability is not one
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * Model.erdosRenyi(Random.key(0), 3, 1) // => { nodes: 3, edges: [[0, 1], [0, 2], [1, 2]] }
 */
export const erdosRenyi = (key: Key, nodes: number, probability: number): Graph => {
  requireGraph('erdosRenyi', key, nodes)
  requireKind('erdosRenyi', 'the probability', probability, share)
  const pairs = uniforms(key, [nodes, nodes]).flatMap((row, b) =>
    row.slice(0, b).flatMap((drawn, a): readonly Edge[] => (drawn < probability ? [[a, b]] : []))
  )
  return graphOf(nodes, pairs)
}

/**
 * A random graph of small distances: nodes on a ring have edges to their nearest `neighbours`, half of them on each side, and each edge gets
 * another end with a probability. Directed from the smaller number.
 *
 * D. Watts and S. Strogatz, Collective Dynamics of Small-World Networks, Nature 393 (1998); Xie et al. recommend 32 nodes, 4 neighbours, 0.75.
 *
 * @throws RangeError when the neighbours are not even and fewer than the nodes, or the probability is not one
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * Model.wattsStrogatz(Random.key(0), 4, 2, 0).edges // => [[0, 1], [0, 3], [1, 2], [2, 3]]
 * Model.wattsStrogatz(Random.key(0), 32, 4, 0.75).edges.length // => 64
 */
export const wattsStrogatz = (key: Key, nodes: number, neighbours: number, probability: number): Graph => {
  requireGraph('wattsStrogatz', key, nodes)
  const isFitting = number(`an even number from 2 to ${nodes - 1}`, (k) => k % 2 === 0 && k >= 2 && k < nodes)
  requireKind('wattsStrogatz', 'the number of neighbours', neighbours, isFitting)
  requireKind('wattsStrogatz', 'the probability', probability, share)
  const all = Array.from({ length: nodes }, (_, node) => node)
  const near = Array.from({ length: neighbours / 2 }, (_, i) => i + 1)
  const ring = near.flatMap((distance) => all.map((a): Edge => [a, (a + distance) % nodes]))
  const isEdge = (edges: readonly Edge[], a: number, b: number): boolean =>
    edges.some(([c, d]) => (a === c && b === d) || (a === d && b === c))
  const pairs = uniforms(key, [ring.length, 2]).reduce<readonly Edge[]>((edges, [chance, part], i) => {
    const [a] = edges[i]!
    const free = all.filter((b) => b !== a && !isEdge(edges, a, b))
    const isMoved = chance! < probability && free.length > 0
    return isMoved ? edges.map((edge, j): Edge => (j === i ? [a, at(free, part!)] : edge)) : edges
  }, ring)
  return graphOf(nodes, pairs)
}

/**
 * A random graph of few nodes with many edges: behind the first `edges` nodes each gets so many edges to nodes before it, with chances that
 * grow with the edges that these have. Directed from the smaller number.
 *
 * A.-L. Barabási and R. Albert, Emergence of Scaling in Random Networks, Science 286 (1999).
 *
 * @throws RangeError when the edges of a node are not from 1 to the number of nodes - 1
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * Model.barabasiAlbert(Random.key(0), 3, 2).edges // => [[0, 2], [1, 2]]
 * Model.barabasiAlbert(Random.key(0), 32, 5).edges.length // => 135
 */
export const barabasiAlbert = (key: Key, nodes: number, edges: number): Graph => {
  requireGraph('barabasiAlbert', key, nodes)
  const isFitting = number(`an integer from 1 to ${nodes - 1}`, (m) => Number.isInteger(m) && m >= 1 && m < nodes)
  requireKind('barabasiAlbert', 'the number of edges of a node', edges, isFitting)
  const first = Array.from({ length: edges }, (_, node): Edge => [node, edges])
  const pairs = uniforms(key, [nodes, edges])
    .slice(edges + 1)
    .reduce<readonly Edge[]>((before, parts, i) => {
      const node = edges + 1 + i
      const ends = before.flat()
      const chosen = parts.reduce<readonly number[]>((so, part) => {
        const others = ends.filter((end) => !so.includes(end))
        return [...so, at(others, part)]
      }, [])
      return [...before, ...chosen.map((end): Edge => [end, node])]
    }, first)
  return graphOf(nodes, pairs)
}
