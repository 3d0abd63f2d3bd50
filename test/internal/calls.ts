// How functions are called with options, and all else given, for the law of options: those whose operands are not one matrix.
import * as fc from 'fast-check'
import * as Dataset from 'pullback/Dataset'
import * as Debug from 'pullback/Debug'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Minimize from 'pullback/Minimize'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { type Call, type Plain, fields, layerCalls, sized } from './layerCalls.js'
import { optimizerCalls } from './optimizerCalls.js'

export const plain = (f: unknown): Plain => f as Plain

export const x = T.of(
  [
    [4, 1],
    [1, 3]
  ],
  'float64'
)
export const vector = T.of([1, 2], 'float64')
export const labels = T.of([0, 1], 'int32')
const key = Random.key(0)
const image = T.ones([1, 1, 2, 2])
const same = (a: unknown): unknown => a
const model = Layer.dense(2, 2)
const optimizer = Optimizer.sgd(0.1)
const folded: Train.Step<number, number> = (n, loss) => [n + 1, { step: n, loss }]

const pooling =
  (rank: number): Call =>
  (f, options) =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), { window: 1, ...fields(options) })

const adaptive =
  (rank: number): Call =>
  (f, options) =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), 1, options)

const fractional =
  (rank: number): Call =>
  (f, options) =>
    f(T.zeros([1, ...Array.from({ length: rank }, () => 2)]), T.zeros([1, rank]), { window: 1, ...sized(options) })

const unpooling =
  (rank: number): Call =>
  (f, options) => {
    const ones = Array.from({ length: rank + 1 }, () => 1)
    return f(T.zeros(ones), T.zeros(ones, 'int32'), { window: 1, ...fields(options) })
  }

