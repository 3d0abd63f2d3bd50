/** Why some primitives have no decomposition. */
import { implicitPrimitive } from '../../../implicit/equation.js'
import { linearSolvePrimitive } from '../../../implicit/linearSystem.js'
import { matrixFunctionJetsPrimitive, matrixFunctionPrimitive } from '../../../linalg/matrixFunction.js'
import { odeintPrimitive } from '../../../ode/solution.js'
import type { Primitive } from '../../../primitive/model.js'

const spectral = 'divided differences of eigenvalues have no decomposition; compute it outside of the exported function'
const solver = 'its solver chooses its steps in JavaScript; write the steps with Control.scan or Control.whileLoop'

/** A sentence for each primitive that no format can have without a rule of its own. */
export const reasons: ReadonlyMap<Primitive, string> = new Map<Primitive, string>([
  [matrixFunctionPrimitive, spectral],
  [matrixFunctionJetsPrimitive, spectral],
  [implicitPrimitive, solver],
  [linearSolvePrimitive, solver],
  [odeintPrimitive, solver]
])
