/** The numbers of a cost; `cost.ts` counts them. */

/**
 * Operations and memory traffic.
 *
 * @example
 * import type { Traffic } from 'pullback/Primitive'
 *
 * const ofAddingTwoVectors: Traffic = { flops: 3, read: 24, written: 12 }
 * ofAddingTwoVectors.flops // => 3
 */
export interface Traffic {
  /** Floating-point operations. */
  readonly flops: number
  /** Bytes read. */
  readonly read: number
  /** Bytes written. */
  readonly written: number
}

/**
 * The cost of one call of a primitive.
 *
 * @example
 * import type { Cost } from 'pullback/Primitive'
 *
 * const ofALoopOfUnknownLength: Cost = { flops: 3, read: 24, written: 12, atLeast: true }
 * ofALoopOfUnknownLength.working // => undefined
 */
export interface Cost extends Traffic {
  /** Bytes of memory beside operands and results while it runs. */
  readonly working?: number
  /** Whether it is a lower bound. */
  readonly atLeast?: boolean
  /** The parts of the scopes in its programs; operations outside of all scopes are under ''. */
  readonly scopes?: Readonly<Record<string, Traffic>>
}

/** The costs of programs in the parameters of a primitive. */
export interface CostOfPrograms<Program> {
  /** The dearest of some programs, any of which may run. */
  readonly dearest: (programs: readonly Program[]) => Cost
  /** Some programs one after the other, the whole `n` times. */
  readonly repeated: (programs: readonly Program[], n: number, atLeast?: boolean) => Cost
}
