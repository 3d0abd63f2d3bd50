// Random graphs, and networks that are wired as they say.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectAlike } from '../layer/alike.js'

const plain = Model as unknown as Record<string, (...args: readonly unknown[]) => unknown>

const keys = fc.integer({ min: 0, max: 10_000 }).map((seed) => Random.key(seed))

/** Expects edges from smaller to larger numbers, each once and in order. */
const expectAcyclic = ({ nodes, edges }: Model.Graph): void => {
  const places = edges.map(([from, to]) => from * nodes + to)
  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
  for (const [from, to] of edges) expect(0 <= from && from < to && to < nodes).toBe(true)
}

const degrees = ({ nodes, edges }: Model.Graph): readonly number[] =>
  Array.from({ length: nodes }, (_, node) => edges.filter((edge) => edge.includes(node)).length)

describe('random graphs', () => {
  test('have edges from smaller to larger numbers, as many as they should', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 3, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true }), (key, n, p) => {
        expectAcyclic(Model.erdosRenyi(key, n, p))
        const small = Model.wattsStrogatz(key, n, 2, p)
        expectAcyclic(small)
        expect(small.edges).toHaveLength(n)
        const few = Model.barabasiAlbert(key, n, 2)
        expectAcyclic(few)
        expect(few.edges).toHaveLength(2 * (n - 2))
        expect(Math.min(...degrees(few).slice(2))).toBeGreaterThanOrEqual(2)
      })
    )
  })

  test('with probability 0 or 1', () => {
    const key = Random.key(0)
    expect(Model.erdosRenyi(key, 5, 0).edges).toEqual([])
    expect(Model.erdosRenyi(key, 5, 1).edges).toHaveLength(10)
    expect(degrees(Model.wattsStrogatz(key, 9, 4, 0))).toEqual(Array(9).fill(4))
    // a graph that has all edges already keeps them
    expect(Model.wattsStrogatz(key, 5, 4, 1).edges).toHaveLength(10)
  })

  test('an edge has its probability, and a node with many edges gets more', () => {
    const [n, p] = [60, 0.3]
    const found = Model.erdosRenyi(Random.key(1), n, p).edges.length
    const pairs = (n * (n - 1)) / 2
    expect(Math.abs(found - p * pairs)).toBeLessThan(5 * Math.sqrt(p * (1 - p) * pairs))
    // without preference the first of 200 nodes would have 2 + 2 (1/3 + ... + 1/199) = 11 edges at most on average
    const first = Array.from({ length: 5 }, (_, seed) =>
      degrees(Model.barabasiAlbert(Random.key(seed), 200, 2))
        .slice(0, 3)
        .reduce((a, b) => a + b)
    )
    expect(first.reduce((a, b) => a + b) / 15).toBeGreaterThan(15)
  })

  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['erdosRenyi: the probability is 2; expected a number from 0 to 1', () => Model.erdosRenyi(Random.key(0), 3, 2)],
    [
      'wattsStrogatz: the number of neighbours is 3; expected an even number from 2 to 4',
      () => Model.wattsStrogatz(Random.key(0), 5, 3, 0.5)
    ],
    [
      'barabasiAlbert: the number of edges of a node is 5; expected an integer from 1 to 4',
      () => Model.barabasiAlbert(Random.key(0), 5, 5)
    ],
    [
      'erdosRenyi: the number of nodes is 0; expected an integer from 1 to 4096',
      () => Model.erdosRenyi(Random.key(0), 0, 0.5)
    ],
    [
      'wired: edge 0 is [1, 0]; expected [from, to] with 0 <= from < to < 2',
      () => Model.wired({ nodes: 2, edges: [[1, 0]] }, 1, 1)
    ],
    [
      'wired: edge 1 is [0, 1] again; expected each edge once',
      () =>
        Model.wired(
          {
            nodes: 2,
            edges: [
              [0, 1],
              [0, 1]
            ]
          },
          1,
          1
        )
    ],
    [
      'wired: edge 0 is undefined; expected [from, to] with 0 <= from < to < 2',
      () => Model.wired({ nodes: 2, edges: new Array(1) }, 1, 1)
    ],
    [
      'wired: edge 0 is [1]; expected [from, to] with 0 <= from < to < 2',
      () => Model.wired({ nodes: 2, edges: [Object.assign(new Array(2), { 1: 1 }) as never] }, 1, 1)
    ],
    ...(['erdosRenyi', 'wattsStrogatz', 'barabasiAlbert'] as const).map((name): readonly [string, () => unknown] => [
      `${name}: the number of nodes is 10000000000; expected an integer from 1 to 4096`,
      () => plain[name]!(Random.key(0), 1e10, 2, 0)
    ]),
    [
      'wired: the number of nodes is 4097; expected an integer from 1 to 4096',
      () => Model.wired({ nodes: 4097, edges: [] }, 1, 1)
    ],
    ['wired: the graph is 3; expected an object with nodes and edges', () => Model.wired(3 as never, 1, 1)]
  ]
  test.each(wrong)('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })

  test('a number as text is another type, everywhere', () => {
    const text = '4' as never
    expect(() => Model.wired({ nodes: text, edges: [] }, 1, 1)).toThrow(TypeError)
    expect(() => Model.wired({ nodes: 4, edges: [] }, text, 1)).toThrow(TypeError)
    expect(() => Model.erdosRenyi(Random.key(0), text, 1)).toThrow(TypeError)
    expect(() => Model.wired({ nodes: 4, edges: [] }, 1, 0)).toThrow(RangeError)
  })
})

