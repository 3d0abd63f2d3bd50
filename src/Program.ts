/**
 * Programs as data: functions of tensors as lists of equations, passes from program to program, and helpers for tools
 * that look inside.
 */
export { type Atom, type Equation, type Program, Variable } from './primitive/model.js'
export { equation, liveness } from './transform/program.js'
export { type ProgramCost, cost } from './program/cost.js'
export { removeDead } from './program/dead.js'
export { foldConstants } from './program/fold.js'
export { paramsKey } from './program/key.js'
export { mergeScans } from './program/mergeScans.js'
export { type Recording, record } from './program/record.js'
export { type RuleOptions, rule } from './program/rule.js'
export { apply, run } from './program/run.js'
export { shareCommon } from './program/share.js'
export { ProgramError, verify } from './program/verify.js'
