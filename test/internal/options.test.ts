// The law of options, over every public function that takes any: a declaration names exactly the options of the type, a
// name that is not among them is refused, and so is a value that cannot be one.
import * as fc from 'fast-check'
import * as Activation from 'pullback/Activation'
import * as Attention from 'pullback/Attention'
import * as Augment from 'pullback/Augment'
import * as Arbitrary from 'pullback/Arbitrary'
import * as Control from 'pullback/Control'
import * as Dataset from 'pullback/Dataset'
import * as Debug from 'pullback/Debug'
import * as Grad from 'pullback/Grad'
import * as Implicit from 'pullback/Implicit'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Ode from 'pullback/Ode'
import * as Optimizer from 'pullback/Optimizer'
import * as Program from 'pullback/Program'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test, vi } from 'vitest'
import type * as Declarations from '../../src/internal/options.js'
import { sequenceCalls } from './sequenceCalls.js'
import { optionParameters } from './optionParameters.js'

type Options = Declarations.Options
type Kinds = Readonly<Record<string, Declarations.Kind>>

/** Every declaration, by its operation: recorded as the modules make them. */
const declared = vi.hoisted(() => new Map<string, readonly string[][]>())

vi.mock('../../src/internal/options.js', async (original) => {
  const module: typeof Declarations = await original()
  const options = (operation: string, kinds: Kinds): Options => {
    declared.set(operation, [...(declared.get(operation) ?? []), Object.keys(kinds).sort()])
    return module.options(operation, kinds)
  }
  return { ...module, options }
})

/** Library functions as plain JavaScript sees them. */
type Plain = (...args: readonly unknown[]) => unknown
const plain = (f: unknown): Plain => f as Plain

const x = T.of(
  [
    [4, 1],
    [1, 3]
  ],
  'float64'
)
const vector = T.of([1, 2], 'float64')
const labels = T.of([0, 1], 'int32')
const key = Random.key(0)
const image = T.ones([1, 1, 2, 2])
const same = (a: unknown): unknown => a
const model = Layer.dense(2, 2)
const optimizer = Optimizer.sgd(0.1)

const pooling =
  (rank: number) =>
  (f: Plain, options: unknown): unknown =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), { window: 1, ...fields(options) })

const adaptive =
  (rank: number) =>
  (f: Plain, options: unknown): unknown =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), 1, options)

/** Options of fractional maxima with a size, unless they have one. */
const sized = (options: unknown): object => {
  const given = fields(options)
  return 'outputRatio' in given ? given : { outputSize: 1, ...given }
}

const fractional =
  (rank: number) =>
  (f: Plain, options: unknown): unknown =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), T.zeros([1, rank]), { window: 1, ...sized(options) })

const unpooling =
  (rank: number) =>
  (f: Plain, options: unknown): unknown => {
    const ones = Array.from({ length: rank + 1 }, () => 1)
    return f(T.zeros(ones), T.zeros(ones, 'int32'), { window: 1, ...fields(options) })
  }

/** A layer that slides a window. */
const windowed =
  (...sizes: readonly number[]) =>
  (f: Plain, options: unknown): unknown =>
    f(...sizes, { window: 1, ...fields(options) })

