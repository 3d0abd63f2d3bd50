// Layers beside those of PyTorch: outputs, gradients and states over several steps, which oracle.py wrote down.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expectAlike, numbers } from './alike.js'

interface Values {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

interface Step {
  readonly output: Values
  readonly gradients: { readonly [name: string]: Values }
}

interface Cases {
  readonly batchNorm: readonly {
    readonly shape: readonly number[]
    readonly momentum: number
    readonly steps: readonly (Step & { readonly mean: Values; readonly variance: Values })[]
  }[]
  readonly convTranspose2d: readonly (Step & { readonly options: object })[]
  readonly weightNorm: readonly (Step & {
    readonly layer: Kind
    readonly input: readonly number[]
    readonly g: Values
  })[]
  readonly spectralNorm: readonly {
    readonly layer: Kind
    readonly input: readonly number[]
    readonly iterations: number
    readonly steps: readonly (Step & { readonly u: Values })[]
    readonly largest: number
  }[]
}

type Kind = 'dense' | 'conv2d'

const cases = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')) as Cases

const tensor = ({ shape, values }: Values): T.Tensor => T.reshape(T.of(values, 'float64'), shape)

/** Numbers that begin elsewhere. */
const from = (start: number, shape: readonly number[]): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  return T.reshape(T.slice(numbers([n + start]), [[start, n + start]]), shape)
}

type Params = { readonly [name: string]: T.Tensor }

/** A layer as plain JavaScript sees it: output, next state, and the gradients of sum(y^3) / 3 to the parameters and the input. */
const run = (layer: Layer.AnyLayer, params: Params, state: object, mode: Layer.Mode, x: T.Tensor) => {
  const apply = Layer.apply as unknown as (
    layer: Layer.AnyLayer
  ) => (params: Params, state: object, context: Layer.Context) => (x: T.Tensor) => readonly [T.Tensor, object]
  const f = (p: Params, input: T.Tensor) => apply(layer)(p, state, { mode })(input)
  const loss = ([p, input]: readonly [Params, T.Tensor]): T.Tensor<[]> => T.div(T.sum(T.pow(f(p, input)[0], 3)), 3)
  const [output, next] = f(params, x)
  const [ofParams, ofInput] = grad(loss)([params, x])
  return { output, next, gradients: { ...ofParams, input: ofInput } }
}

/** Expects gradients as PyTorch has them under its own names. */
const expectGradients = (found: Params, wanted: Step['gradients'], names: Readonly<Record<string, string>>): void => {
  expect(Object.keys(found).length).toBe(Object.keys(wanted).length)
  for (const [name, values] of Object.entries(wanted)) {
    const own = found[names[name] ?? name]!
    expectAlike(T.reshape(own, [-1]), T.of(values.values, 'float64'))
  }
}

describe('batchNorm', () => {
  test.each(cases.batchNorm.map((each) => [`[${each.shape.join(', ')}]`, each] as const))(
    'of %s: three steps in training, one in evaluation',
    (_, { shape, momentum, steps }) => {
      const layer = Layer.batchNorm(3, { momentum })
      const params = { scale: from(2, [3]), shift: from(5, [3]) }
      steps.reduce<object>(
        (state, step, i) => {
          const mode = i === 3 ? 'eval' : 'train'
          const { output, next, gradients } = run(layer, params, state, mode, from(7 * i, shape))
          expectAlike(output, tensor(step.output))
          expectAlike(next, { mean: tensor(step.mean), variance: tensor(step.variance) })
          expectGradients(gradients, step.gradients, { weight: 'scale', bias: 'shift' })
          return next
        },
        { mean: T.zeros([3], 'float64'), variance: T.ones([3], 'float64') }
      )
    }
  )
})

describe('convTranspose2d', () => {
  test.each(cases.convTranspose2d.map((each) => [JSON.stringify(each.options), each] as const))(
    '%s',
    (_, { options, output: wanted, gradients: wantedGradients }) => {
      const layer = Layer.convTranspose2d(4, 6, { ...options, window: [3, 2] })
      const [{ params: drawn }] = layer.init(Random.key(0))
      const params = { w: from(3, drawn.w.shape), b: from(1, [6]) }
      const { output, gradients } = run(layer, params, {}, 'train', numbers([2, 4, 3, 2]))
      expectAlike(output, tensor(wanted))
      expectGradients(gradients, wantedGradients, { weight: 'w', bias: 'b' })
    }
  )
})

const plain = { dense: Layer.dense(4, 3), conv2d: Layer.conv2d(2, 3, { window: 2 }) }
const weights = { dense: [3, 4], conv2d: [3, 2, 2, 2] }

test.each(cases.weightNorm.map((each) => [each.layer, each] as const))(
  'weightNorm of %s',
  (kind, { input, g, output: wanted, gradients: wantedGradients }) => {
    const layer: Layer.AnyLayer = kind === 'dense' ? Layer.weightNorm(plain.dense) : Layer.weightNorm(plain.conv2d)
    const v = from(3, weights[kind])
    const lengths = T.reshape(tensor(g), [3])
    expectAlike(T.norm(v, { axis: v.shape.map((_, axis) => axis).slice(1) }), lengths)
    const params = { g: T.mul(lengths, from(4, [3])), v, b: from(1, [3]) }
    const { output, gradients } = run(layer, params, {}, 'train', numbers(input))
    expectAlike(output, tensor(wanted))
    expectGradients(gradients, wantedGradients, { weight_g: 'g', weight_v: 'v', bias: 'b' })
  }
)

test.each(cases.spectralNorm.map((each) => [each.layer, each.iterations, each] as const))(
  'spectralNorm of %s with %i iterations: three steps',
  (kind, iterations, { input, steps, largest }) => {
    const layerWith = (n: number): Layer.AnyLayer =>
      kind === 'dense'
        ? Layer.spectralNorm(plain.dense, { iterations: n })
        : Layer.spectralNorm(plain.conv2d, { iterations: n })
    const params = { w: from(3, weights[kind]), b: from(1, [3]) }
    const u = T.l2Normalize(from(6, [3]))
    steps.reduce<object>(
      (state, step, i) => {
        const { output, next, gradients } = run(layerWith(iterations), params, state, 'train', from(7 * i, input))
        expectAlike(output, tensor(step.output))
        expectAlike(next, { u: tensor(step.u), layer: {} })
        expectGradients(gradients, step.gradients, { weight_orig: 'w', bias: 'b' })
        return next
      },
      { u, layer: {} }
    )
    const { output } = run(layerWith(100), params, { u, layer: {} }, 'train', numbers(input))
    const divided = { ...params, w: T.div(params.w, largest) }
    expectAlike(output, run(plain[kind], divided, {}, 'eval', numbers(input)).output)
  }
)
