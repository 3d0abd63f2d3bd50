/** Pure functions as compiled programs: traced once, run as WebAssembly, with the very bits of the functions themselves. */
export { jit } from './compile/jit.js'