describe('wired', () => {
  // 0 and 1 take the input, 2 both of them, 3 the first; 2 and 3 are the output
  const graph: Model.Graph = {
    nodes: 4,
    edges: [
      [0, 2],
      [0, 3],
      [1, 2]
    ]
  }
  const model = Model.wired(graph, 2, 3, { dtype: 'float64' })
  const [{ params, state }] = model.init(Random.key(0))
  const images: T.Tensor<[2, 2, 6, 6]> = Random.normal(Random.key(1), [2, 2, 6, 6], 'float64')
  const own = Tree.map(params, (leaf: T.Tensor) => T.add(leaf, 0.125)) as typeof params

  const formula = (p: typeof params): T.Tensor => {
    const node = (i: number, x: T.Tensor, stride: number): T.Tensor => {
      const { conv, norm } = p[`node${i}`]!
      const [depth, point] = [conv.depthwise.w, conv.pointwise.w]
      const y: T.Tensor = T.conv2d(
        T.conv2d(T.relu(x) as never, depth, { stride, padding: 1, groups: depth.shape[0] }) as never,
        point
      )
      const axis = [0, 2, 3]
      const [mean, variance] = [T.mean(y, { axis, keepDims: true }), T.variance(y, { axis, keepDims: true })]
      const unit = T.div(T.sub(y, mean), T.sqrt(T.add(variance, 1e-5)))
      return T.add(T.mul(unit, T.reshape(norm.scale, [-1, 1, 1])), T.reshape(norm.shift, [-1, 1, 1]))
    }
    const [zero, one] = [node(0, images, 2), node(1, images, 2)]
    const shares = T.sigmoid(p['node2']!.weights as T.Tensor<[2]>)
    const two = node(2, T.add(T.mul(zero, T.at(shares, 0)), T.mul(one, T.at(shares, 1))), 1)
    return T.div(T.add(two, node(3, zero, 1)), 2)
  }
  const output = (p: typeof params): T.Tensor => Layer.apply(model)(p, state, { mode: 'train' })(images)[0]

  test('is the formula, and has its gradient', () => {
    expect(output(own).shape).toEqual([2, 3, 3, 3])
    expectAlike(output(own), formula(own))
    const gradient = (f: (p: typeof params) => T.Tensor): typeof params =>
      grad((p: typeof params) => T.sum(T.pow(f(p), 3)))(own)
    expectAlike(gradient(output), gradient(formula), 1e-9)
    expect(Tree.flatten(own).paths.filter((path) => path.includes('weights'))).toEqual(['node2.weights'])
  })

  test('has paths of nodes', () => {
    expect(() => Layer.predict(model)(params, state)(T.zeros([2, 3, 6, 6]) as never)).toThrow(
      'layer node0.conv.depthwise: separableConv2d: the input has shape [2, 3, 6, 6]; expected [examples, 2, height, width]'
    )
    expect(() => Layer.predict(model)(params, state)(3 as never)).toThrow('wired: the input is 3; expected a tensor')
  })

  test('one stage of the small network of Xie et al., 32 nodes of 78 channels, is built and counted', () => {
    const stage = Model.wired(Model.wattsStrogatz(Random.key(0), 32, 4, 0.75), 78, 78)
    // per node 9 C of the window, C C across channels, 2 C of batch norm; a weight for each edge of a node with several
    const weights = Layer.parameterCount(stage) - 32 * (9 * 78 + 78 * 78 + 2 * 78)
    expect(weights).toBeGreaterThan(0)
    expect(weights).toBeLessThanOrEqual(64)
  })
})
