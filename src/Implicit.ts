/**
 * Values that are defined by equations, and differentiated through the equations instead of through the iterations that
 * solve them: linear systems, roots, fixed points, minima.
 */
export { argmin } from './implicit/argmin.js'
export { type FixedPointOptions, fixedPoint } from './implicit/fixedPoint.js'
export { type LinearMethod, linearSolve } from './implicit/linearSolve.js'
export { type NotConverged, orThrow } from './implicit/notConverged.js'
export { type LinearOptions, type SolverOptions } from './implicit/options.js'
export { root } from './implicit/root.js'
