/**
 * Pure functions as compiled programs: traced once, run as WebAssembly, with the very bits of the functions themselves.
 */
export { jit } from './compile/jit.js'
export { type CompiledStep, type LoweredFunction, type Placed, lower, show } from './compile/lower.js'
