/**
 * Optimizers: pure transformations of gradients into updates. Chaining them is a monoid, and every optimizer is a chain.
 */
export { Monoid, applyUpdates, chain, freeze, identity, masked, partition } from './optimizer/combinators.js'
export { type ByPath, type Extras, type Need, type Optimizer, type Slot, type State } from './optimizer/model.js'
export { stateful, stateless } from './optimizer/custom.js'
export { scale, scaleByLearningRate, scaleBySchedule } from './optimizer/scaling.js'
export { ema, trace } from './optimizer/momentum.js'
export {
  type AdamOptions,
  type BeliefOptions,
  scaleByAdam,
  scaleByAdamax,
  scaleByAmsgrad,
  scaleByBelief,
  scaleByNadam,
  scaleByRadam
} from './optimizer/adam.js'
export {
  type AdadeltaOptions,
  type RmsOptions,
  type RssOptions,
  scaleByAdadelta,
  scaleByRms,
  scaleByRss,
  scaleByStddev
} from './optimizer/adaptive.js'
export { type LionOptions, type RpropOptions, scaleByLion, scaleByRprop } from './optimizer/sign.js'
export {
  type NovogradOptions,
  type TrustOptions,
  scaleByNovograd,
  scaleByParamBlockRms,
  scaleByTrustRatio
} from './optimizer/layerwise.js'
export { type FactoredOptions, orthogonalize, scaleByFactoredRms } from './optimizer/matrices.js'
export {
  adaptiveGradClip,
  clip,
  clipByBlockRms,
  clipByGlobalNorm,
  globalNorm,
  normalizeByUpdateNorm
} from './optimizer/clipping.js'
export { addDecayedWeights, addNoise, centralize, zeroNaNs } from './optimizer/gradients.js'
export { type LookaheadOptions, accumulate, applyIfFinite, lookahead } from './optimizer/around.js'
export { averageOf, averaged, sharpness } from './optimizer/parameters.js'
export {
  type Hyperparams,
  hyperparamsOf,
  injectHyperparams,
  named,
  partOf,
  withHyperparams
} from './optimizer/parts.js'
export {
  type LarsOptions,
  type LionwOptions,
  type MuonOptions,
  type SgdOptions,
  lars,
  lion,
  muon,
  rprop,
  sgd
} from './optimizer/descent.js'
export { type AdamwOptions, adabelief, adam, adamax, adamw, amsgrad, lamb, nadam, radam } from './optimizer/adams.js'
export {
  type AdafactorOptions,
  type RmspropOptions,
  adadelta,
  adafactor,
  adagrad,
  novograd,
  rmsprop
} from './optimizer/adapting.js'