/** A function of options with all else given: calls whose operands are not one matrix. */
const others: Readonly<Record<string, (f: Plain, options: unknown) => unknown>> = {
  ...sequenceCalls,
  'Activation.rrelu': (f, options) => f(x, key, options),
  'Arbitrary.awayFrom': (f, options) => plain(f([0]))(options),
  'Arbitrary.indices': (f, options) => f({ below: 2, ...fields(options) }),
  'Augment.cutmix': (f, options) => f(key, image, T.ones([1]), options),
  'Augment.cutout': (f, options) => f(key, image, { size: 1, ...fields(options) }),
  'Augment.mixup': (f, options) => f(key, image, T.ones([1]), options),
  'Augment.randomCrop': (f, options) => f(key, image, { size: 1, ...fields(options) }),
  'Augment.randomFlip': (f, options) => f(key, image, options),
  'Augment.randomShift': (f, options) => f(key, image, { by: 1, ...fields(options) }),
  'Control.associativeScan': (f, options) => plain(f(T.add, options))(vector),
  'Control.foriLoop': (f, options) => plain(f(0, 2, (_i: unknown, c: unknown) => c, options))(vector),
  'Control.scan': (f, options) => plain(f((c: unknown) => [c, c], options))(vector, vector),
  'Control.whileLoop': (f, options) => plain(f(() => T.scalar(false), same, options))(vector),
  'Dataset.batches': (f, options) => plain(f(1, options))(Dataset.make(x, labels)),
  'Debug.tap': (f, options) => plain(f('label', options))(x),
  'Grad.jacobian': (f, options) => plain(f(same, options))(vector),
  'Implicit.argmin': (f, options) => plain(f((v: T.Tensor) => T.sum(T.square(v)), options))(vector),
  'Implicit.fixedPoint': (f, options) => plain(f(T.sin, options))(vector),
  'Implicit.linearSolve': (f, options) => plain(f(same, { method: 'cg', ...fields(options) }))(vector),
  'Implicit.root': (f, options) => plain(f(T.sin, options))(vector),
  'Init.dirac': (f, options) => f(options),
  'Init.orthogonal': (f, options) => f(options),
  'Init.sparse': (f, options) => f(0.5, options),
  'Init.truncatedNormal': (f, options) => f(1, options),
  'Init.varianceScaling': (f, options) => f(options),
  'Law.check': (f, options) => plain(f(T.sin, options))(vector),
  'Law.gradientWith': (f, options) => plain(f(options))(T.sin, fc.constant(vector)),
  'Layer.avgPool1d': windowed(),
  'Layer.avgPool2d': windowed(),
  'Layer.avgPool3d': windowed(),
  'Layer.batchNorm': (f, options) => f(2, options),
  'Layer.bilinear': (f, options) => f(2, 2, 2, options),
  'Layer.conv1d': windowed(2, 2),
  'Layer.conv2d': windowed(2, 2),
  'Layer.conv3d': windowed(2, 2),
  'Layer.convTranspose1d': windowed(2, 2),
  'Layer.convTranspose2d': windowed(2, 2),
  'Layer.convTranspose3d': windowed(2, 2),
  'Layer.dense': (f, options) => f(2, 2, options),
  'Layer.denseConnect': (f, options) => f(model, options),
  'Layer.depthwiseConv2d': windowed(2),
  'Layer.flatten': (f, options) => f(options),
  'Layer.fractionalMaxPool1d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.fractionalMaxPool2d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.fractionalMaxPool3d': (f, options) => f({ window: 1, ...sized(options) }),
  'Layer.globalAvgPool': (f, options) => f(options),
  'Layer.globalMaxPool': (f, options) => f(options),
  'Layer.groupNorm': (f, options) => f(2, 2, options),
  'Layer.instanceNorm': (f, options) => f(2, options),
  'Layer.l2Normalize': (f, options) => Layer.predict(f(options) as Layer.Layer<Layer.Keeping>)({}, {})(x),
  'Layer.layerNorm': (f, options) => f(2, options),
  'Layer.localResponseNorm': (f, options) => f({ size: 1, ...fields(options) }),
  'Layer.lpPool1d': windowed(),
  'Layer.lpPool2d': windowed(),
  'Layer.lpPool3d': windowed(),
  'Layer.maxPool1d': windowed(),
  'Layer.maxPool2d': windowed(),
  'Layer.maxPool3d': windowed(),
  'Layer.maxUnpool1d': windowed(),
  'Layer.maxUnpool2d': windowed(),
  'Layer.maxUnpool3d': windowed(),
  'Layer.maxout': (f, options) => f(2, 2, 2, options),
  'Layer.prelu': (f, options) => f(2, options),
  'Layer.rmsNorm': (f, options) => f(2, options),
  'Layer.rrelu': (f, options) => f(options),
  'Layer.separableConv2d': windowed(2, 2),
  'Layer.spatialDropout': (f, options) => f(0.5, options),
  'Layer.spectralNorm': (f, options) => f(model, options),
  'Layer.stochasticDepth': (f, options) => f(0.5, options),
  'Linalg.lstsq': (f, options) => f(x, x, options),
  'Linalg.triangularSolve': (f, options) => f(x, x, options),
  'Model.lenet5': (f, options) => f(options),
  'Model.mlp': (f, options) => f([2, 2], options),
  'Ode.odeint': (f, options) => plain(f(same, options))(vector, vector),
  'Optimizer.adam': (f, options) => f(0.1, options),
  'Optimizer.sgd': (f, options) => f(0.1, options),
  'Optimizer.scaleByAdam': (f, options) => f(options),
  'Optimizer.trace': (f, options) => f(0.1, options),
  'Program.rule': (f, options) => f(Debug.trace((v: T.Tensor<[2]>) => T.sin(v))(T.zeros([2])).equations[0], 0, options),
  'Random.categorical': (f, options) => f(key, x, options),
  'Random.choice': (f, options) => f(key, 3, options),
  'Random.permutation': (f, options) => f(key, x, options),
  'Random.uniform': (f, options) => f(key, [2], options),
  'Regularizer.alphaDropout': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.dropConnect': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.dropout': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.gaussianNoise': (f, options) => f(key, x, { std: 0.5, ...fields(options) }),
  'Regularizer.spatialDropout': (f, options) => f(key, image, { rate: 0.5, ...fields(options) }),
  'Regularizer.stochasticDepth': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.elasticNet': (f, options) => f(1, 1, options),
  'Regularizer.groupLasso': (f, options) => plain(f(1, options))(x),
  'Regularizer.maxNorm': (f, options) => plain(f(1, options))(x),
  'Schedule.exponential': (f, options) => f({ from: 1, decay: 0.5, every: 1, ...fields(options) }),
  'Tensor.adaptiveAvgPool1d': adaptive(1),
  'Tensor.adaptiveAvgPool2d': adaptive(2),
  'Tensor.adaptiveAvgPool3d': adaptive(3),
  'Tensor.adaptiveMaxPool1d': adaptive(1),
  'Tensor.adaptiveMaxPool2d': adaptive(2),
  'Tensor.adaptiveMaxPool3d': adaptive(3),
  'Tensor.addAlongAxis': (f, options) => f(x, T.of([[0, 0]], 'int32'), T.ones([1, 2]), options),
  'Tensor.at': (f, options) => f(x, 0, options),
  'Tensor.avgPool1d': pooling(1),
  'Tensor.avgPool2d': pooling(2),
  'Tensor.avgPool3d': pooling(3),
  'Tensor.bincount': (f, options) => f(labels, options),
  'Tensor.col2im': (f, options) => f(T.ones([1, 1, 4]), { size: [2, 2], window: 1, ...fields(options) }),
  'Tensor.concat': (f, options) => f([x, x], options),
  'Tensor.conv1d': (f, options) => f(T.ones([1, 2]), T.ones([1, 1, 1]), options),
  'Tensor.depthwiseConv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
  'Tensor.separableConv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), T.ones([1, 1, 1, 1]), options),
  'Tensor.conv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
  'Tensor.conv3d': (f, options) => f(T.ones([1, 2, 2, 2]), T.ones([1, 1, 1, 1, 1]), options),
  'Tensor.convolve': (f, options) => f(vector, vector, options),
  'Tensor.convTranspose1d': (f, options) => f(T.ones([1, 2]), T.ones([1, 1, 1]), options),
  'Tensor.convTranspose2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
  'Tensor.convTranspose3d': (f, options) => f(T.ones([1, 2, 2, 2]), T.ones([1, 1, 1, 1, 1]), options),
  'Tensor.fractionalMaxPool1d': fractional(1),
  'Tensor.fractionalMaxPool2d': fractional(2),
  'Tensor.fractionalMaxPool3d': fractional(3),
  'Tensor.gather': (f, options) => f(x, [0], options),
  'Tensor.globalAvgPool': (f, options) => f(T.zeros([1, 1, 2]), options),
  'Tensor.globalMaxPool': (f, options) => f(T.zeros([1, 1, 2]), options),
  'Tensor.im2col': (f, options) => f(T.ones([1, 1, 2, 2]), { window: 1, ...fields(options) }),
  'Tensor.isClose': (f, options) => f(x, x, options),
  'Tensor.lpPool1d': pooling(1),
  'Tensor.lpPool2d': pooling(2),
  'Tensor.lpPool3d': pooling(3),
  'Tensor.maxPool1d': pooling(1),
  'Tensor.maxPool2d': pooling(2),
  'Tensor.maxPool3d': pooling(3),
  'Tensor.maxUnpool1d': unpooling(1),
  'Tensor.maxUnpool2d': unpooling(2),
  'Tensor.maxUnpool3d': unpooling(3),
  'Tensor.meshgrid': (f, options) => f([vector, vector], options),
  'Tensor.pad': (f, options) => f(x, 1, options),
  'Tensor.pixelShuffle': (f, options) => f(image, 1, options),
  'Tensor.pixelUnshuffle': (f, options) => f(image, 1, options),
  'Tensor.quantile': (f, options) => f(x, 0.5, options),
  'Tensor.repeat': (f, options) => f(x, 2, options),
  'Tensor.resize': (f, options) => f(image, 2, options),
  'Tensor.roll': (f, options) => f(x, 1, options),
  'Tensor.scatterAdd': (f, options) => f(x, [0], T.ones([1, 2]), options),
  'Tensor.searchSorted': (f, options) => f(vector, vector, options),
  'Tensor.segmentMax': (f, options) => f(x, labels, options),
  'Tensor.segmentSum': (f, options) => f(x, labels, options),
  'Tensor.set': (f, options) => f(x, labels, 1, options),
  'Tensor.split': (f, options) => f(x, 2, options),
  'Tensor.stack': (f, options) => f([x, x], options),
  'Tensor.takeAlongAxis': (f, options) => f(x, T.of([[0, 0]], 'int32'), options),
  'Tensor.topK': (f, options) => f(x, 1, options),
  'Tensor.update': (f, options) => f(x, labels, same, options),
  'Tensor.upsample': (f, options) => f(image, { scale: 2, ...fields(options) }),
  'Train.run': (f, options) => plain(f(Train.step(Train.objective(model, Loss.l2), optimizer)))(undefined, [], options),
  'Vmap.vmap': (f, options) => plain(f(same, options))(x)
}

