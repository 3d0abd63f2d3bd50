/** THE table of decompositions, by primitive. */
import type { Primitive } from '../../../primitive/model.js'
import type { Decomposition } from './model.js'
import { ofConvolutions } from './convolution.js'
import { ofAxes } from './along.js'
import { ofChoices } from './choices.js'
import { coins } from './coins.js'
import { ofControl } from './control.js'
import { ofElimination } from './lu.js'
import { ofMatrices } from './matrices.js'
import { ofMoments } from './moments.js'
import { ofPlaces } from './places.js'
import { ofPolygamma } from './polygamma.js'
import { ofReflections } from './qr.js'
import { ofRandom } from './random.js'
import { ofSoftmax } from './softmax.js'

import { ofSpectra } from './spectral.js'
import { ofTriangles } from './triangles.js'
import { ofWindows } from './windows.js'

/** What each primitive is in terms of others, which may have decompositions again. */
export const decompositions: ReadonlyMap<Primitive, Decomposition> = new Map([
  ...ofSoftmax,
  ...ofMoments,
  ...ofAxes,
  ...ofPlaces,
  ...ofRandom,
  coins,
  ...ofChoices,
  ...ofWindows,
  ...ofConvolutions,
  ...ofElimination,
  ...ofTriangles,
  ...ofPolygamma,
  ...ofReflections,
  ...ofSpectra,
  ...ofControl,
  ...ofMatrices
])
