// Formulas of functions that a format may lack: their errors in float32 and float64 arithmetic, and their special values.
import { describe, expect, it } from 'vitest'
import { formula } from '../../src/compile/export/formulas.js'
import type { DType } from '../../src/DType.js'
import { erf, erfc } from '../../src/kernel/special/erf.js'
import { erfInv, erfcInv } from '../../src/kernel/special/erfInverse.js'
import { lgamma } from '../../src/kernel/special/logGamma.js'
import { digamma } from '../../src/kernel/special/polygamma.js'
import { integerPower } from '../../src/kernel/special/power.js'
import type { Expression } from '../../src/primitive/expression.js'
import { type Intrinsic, intrinsicOf, operations } from '../../src/primitive/intrinsics.js'

type Function = (a: number, b: number) => number

const special: { readonly [Name in Intrinsic]?: Function } = { erf, erfc, erfInv, erfcInv, lgamma, digamma }

const exact = (name: Intrinsic): Function => {
  const f = intrinsicOf(name) ?? special[name]
  if (f === undefined) throw new Error(`${name} is not known`)
  return f
}

/** What every format has. */
const base: readonly Intrinsic[] = ['neg', 'abs', 'sqrt', 'floor', 'round', 'exp', 'log', 'pow', 'sin', 'cos', 'imul']

/** A formula, and those of the functions in it, in the arithmetic of a type: every intermediate result is rounded to it. */
const value = (name: Intrinsic, dtype: DType, args: readonly number[]): number => {
  const rounded = (a: number): number => (dtype === 'float32' ? Math.fround(a) : dtype === 'int32' ? a | 0 : a)
  const run = (whole: Expression, operands: readonly number[]): number => {
    const known = new Map<Expression, number>()
    const at = (node: Expression): number => {
      const before = known.get(node)
      if (before !== undefined) return before
      const made = fresh(node)
      known.set(node, made)
      return made
    }
    const fresh = (node: Expression): number => {
      if (node.op === 'operand') return operands[node.index]!
      if (node.op === 'constant') return rounded(node.value)
      if (node.op === 'parameter') throw new Error('a formula has no parameters')
      if (node.op === 'select') return at(node.condition) === 0 ? at(node.onFalse) : at(node.onTrue)
      if (node.op !== 'intrinsic') return rounded(operations[node.op](at(node.left), at(node.right)))
      const given = node.args.map(at)
      if (base.includes(node.name)) return rounded(exact(node.name)(given[0]!, given[1]!))
      return run(made(node.name, dtype), given)
    }
    return at(whole)
  }
  return run(made(name, dtype), args)
}

const made = (name: Intrinsic, dtype: DType): Expression => {
  const found = formula(name, dtype)
  if (found === undefined) throw new Error(`${name} has no formula for ${dtype}`)
  return found
}

/** The distance of neighbouring numbers of a type. */
const ulp = (dtype: DType, a: number): number => {
  const [bits, least] = dtype === 'float32' ? [23, -126] : [52, -1022]
  return 2 ** (Math.floor(Math.log2(Math.max(Math.abs(a), 2 ** least))) - bits)
}

/** Numbers of a range that lie evenly, and as many near 0, in the type. */
const points = (from: number, to: number, dtype: DType): readonly number[] =>
  Array.from({ length: 4000 }, (_, i) => {
    const share = (i + 0.37) / 4000
    const at = i % 2 === 0 ? from + (to - from) * share : (i % 4 === 1 ? from : to) * 10 ** (-12 * share)
    const rounded = dtype === 'float32' ? Math.fround(at) : at
    return rounded >= from && rounded <= to ? rounded : 0.5 * (from + to)
  })

/** The largest error, in units in the last place of the larger of the value and `floor`. */
const worst = (name: Intrinsic, dtype: DType, [from, to]: Range, floor: number): number =>
  Math.max(
    ...points(from, to, dtype).map((at) => {
      const wanted = exact(name)(at, 0)
      const got = value(name, dtype, [at])
      if (!Number.isFinite(wanted)) return Object.is(wanted, got) ? 0 : Infinity
      return Math.abs(got - wanted) / ulp(dtype, Math.max(Math.abs(wanted), floor))
    })
  )

type Range = readonly [from: number, to: number]

/** A function, a range, and how many units in the last place the errors may have there in float32 and in float64. */
type Bound = readonly [name: Intrinsic, range: Range, single: number, double: number, floor?: number]

