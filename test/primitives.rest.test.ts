// The other half of primitives.test.ts.
import { everyLaw } from './law/everyLaw.js'

everyLaw(1, 2)
