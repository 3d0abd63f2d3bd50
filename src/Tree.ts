/**
 * Trees: any nesting of readonly records, tuples and arrays whose leaves are tensors. Parameters, gradients and states
 * are trees.
 *
 * Functions here take any type and check at run time that it is a tree, so that interfaces may describe one; an error
 * names the path of the first bad leaf.
 */
export { TreeError } from './tree/error.js'
export { type Flat, type WithLeaves, flatten, leaves, map, mapWithPath, sameStructure, zipWith } from './tree/model.js'
export { reduce, traverse, traverseWithPath } from './tree/fold.js'
export { add, dot, norm, onesLike, scale, sub, zerosLike } from './tree/vector.js'
