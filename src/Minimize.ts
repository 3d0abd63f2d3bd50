/**
 * Minimisation of functions of any tree of tensors: one loop, methods as values, and the outcome as an `Either` with its history.
 */
export {
  type BacktrackingOptions,
  type GradientDescentOptions,
  backtracking,
  by,
  gradientDescent
} from './minimize/descent.js'
export {
  type NelderMeadOptions,
  type RandomDirectionsOptions,
  type RandomSearchOptions,
  nelderMead,
  randomDirections,
  randomSearch
} from './minimize/gradientFree.js'
export { minimize } from './minimize/minimize.js'
export {
  type Bounds,
  type Method,
  type MinimizeOptions,
  type NotConverged,
  type Objectives,
  type Result
} from './minimize/model.js'
export {
  type LevenbergMarquardtOptions,
  type NewtonCgOptions,
  levenbergMarquardt,
  newtonCg
} from './minimize/newton.js'
export { type LbfgsOptions, type WolfeOptions, conjugateGradient, lbfgs } from './minimize/quasiNewton.js'