export const calls: Readonly<Record<string, Call>> = {
  ...layerCalls,
  'Plot.curves': (f, options) => f([], options),
  'Plot.regions': (f, options) => f(T.sum, [], options),
  'Plot.reporter': (f, options) => f(same, options),
  'Plot.scatter': (f, options) => f([], options),
  'Plot.surface': (f, options) => f(T.sum, [], options),
  'ProgressBar.reporter': (f, options) => f({ write: same }, options),
  'Report.bars': (f, options) => f({}, options),
  'Report.graphviz': (f, options) => f(Debug.trace(same)(x), options),
  'Report.table': (f, options) => f([], options),
  'Reporter.csv': (f, options) => f(same, options),
  'Reporter.lines': (f, options) => f(same, options),
  ...optimizerCalls,
  'Activation.rrelu': (f, options) => f(x, key, options),
  'Arbitrary.awayFrom': (f, options) => plain(f([0]))(options),
  'Arbitrary.indices': (f, options) => f({ below: 2, ...fields(options) }),
  'Attention.attentionWeights': (f, options) => f(x, x, options),
  'Attention.scaledDotProductAttention': (f, options) => f(x, x, x, options),
  'Attention.sinusoidal': (f, options) => f(2, 2, options),
  'Augment.cutmix': (f, options) => f(key, image, T.ones([1]), options),
  'Augment.cutout': (f, options) => f(key, image, { size: 1, ...fields(options) }),
  'Augment.gaussianNoise': (f, options) => f(key, x, { std: 0.5, ...fields(options) }),
  'Augment.mixup': (f, options) => f(key, image, T.ones([1]), options),
  'Augment.randomCrop': (f, options) => f(key, image, { size: 1, ...fields(options) }),
  'Augment.randomFlip': (f, options) => f(key, image, options),
  'Augment.randomRotate': (f, options) => f(key, image, { by: 1, ...fields(options) }),
  'Augment.randomShift': (f, options) => f(key, image, { by: 1, ...fields(options) }),
  'Control.associativeScan': (f, options) => plain(f(T.add, options))(vector),
  'Control.foriLoop': (f, options) => plain(f(0, 2, (_i: unknown, c: unknown) => c, options))(vector),
  'Control.scan': (f, options) => plain(f((c: unknown) => [c, c], options))(vector, vector),
  'Control.whileLoop': (f, options) => plain(f(() => T.scalar(false), same, options))(vector),
  'Dataset.batches': (f, options) => plain(f(1, options))(Dataset.make(x, labels)),
  'Dataset.blobs': (f, options) => f(key, 4, options),
  'Dataset.category': (f, options) => f(['a'], options),
  'Dataset.circles': (f, options) => f(key, 4, options),
  'Dataset.moons': (f, options) => f(key, 4, options),
  'Dataset.noisySine': (f, options) => f(key, 4, options),
  'Dataset.spirals': (f, options) => f(key, 4, options),
  'Dataset.whiten': (f, options) => f(options),
  'Dataset.windows': (f, options) => plain(f(1, options))(x),
  'Dataset.xor': (f, options) => f(key, 4, options),
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
  'Linalg.lstsq': (f, options) => f(x, x, options),
  'Linalg.triangularSolve': (f, options) => f(x, x, options),
  'Minimize.backtracking': (f, options) => f(options),
  'Minimize.conjugateGradient': (f, options) => f(options),
  'Minimize.gradientDescent': (f, options) => f(options),
  'Minimize.lbfgs': (f, options) => f(options),
  'Minimize.levenbergMarquardt': (f, options) => f(options),
  'Minimize.minimize': (f, options) => f((v: T.Tensor) => T.sum(T.square(v)), vector, Minimize.backtracking(), options),
  'Minimize.nelderMead': (f, options) => f(options),
  'Minimize.newtonCg': (f, options) => f(options),
  'Minimize.randomDirections': (f, options) => f(key, options),
  'Minimize.randomSearch': (f, options) => f(key, options),
  'Ode.odeint': (f, options) => plain(f(same, options))(vector, vector),
  'Metric.bleu': (f, options) => f(options),
  'Metric.calibrationError': (f, options) => f(options),
  'Metric.classReport': (f, options) => f(options),
  'Metric.f1': (f, options) => f(options),
  'Metric.fBeta': (f, options) => f(1, options),
  'Metric.perplexity': (f, options) => f(options),
  'Metric.precision': (f, options) => f(options),
  'Metric.recall': (f, options) => f(options),
  'Program.rule': (f, options) => f(Debug.trace((v: T.Tensor<[2]>) => T.sin(v))(T.zeros([2])).equations[0], 0, options),
  'Random.categorical': (f, options) => f(key, x, options),
  'Random.choice': (f, options) => f(key, 3, options),
  'Random.permutation': (f, options) => f(key, x, options),
  'Random.uniform': (f, options) => f(key, [2], options),
  'Regularizer.alphaDropout': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.dropConnect': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.dropout': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Regularizer.elasticNet': (f, options) => f(1, 1, options),
  'Regularizer.gaussianNoise': (f, options) => f(key, x, { std: 0.5, ...fields(options) }),
  'Regularizer.groupLasso': (f, options) => plain(f(1, options))(x),
  'Regularizer.maxNorm': (f, options) => plain(f(1, options))(x),
  'Regularizer.spatialDropout': (f, options) => f(key, image, { rate: 0.5, ...fields(options) }),
  'Regularizer.stochasticDepth': (f, options) => f(key, x, { rate: 0.5, ...fields(options) }),
  'Schedule.cosineRestarts': (f, options) => f({ from: 1, over: 1, ...fields(options) }),
  'Schedule.cyclic': (f, options) => f({ from: 0, to: 1, up: 1, ...fields(options) }),
  'Schedule.exponential': (f, options) => f({ from: 1, decay: 0.5, every: 1, ...fields(options) }),
  'Schedule.inverseTime': (f, options) => f({ from: 1, decay: 0.5, every: 1, ...fields(options) }),
  'Schedule.oneCycle': (f, options) => f({ peak: 1, over: 1, ...fields(options) }),
  'Schedule.polynomial': (f, options) => f({ from: 1, over: 1, power: 1, ...fields(options) }),
  'Schedule.reduceOnPlateau': (f, options) => f(options),
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
  'Tensor.conv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
  'Tensor.conv3d': (f, options) => f(T.ones([1, 2, 2, 2]), T.ones([1, 1, 1, 1, 1]), options),
  'Tensor.convTranspose1d': (f, options) => f(T.ones([1, 2]), T.ones([1, 1, 1]), options),
  'Tensor.convTranspose2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
  'Tensor.convTranspose3d': (f, options) => f(T.ones([1, 2, 2, 2]), T.ones([1, 1, 1, 1, 1]), options),
  'Tensor.convolve': (f, options) => f(vector, vector, options),
  'Tensor.depthwiseConv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), options),
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
  'Tensor.separableConv2d': (f, options) => f(T.ones([1, 2, 2]), T.ones([1, 1, 1, 1]), T.ones([1, 1, 1, 1]), options),
  'Tensor.set': (f, options) => f(x, labels, 1, options),
  'Tensor.split': (f, options) => f(x, 2, options),
  'Tensor.stack': (f, options) => f([x, x], options),
  'Tensor.takeAlongAxis': (f, options) => f(x, T.of([[0, 0]], 'int32'), options),
  'Tensor.topK': (f, options) => f(x, 1, options),
  'Tensor.update': (f, options) => f(x, labels, same, options),
  'Tensor.upsample': (f, options) => f(image, { scale: 2, ...fields(options) }),
  'Train.epochs': (f, options) => plain(f(folded, { batches: () => [], epochs: 0 }))(Train.begin(0, key), options),
  'Train.fold': (f, options) => plain(f(folded))(0, [], options),
  'Train.rangeTest': (f, options) => f(same, { from: 1, to: 2, steps: 1, ...fields(options) }),
  'Train.runEpochs': (f, options) => plain(f(folded, { batches: () => [], epochs: 0 }))(Train.begin(0, key), options),
  'Train.scan': (f, options) => plain(f(folded))(0, [], options),
  'Train.run': (f, options) => plain(f(Train.step(Train.objective(model, Loss.l2), optimizer)))(undefined, [], options),
  'Vmap.vmap': (f, options) => plain(f(same, options))(x),
  'Export.onnx': (f, options) => plain(f(same, options))(x),
  'Import.onnx': (f, options) => f(new Uint8Array(), options),
  'engine/OnnxRuntime.compile': (f, options) => f(same, options),
  'engine/OnnxRuntime.step': (f, options) => f(same, options)
}
