/** What stands in for rules and functions that a format lacks. */
import { reasons } from './decompose/reasons.js'
import { decompositions } from './decompose/table.js'
import { formula } from './formulas.js'
import type { Substitutes } from './model.js'

export const substitutes: Substitutes = { decompositions, reasons, formula }
