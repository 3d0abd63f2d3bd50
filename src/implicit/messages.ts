/** The words of failures beside the numbers, for each function. */
import type { Wording } from './notConverged.js'

type Remedies = Wording['remedies']

const nearer = (to: string): string => `raise maxIterations or start nearer to ${to}`

const undefinedThere = 'start where the function is defined'

const ofRoot: Remedies = {
  iterations: nearer('a root'),
  'not finite': undefinedThere,
  singular: 'start elsewhere',
  stagnation: 'start elsewhere'
}

const ofFixedPoint: Remedies = {
  iterations: "raise maxIterations or use method 'anderson'",
  'not finite': 'start nearer to a fixed point, or look for it with root'
}

const ofMinimum: Remedies = {
  iterations: nearer('a minimum'),
  'not finite': undefinedThere,
  stagnation: 'raise the tolerance, or start elsewhere'
}

/** For a solver of the user's own, whose iterations are not limited here. */
const ofGiven: Remedies = { iterations: 'give a solver that comes closer, or raise the tolerance' }

const remedies: { readonly [name: string]: Remedies } = {
  root: ofRoot,
  fixedPoint: ofFixedPoint,
  'fixedPoint (anderson)': { ...ofFixedPoint, iterations: 'raise maxIterations' },
  argmin: ofMinimum,
  'root (solver)': { ...ofRoot, ...ofGiven },
  'fixedPoint (solver)': { ...ofFixedPoint, ...ofGiven },
  'argmin (solver)': { ...ofMinimum, ...ofGiven }
}

/** For a nonlinear solver, by its name; the equation of a minimum has a symmetric Jacobian. */
export const wordingOfEquation = (name: string, symmetric: boolean): Wording => ({
  name,
  what: symmetric ? 'the gradient' : 'the residual',
  map: 'Jacobian',
  remedies: remedies[name] ?? {}
})

const elsewhere = "set linear.method to 'gmres' or 'direct'"

const origin = 'look for where they come from with Debug.checkFinite'

/** For a linear solve, by its name and method: one that the user calls, or one inside a derivative. */
export const wordingOfSystem = (name: string, method: string): Wording => ({
  name: `${name} (${method})`,
  what: 'the residual',
  map: name === 'linearSolve' ? 'operator' : 'Jacobian',
  remedies:
    name === 'linearSolve'
      ? {
          iterations: 'raise maxIterations or give a preconditioner',
          'not finite': origin,
          singular: 'add a small multiple of the identity to the operator',
          indefinite: 'use gmres, bicgstab or direct',
          'indefinite preconditioner': 'give another one',
          breakdown: 'use gmres or direct',
          stagnation: method === 'gmres' ? 'raise restart or the tolerance' : 'raise the tolerance or use direct'
        }
      : {
          iterations: "raise linear.maxIterations, or set linear.method to 'direct'",
          'not finite': origin,
          singular: 'differentiate where it is not',
          indefinite: elsewhere,
          breakdown: elsewhere,
          stagnation: "raise linear.tolerance, or set linear.method to 'direct'"
        }
})
