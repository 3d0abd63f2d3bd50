/** StableHLO as a format. */
import { joined } from '../../../transform/scope.js'
import type { Language, Rules } from '../model.js'
import { algebra, has } from './algebra.js'
import { bits } from './bits.js'
import { control } from './control.js'
import { picks } from './indices.js'
import { matrices } from './matrices.js'
import { moves } from './moves.js'
import { products } from './products.js'
import { reductions } from './reductions.js'
import { type Value, type Writer, constant, locatedAt } from './writer.js'

const rules: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  ...moves,
  ...reductions,
  ...products,
  ...picks,
  ...control,
  ...matrices,
  ...bits
])

/** StableHLO. */
export const stableHloLanguage: Language<Writer, Value> = {
  format: 'StableHLO',
  rules,
  has,
  constant,
  algebra,
  at: (writer, { scope, primitive }) => locatedAt(writer, joined(scope, primitive.name) ?? primitive.name)
}
