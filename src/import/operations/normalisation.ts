/** Normalisation, softmax and its relatives, and losses. */
import { size } from '../../shape/model.js'
import { upTo } from '../../kernel/library/kinds.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, operation } from '../operation.js'
import { axisOf, refuse } from '../values.js'

// -----------------------------------------------------------------------------
// by moments
// -----------------------------------------------------------------------------

/** A value for each channel, laid along axis 1. */
const perChannel = (v: Tensor, x: Tensor): Tensor => T.reshape(v, [v.shape[0]!, ...x.shape.slice(2).map(() => 1)])

/** By the statistics that the model has learned, or in training mode by those of the batch. */
const batchNormalization: Operation = operation(5, 5, (node) => {
  const epsilon = node.float('epsilon', 1e-5)
  const momentum = node.float('momentum', 0.9)
  const isTraining = node.version >= 14 && node.flag('training_mode', false)
  if (node.version < 9 && !node.flag('spatial', true)) {
    node.fault('normalises each pixel on its own; expected spatial to be 1')
  }
  if (!isTraining && node.asks(1)) node.fault('gives statistics without training_mode; expected one output')
  return (x, scale, shift, mean, variance) => {
    if (!isTraining) return T.batchNorm(x, { mean, variance, scale, shift, epsilon, axis: 1 })
    const axis = upTo(x.shape.length).filter((i) => i !== 1)
    const own = { mean: T.mean(x, { axis }), variance: T.variance(x, { axis }) }
    const mixed = (old: Tensor, now: Tensor): Tensor => T.add(T.mul(old, momentum), T.mul(now, 1 - momentum))
    const y = T.batchNorm(x, { ...own, scale, shift, epsilon, axis: 1 })
    return [y, mixed(mean, own.mean), mixed(variance, own.variance)]
  }
})

const affine = (y: Tensor, scale: Tensor, shift: Tensor | undefined): Tensor =>
  shift === undefined ? T.mul(y, scale) : T.add(T.mul(y, scale), shift)

const layerNormalization: Operation = operation(2, 3, (node) => {
  const [first, epsilon] = [node.int('axis', -1), node.float('epsilon', 1e-5)]
  node.int('stash_type', 1)
  return (x, scale, shift?: Tensor) => {
    const axis = upTo(x.shape.length).slice(axisOf(first, x.shape.length))
    const mean = T.mean(x, { axis, keepDims: true })
    const inverse = T.rsqrt(T.add(T.variance(x, { axis, keepDims: true }), epsilon))
    return [affine(T.mul(T.sub(x, mean), inverse), scale, shift), mean, inverse]
  }
})

const rmsNormalization: Operation = operation(2, 2, (node) => {
  const [first, epsilon] = [node.int('axis', -1), node.float('epsilon', 1e-5)]
  node.int('stash_type', 1)
  return (x, scale) => {
    const axis = upTo(x.shape.length).slice(axisOf(first, x.shape.length))
    return T.mul(T.rmsNorm(x, { axis, epsilon }), scale)
  }
})

const instanceNormalization: Operation = operation(3, 3, (node) => {
  const epsilon = node.float('epsilon', 1e-5)
  return (x, scale, shift) => {
    const y = T.layerNorm(x, { axis: upTo(x.shape.length).slice(2), epsilon })
    return affine(y, perChannel(scale, x), perChannel(shift, x))
  }
})

/** Scale and shift are one for each group before version 21, and one for each channel since. */
const groupNormalization: Operation = operation(3, 3, (node) => {
  const [groups, epsilon] = [node.int('num_groups', 1), node.float('epsilon', 1e-5)]
  node.int('stash_type', 1)
  const perGroup = node.version < 21
  return (x, scale, shift) => {
    const [n = 0, channels = 0, ...rest] = x.shape
    if (channels % groups !== 0) refuse(`num_groups is ${groups} for ${channels} channels; expected a divisor`)
    const axis = upTo(rest.length + 1).map((i) => i + 2)
    const y = T.layerNorm(T.reshape(x, [n, groups, channels / groups, ...rest]), { axis, epsilon })
    const laid = (v: Tensor): Tensor => perChannel(perGroup ? T.repeat(v, channels / groups) : v, x)
    return affine(T.reshape(y, x.shape), laid(scale), laid(shift))
  }
})

const meanVariance: Operation = operation(1, 1, (node) => {
  const axis = node.ints('axes') ?? [0, 2, 3]
  return (x) => {
    const centred = T.sub(x, T.mean(x, { axis, keepDims: true }))
    return T.div(centred, T.add(T.std(x, { axis, keepDims: true }), 1e-9))
  }
})

