// One digest for each kind of result that is the same in every engine: see docs/arithmetic.md. Nothing here needs Node.
import type { Case } from './case.js'
import { activations } from './cases/activations.js'
import { convolutions } from './cases/convolutions.js'
import { elementwise } from './cases/elementwise.js'
import { indexing } from './cases/indexing.js'
import { normalisations } from './cases/normalisations.js'
import { products } from './cases/products.js'
import { random } from './cases/random.js'
import { reductions } from './cases/sums.js'
import { digest } from './digest.js'

/** What is hashed, by name. */
export const cases: readonly Case[] = [
  ...elementwise,
  ...activations,
  ...normalisations,
  ...products,
  ...convolutions,
  ...reductions,
  ...indexing,
  ...random
]

export type Digests = Readonly<Record<string, string>>

/** The digests that this engine computes. */
export const digests = (): Digests =>
  Object.fromEntries(cases.map(({ name, operands, f }) => [name, digest(f(...operands))]))