/** The given options beside those that are required; what is not a record stands for itself in `length`. */
const fields = (options: unknown): object =>
  typeof options === 'object' && options !== null ? options : { '0': options }

const modules: Readonly<Record<string, object>> = {
  Activation,
  Arbitrary,
  Attention,
  Augment,
  Control,
  Dataset,
  Debug,
  Grad,
  Implicit,
  Init,
  Law,
  Layer,
  Linalg,
  Loss,
  Model,
  Ode,
  Optimizer,
  Program,
  Random,
  Regularizer,
  Schedule,
  Tensor: T,
  Train,
  Vmap: { vmap }
}

const target: Readonly<Record<string, unknown>> = {
  crossEntropy: [x, labels],
  nll: [x, labels],
  multiMargin: [x, labels],
  multiclassHinge: [x, labels],
  multiLabelMargin: [x, T.zeros([2, 2], 'int32')],
  multiLabelSoftMargin: [x, x],
  dice: [x, x],
  binaryCrossEntropy: [T.zeros([2]), T.zeros([2])],
  contrastive: [x, x, labels],
  cosineEmbedding: [x, x, T.ones([2])],
  gaussianNll: [x, x, x],
  marginRanking: [x, x, x],
  triplet: [x, x, x]
}

const call = (name: string, options: unknown): unknown => {
  const [module, short] = name.split('.') as [string, string]
  const f = plain(Reflect.get(modules[module]!, short))
  const own = others[name]
  if (own !== undefined) return own(f, options)
  if (module === 'Loss') return f(...((target[short] as readonly unknown[] | undefined) ?? [vector, vector]), options)
  if (module === 'Arbitrary') return f(options)
  if (module === 'Regularizer') return f(1, options)
  return f(x, options)
}