/** Each vector divided by its length; one of length 0 stays as it is. */
const lpNormalization: Operation = operation(1, 1, (node) => {
  const [axis, p] = [node.int('axis', -1), node.int('p', 2)]
  if (p !== 1 && p !== 2) node.fault(`has p ${p}; expected 1 or 2`)
  return (x) => {
    const length = T.norm(x, { axis, keepDims: true, ord: p })
    return T.div(x, T.where(T.equal(length, 0), 1, length))
  }
})

/** An even number of neighbours has one more behind; `localResponseNorm` has it in front, as PyTorch. */
const localResponse: Operation = operation(1, 1, (node) => {
  const [alpha, beta] = [node.float('alpha', 1e-4), node.float('beta', 0.75)]
  const [k, size] = [node.float('bias', 1), node.int('size', 1)]
  return (x) => {
    const options = { size, alpha, beta, k }
    if (size % 2 === 1) return T.localResponseNorm(x, options)
    return T.flip(T.localResponseNorm(T.flip(x, { axis: 1 }), options), { axis: 1 })
  }
})

// -----------------------------------------------------------------------------
// softmax
// -----------------------------------------------------------------------------

/** Along one axis since version 13; before, along all axes from one on. */
const lanes = (f: (x: Tensor, axis: readonly number[]) => Tensor): Operation =>
  operation(1, 1, (node) => {
    const isOne = node.version >= 13
    const given = node.int('axis', isOne ? -1 : 1)
    return (x) => {
      const axis = given === x.shape.length && !isOne ? given : axisOf(given, x.shape.length)
      return f(x, isOne ? [axis] : upTo(x.shape.length).slice(axis))
    }
  })

const hardmax = (x: Tensor, axis: readonly number[]): Tensor => {
  const first = Math.min(...axis)
  const sizes = axis.map((i) => x.shape[i]!)
  const flat = T.reshape(x, [...x.shape.slice(0, first), size(sizes), ...x.shape.slice(first + axis.length)])
  const along = T.reshape(T.arange(size(sizes), 'int32'), [size(sizes), ...flat.shape.slice(first + 1).map(() => 1)])
  return T.reshape(T.cast(T.equal(T.argmax(flat, { axis: first, keepDims: true }), along), x.dtype), x.shape)
}

// -----------------------------------------------------------------------------
// losses
// -----------------------------------------------------------------------------

/** The negative log-likelihoods of labels along axis 1, weighted, and reduced as the attribute says. */
const negativeLikelihood = (
  logs: Tensor,
  labels: Tensor,
  weights: Tensor | undefined,
  ignored: number | undefined,
  reduction: 'mean' | 'sum' | 'none'
): Tensor => {
  const isOut = ignored === undefined ? undefined : T.equal(labels, ignored)
  const safe = isOut === undefined ? labels : T.where(isOut, 0, labels)
  const picked = T.squeeze(T.takeAlongAxis(logs, T.expandDims(safe, 1), { axis: 1 }), { axis: 1 })
  const own = weights === undefined ? T.ones(labels.shape, logs.dtype) : T.gather(weights, safe)
  const weight = isOut === undefined ? own : T.where(isOut, 0, own)
  const losses = T.neg(T.mul(picked, weight))
  if (reduction === 'none') return losses
  return reduction === 'sum' ? T.sum(losses) : T.div(T.sum(losses), T.sum(weight))
}

const negativeLogLikelihood: Operation = operation(2, 3, (node) => {
  const ignored = node.int('ignore_index', undefined)
  const reduction = node.word('reduction', ['mean', 'sum', 'none'])
  return (logs, labels, weights?: Tensor) => negativeLikelihood(logs, labels, weights, ignored, reduction)
})

const softmaxCrossEntropy: Operation = operation(2, 3, (node) => {
  const ignored = node.int('ignore_index', undefined)
  const reduction = node.word('reduction', ['mean', 'sum', 'none'])
  return (scores, labels, weights?: Tensor) => {
    const logs = T.logSoftmax(scores, { axis: 1 })
    return [negativeLikelihood(logs, labels, weights, ignored, reduction), logs]
  }
})

export const normalisations: Operations = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  MeanVarianceNormalization: meanVariance,
  LpNormalization: lpNormalization,
  LRN: localResponse,
  Softmax: lanes((x, axis) => T.softmax(x, { axis })),
  LogSoftmax: lanes((x, axis) => T.logSoftmax(x, { axis })),
  Hardmax: lanes(hardmax),
  NegativeLogLikelihoodLoss: negativeLogLikelihood,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy
}
