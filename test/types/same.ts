/** Whether two types are the same, not just assignable to each other. */
export type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/** `typeOf(x)<Expected>(true)` compiles only where the type of `x` is exactly that. */
export const typeOf =
  <Actual>(_: Actual) =>
  <Expected>(same: Same<Actual, Expected>): boolean =>
    same

/** `isType<Actual, Expected>(true)` compiles only where the two are the same. */
export const isType = <Actual, Expected>(same: Same<Actual, Expected>): boolean => same
