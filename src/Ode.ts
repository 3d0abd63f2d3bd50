/**
 * Ordinary differential equations, differentiated through the solver.
 */
export { type OdeOptions, odeint } from './ode/odeint.js'
