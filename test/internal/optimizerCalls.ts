// How optimizers are called with options, for the law of options.
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import type { Call } from './layerCalls.js'

const first: Call = (f, options) => f(options)
const afterNumber: Call = (f, options) => f(0.1, options)
const afterOptimizer: Call = (f, options) => f(Optimizer.identity, options)

const rows = (names: readonly string[], call: Call): Readonly<Record<string, Call>> =>
  Object.fromEntries(names.map((name) => [`Optimizer.${name}`, call]))

export const optimizerCalls: Readonly<Record<string, Call>> = {
  ...rows(
    [
      'averaged',
      'normalizeByUpdateNorm',
      'orthogonalize',
      'scaleByAdadelta',
      'scaleByAdam',
      'scaleByAdamax',
      'scaleByAmsgrad',
      'scaleByBelief',
      'scaleByFactoredRms',
      'scaleByLion',
      'scaleByNadam',
      'scaleByNovograd',
      'scaleByRadam',
      'scaleByRms',
      'scaleByRss',
      'scaleByStddev',
      'scaleByTrustRatio'
    ],
    first
  ),
  ...rows(
    [
      'adabelief',
      'adadelta',
      'adafactor',
      'adagrad',
      'adam',
      'adamax',
      'adamw',
      'adaptiveGradClip',
      'amsgrad',
      'ema',
      'lamb',
      'lars',
      'lion',
      'muon',
      'nadam',
      'novograd',
      'radam',
      'rmsprop',
      'rprop',
      'scaleByRprop',
      'sgd',
      'trace'
    ],
    afterNumber
  ),
  'Optimizer.addNoise': (f, options) => f(Random.key(0), options),
  'Optimizer.lookahead': afterOptimizer
}
