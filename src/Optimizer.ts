/**
 * Optimizers: pure transformations of gradients into updates. Chaining them is a monoid, and every optimizer is a chain.
 */
export { Monoid, applyUpdates, chain, freeze, identity, masked, partition } from './optimizer/combinators.js'
export { type ByPath, type Extras, type Need, type Optimizer, type Slot, type State } from './optimizer/model.js'
export { stateful, stateless } from './optimizer/rule.js'
export { adam, sgd } from './optimizer/optimizers.js'
export {
  type AdamOptions,
  addDecayedWeights,
  clipByGlobalNorm,
  globalNorm,
  scale,
  scaleByAdam,
  scaleByLearningRate,
  scaleBySchedule,
  trace
} from './optimizer/transformations.js'
