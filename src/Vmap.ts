/**
 * Mapping functions of one example over many.
 */
export { type InAxes, type OutAxes, type VmapOptions, type WithAxis, vmap } from './calculus/vmap.js'
export { type WithoutAxis, overExamples } from './calculus/overExamples.js'
