/**
 * Optimizers: pure transformations of gradients into updates. Chaining them is a monoid, and every optimizer is a chain.
 */
export {
  Monoid,
  type Optimizer,
  type Slot,
  type State,
  applyUpdates,
  chain,
  identity,
  stateful,
  stateless
} from './optimizer/model.js'
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
