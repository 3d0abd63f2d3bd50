// Normalisations as layers beside their formulas, their states, and what bad input gets.
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectAlike, numbers } from './alike.js'

type Params = { readonly [name: string]: T.Tensor }
type Map = (p: Params, x: T.Tensor) => T.Tensor

/** `apply` as plain JavaScript sees it. */
const plainly = Layer.apply as unknown as (
  layer: Layer.AnyLayer
) => (p: object, s: object, context: Layer.Context) => (x: T.Tensor) => readonly [T.Tensor, object]

/** (x - mean) / sqrt(variance + epsilon) over axes, by sums. */
const standard = (x: T.Tensor, axes: readonly number[], epsilon = 1e-5): T.Tensor => {
  const n = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
  const over = { axis: axes, keepDims: true }
  const centred: T.Tensor = T.sub(x, T.div(T.sum(x, over), n))
  return T.div(centred, T.sqrt(T.add(T.div(T.sum(T.mul(centred, centred), over), n), epsilon)))
}

const affine = (y: T.Tensor, { scale, shift }: Params, rank = y.shape.length): T.Tensor => {
  const shape = y.shape.map((n, axis) => (axis === 1 && rank > 0 ? n : 1))
  const as = (p: T.Tensor): T.Tensor => (rank > 0 ? T.reshape(p, shape) : p)
  return T.add(T.mul(y, as(scale!)), as(shift!))
}

interface Case {
  readonly layer: Layer.AnyLayer
  readonly params: Readonly<Record<string, readonly number[]>>
  readonly x: readonly number[]
  readonly formula: Map
}

const cases: Readonly<Record<string, Case>> = {
  'layerNorm of the last axis': {
    layer: Layer.layerNorm(3),
    params: { scale: [3], shift: [3] },
    x: [1, 2, 3],
    formula: (p, x) => affine(standard(x, [2]), p, 0)
  },
  'layerNorm of two axes': {
    layer: Layer.layerNorm([2, 2], { epsilon: 0.5 }),
    params: { scale: [2, 2], shift: [2, 2] },
    x: [2, 2, 2],
    formula: (p, x) => affine(standard(x, [1, 2], 0.5), p, 0)
  },
  'layerNorm without parameters': {
    layer: Layer.layerNorm(4, { affine: false }),
    params: {},
    x: [3, 4],
    formula: (_, x) => standard(x, [1])
  },
  rmsNorm: {
    layer: Layer.rmsNorm(4, { epsilon: 0.1 }),
    params: { scale: [4] },
    x: [3, 4],
    formula: ({ scale }, x) => {
      const squares: T.Tensor = T.div(T.sum(T.mul(x, x), { axis: 1, keepDims: true }), 4)
      return T.mul(T.div(x, T.sqrt(T.add(squares, 0.1))), scale!)
    }
  },
  instanceNorm: {
    layer: Layer.instanceNorm(3),
    params: { scale: [3], shift: [3] },
    x: [1, 3, 2, 2],
    formula: (p, x) => affine(standard(x, [2, 3]), p)
  },
  groupNorm: {
    layer: Layer.groupNorm(2, 4),
    params: { scale: [4], shift: [4] },
    x: [1, 4, 2],
    formula: (p, x) => affine(T.reshape(standard(T.reshape(x, [1, 2, 2, 2]), [2, 3]), x.shape), p)
  },
  'batchNorm in training': {
    layer: Layer.batchNorm(3, { track: false }),
    params: { scale: [3], shift: [3] },
    x: [4, 3, 2],
    formula: (p, x) => affine(standard(x, [0, 2]), p)
  },
  'batchNorm of the last axis': {
    layer: Layer.batchNorm(3, { track: false, axis: -1, affine: false, epsilon: 0.1 }),
    params: {},
    x: [2, 2, 3],
    formula: (_, x) => standard(x, [0, 1], 0.1)
  },
  l2Normalize: {
    layer: Layer.l2Normalize({ axis: 0 }),
    params: {},
    x: [3, 4],
    formula: (_, x) => T.div(x, T.sqrt(T.sum(T.square(x), { axis: 0, keepDims: true })))
  },
  localResponseNorm: {
    layer: Layer.localResponseNorm({ size: 3, alpha: 3, beta: 0.5, k: 2 }),
    params: {},
    x: [2, 3, 2],
    formula: (_, x) => {
      const near = T.of(
        [
          [1, 1, 0],
          [1, 1, 1],
          [0, 1, 1]
        ],
        'float64'
      )
      return T.div(x, T.sqrt(T.add(T.einsum('ij,njl->nil', near, T.square(x)), 2)))
    }
  }
}

