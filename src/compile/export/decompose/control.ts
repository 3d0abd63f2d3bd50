/** The backward pass of a loop whose number of steps is not known, as loops. */
import { backwardFormula, whileBackwardPrimitive } from '../../../control/whilePrimitive.js'
import { type Entry, on } from './model.js'

/**
 * The decomposition of the backward pass of `whileLoop`: carries are computed again from checkpoints, in a number of steps of n log n, since an
 * engine keeps no list of values whose length depends on data.
 */
export const ofControl: readonly Entry[] = [on(whileBackwardPrimitive, backwardFormula)]
