/**
 * Training as a fold: a pure step takes a state and a batch to the next state and a report, and a loop behind a pure
 * signature runs it over batches.
 */
export { type Event, MonoidReporter, type Reporter, silent } from './train/event.js'
export { type EpochsOptions, epochs, runEpochs } from './train/epochs.js'
export { type FoldOptions, fold, scan } from './train/fold.js'
export { type RunDocument, fromJSON, toJSON } from './train/json.js'
export {
  type AsyncStep,
  type Example,
  type Measured,
  type Objective,
  type Outcome,
  type Progress,
  type Report,
  type State,
  type Step,
  type Update,
  init,
  objective
} from './train/model.js'
export type { Aborted, Diverged, Failed, Signal } from './train/outcome.js'
export { type AsyncPlan, type EpochReport, type Measures, type Plan, type Run, begin } from './train/plan.js'
export { type RateRange, rangeTest } from './train/rangeTest.js'
export { type RunOptions, run } from './train/run.js'
export { step, update } from './train/step.js'