const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error'
  }
  return 'nothing was thrown'
}

/** `show` takes a program, all of whose optional fields the compiler takes for options. */
const parameters = optionParameters().filter(({ name }) => name !== 'Debug.show')

/** The names by which sentences may call a function: `sum`, or `Train.run` where the short name says too little. */
const operationsOf = (name: string): readonly string[] => [name, aliases[name] ?? name.split('.')[1]!]

/** Second names of functions, whose sentences have the first. */
const aliases: Readonly<Record<string, string>> = {
  'Loss.mae': 'meanAbsoluteError',
  'Loss.mse': 'meanSquaredError'
}

describe.each(parameters.map((each) => [each.name, each.options] as const))('%s', (name, options) => {
  const operations = operationsOf(name)

  test('refuses a name that is not an option, and says which are', async () => {
    const message = await messageOf(() => call(name, { nonsense: 1 }))
    expect(operations.map((operation) => `TypeError: ${operation}: unknown option nonsense`)).toContain(
      message.split('; expected ')[0]
    )
    for (const option of options) expect(message.split('; expected ')[1]).toMatch(new RegExp(`\\b${option}\\b`))
  })

  test('declares the options of its type, and no others', async () => {
    await messageOf(() => call(name, {}))
    // Two modules may have a function of one name.
    expect(operations.flatMap((operation) => declared.get(operation) ?? [])).toContainEqual([...options].sort())
  })

  test.each(options.map((option) => [option]))('refuses an object of a class as %s', async (option) => {
    expect(await messageOf(() => call(name, { [option]: new Date(0) }))).toMatch(
      new RegExp(`^\\w+: [^;]*\\b${option}\\b`)
    )
  })
})

