// Attention and the blocks of transformers beside those of PyTorch: outputs and gradients, which attentionOracle.py wrote down.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as Activation from 'pullback/Activation'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectAlike } from './alike.js'

interface Values {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

interface Case {
  readonly output: Values
  readonly gradients: { readonly [name: string]: Values }
}

type Cases = { readonly [group in 'attention' | 'encoder' | 'decoder']: { readonly [name: string]: Case } }

const cases = JSON.parse(readFileSync(new URL('attentionOracle.json', import.meta.url), 'utf8')) as Cases

type Tensors = { readonly [name: string]: T.Tensor }

const tensor = ({ shape, values }: Values): T.Tensor => T.reshape(T.of(values, 'float64'), shape)

/** The numbers of the rule in attentionOracle.py. */
const numbers = (shape: readonly number[], start: number, more = 0): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  const values = Float64Array.from({ length: n }, (_, i) => ((37 * (i + start)) % 101) / 160 - 0.3 + more)
  return T.fromTypedArray(values, shape)
}

/** The parameters of PyTorch by name, in its order. */
const parameters = (gradients: Case['gradients']): Tensors => {
  const own = Object.entries(gradients).filter(([name]) => !name.startsWith('input'))
  return Object.fromEntries(
    own.map(([name, { shape }], i) => [name, numbers(shape, 7 * i, /norm.*weight/.test(name) ? 1 : 0)])
  )
}

// -----------------------------------------------------------------------------
// from PyTorch's names to ours
// -----------------------------------------------------------------------------

const attentionOf = (from: Tensors, prefix = ''): object => {
  const rows = (i: number) => ({
    w: T.slice(from[`${prefix}in_proj_weight`]!, [[4 * i, 4 * i + 4], null]),
    b: T.slice(from[`${prefix}in_proj_bias`]!, [[4 * i, 4 * i + 4]])
  })
  return { query: rows(0), key: rows(1), value: rows(2), output: denseOf(from, `${prefix}out_proj`), drop: {} }
}

const denseOf = (from: Tensors, name: string): object => ({ w: from[`${name}.weight`], b: from[`${name}.bias`] })

const normOf = (from: Tensors, name: string): object => ({ scale: from[`${name}.weight`], shift: from[`${name}.bias`] })

const restOf = (from: Tensors): object => ({
  attention: attentionOf(from, 'self_attn.'),
  dense1: denseOf(from, 'linear1'),
  dense2: denseOf(from, 'linear2'),
  drop: {}
})

const encoderOf = (from: Tensors): object => ({
  ...restOf(from),
  norm1: normOf(from, 'norm1'),
  norm2: normOf(from, 'norm2')
})

const decoderOf = (from: Tensors): object => ({
  ...encoderOf(from),
  memory: attentionOf(from, 'multihead_attn.'),
  norm3: normOf(from, 'norm3')
})

// -----------------------------------------------------------------------------
// the comparison
// -----------------------------------------------------------------------------

const [x, memory, values] = [numbers([2, 5, 4], 11), numbers([2, 3, 4], 23), numbers([2, 3, 4], 31)]
const keyMask = T.less(T.arange(5), T.of([[5], [3]]))
const memoryKeyMask = T.less(T.arange(3), T.of([[3], [1]]))
const all = T.ones([2, 5], 'bool')

/** `predict` as plain JavaScript sees it. */
const predict = Layer.predict as unknown as (
  layer: Layer.AnyLayer
) => (params: object, state: object) => (...inputs: readonly unknown[]) => T.Tensor

const expectAsTorch = (
  { output, gradients }: Case,
  layer: Layer.AnyLayer,
  from: (tensors: Tensors) => object,
  counted: T.Tensor,
  call: (f: (...inputs: readonly unknown[]) => T.Tensor, inputs: readonly T.Tensor[]) => T.Tensor
): void => {
  const params = from(parameters(gradients))
  const state = layer.init(Random.key(0))[0].state as object
  const inputs = [x, memory, values].slice(0, Object.keys(gradients).filter((name) => name.startsWith('input')).length)
  const f = (p: object, given: readonly T.Tensor[]): T.Tensor =>
    T.where(T.expandDims(counted, -1) as never, call(predict(layer)(p, state), given), 0)
  expectAlike(f(params, inputs), tensor(output))
  const loss = ([p, given]: readonly [object, readonly T.Tensor[]]): T.Tensor<[]> =>
    T.div(T.sum(T.pow(f(p, given), 3)), 3)
  const [ofParams, ofInputs] = grad(loss)([params, inputs])
  const wanted = Object.fromEntries(Object.entries(gradients).map(([name, each]) => [name, tensor(each)]))
  expectAlike(
    ofInputs,
    inputs.map((_, i) => wanted[`input${i}`])
  )
  expectAlike(byPath(ofParams), byPath(from(wanted)))
}

/** The leaves of a tree in the order of their paths. */
const byPath = (tree: object): readonly unknown[] => {
  const { leaves, paths } = Tree.flatten(tree)
  return paths
    .map((_, i) => i)
    .sort((i, j) => (paths[i]! < paths[j]! ? -1 : 1))
    .map((i) => leaves[i])
}

describe('multiHeadAttention', () => {
  const layer = Layer.multiHeadAttention(4, 2)
  test('of one input', () => {
    expectAsTorch(cases.attention['plain']!, layer, attentionOf, all, (f, [a]) => f(a))
  })
  test('causal, with padding', () => {
    const causal = Layer.multiHeadAttention(4, 2, { causal: true })
    expectAsTorch(cases.attention['causalAndPadded']!, causal, attentionOf, keyMask, (f, [a]) =>
      f(a, a, a, { keyMask })
    )
  })
  test('of three inputs, with padding', () => {
    const masks = { keyMask: memoryKeyMask }
    expectAsTorch(cases.attention['across']!, layer, attentionOf, all, (f, [a, b, c]) => f(a, b, c, masks))
  })
})

const activations = { relu: Activation.relu, gelu: Activation.gelu }

test.each(Object.entries(cases.encoder))('encoderBlock: %s', (name, each) => {
  const [norm, activation] = name.split(' ') as ['pre' | 'post', 'relu' | 'gelu']
  const layer = Layer.encoderBlock(4, 2, { hidden: 6, norm, activation: activations[activation] })
  expectAsTorch(each, layer, encoderOf, keyMask, (f, [a]) => f(a, { keyMask }))
})

test.each(Object.entries(cases.decoder))('decoderBlock: %s', (name, each) => {
  const layer = Layer.decoderBlock(4, 2, { hidden: 6, norm: name as 'pre' | 'post', activation: Activation.gelu })
  expectAsTorch(each, layer, decoderOf, keyMask, (f, [a, b]) => f(a, b, { keyMask, memoryKeyMask }))
})

test('there are cases', () => {
  expect(Object.values(cases).map((each) => Object.keys(each).length)).toEqual([3, 4, 2])
})
