/** Why some primitives have no decomposition. */
import type { Primitive } from '../../../primitive/model.js'

/** A sentence for each primitive that no format can have without a rule of its own. */
export const reasons: ReadonlyMap<Primitive, string> = new Map([])
