// Attention of several heads, positions and the blocks of transformers: formulas, exact masks, and drawing.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Attention from 'pullback/Attention'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { expectAlike } from './alike.js'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])
const key = Random.key(0)
const masks: Layer.AttentionMasks = {
  mask: T.of([
    [[true], [true]],
    [[true], [false]]
  ]),
  keyMask: T.of([true, true, false])
}

interface Affine {
  readonly w: T.Tensor
  readonly b?: T.Tensor
}

/** Each head by itself, with slices of the weights. */
const formula = (
  p: { readonly [name in 'query' | 'key' | 'value' | 'output']: Affine },
  [q, k, v]: readonly T.Tensor[],
  heads: number,
  seen: T.Tensor,
  turn: (x: T.Tensor) => T.Tensor = (x) => x
): T.Tensor => {
  const affine = (x: T.Tensor, { w, b }: Affine): T.Tensor => {
    const product = T.einsum('...i,oi->...o', x, w)
    return b === undefined ? product : T.add(product, b)
  }
  const width = q!.shape.at(-1)! / heads
  const found = Array.from({ length: heads }, (_, h) => {
    const rows = ({ w, b }: Affine): Affine => {
      const range = [h * width, (h + 1) * width] as const
      return { w: T.slice(w, [range, null]), ...(b && { b: T.slice(b, [range]) }) }
    }
    const scores = T.einsum('...qd,...kd->...qk', turn(affine(q!, rows(p.query))), turn(affine(k!, rows(p.key))))
    const terms = T.where(seen as never, T.exp(T.div(scores, Math.sqrt(width))), 0)
    const sums = T.maximum(T.sum(terms, { axis: -1, keepDims: true }), 1e-300)
    return T.einsum('...qk,...kd->...qd', T.div(terms, sums), affine(v!, rows(p.value)))
  })
  return affine(T.concat(found, { axis: -1 }), p.output)
}

describe('multiHeadAttention', () => {
  const given: readonly T.Tensor[] = [
    Random.normal(Random.key(1), [2, 2, 6], 'float64'),
    Random.normal(Random.key(2), [2, 3, 6], 'float64'),
    Random.normal(Random.key(3), [2, 3, 6], 'float64')
  ]
  const all = T.ones([3], 'bool')
  const seen = T.logicalAnd(masks.mask!, masks.keyMask!)
  const past = T.greaterEqual(T.expandDims(T.arange(2), 1), T.arange(3))
  test.each([
    ['plain', {}, {}, all, undefined],
    ['without biases', { bias: false }, {}, all, undefined],
    ['of one head, causal', { causal: true }, {}, past, undefined],
    ['with both masks', {}, masks, seen, undefined],
    ['with rotary positions', { rotary: true }, {}, all, Attention.rotary],
    ['with pairs of halves', { rotary: { pairs: 'halves' } }, {}, all, Attention.rotary({ pairs: 'halves' })]
  ] as const)('is the formula, head by head: %s', (name, options, own, visible, turn) => {
    const heads = name.includes('one head') ? 1 : 3
    const layer = Layer.multiHeadAttention(6, heads, { ...options, dtype: 'float64' })
    const [{ params: drawn, state }] = layer.init(key)
    const params = Tree.map(drawn, (leaf: T.Tensor) => T.add(leaf, 0.125)) as never as Layer.AttentionParams<6>
    const ours = (p: typeof params, xs: typeof given): T.Tensor => {
      const [q, k, v] = xs as readonly T.Tensor<[2, 3, 6]>[]
      return Layer.predict(layer)(p as never, state)(q!, k, v, own)
    }
    const theirs = (p: typeof params, xs: typeof given): T.Tensor => formula(p, xs, heads, visible, turn)
    expectAlike(ours(params, given), theirs(params, given))
    const slopes = (f: typeof ours) =>
      grad(([p, xs]: readonly [typeof params, typeof given]) => T.sum(T.pow(f(p, xs), 3)))
    expectAlike(slopes(ours)([params, given]), slopes(theirs)([params, given]), 1e-9)
  })

  test('attends to its input, with any axes in front; values are the keys by default', () => {
    const layer = Layer.multiHeadAttention(4, 2)
    const [{ params, state }] = layer.init(key)
    const attend = Layer.predict(layer)(params, state)
    const x: T.Tensor<[2, 3, 5, 4]> = Random.normal(Random.key(1), [2, 3, 5, 4])
    expect(bits(attend(x))).toEqual(bits(attend(x, x, x)))
    const one: T.Tensor<[5, 4]> = T.at(T.at(x, 1), 2)
    expect(bits(attend(one))).toEqual(bits(T.at(T.at(attend(x), 1), 2)))
    const memory: T.Tensor<[7, 4]> = Random.normal(Random.key(2), [7, 4])
    expect(bits(attend(one, memory))).toEqual(bits(attend(one, memory, memory)))
    expect(attend(one, memory).shape).toEqual([5, 4])
  })

  test('drops weights where the context has a key', () => {
    const layer = Layer.multiHeadAttention(4, 2, { dropout: 0.5 })
    const [{ params, state }] = layer.init(key)
    const x: T.Tensor<[5, 4]> = Random.normal(Random.key(1), [5, 4])
    const at = (context: Layer.Context) => bits(Layer.apply(layer)(params, state, context)(x)[0])
    const plain = bits(Layer.predict(Layer.multiHeadAttention(4, 2))(params, state)(x))
    expect(at({ mode: 'eval' })).toEqual(plain)
    expect(at({ mode: 'train', key })).not.toEqual(plain)
    expect(at({ mode: 'eval', key })).toEqual(at({ mode: 'train', key }))
    expect(() => at({ mode: 'train' })).toThrow('layer drop: dropout: the context has no key in training')
  })
})

