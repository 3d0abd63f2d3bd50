/**
 * Control flow as functions: loops and choices that all transformations go through, and that are one operation each in a
 * staged function.
 */
export { type AssociativeScanOptions, associativeScan } from './control/associativeScan.js'
export { cond, switchCase } from './control/cond.js'
export { type ForOptions, foriLoop } from './control/for.js'
export { type Elements, type ScanOptions, map, scan } from './control/scan.js'
export { type WhileOptions, whileLoop } from './control/while.js'
