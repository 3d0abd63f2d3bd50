/** The laws of operands used together, twice, or alone. */
import { equals } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { compare } from './compare.js'
import { pull, push } from './derivative.js'
import { type FunctionLaw, type Verdict, all, nothing } from './model.js'
import { latticeLike } from './directions.js'
import { combine, count, flat, replaced, roundingOf, unflat } from './values.js'

const zeros = (like: readonly Tensor[]): readonly Tensor[] => unflat(like, new Float64Array(count(like)))

// -----------------------------------------------------------------------------
// accumulation
// -----------------------------------------------------------------------------

/**
 * Cotangents of several uses are summed: of a result that is used twice, and of an argument that is given twice.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.accumulation.says // => 'two uses of one value sum'
 */
export const accumulation: FunctionLaw = {
  name: 'accumulation',
  says: 'two uses of one value sum',
  check: (subject, salt) => {
    const { f, inputs, value, paths } = subject
    const u = latticeLike(salt, value)
    const w = latticeLike(salt + 1, value)
    const twice = (x: readonly Tensor[]): readonly Tensor[] => [...f(x), ...f(x)]
    const once = flat(pull(f, inputs, u))
    const again = flat(pull(f, inputs, w))
    const [a, b] = inputs
    const alike = inputs.length === 2 && a !== undefined && b !== undefined && equals(a.shape, b.shape)
    const same = (): Verdict => {
      if (!alike) return nothing
      const separate = pull(f, [a, a], u)
      const [one, two] = [flat(separate.slice(0, 1)), flat(separate.slice(1))]
      if ([...one, ...two].some((each) => !Number.isFinite(each))) return nothing
      return compare(subject, {
        law: 'accumulation',
        order: 1,
        what: 'the cotangent of an argument given twice is not the sum',
        automatic: flat(pull(([x]) => f([x!, x!]), [a], u)),
        expected: combine(1, one, 1, two),
        bound: roundingOf([a], one, two),
        like: [a],
        paths
      })
    }
    return all([
      () =>
        compare(subject, {
          law: 'accumulation',
          order: 1,
          what: 'the cotangent of two uses is not the sum',
          automatic: flat(pull(twice, inputs, [...u, ...w])),
          expected: combine(1, once, 1, again),
          bound: roundingOf(inputs, once, again),
          like: inputs,
          paths
        }),
      same
    ])
  }
}

// -----------------------------------------------------------------------------
// subsets
// -----------------------------------------------------------------------------

/** The proper subsets of up to three inputs; of more, each one alone and each one left out. */
const subsetsOf = (n: number): readonly (readonly boolean[])[] =>
  n <= 3
    ? Array.from({ length: Math.max(0, 2 ** n - 2) }, (_, bits) =>
        Array.from({ length: n }, (__, i) => (((bits + 1) >> i) & 1) === 1)
      )
    : [true, false].flatMap((alone) =>
        Array.from({ length: n }, (_, one) => Array.from({ length: n }, (__, i) => (i === one) === alone))
      )

/**
 * An operand's cotangent is the same to the bit whichever other operands are constants, and tangents are summed.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.subsets.name // => 'subsets'
 */
export const subsets: FunctionLaw = {
  name: 'subsets',
  says: 'every subset of active operands gives the same cotangents',
  check: (subject, salt) => {
    const { f, inputs, value, paths, resultPaths } = subject
    if (inputs.length < 2) return nothing
    const u = latticeLike(salt, value)
    const v = latticeLike(salt + 1, inputs)
    const full = pull(f, inputs, u)
    const checkOf = (active: readonly boolean[]) => (): Verdict => {
      const chosen = inputs.filter((_, i) => active[i] === true)
      const partial = (moving: readonly Tensor[]): readonly Tensor[] =>
        f(replaced(inputs, (_, i) => active[i] === true, moving))
      const expected = flat(full.filter((_, i) => active[i] === true))
      return compare(subject, {
        law: 'subsets',
        order: 1,
        what: 'a cotangent changes when other operands are constants',
        automatic: flat(pull(partial, chosen, u)),
        expected,
        bound: new Float64Array(expected.length),
        like: chosen,
        paths: paths.filter((_, i) => active[i] === true)
      })
    }
    const parts = inputs.map((_, i) =>
      flat(
        push(
          f,
          inputs,
          v.map((direction, j) => (i === j ? direction : zeros([direction])[0]!))
        )
      )
    )
    const total = flat(push(f, inputs, v))
    return all([
      ...subsetsOf(inputs.length).map(checkOf),
      () =>
        compare(subject, {
          law: 'subsets',
          order: 1,
          what: 'the tangents of the operands one by one do not sum to that of all',
          automatic: total,
          expected: parts.reduce((sum, part) => combine(1, sum, 1, part)),
          bound: roundingOf(value, total, ...parts),
          like: value,
          paths: resultPaths
        })
    ])
  }
}