describe('gradients', () => {
  const width = 2
  const affine = (outputs = width, inputs = width) =>
    fc.record({ w: A.tensor({ shape: [outputs, inputs] }), b: A.tensor({ shape: [outputs] }) })
  const attention = fc.record({
    query: affine(),
    key: affine(),
    value: affine(),
    output: affine(),
    drop: fc.constant({})
  })
  const norm = fc.record({ scale: A.tensor({ shape: [width] }), shift: A.tensor({ shape: [width] }) })
  const x = A.tensor({ shape: [2, 2] })
  const block = {
    attention,
    norm1: norm,
    dense1: affine(1, 2),
    dense2: affine(2, 1),
    norm2: norm,
    drop: fc.constant({})
  }
  const options = { hidden: 1, activation: T.tanh, epsilon: 1 } as const
  const once = { numRuns: 1 }
  const predict = <F>(layer: Layer.Layer<F, never, never>): ((p: unknown) => F) => {
    const [{ state }] = layer.init(key)
    return (p) => Layer.predict(layer)(p as never, state)
  }

  test('multiHeadAttention', () => {
    const run = predict(Layer.multiHeadAttention(2, 1, { causal: true }) as never) as never as (
      p: unknown
    ) => Layer.Attending<2>
    const f = (p: object, q: T.Tensor<[2, 2]>, k: T.Tensor<[2, 2]>) => run(p)(q, k)
    fc.assert(Law.gradientWith({ name: 'multiHeadAttention' })(f as never, attention, x, x), once)
  })

  test('encoderBlock', () => {
    const run = predict(Layer.encoderBlock(2, 1, options) as never) as never as (p: unknown) => Layer.Encoding<2>
    const f = (p: object, y: T.Tensor<[2, 2]>) => run(p)(y)
    fc.assert(Law.gradientWith({ name: 'encoderBlock' })(f as never, fc.record(block), x), once)
  })

  test('decoderBlock', () => {
    const run = predict(Layer.decoderBlock(2, 1, options) as never) as never as (p: unknown) => Layer.Decoding<2>
    const f = (p: object, y: T.Tensor<[2, 2]>, memory: T.Tensor<[2, 2]>) => run(p)(y, memory)
    const params = fc.record({ ...block, memory: attention, norm3: norm })
    fc.assert(Law.gradientWith({ name: 'decoderBlock' })(f as never, params, x, x), once)
  })

  test('learnedPositions', () => {
    const layer = Layer.learnedPositions(3, 2)
    const f = (p: Layer.PositionParams<3, 2>, y: T.Tensor<[2, 2]>) => Layer.predict(layer)(p, {})(y)
    const params = fc.record({ table: A.tensor({ shape: [3, 2] }) })
    fc.assert(Law.gradientWith({ name: 'learnedPositions' })(f, params, x), { numRuns: 2 })
  })
})

describe('positions', () => {
  test('sinusoidal ones are added, in the type of the input', () => {
    const x: T.Tensor<[2, 3, 4]> = Random.normal(key, [2, 3, 4], 'float64')
    const output = Layer.predict(Layer.sinusoidalPositions(4, { base: 10 }))({}, {})(x)
    expect(bits(output)).toEqual(bits(T.add(x, Attention.sinusoidal(3, 4, { base: 10, dtype: 'float64' }))))
    expect(Layer.predict(Layer.sinusoidalPositions(4))({}, {})(T.zeros([3, 4])).dtype).toBe('float32')
  })
})

