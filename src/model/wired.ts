/** Networks that are wired as a graph says. */
import { type Initializer, heNormal } from '../Init.js'
import type { FloatDType } from '../DType.js'
import { requireCount } from '../internal/check.js'
import { describe, refusal } from '../internal/describe.js'
import { options, positiveCount, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { type RunningStatistics, type ScaleShift, batchNorm } from '../layer/batchNorm.js'
import type { ConvWeights } from '../layer/convolution.js'
import { drawKinds } from '../layer/drawn.js'
import { make, makeOf } from '../layer/make.js'
import type { AnyLayer, Layer, None } from '../layer/model.js'
import { type SeparableParams, separableConv2d } from '../layer/separable.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { add, at, div, mul, relu, sigmoid, zeros } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import type { Graph } from './graphs.js'
import { type Mapping, partCount, stated } from './parts.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Kernel = ConvWeights<[number, number, number, number]>

/**
 * The parameters of a node of a wired network; `weights` has no tensor where the node has one input.
 *
 * @example
 * import type { WiredNode } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const node: WiredNode = {
 *   weights: T.zeros([2]),
 *   conv: { depthwise: { w: T.zeros([4, 1, 3, 3]) }, pointwise: { w: T.zeros([4, 4, 1, 1]) } },
 *   norm: { scale: T.ones([4]), shift: T.zeros([4]) }
 * }
 * node.norm.scale.shape // => [4]
 */
export interface WiredNode {
  readonly weights: Tensor<[number]> | None
  readonly conv: SeparableParams<Kernel, Kernel>
  readonly norm: ScaleShift<[number]>
}

/**
 * The options of `wired`.
 *
 * @example
 * import type { WiredOptions } from 'pullback/Model'
 *
 * const options: WiredOptions = { stride: 1 }
 * options.stride // => 1
 */
export interface WiredOptions {
  /** The stride of the nodes that take the input; 2 by default. */
  readonly stride?: number
  /** How the kernels are drawn; `Init.heNormal` by default. */
  readonly init?: Initializer
  /** The element type of parameters and statistics; float32 by default. */
  readonly dtype?: FloatDType
}

type Images<C extends number> = Tensor<[number, C, number, number]>

/** The layer that a graph makes of nodes. */
type Wired<In extends number, Out extends number> = Layer<
  (images: Images<In>) => Images<Out>,
  { readonly [node: `node${number}`]: WiredNode },
  { readonly [node: `node${number}`]: { readonly norm: RunningStatistics<Out> } }
>

const check = options<WiredOptions>('wired', { stride: positiveCount, ...drawKinds })

const requireGraph = (graph: Graph): void => {
  const given: unknown = graph
  if (typeof given !== 'object' || given === null || !('edges' in given) || !Array.isArray(given.edges)) {
    throw new TypeError(refusal('wired', 'the graph', given, 'an object with nodes and edges'))
  }
  const { nodes, edges } = graph
  requireKind('wired', 'the number of nodes', nodes, partCount)
  const places = new Set<number>()
  Array.from(edges).forEach((edge, i) => {
    const isEdge = Array.isArray(edge) && edge.length === 2 && Array.from(edge).every((node) => Number.isInteger(node))
    const isOrdered = isEdge && edge[0] >= 0 && edge[0] < edge[1] && edge[1] < nodes
    if (isOrdered && places.size < places.add(edge[0] * nodes + edge[1]).size) return
    const rule = isOrdered ? 'each edge once' : `[from, to] with 0 <= from < to < ${nodes}`
    throw new RangeError(`wired: edge ${i} is ${describe(edge)}${isOrdered ? ' again' : ''}; expected ${rule}`)
  })
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The sum of inputs with positive weights, sigmoid(w). */
const weighted = (xs: readonly Tensor[], weights: unknown): Tensor => {
  if (!isTensor(weights)) return xs[0]!
  const shares = sigmoid(weights)
  return xs.map((x, i): Tensor => mul(x, at(shares, i))).reduce((sum, x) => add(sum, x))
}

/** The weighted sum of as many inputs, relu, a separable convolution of 3 x 3, batch norm. */
const nodeOf = (
  fanIn: number,
  inputs: number,
  outputs: number,
  stride: number,
  own: Required<Pick<WiredOptions, 'init' | 'dtype'>>
): Layer<(...xs: readonly Tensor[]) => Tensor, unknown, unknown> => {
  const conv: AnyLayer = separableConv2d(inputs, outputs, { window: 3, stride, padding: 1, bias: false, ...own })
  const norm: AnyLayer = batchNorm(outputs, { dtype: own.dtype })
  const weights: Random<unknown> = R.of(fanIn > 1 ? zeros([fanIn], own.dtype) : {})
  return stated(
    make(
      { weights, conv: stated<Mapping>(conv), norm: stated<Mapping>(norm) },
      (bound) =>
        (...xs: readonly Tensor[]) =>
          bound.norm(bound.conv(relu(weighted(xs, bound.weights))))
    )
  )
}

/**
 * A stage of a randomly wired network, from images `[n, inputs, height, width]` to `[n, outputs, height', width']`: each node of a graph is the
 * sum of its inputs with positive weights to learn, relu, a separable convolution of 3 x 3, and batch norm. Nodes without an edge to them take the
 * images, with a stride; the mean of the nodes without an edge from them is the output.
 *
 * S. Xie, A. Kirillov, R. Girshick and K. He, Exploring Randomly Wired Neural Networks for Image Recognition, ICCV 2019.
 *
 * @throws RangeError when an edge is not from a node to one with a larger number, or is given twice
 * @throws ShapeError when an input has other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * const stage = (key: Random.Key, inputs: number, outputs: number) =>
 *   Model.wired(Model.wattsStrogatz(key, 8, 4, 0.75), inputs, outputs)
 * const [first, second] = Random.split(Random.key(0))
 * const model = Layer.sequential(stage(first, 3, 8), stage(second, 8, 16), Layer.globalAvgPool(), Layer.dense(16, 10))
 * Layer.check(model, [2, 3, 32, 32]) // => { _tag: 'Right', right: [[2, 10]] }
 */
/* @__NO_SIDE_EFFECTS__ */
export const wired = <In extends number, Out extends number>(
  graph: Graph,
  inputs: In,
  outputs: Out,
  options: WiredOptions = {}
): Wired<In, Out> => {
  requireGraph(graph)
  requireCount('wired', 'the number of inputs', inputs)
  requireCount('wired', 'the number of outputs', outputs)
  check(options)
  const { stride = 2, init = heNormal, dtype = 'float32' } = options
  const all = Array.from({ length: graph.nodes }, (_, node) => node)
  const sources = all.map((node) => graph.edges.flatMap(([from, to]) => (to === node ? [from] : [])))
  const ends = all.filter((node) => graph.edges.every(([from]) => from !== node))
  const parts = sources.map((from, node) => {
    const isFirst = from.length === 0
    const own = { init, dtype }
    return [`node${node}`, nodeOf(from.length, isFirst ? inputs : outputs, outputs, isFirst ? stride : 1, own)] as const
  })
  return stated(
    makeOf('wired', Object.fromEntries(parts), (bound) => (images: Tensor) => {
      requireTensor('wired', images, 'the input')
      const values = sources.reduce<readonly Tensor[]>((before, from, node) => {
        const given = from.length === 0 ? [images] : from.map((source) => before[source]!)
        return [...before, bound[`node${node}`]!(...given)]
      }, [])
      const sum = ends.map((node) => values[node]!).reduce((a, b) => add(a, b))
      return ends.length === 1 ? sum : div(sum, ends.length)
    })
  )
}
