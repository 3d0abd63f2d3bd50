/**
 * The laws of differentiation, for primitives, layers and whole models: `fc.assert(Law.gradient(f, arbitrary))` with any
 * runner, `Law.check(f)(...args)` with none.
 */
export { type VectorSpace, eq, vectorSpace } from './law/algebra.js'
export { type Kill, type Mutant, battery, killTable, mutate } from './law/battery.js'
export { type BinaryFunction, broadcast, broadcasts } from './law/broadcast.js'
export { type CheckOptions, check, functionLaws } from './law/check.js'
export { multilinear, nan, withoutDerivative } from './law/declared.js'
export { adjoint, linearity, purity } from './law/exact.js'
export { finiteDifferences } from './law/finite.js'
export { secondOrder, thirdOrder } from './law/higher.js'
export type { AnyPrimitive, Instance } from './law/instance.js'
export { GradientError } from './law/judge.js'
export { type PrimitiveLaw, layout } from './law/kernel.js'
export { singlePrecision } from './law/single.js'
export { kinks } from './law/kinks.js'
export type { FunctionLaw, GradientMismatch, GradientReport, Jacobians, Verdict } from './law/model.js'
export { type Mutation, mutations } from './law/mutation.js'
export { show } from './law/print.js'
export { type Arbitraries, gradient, gradientWith } from './law/property.js'
export { type Subject, subject } from './law/subject.js'
export { accumulation, subsets } from './law/uses.js'
export { type NamedProperty, primitive, primitiveLaws } from './law/suite.js'