describe('a value that is not options', () => {
  test.each([
    [
      "sum: options are 0; expected an object with axis or keepDims; in an array's map write (x) => sum(x)",
      (): unknown => plain(T.sum)(x, 0)
    ],
    ["sum: options are 'axis'; expected an object with axis or keepDims", (): unknown => plain(T.sum)(x, 'axis')],
    [
      "dense: options are 'relu'; expected an object with bias, init or dtype",
      (): unknown => plain(Layer.dense)(4, 8, 'relu')
    ],
    [
      "meanSquaredError: reduction is 'avg'; expected 'mean', 'sum' or 'none'",
      (): unknown => plain(Loss.meanSquaredError)(vector, vector, { reduction: 'avg' })
    ],
    [
      'sgd: unknown option momentm; expected momentum or nesterov',
      (): unknown => plain(Optimizer.sgd)(0.1, { momentm: 0.9 })
    ]
  ])('%s', async (sentence, run) => {
    expect(await messageOf(run)).toContain(sentence)
  })
})

describe('a copy of a tensor', () => {
  const copy = structuredClone(x)
  const parsed: unknown = JSON.parse(JSON.stringify(x))
  test.each(parameters.map(({ name }) => [name]))('is not taken for options by %s', async (name) => {
    for (const each of [copy, parsed]) {
      expect(await messageOf(() => call(name, each))).toMatch(
        /copy of a tensor of shape \[2, 2\].*T\.fromTypedArray or T\.fromJSON/
      )
    }
  })
})