describe.each(Object.entries(cases))('%s', (name, { layer, params: shapes, x: shape, formula }) => {
  const run: Map = (p, x) => plainly(layer)(p, {}, { mode: 'train' })(x)[0]
  const params: Params = Object.fromEntries(Object.entries(shapes).map(([key, each]) => [key, numbers(each)]))
  const x = numbers(shape)

  test('draws ones and zeros', () => {
    const [{ params: drawn, state }] = layer.init(Random.key(0))
    const first = Object.entries(shapes).map(([key, each]) => [key, key === 'scale' ? T.ones(each) : T.zeros(each)])
    expect(String(Object.entries(drawn as object))).toBe(String(first))
    expect(state).toEqual({})
  })

  test('values and gradients are those of the formula', () => {
    expectAlike(run(params, x), formula(params, x))
    const loss =
      (f: Map) =>
      ([p, y]: readonly [Params, T.Tensor]): T.Tensor<[]> =>
        T.sum(T.mul(T.square(f(p, y)), numbers(shape)))
    expectAlike(grad(loss(run))([params, x]), grad(loss(formula))([params, x]), 1e-9)
  })

  test('the law of gradients', () => {
    const drawn = fc.record(
      Object.fromEntries(Object.entries(shapes).map(([key, each]) => [key, A.tensor({ shape: each })]))
    )
    fc.assert(Law.gradientWith({ name })(run, drawn, A.tensor({ shape })), { numRuns: 3 })
  })
})

describe('batchNorm', () => {
  const layer = Layer.batchNorm(2, { momentum: 0.25, epsilon: 0 })
  const [{ params, state }] = layer.init(Random.key(0))
  const x = T.of([
    [1, 10],
    [3, 30],
    [5, 50]
  ])

  it('keeps running statistics, with the unbiased variance', () => {
    expect([T.toNested(state.mean), T.toNested(state.variance)]).toEqual([
      [0, 0],
      [1, 1]
    ])
    const [output, next] = Layer.apply(layer)(params, state, { mode: 'train' })(x)
    expectAlike(
      output,
      T.of(
        [
          [-1, -1],
          [0, 0],
          [1, 1]
        ].map((row) => row.map((sign) => sign * Math.sqrt(1.5)))
      ),
      1e-6
    )
    expect(T.toNested(next.mean)).toEqual([0.75, 7.5])
    expect(T.toNested(next.variance)).toEqual([0.75 + 1, 0.75 + 100])
  })

  it('takes the running ones in evaluation, for one example too, and leaves them', () => {
    const running = { mean: T.of([1, 2]), variance: T.of([4, 9]) }
    const [output, next] = Layer.apply(layer)({ scale: T.of([2, 3]), shift: T.of([0, 1]) }, running, { mode: 'eval' })(
      T.of([[3, 5]])
    )
    expectAlike(output, T.of([[2, 4]]), 1e-6)
    expect(next).toBe(running)
    const frozen = Layer.inMode('eval', layer)
    expect(Layer.apply(frozen)(params, running, { mode: 'train' })(x)[1]).toBe(running)
  })

  it('the law of gradients in evaluation', () => {
    const running = { mean: numbers([2]), variance: T.of([1, 4], 'float64') }
    const f: Map = (p, y) => plainly(layer)(p, running, { mode: 'eval' })(y)[0]
    const drawn = fc.record({ scale: A.tensor({ shape: [2] }), shift: A.tensor({ shape: [2] }) })
    fc.assert(Law.gradientWith({ name: 'batchNorm' })(f, drawn, A.tensor({ shape: [1, 2, 3] })), { numRuns: 5 })
  })

  it('keeps the type of its statistics', () => {
    const [, next] = plainly(layer)(params, state, { mode: 'train' })(T.cast(x, 'float64'))
    expect(Tree.leaves(next).map(({ dtype }) => dtype)).toEqual(['float32', 'float32'])
    const [own] = Layer.batchNorm(2, { dtype: 'float64' }).init(Random.key(0))
    expect(Tree.leaves(own).map(({ dtype }) => dtype)).toEqual(['float64', 'float64', 'float64', 'float64'])
  })

  it('eager, staged, checkpointed and repeated application agree bit for bit', () => {
    const block = Layer.sequential(Layer.dense(3, 3), Layer.batchNorm(3), Layer.dropout(0.25))
    const deep = Layer.repeat(2, block)
    const [drawn] = deep.init(Random.key(1))
    const y = T.ensure(T.cast(numbers([4, 3]), 'float32'), [4, 3])
    const f = (p: typeof drawn.params, s: typeof drawn.state, key: Random.Key) =>
      Layer.apply(deep)(p, s, { mode: 'train', key })(y)
    const args = [drawn.params, drawn.state, Random.key(2)] as const
    const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])
    const eager = bits(f(...args))
    expect(bits(Debug.evaluate(Debug.trace(f)(...args))(...args))).toEqual(eager)
    expect(bits(checkpoint(f)(...args))).toEqual(eager)
  })
})

