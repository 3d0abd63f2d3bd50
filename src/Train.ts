/**
 * Training as a fold: a pure step takes a state and a batch to the next state and a report, and a loop behind a pure
 * signature runs it over batches.
 */
export { type Event, MonoidReporter, type Reporter, silent } from './train/event.js'
export {
  type Aborted,
  type Diverged,
  type Failed,
  type RunOptions,
  type Signal,
  fold,
  run,
  scan
} from './train/fold.js'
export {
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
  objective,
  step,
  update
} from './train/model.js'
