// The law of options, over every public function that takes any: a declaration names exactly the options of the type, a
// name that is not among them is refused, and so is a value that cannot be one.
import * as Activation from 'pullback/Activation'
import * as Attention from 'pullback/Attention'
import * as Augment from 'pullback/Augment'
import * as Arbitrary from 'pullback/Arbitrary'
import * as Control from 'pullback/Control'
import * as Dataset from 'pullback/Dataset'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import * as Grad from 'pullback/Grad'
import * as Implicit from 'pullback/Implicit'
import * as Import from 'pullback/Import'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as Minimize from 'pullback/Minimize'
import * as Metric from 'pullback/Metric'
import * as Model from 'pullback/Model'
import * as Ode from 'pullback/Ode'
import * as Optimizer from 'pullback/Optimizer'
import * as Plot from 'pullback/Plot'
import * as Program from 'pullback/Program'
import * as ProgressBar from 'pullback/ProgressBar'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as Report from 'pullback/Report'
import * as Reporter from 'pullback/Reporter'
import * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { vmap } from 'pullback/Vmap'
import * as OnnxRuntime from 'pullback/engine/OnnxRuntime'
import { describe, expect, test, vi } from 'vitest'
import type * as Declarations from '../../src/internal/options.js'
import { calls, labels, plain, vector, x } from './calls.js'
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
const modules: Readonly<Record<string, object>> = {
  Activation,
  Arbitrary,
  Attention,
  Augment,
  Control,
  Dataset,
  Debug,
  Export,
  Grad,
  Implicit,
  Import,
  Init,
  Law,
  Layer,
  Linalg,
  Loss,
  Minimize,
  Metric,
  Model,
  Ode,
  Optimizer,
  Plot,
  Program,
  ProgressBar,
  Random,
  Regularizer,
  Report,
  Reporter,
  Schedule,
  Tensor: T,
  Train,
  Vmap: { vmap },
  'engine/OnnxRuntime': OnnxRuntime
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
  const own = calls[name]
  if (own !== undefined) return own(f, options)
  if (module === 'Loss') return f(...((target[short] as readonly unknown[] | undefined) ?? [vector, vector]), options)
  if (module === 'Arbitrary' || module === 'Model') return f(options)
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
  'Loss.mse': 'meanSquaredError',
  'engine/OnnxRuntime.compile': 'OnnxRuntime.compile',
  'engine/OnnxRuntime.step': 'OnnxRuntime.step'
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
      'sgd: unknown option momentm; expected momentum, nesterov or rateInVelocity',
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