describe('weightNorm', () => {
  it('computes at first what the layer does, of any layer with w', () => {
    const layers: readonly (readonly [Layer.AnyLayer, Layer.AnyLayer, readonly number[]])[] = [
      [Layer.dense(3, 2), Layer.weightNorm(Layer.dense(3, 2)), [4, 3]],
      [Layer.conv1d(2, 3, { window: 2 }), Layer.weightNorm(Layer.conv1d(2, 3, { window: 2 })), [1, 2, 4]],
      [
        Layer.convTranspose2d(2, 3, { window: 2, bias: false }),
        Layer.weightNorm(Layer.convTranspose2d(2, 3, { window: 2, bias: false })),
        [1, 2, 2, 2]
      ]
    ]
    for (const [layer, normed, shape] of layers) {
      const x = T.cast(numbers(shape), 'float32')
      const [own] = layer.init(Random.key(5))
      const [drawn] = normed.init(Random.key(5))
      const expected = plainly(layer)(own.params as object, {}, { mode: 'eval' })(x)[0]
      expectAlike(plainly(normed)(drawn.params as object, {}, { mode: 'eval' })(x)[0], expected, 1e-6)
    }
  })

  it('with the outputs on another axis is that of the weights with that axis in front', () => {
    for (const axis of [1, -3]) {
      const layer = Layer.weightNorm(Layer.convTranspose2d(2, 3, { window: 2, bias: false }), { axis })
      const [{ params }] = layer.init(Random.key(5))
      const { g, v } = params as unknown as { readonly g: T.Tensor; readonly v: T.Tensor }
      expect([g.shape, v.shape]).toEqual([[3], [2, 3, 2, 2]])
      const front = T.reshape(T.moveAxis(v, 1, 0), [3, 8])
      const lengths = T.sqrt(T.sum(T.square(front), { axis: 1 }))
      expectAlike(g, lengths, 1e-6)
      const scaled = T.mul(v, T.reshape(T.div(T.of([1, 2, 3]), lengths), [3, 1, 1]))
      const x = T.cast(numbers([1, 2, 2, 2]), 'float32')
      const expected = T.convTranspose2d(x, scaled)
      expectAlike(plainly(layer)({ g: T.of([1, 2, 3]), v }, {}, { mode: 'eval' })(x)[0], expected, 1e-6)
    }
  })

  it('the law of gradients', () => {
    const layer = Layer.weightNorm(Layer.dense(3, 2))
    const f: Map = (p, x) => plainly(layer)(p, {}, { mode: 'train' })(x)[0]
    const drawn = fc.record({
      g: A.tensor({ shape: [2] }),
      v: A.tensor({ shape: [2, 3] }),
      b: A.tensor({ shape: [2] })
    })
    fc.assert(Law.gradientWith({ name: 'weightNorm' })(f, drawn, A.tensor({ shape: [2, 3] })), { numRuns: 10 })
  })
})

