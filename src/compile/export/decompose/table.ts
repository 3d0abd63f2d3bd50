/** THE table of decompositions, by primitive. */
import type { Primitive } from '../../../primitive/model.js'
import type { Decomposition } from './model.js'
import { ofMoments } from './moments.js'
import { ofPlaces } from './places.js'
import { ofRandom } from './random.js'
import { ofSoftmax } from './softmax.js'

/** What each primitive is in terms of others, which may have decompositions again. */
export const decompositions: ReadonlyMap<Primitive, Decomposition> = new Map([
  ...ofSoftmax,
  ...ofMoments,
  ...ofPlaces,
  ...ofRandom
])
