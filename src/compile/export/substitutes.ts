/** What stands in for rules and functions that a format lacks. */
import { checkFinitePrimitive } from '../../debug/finite.js'
import { tapPrimitive } from '../../debug/tap.js'
import type { Primitive } from '../../primitive/model.js'
import { reasons } from './decompose/reasons.js'
import { decompositions } from './decompose/table.js'
import { formula } from './formulas.js'
import type { Substitutes } from './model.js'

/** Operations that look at values while a function runs here. */
const looking: readonly (readonly [Primitive, string])[] = [
  [tapPrimitive, 'it calls a function of JavaScript, which an engine cannot do; take it out'],
  [checkFinitePrimitive, 'it ends a run at a number that is not finite, which an engine cannot do; take it out']
]

export const substitutes: Substitutes = { decompositions, reasons: new Map([...reasons, ...looking]), formula }