describe('spectralNorm', () => {
  const layer = Layer.spectralNorm(Layer.dense(3, 2, { dtype: 'float64' }), { iterations: 50 })
  const [{ params, state }] = layer.init(Random.key(0))

  it('divides by the largest singular value, and leaves its state in evaluation', () => {
    const x = T.ensure(numbers([4, 3]), [4, 3])
    expect(T.item(T.norm(state.u))).toBeCloseTo(1, 12)
    const [output, next] = Layer.apply(layer)(params, state, { mode: 'train' })(x)
    // the eigenvalues of w w^T by the quadratic formula
    const [[a, b], [, d]] = T.toNested(T.matmul(params.w, T.transpose(params.w))) as [
      [number, number],
      [number, number]
    ]
    const largest = Math.sqrt((a + d) / 2 + Math.sqrt(((a - d) / 2) ** 2 + b * b))
    expectAlike(output, T.div(T.matmul(x, T.transpose(params.w)), largest), 1e-9)
    const [evaluated, after] = Layer.apply(layer)(params, next, { mode: 'eval' })(x)
    expectAlike(evaluated, output, 1e-9)
    expect(after).toBe(next)
  })

  it('with the outputs on another axis is that of the weights with that axis in front', () => {
    const v = T.cast(numbers([2, 3]), 'float32')
    const across = Layer.spectralNorm(Layer.dense(3, 2, { bias: false }), { axis: 1, iterations: 2 })
    const along = Layer.spectralNorm(Layer.dense(2, 3, { bias: false }), { iterations: 2 })
    expect(across.init(Random.key(0))[0].state.u.shape).toEqual([3])
    const start = { u: T.of([0.6, 0.8, 0]), layer: {} }
    const [y, after] = plainly(across)({ w: v }, start, { mode: 'train' })(T.eye(3))
    const [z, next] = plainly(along)({ w: T.transpose(v) }, start, { mode: 'train' })(T.eye(2))
    expectAlike(y, T.transpose(z), 0)
    expect(after).toEqual(next)
  })

  it('passes on the state of the layer', () => {
    const counting = Layer.stateful(
      Random.of({ params: { w: T.ones([2, 2]) }, state: T.scalar(0) }),
      ({ w }, n) =>
        (x: T.Tensor<[2]>) => [T.matmul(w, x), T.add(n, 1)]
    )
    const whole = Layer.spectralNorm(counting)
    const start = { u: T.of([1, 0]), layer: T.scalar(0) }
    const own = { w: T.ones([2, 2]) }
    expect(T.item(Layer.apply(whole)(own, start, { mode: 'train' })(T.of([1, 1]))[1].layer)).toBe(1)
    const [, evaluated] = Layer.apply(whole)(own, start, { mode: 'eval' })(T.of([1, 1]))
    expect([T.item(evaluated.layer), evaluated.u]).toEqual([1, start.u])
  })

  it('the law of gradients in evaluation, where sigma is |w^T u|', () => {
    const start = { u: T.of([0.6, 0.8], 'float64'), layer: {} }
    const f: Map = (p, x) => plainly(layer)(p, start, { mode: 'eval' })(x)[0]
    const drawn = fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [2] }) })
    fc.assert(Law.gradientWith({ name: 'spectralNorm' })(f, drawn, A.tensor({ shape: [2, 3] })), { numRuns: 10 })
  })
})

