// Every primitive and every law with all the runs of a property, of which `npm test` makes half.
import { everyLaw } from '../law/everyLaw.js'

everyLaw(0, 1, 1)
