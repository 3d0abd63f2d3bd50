/** What every engine runs: the steps of the lectures, a Hessian, a simulation, and steps of sequences. */
import { derivatives } from './steps/calculus.js'
import type { Sample } from './steps/model.js'
import { lectures, sequences } from './steps/training.js'

export { type Sample, inFloats } from './steps/model.js'
export { lectures, sequences } from './steps/training.js'

/** All of them. */
export const steps = (): readonly Sample[] => [...lectures(), ...derivatives(), ...sequences()]
