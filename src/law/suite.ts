/** The suite that every primitive is held to: one property per law. */
import * as fc from 'fast-check'
import { type Drawing, draw } from '../arbitrary/draw.js'
import type { Sample } from '../primitive/domain.js'
import type { Params, Primitive } from '../primitive/model.js'
import { multilinear, nan, withoutDerivative } from './declared.js'
import { adjoint, linearity, purity } from './exact.js'
import { finiteDifferences } from './finite.js'
import { secondOrder, thirdOrder } from './higher.js'
import { instance, subjectOf } from './instance.js'
import { judge } from './toError.js'
import { type PrimitiveLaw, layout } from './kernel.js'
import { mapping } from './mapped.js'
import { singlePrecision } from './single.js'
import { staging } from './staged.js'
import { accumulation, subsets } from './sharing.js'
import { kinks } from './kinks.js'
import type { FunctionLaw } from './model.js'
import { salts } from './property.js'
import { strongZeros } from './zeros.js'

// -----------------------------------------------------------------------------
// the laws
// -----------------------------------------------------------------------------

const lifted = (law: FunctionLaw, maxElements: number): PrimitiveLaw => ({
  ...law,
  maxElements,
  check: (at, salt) => law.check(subjectOf(at), salt)
})

/** What holds of any primitive. */
const ofValues: readonly PrimitiveLaw[] = [lifted(purity, 64), layout, nan]

/** What holds of those with rules. */
const ofRules: readonly PrimitiveLaw[] = [
  lifted(adjoint, 64),
  lifted(linearity, 32),
  lifted(accumulation, 32),
  lifted(subsets, 32),
  lifted(finiteDifferences, 32),
  lifted(secondOrder, 16),
  lifted(thirdOrder, 12),
  kinks
]

/** What holds of any primitive under the other transformations. */
const ofTransformations: readonly PrimitiveLaw[] = [mapping, staging]

/**
 * All laws of primitives, those of functions among them.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.primitiveLaws.map(({ name }) => name).includes('kinks') // => true
 */
export const primitiveLaws: readonly PrimitiveLaw[] = [
  ...ofValues,
  ...ofRules,
  singlePrecision,
  multilinear,
  withoutDerivative,
  ...ofTransformations,
  strongZeros
]

/** The laws that say something of a primitive. */
export const lawsOf = (primitive: Primitive): readonly PrimitiveLaw[] =>
  primitive.derivative === undefined
    ? [...ofValues, singlePrecision, withoutDerivative, ...ofTransformations]
    : [...ofValues, ...ofRules, singlePrecision, multilinear, ...ofTransformations, strongZeros]

// -----------------------------------------------------------------------------
// properties
// -----------------------------------------------------------------------------

/**
 * A property with the name of the law that it states.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const properties: readonly Law.NamedProperty[] = Law.primitive(T.neg.primitive)
 * properties.map(({ name }) => name).includes('adjoint') // => true
 */
export interface NamedProperty {
  readonly name: string
  readonly says: string
  readonly property: fc.IPropertyWithHooks<[draw: Drawing, salt: number]>
}

/** The draws of a primitive's sample; refuses a primitive without one. */
export const sampleOf = (primitive: Primitive, from: Drawing): ReturnType<Sample<Params>> => {
  if (primitive.sample !== undefined) return primitive.sample(from)
  throw new Error(`${primitive.name}: the primitive has no sample; expected one, from which the laws draw operands`)
}

/** One law of one primitive, as a property. */
export const propertyOf = (primitive: Primitive, law: PrimitiveLaw): NamedProperty['property'] => {
  const { singular = false, maxElements = 32, longest } = law
  const judged = judge()
  return fc.property(draw({ maxElements, singular, longest }), salts, (from, salt) => {
    const at = instance(primitive, sampleOf(primitive, from), from.reachOf, !singular)
    judged(() => subjectOf(at), law.check(at, salt))
  })
}

/**
 * Everything that the library's own primitives are held to, for one of yours: a property per law, at the operands of its
 * `sample`. For those without rules: that they are constant where they are smooth.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as Law from 'pullback/Law'
 * import { real, unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const cube = unary({ name: 'cube', domain: real, f: (x) => x ** 3, df: (x) => T.mul(3, T.square(x)) })
 * for (const { property } of Law.primitive(cube.primitive)) fc.assert(property)
 */
export const primitive = (of: Primitive): readonly NamedProperty[] =>
  lawsOf(of).map((law) => ({ name: law.name, says: law.says, property: propertyOf(of, law) }))
