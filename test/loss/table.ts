// Every loss, as a function of predictions of shape [2, 3] and options.
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'

export type Plain = (x: T.Tensor, options?: Loss.Options) => T.Tensor
export const f64 = (values: readonly number[] | readonly (readonly number[])[]): T.Tensor => T.of(values, 'float64')
export const each = { reduction: 'none' } as const

const bits = T.of(
  [
    [1, 0, 1],
    [0, 0, 1]
  ],
  'float64'
)
const signs = T.of(
  [
    [1, -1, 1],
    [-1, -1, 1]
  ],
  'float64'
)
export const labels = T.of([2, 0], 'int32')
export const other = T.of(
  [
    [0.31, -1.27, 0.77],
    [1.13, 0.19, -0.43]
  ],
  'float64'
)
const spread = T.softmax(other)

/** Every loss of predictions of shape [2, 3]: the losses have shape [2, 3] or [2]. */
export const losses: Readonly<Record<string, Plain>> = {
  mse: (x, o) => Loss.mse(x, other, { ...o }),
  mae: (x, o) => Loss.mae(x, other, { ...o }),
  l2: (x, o) => Loss.l2(x, other, { ...o }),
  huber: (x, o) => Loss.huber(x, other, { ...o, delta: 0.5 }),
  smoothL1: (x, o) => Loss.smoothL1(x, other, { ...o, beta: 0.5 }),
  logCosh: (x, o) => Loss.logCosh(x, other, { ...o }),
  quantile: (x, o) => Loss.quantile(x, other, { ...o, q: 0.8 }),
  poisson: (x, o) => Loss.poisson(x, bits, { ...o, full: true }),
  'poisson, of rates': (x, o) => Loss.poisson(T.softplus(x), bits, { ...o, logInput: false }),
  binaryCrossEntropy: (x, o) => Loss.binaryCrossEntropy(T.sigmoid(x), bits, { ...o }),
  binaryCrossEntropyWithLogits: (x, o) => Loss.binaryCrossEntropyWithLogits(x, bits, { ...o }),
  hinge: (x, o) => Loss.hinge(x, signs, { ...o }),
  squaredHinge: (x, o) => Loss.squaredHinge(x, signs, { ...o }),
  softMargin: (x, o) => Loss.softMargin(x, signs, { ...o }),
  focal: (x, o) => Loss.focal(x, bits, { ...o }),
  'focal, gamma 0.5': (x, o) => Loss.focal(x, bits, { ...o, gamma: 0.5 }),
  dice: (x, o) => Loss.dice(T.sigmoid(x), bits, { ...o }),
  kl: (x, o) => Loss.kl(T.logSoftmax(x), spread, { ...o }),
  gaussianNll: (x, o) => Loss.gaussianNll(x, other, T.ones([2, 3], 'float64'), { ...o }),
  crossEntropy: (x, o) => Loss.crossEntropy(x, labels, { ...o }),
  'crossEntropy, smoothed and weighted': (x, o) =>
    Loss.crossEntropy(x, labels, { ...o, labelSmoothing: 0.2, classWeights: f64([1, 0, 3]) }),
  'crossEntropy, of distributions': (x, o) => Loss.crossEntropy(x, spread, { ...o, labelSmoothing: 0.1 }),
  'kl, of logarithms': (x, o) => Loss.kl(T.logSoftmax(x), T.logSoftmax(other), { ...o, logTarget: true }),
  nll: (x, o) => Loss.nll(T.logSoftmax(x), labels, { ...o }),
  multiclassHinge: (x, o) => Loss.multiclassHinge(x, labels, { ...o, power: 2 }),
  'multiclassHinge, Crammer-Singer': (x, o) => Loss.multiclassHinge(x, labels, { ...o, kind: 'crammerSinger' }),
  'multiclassHinge, one-vs-all': (x, o) => Loss.multiclassHinge(x, labels, { ...o, kind: 'oneVsAll', power: 1.5 }),
  multiMargin: (x, o) => Loss.multiMargin(x, labels, { ...o }),
  multiLabelMargin: (x, o) =>
    Loss.multiLabelMargin(
      x,
      T.of(
        [
          [2, -1, 0],
          [0, 1, -1]
        ],
        'int32'
      ),
      { ...o }
    ),
  multiLabelSoftMargin: (x, o) => Loss.multiLabelSoftMargin(x, bits, { ...o }),
  cosineEmbedding: (x, o) => Loss.cosineEmbedding(x, other, f64([1, -1]), { ...o }),
  marginRanking: (x, o) => Loss.marginRanking(x, other, signs, { ...o, margin: 0.3 }),
  triplet: (x, o) => Loss.triplet(x, other, bits, { ...o, swap: true }),
  contrastive: (x, o) => Loss.contrastive(x, other, f64([1, 0]), { ...o, margin: 3 })
}
