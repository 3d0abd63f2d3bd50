/**
 * Control flow as functions: loops and choices that all transformations go through, and that are one operation each in a
 * staged function.
 */
export { type Elements, type ScanOptions, map, scan } from './control/scan.js'
