/**
 * Programs as data: functions of tensors as lists of equations.
 */
export { type Atom, type Equation, type Program, Variable } from './primitive/model.js'
