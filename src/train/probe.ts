/** What a loop may look at inside the states of a step, to say where a number stopped being finite. */
import type { AsyncStep, Report } from './model.js'

export interface Probe<X, Batch> {
  /** The part of the state that holds parameters. */
  readonly stateOf: (state: X) => unknown
  /** The gradient that the step takes of this state and batch, computed again. */
  readonly gradient?: ((state: X, batch: Batch) => unknown) | undefined
}

/** By the step that each was given with, which `probeOf` casts it back to. */
const probes = /* @__PURE__ */ new WeakMap<object, Probe<never, never>>()

/** A step with its probe. */
export const probe = <S extends (state: never, batch: never) => unknown>(
  step: S,
  inside: Probe<Parameters<S>[0], Parameters<S>[1]>
): S => {
  probes.set(step, inside)
  return step
}

/** The probe of a step; one of the user's own shows its whole state. */
export const probeOf = <X, Batch, R extends Report>(step: AsyncStep<X, Batch, R>): Probe<X, Batch> =>
  (probes.get(step) as Probe<X, Batch> | undefined) ?? { stateOf: (state) => state }