describe('blocks', () => {
  const options = { hidden: 5, dropout: 0.25 } as const
  const x: T.Tensor<[2, 6, 4]> = Random.normal(Random.key(1), [2, 6, 4])
  const memory: T.Tensor<[2, 3, 4]> = Random.normal(Random.key(2), [2, 3, 4])
  const stack = Layer.repeat(2, Layer.encoderBlock(4, 2, options))
  const [{ params, state }] = stack.init(key)

  test('repeat gives masks, and memories, to each block', () => {
    const keyMask = T.less(T.arange(6), T.of([[6], [4]]))
    const block = Layer.encoderBlock(4, 2, options)
    const none = block.init(key)[0].state
    const at = (i: number) => Tree.map(params, (leaf: T.Tensor) => T.at(leaf, i)) as Layer.ParamsOf<typeof block>
    const first = Layer.predict(block)(at(0), none)(x, { keyMask })
    expect(bits(Layer.predict(stack)(params, state)(x, { keyMask }))).toEqual(
      bits(Layer.predict(block)(at(1), none)(first, { keyMask }))
    )
    const decoders = Layer.repeat(2, Layer.decoderBlock(4, 2))
    const [drawn] = decoders.init(key)
    const slopes = grad((m: typeof memory) => T.sum(T.square(Layer.predict(decoders)(drawn.params, drawn.state)(x, m))))
    expect(T.item(T.max(T.abs(slopes(memory))))).toBeGreaterThan(0)
  })

  test('eager, staged, checkpointed and mapped, with dropout, are one function', () => {
    const run = (p: typeof params, own: Random.Key, y: typeof x) =>
      Layer.apply(stack)(p, state, { mode: 'train', key: own })(y)[0]
    const output = bits(run(params, key, x))
    expect(bits(Debug.evaluate(Debug.trace(run)(params, key, x))(params, key, x))).toEqual(output)
    expect(bits(checkpoint(run)(params, key, x))).toEqual(output)
    const evaluated = (y: T.Tensor<[6, 4]>) => Layer.predict(stack)(params, state)(y)
    expect(bits(vmap(evaluated)(x))).toEqual(bits(Layer.predict(stack)(params, state)(x)))
  })

  test.each(['pre', 'post'] as const)('a causal stack: what is behind changes no bit (%s)', (norm) => {
    const causal = Layer.repeat(2, Layer.encoderBlock(4, 2, { causal: true, norm, rotary: true }))
    const [drawn] = causal.init(key)
    const f = Layer.predict(causal)(drawn.params, drawn.state)
    const whole = f(x)
    const changed = f(T.where(T.reshape(T.less(T.arange(6), 3), [6, 1]), x, NaN))
    for (let n = 1; n < 6; n++) {
      const range = [null, [0, n]] as const
      expect(bits(f(T.slice(x, range) as typeof x))).toEqual(bits(T.slice(whole, range)))
    }
    expect(bits(T.slice(changed, [null, [0, 3]]))).toEqual(bits(T.slice(whole, [null, [0, 3]])))
  })

  test('causal and rotary are of the self-attention of a decoder, not of its memory, which has no order', () => {
    const decoder = Layer.decoderBlock(4, 2, { causal: true, rotary: true })
    const [drawn] = decoder.init(key)
    const decode = Layer.predict(decoder)(drawn.params, drawn.state)
    expectAlike(decode(x, memory), decode(x, T.flip(memory, { axis: 1 })), 1e-5)
  })

  test('all parameters have the type that is asked for; there are four times as many hidden units', () => {
    for (const block of [
      Layer.encoderBlock(4, 2, { dtype: 'float64' }),
      Layer.decoderBlock(4, 2, { dtype: 'float64' })
    ]) {
      const [drawn] = block.init(key)
      const leaves = Tree.leaves(drawn.params)
      expect(leaves.map((leaf) => leaf.dtype)).toEqual(leaves.map(() => 'float64'))
      expect(drawn.params.dense1.w.shape).toEqual([16, 4])
    }
  })

  test('padding changes no bit of what is not padded: stacks of encoders, memories of decoders', () => {
    const garbage: T.Tensor<[2, 5, 4]> = T.full([2, 5, 4], NaN)
    const padded = T.concat([x, garbage], { axis: 1 }) as never as typeof x
    const keyMask = T.less(T.arange(11), 6)
    const f = Layer.predict(stack)(params, state)
    expect(bits(T.slice(f(padded, { keyMask }), [null, [0, 6]]))).toEqual(bits(f(x)))

    const decoder = Layer.decoderBlock(4, 2)
    const [drawn] = decoder.init(key)
    const decode = Layer.predict(decoder)(drawn.params, drawn.state)
    const longer = T.concat([memory, garbage], { axis: 1 }) as never as typeof memory
    const memoryKeyMask = T.less(T.arange(8), 3)
    expect(bits(decode(x, longer, { memoryKeyMask }))).toEqual(bits(decode(x, memory)))
    const memoryMask = T.less(T.arange(8), T.of([[3], [3], [3], [3], [3], [3]]))
    expect(bits(decode(x, longer, { memoryMask }))).toEqual(bits(decode(x, memory)))
  })
})