describe('what bad input gets', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>

  it.each([
    [['batchNorm', 0], 'batchNorm: the number of channels is 0; expected an integer above 0'],
    [['batchNorm', 2, { momentum: 2 }], 'batchNorm: momentum is 2; expected a number from 0 to 1'],
    [
      ['batchNorm', 2, { eps: 2 }],
      'batchNorm: unknown option eps; expected momentum, epsilon, axis, affine, track or dtype'
    ],
    [['layerNorm', []], 'layerNorm: size is []; expected an integer above 0, or a list of them'],
    [['rmsNorm', 1.5], 'rmsNorm: size is 1.5; expected an integer above 0, or a list of them'],
    [['groupNorm', 3, 4], 'groupNorm: groups is 3 for 4 channels; expected a divisor'],
    [['groupNorm', 0, 4], 'groupNorm: the number of groups is 0; expected an integer of 1 or more'],
    [['instanceNorm', 4, { affine: 1 }], 'instanceNorm: affine is 1; expected true or false'],
    [['localResponseNorm', {}], 'localResponseNorm: size is undefined; expected an integer of 1 or more'],
    [['l2Normalize', { axes: 1 }], 'l2Normalize: unknown option axes; expected axis or epsilon'],
    [['weightNorm', T.relu], 'weightNorm: the layer is a function; expected a layer, make one with Layer.lift'],
    [
      ['spectralNorm', Layer.dense(1, 1), { iterations: 0 }],
      'spectralNorm: iterations is 0; expected an integer of 1 or more'
    ],
    [['weightNorm', Layer.dense(1, 1), { dim: 1 }], 'weightNorm: unknown option dim; expected axis'],
    [['spectralNorm', Layer.dense(1, 1), { axis: 0.5 }], 'spectralNorm: axis is 0.5; expected an integer']
  ] as const)('%#', ([name, ...args], sentence) => {
    expect(() => plain[name]!(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  const drawing = 'the parameters of the layer are {}; expected an object with weights w, as of dense or conv2d'
  it.each([
    [
      Layer.batchNorm(2),
      [1, 2],
      'batchNorm: a channel has 1 value in shape [1, 2]; expected 2 or more for the statistics of a batch'
    ],
    [Layer.batchNorm(2), [4, 3], 'batchNorm: the input has shape [4, 3]; expected 2 on axis 1'],
    [Layer.batchNorm(2), [4], 'batchNorm: axis is 1; for shape [4], expected an integer from -1 to 0'],
    [Layer.batchNorm(2, { axis: -1 }), [2, 3], 'batchNorm: the input has shape [2, 3]; expected 2 on axis -1'],
    [Layer.layerNorm(3), [2, 4], 'layerNorm: the input has shape [2, 4]; expected 3 on the last axis'],
    [Layer.layerNorm([2, 3]), [3], 'layerNorm: the input has shape [3]; expected [2, 3] on the last axes'],
    [Layer.instanceNorm(3), [2, 3], 'instanceNorm: the input has shape [2, 3]; expected [examples, 3, length, ...]'],
    [Layer.groupNorm(1, 3), [2, 4], 'groupNorm: the input has shape [2, 4]; expected [examples, 3, ...]'],
    [Layer.weightNorm(Layer.identity() as never), [1], `weightNorm: ${drawing}`],
    [Layer.spectralNorm(Layer.identity() as never), [1], `spectralNorm: ${drawing}`],
    [
      Layer.weightNorm(Layer.dense(1, 1), { axis: 2 }),
      [1],
      'weightNorm: axis is 2; for shape [1, 1], expected an integer from -2 to 1'
    ],
    [
      Layer.spectralNorm(Layer.dense(1, 1), { axis: -3 }),
      [1],
      'spectralNorm: axis is -3; for shape [1, 1], expected an integer from -2 to 1'
    ]
  ] as const)('%#', (layer: Layer.AnyLayer, shape, sentence) => {
    const run = (): unknown => {
      const [{ params, state }] = layer.init(Random.key(0))
      return plainly(layer)(params as object, state as object, { mode: 'train' })(T.ones(shape))
    }
    expect(run).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('check goes on behind them', () => {
    const n: number = 5
    const model = Layer.sequential(
      Layer.batchNorm(n),
      Layer.layerNorm(n),
      Layer.groupNorm(1, n),
      Layer.weightNorm(Layer.dense(n, 3)),
      Layer.spectralNorm(Layer.dense(n, 3)),
      Layer.instanceNorm(n)
    )
    const result = Layer.check(model, [1, 2])
    expect(E.isLeft(result) && result.left.map(({ path }) => path)).toEqual(['[0]', '[4]', '[5]'])
  })
})
