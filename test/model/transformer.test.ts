// The transformers of pullback/Model: counts, formulas, what a position depends on, a step of training, a task, and what bad input gets.
import { describe, expect, test } from 'vitest'
import * as Activation from 'pullback/Activation'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'
import { sortingAfter } from './sorting.js'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])
const key = Random.key(0)
const sizes = { vocabulary: 7, width: 4, heads: 2, layers: 2, context: 6 } as const
const tokens: T.Tensor<[2, 5]> = T.of(
  [
    [3, 1, 4, 1, 5],
    [2, 6, 5, 3, 0]
  ],
  'int32'
)

describe('gpt2', () => {
  test('has 124,439,808 parameters, counted without arithmetic in under a second', () => {
    const started = performance.now()
    expect(Layer.parameterCount(Model.gpt2())).toBe(124_439_808)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('passes its options on', () => {
    const asked: unknown[] = []
    const init: typeof Init.zeros = (shape, type) => {
      asked.push(type)
      return Init.zeros(shape, type)
    }
    Model.gpt2({ init, dtype: 'float64' })
    expect(new Set(asked)).toEqual(new Set(['float64']))
  })

  test('its parts, by rows', () => {
    const started = performance.now()
    const rows = Layer.summary(Model.gpt2(), T.zeros([1, 8], 'int32'))
    expect(rows.find(({ path }) => path === '')?.shapes).toEqual([[1, 8, 50257]])
    const counts = rows.map(({ path, parameters }) => [path, parameters])
    expect(counts).toContainEqual(['positions', 1024 * 768])
    expect(counts).toContainEqual(['blocks[0..11]', 7_087_872])
    expect(counts).toContainEqual(['norm', 1536])
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('gpt', () => {
  const model = Model.gpt(sizes)
  const [{ params, state }] = model.init(key)
  const scores = Layer.predict(model)(params, state)

  test('is tokens and positions, causal blocks, a normalisation, and products with the same table', () => {
    const block = Layer.encoderBlock(4, 2, { causal: true, activation: Activation.geluTanh })
    const none = block.init(key)[0].state
    const direct = (p: typeof params): T.Tensor => {
      const start = T.add(T.gather(p.tokens.table, tokens), T.slice(p.positions.table, [[0, 5], null]))
      const blocks = [0, 1].map((i) => Tree.map(p.blocks, (leaf: T.Tensor) => T.at(leaf, i)))
      const end = blocks.reduce<T.Tensor>(
        (x, own) => Layer.predict(block)(own as never, none)(x as T.Tensor<[2, 5, 4]>),
        start
      )
      return T.matmul(
        Layer.predict(Layer.layerNorm(4))(p.norm, {})(end as T.Tensor<[2, 5, 4]>),
        T.transpose(p.tokens.table)
      )
    }
    const own = (p: typeof params): T.Tensor => Layer.predict(model)(p, state)(tokens)
    expect(own(params).shape).toEqual([2, 5, 7])
    expect(bits(own(params))).toEqual(bits(direct(params)))
    const slopes = (f: typeof own): unknown => grad((p: typeof params) => T.sum(T.square(f(p))))(params)
    const [one, two] = [Tree.leaves(slopes(own)), Tree.leaves(slopes(direct))]
    expect(one.length).toBe(20)
    one.forEach((leaf, i) => expect(T.isClose(leaf, two[i]!, { rtol: 1e-4, atol: 1e-6 })).toBe(true))
  })

  test('the scores of a position depend on the tokens up to it, bit for bit', () => {
    const whole = scores(tokens)
    for (let n = 1; n < 5; n++) {
      const range = [null, [0, n]] as const
      const front = bits(T.slice(whole, range))
      expect(bits(scores(T.slice(tokens, range)))).toEqual(front)
      const others = T.where(T.less(T.arange(5), n), tokens, 6)
      expect(bits(T.slice(scores(others), range))).toEqual(front)
    }
    expect(bits(scores(T.at(tokens, 1)))).toEqual(bits(T.at(whole, 1)))
  })

  test('draws as GPT-2: what blocks add by 0.02 / sqrt(2 layers)', () => {
    const [{ params: drawn }] = Model.gpt({ ...sizes, vocabulary: 500, width: 64, layers: 8, context: 64 }).init(key)
    const deviation = (w: T.Tensor): number => T.item(T.sqrt(T.mean(T.square(w))))
    for (const w of [
      drawn.tokens.table,
      drawn.positions.table,
      drawn.blocks.attention.query.w,
      drawn.blocks.dense1.w
    ]) {
      expect(deviation(w) / 0.02).toBeCloseTo(1, 1)
    }
    for (const w of [drawn.blocks.attention.output.w, drawn.blocks.dense2.w]) {
      expect(deviation(w) / 0.005).toBeCloseTo(1, 1)
    }
    const [{ params: ones }] = Model.gpt({ ...sizes, init: Init.ones }).init(key)
    expect(T.item(T.min(ones.blocks.dense2.w))).toBe(1)
  })

  test('with rotary positions there are none to learn, and no longest sequence', () => {
    const rotary = Model.gpt({ ...sizes, context: 2, rotary: true })
    const [drawn] = rotary.init(key)
    expect(drawn.params.positions).toEqual({})
    const f = Layer.predict(rotary)(drawn.params, drawn.state)
    expect(f(tokens).shape).toEqual([2, 5, 7])
    expect(bits(T.slice(f(tokens), [null, [0, 3]]))).toEqual(bits(f(T.slice(tokens, [null, [0, 3]]))))
  })

  test('takes steps of training, in which the loss falls', () => {
    const optimizer = Optimizer.adam(1e-2)
    const dropping = Model.gpt({ ...sizes, dropout: 0.1 })
    const step = Train.step(Train.objective(dropping, Loss.crossEntropy), optimizer)
    const batch = { features: T.slice(tokens, [null, [0, 4]]), labels: T.slice(tokens, [null, [1, 5]]) }
    let trained = Train.init(dropping, optimizer)(key)
    const losses: number[] = []
    for (let i = 0; i < 20; i++) {
      const [next, { loss }] = step(trained, batch)
      trained = next
      losses.push(loss)
    }
    expect(losses[0]).toBeCloseTo(Math.log(7), 1)
    expect(losses[19]).toBeLessThan(losses[0]! - 0.3)
  })
})

describe('transformerEncoder', () => {
  test('padding changes no bit of the features of what is not padded', () => {
    for (const norm of ['pre', 'post'] as const) {
      const model = Model.transformerEncoder({ ...sizes, norm, dtype: 'float64' })
      const [{ params, state }] = model.init(key)
      const f = Layer.predict(model)(params, state)
      const front = T.slice(tokens, [null, [0, 3]])
      const keyMask = T.less(T.arange(5), 3)
      expect(bits(T.slice(f(tokens, { keyMask }), [null, [0, 3]]))).toEqual(bits(f(front)))
      expect(Object.keys(params.norm)).toEqual(norm === 'pre' ? ['scale', 'shift'] : [])
    }
  })

  test('drops what enters the blocks; epsilon is that of the last normalisation, too', () => {
    const model = Model.transformerEncoder({ ...sizes, dropout: 0.5, epsilon: 1 })
    const [{ params, state }] = model.init(key)
    // blocks that add nothing
    const own = { ...params, blocks: Tree.map(params.blocks, (leaf: T.Tensor) => T.zeros(leaf.shape)) as never }
    const rows = T.add(T.gather(params.tokens.table, tokens), T.slice(params.positions.table, [[0, 5], null]))
    const end = Layer.predict(Layer.layerNorm(4, { epsilon: 1 }))(params.norm, {})(rows)
    expect(bits(Layer.predict(model)(own, state)(tokens))).toEqual(bits(end))
    const [dropped] = Layer.apply(model)(own, state, { mode: 'train', key })(tokens)
    expect(bits(dropped)).not.toEqual(bits(end))
  })

  test('learns to sort lists of five numbers', () => {
    expect(sortingAfter(120, 0)).toBeGreaterThan(0.85)
  })
})

test.each(['activation', 'outputInit', 'dropout', 'norm'])('%s given as undefined is not given', (name) => {
  const scores = (more: object) => {
    const model = Model.gpt({ ...sizes, ...more })
    const [{ params, state }] = model.init(key)
    return bits(Layer.predict(model)(params, state)(tokens))
  }
  expect(scores({ [name]: undefined })).toEqual(scores({}))
})

describe('bad input', () => {
  const plain = Model as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  test.each([
    ['gpt: the number of heads is 3; expected a divisor of the width, 4', ['gpt', { ...sizes, heads: 3 }]],
    ['gpt: layers is undefined; expected an integer of 1 or more', ['gpt', { ...sizes, layers: undefined }]],
    [
      'transformerEncoder: width is 0; expected an integer of 1 or more',
      ['transformerEncoder', { ...sizes, width: 0 }]
    ],
    [
      'gpt: the record of sizes is undefined; expected an object with vocabulary, width, heads, layers and context',
      ['gpt']
    ],
    ['gpt: the record of sizes is 3; expected an object with vocabulary, width, heads, layers and context', ['gpt', 3]],
    ['gpt2: dropout is 1; expected a number from 0 to 1 (exclusive)', ['gpt2', { dropout: 1 }]]
  ] as const)('%s', (sentence, [name, ...args]) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  test('tokens, with the path of the model', () => {
    const model = Layer.make({ body: Model.gpt(sizes) }, ({ body }) => body)
    const [{ params, state }] = model.init(key)
    const f = Layer.predict(model)(params, state)
    expect(() =>
      f(
        T.of(
          [
            [0, 1],
            [2, 7]
          ],
          'int32'
        )
      )
    ).toThrow('layer body: gpt: tokens[1, 1] is 7; expected an integer from 0 to 6')
    expect(() => f(T.of([-1], 'int32'))).toThrow('layer body: gpt: tokens[0] is -1; expected an integer from 0 to 6')
    expect(() => f(T.of([1]))).toThrow('layer body: gpt: the tokens are float32; expected int32, cast them with T.cast')
    expect(() => f(T.zeros([2, 7], 'int32'))).toThrow(
      'layer body.positions: learnedPositions: the input has shape [2, 7, 4], a sequence of 7; expected 6 or fewer'
    )
    expect(() => f(T.scalar(3, 'int32') as never)).toThrow(
      'layer body: gpt: the tokens have shape []; expected [..., length]'
    )
  })
})
