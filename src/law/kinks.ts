/** The law at kinks and ties, by one-sided derivatives. */
import { compare } from './compare.js'
import { lineOf, push } from './derivative.js'
import { noiseOf, oneSided } from './difference.js'
import { rademacherReach } from './finite.js'
import { type Instance, subjectOf } from './instance.js'
import type { PrimitiveLaw } from './kernel.js'
import { type Verdict, nothing } from './model.js'
import { count, flat, unflat } from './values.js'

const between = (value: number, a: number, b: number): number =>
  Math.min(Math.max(value, Math.min(a, b)), Math.max(a, b))

const checkAt = (at: Instance, salt: number): Verdict => {
  const subject = subjectOf(at)
  const { f, inputs, value } = subject
  if (!at.differentiable || count(inputs) === 0 || count(value) === 0) return nothing
  const result = flat(value)
  const direction = rademacherReach(subject, salt)
  const line = lineOf(subject, direction)
  const noise = noiseOf(line, result)
  const after = oneSided(line, result, noise, 1)
  const before = oneSided(line, result, noise, -1)
  const pushed = flat(push(f, inputs, unflat(inputs, direction)))
  // An infinite value or one-sided derivative bounds nothing.
  const error = result.map((each, i) => {
    const sum = 8 * (after.error[i]! + before.error[i]!)
    const scale = 1 + Math.abs(after.value[i]!) + Math.abs(before.value[i]!)
    return Number.isFinite(each) && sum < 1e-4 * scale ? sum + 1e-12 * scale : Infinity
  })
  return compare(subject, {
    law: 'kinks',
    order: 1,
    what: 'the directional derivative is outside of the one-sided ones',
    automatic: pushed,
    expected: pushed.map((each, i) => between(each, before.value[i]!, after.value[i]!)),
    bound: error,
    like: value,
    paths: subject.resultPaths
  })
}

/**
 * At kinks and ties, the directional derivative lies between the one-sided ones.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.kinks.singular // => true
 */
export const kinks: PrimitiveLaw = {
  name: 'kinks',
  says: 'at kinks and ties, the directional derivative lies between the one-sided ones',
  singular: true,
  check: checkAt
}
