/** Why some primitives have no decomposition. */
import { implicitPrimitive } from '../../../implicit/equation.js'
import { linearSolvePrimitive } from '../../../implicit/linearSystem.js'
import { eighPrimitive } from '../../../linalg/eigh.js'
import { lstsqPrimitive } from '../../../linalg/leastSquares.js'
import { matrixFunctionJetsPrimitive, matrixFunctionPrimitive } from '../../../linalg/matrixFunction.js'
import { polarPrimitive } from '../../../linalg/polar.js'
import { lyapunovPrimitive, matrixSqrtPrimitive } from '../../../linalg/squareRoot.js'
import { svdPrimitive } from '../../../linalg/svd.js'
import { odeintPrimitive } from '../../../ode/solution.js'
import type { Primitive } from '../../../primitive/model.js'

const spectral =
  'eigenvalues and singular values have no operation in the formats; compute them outside of the exported function'
const reflections =
  'factors by reflections have no operation in the formats; compute them outside of the exported function'
const solver = 'its solver chooses its steps in JavaScript; write the steps with Control.scan or Control.whileLoop'

/** A sentence for each primitive that no format can have without a rule of its own. */
export const reasons: ReadonlyMap<Primitive, string> = new Map<Primitive, string>([
  [eighPrimitive, spectral],
  [svdPrimitive, spectral],
  [polarPrimitive, spectral],
  [matrixSqrtPrimitive, spectral],
  [lyapunovPrimitive, spectral],
  [matrixFunctionPrimitive, spectral],
  [matrixFunctionJetsPrimitive, spectral],
  [lstsqPrimitive, reflections],
  [implicitPrimitive, solver],
  [linearSolvePrimitive, solver],
  [odeintPrimitive, solver]
])
