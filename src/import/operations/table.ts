/** All operations that are imported, by name: one entry each. */
import type { Operations } from '../operation.js'
import { arithmetic, reductions } from './arithmetic.js'
import { attention } from './attention.js'
import { bits } from './bits.js'
import { constants } from './constants.js'
import { control } from './control.js'
import { convolutions } from './convolution.js'
import { elementwise } from './elementwise.js'
import { indexing } from './indexing.js'
import { linear } from './linear.js'
import { normalisations } from './normalisation.js'
import { recurrent } from './recurrent.js'
import { resizing } from './resize.js'
import { sampling } from './sampling.js'
import { shapes } from './shapes.js'

export const operations: Operations = {
  ...elementwise,
  ...arithmetic,
  ...reductions,
  ...bits,
  ...constants,
  ...shapes,
  ...indexing,
  ...linear,
  ...convolutions,
  ...normalisations,
  ...resizing,
  ...sampling,
  ...recurrent,
  ...attention,
  ...control
}