const bounds: readonly Bound[] = [
  ['expm1', [-1, 1], 2.5, 4],
  ['expm1', [-80, 80], 2.5, 4],
  ['log1p', [-0.999, 10], 2.5, 2],
  ['log2', [1e-30, 1e30], 2, 2],
  ['cbrt', [-1e30, 1e30], 1.5, 2],
  ['tan', [-1.5, 1.5], 2.5, 3],
  ['cos', [-1.5, 1.5], 2, 2, 1],
  ['asin', [-1, 1], 3, 3],
  ['acos', [-1, 1], 3, 3],
  ['atan', [-1e4, 1e4], 2.5, 2],
  ['atan', [-3, 3], 2.5, 2],
  ['sinh', [-85, 85], 3.5, 4],
  ['sinh', [-1.5, 1.5], 3.5, 4],
  ['cosh', [-85, 85], 2.5, 3],
  ['tanh', [-30, 30], 3, 4],
  ['asinh', [-1e6, 1e6], 3, 3],
  ['acosh', [1, 1e6], 3, 3],
  ['acosh', [1, 3], 3, 3],
  ['atanh', [-0.9999, 0.9999], 3, 3],
  ['erf', [-5, 5], 6.5, 3],
  ['erfc', [-5, 9], 4.5, 5],
  ['erfInv', [-0.99999, 0.99999], 4, 4],
  ['erfcInv', [1e-30, 1.9999], 3.5, 4],
  ['lgamma', [1e-3, 1000], 3.5, 4],
  ['lgamma', [0.5, 2.5], 3.5, 4],
  ['lgamma', [-10.3, -0.01], 8, 8, 8],
  ['digamma', [1e-3, 1000], 3, 4],
  ['digamma', [-0.49, -0.01], 4, 4, 1]
]

describe('formulas of functions of one number', () => {
  for (const [name, range, single, double, floor = 0] of bounds) {
    it(`${name} from ${range[0]} to ${range[1]}: ${single} and ${double} units in the last place`, () => {
      expect(worst(name, 'float32', range, floor)).toBeLessThanOrEqual(single)
      expect(worst(name, 'float64', range, floor)).toBeLessThanOrEqual(double)
    })
  }

  it('digamma left of its poles, to units in the last place of what it is the difference of', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const at of points(-10, -0.5, dtype)) {
        const f = at - Math.round(at)
        if (Math.abs(f) < 1e-3) continue
        const largest = Math.max(Math.abs(digamma(1 - at)), Math.abs(Math.PI / Math.tan(Math.PI * f)), -1 / at)
        const far = Math.abs(value('digamma', dtype, [at]) - digamma(at)) / ulp(dtype, largest)
        expect(far).toBeLessThanOrEqual(8)
      }
    }
  })
})

const specials: readonly number[] = [
  0,
  -0,
  1,
  -1,
  2,
  -2,
  3,
  -3,
  0.5,
  -0.5,
  1.5,
  -1.5,
  100,
  -100,
  1e-30,
  -1e-30,
  1e30,
  -1e30,
  Infinity,
  -Infinity,
  NaN
]

/** The same zero, infinity or NaN, or nearly the same number. */
const isNear = (got: number, wanted: number, dtype: DType): boolean =>
  Object.is(got, wanted) || (wanted !== 0 && Math.abs(got - wanted) <= 8 * ulp(dtype, wanted))

describe('special values', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const rounded = (a: number): number => (dtype === 'float32' ? Math.fround(a) : a)
    for (const name of new Set(bounds.map(([each]) => each))) {
      it(`${name} in ${dtype}`, () => {
        const far = specials.map(rounded).filter((at) => {
          // The cosine is accurate to units in the last place of 1 only; and of large numbers a sine is the engine's own.
          if (name === 'cos' || name === 'tan')
            return Math.abs(at) <= 3 && Math.abs(value(name, dtype, [at]) - exact(name)(at, 0)) > 1e-5
          const wanted = rounded(exact(name)(at, 0))
          return !isNear(value(name, dtype, [at]), name === 'lgamma' ? wanted + 0 : wanted, dtype)
        })
        expect(far).toEqual([])
      })
    }
    for (const name of ['atan2', 'min', 'max'] as const) {
      it(`${name} in ${dtype}`, () => {
        const all = specials.map(rounded)
        const far = all.flatMap((a) =>
          all.filter((b) => !isNear(value(name, dtype, [a, b]), rounded(exact(name)(a, b)), dtype)).map((b) => [a, b])
        )
        expect(far).toEqual([])
      })
    }
  }

  it('ipow, min and max of int32', () => {
    const bases = [0, 1, -1, 2, 3, -3, 7, 12345, -(2 ** 31), 2 ** 31 - 1]
    for (const a of bases) {
      for (const b of [0, 1, 2, 3, 5, 31, 32, 1000, 2 ** 31 - 1, -1, -2, -3, -(2 ** 31)]) {
        expect([a, b, value('ipow', 'int32', [a, b]) + 0]).toEqual([a, b, integerPower(a, b) + 0])
        expect(value('min', 'int32', [a, b])).toBe(Math.min(a, b))
        expect(value('max', 'int32', [a, b])).toBe(Math.max(a, b))
      }
    }
  })
})
