/**
 * Schedules: numbers that change with the step, such as a learning rate. A schedule is a function of the step number and
 * nothing else; steps are counted from 0.
 */
export { add, join, map, mul, scale, warmup } from './schedule/combinators.js'
export {
  type Decay,
  constant,
  cosine,
  exponential,
  inverseSqrt,
  inverseTime,
  linear,
  multiStep,
  polynomial,
  step
} from './schedule/curves.js'
export { type Cycle, type OneCycle, type Restarts, cosineRestarts, cyclic, oneCycle } from './schedule/cycles.js'
export { type Schedule, type Way, make } from './schedule/model.js'
export { type Plateau, type PlateauOptions, type PlateauState, reduceOnPlateau } from './schedule/plateau.js'
