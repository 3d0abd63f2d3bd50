/**
 * Looking inside: programs as text, values as they pass, where a number first goes wrong, and what computes.
 */
export { checkFinite } from './debug/checkFinite.js'
export { cost } from './debug/cost.js'
export { NonFiniteError, type Operand } from './debug/finite.js'
export { show } from './debug/show.js'
export { type Environment, environment } from './kernel/library/instance.js'
export { type Report, type TapInfo, type TapOptions, tap } from './debug/tap.js'
export { scope } from './transform/scope.js'
export { type StagedProgram, evaluate, trace } from './debug/trace.js'
