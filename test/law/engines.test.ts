// Which primitives have the same bits on every engine, and which have not: their kernels call functions of Math that the
// language leaves to the engine (rule 8). Found by watching the kernels, at samples in both float types.
import * as fc from 'fast-check'
import { draw } from 'pullback/Arbitrary'
import { type FloatDType, isFloat } from 'pullback/DType'
import type { Concrete, Primitive } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it, vi } from 'vitest'
import { type Instance, concrete, instance } from '../../src/law/instance.js'
import { primitives } from './primitives.js'

/** The functions of Math that were called; all are watched but those whose results the language defines. */
const called = vi.hoisted((): Set<string> => {
  const seen = new Set<string>()
  const defined = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc']
  for (const name of Object.getOwnPropertyNames(Math)) {
    const f: unknown = Reflect.get(Math, name)
    if (typeof f !== 'function' || defined.includes(name)) continue
    const watched = (...args: readonly number[]): unknown => {
      seen.add(name)
      return Reflect.apply(f, Math, args)
    }
    Object.defineProperty(Math, name, { value: watched, configurable: true, writable: true })
  }
  return seen
})

const sources = import.meta.glob(['../../src/{kernel,tensor,random,primitive,activation}/**/*.ts'], {
  eager: true,
  query: '?raw',
  import: 'default'
})

/** By what they call, the primitives whose bits are the engine's. */
const inDouble: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'acos acosh asin asinh atan atan2 atanh cbrt cos cosh pow sin sinh tan tanh'.split(' ').map((f) => [f, f])
  ),
  exp: 'erf, erfDerivative, erfc, exp, normalDistribution, share, sigmoid, sigmoidDerivative, softmax, tanhDerivative',
  'exp, log': 'logSoftmax, logSumExp',
  'exp, log1p': 'logAddExp, logSigmoid, softplus',
  expm1: 'elu, expm1',
  'hypot, log2': 'eigh, lstsq, lyapunov, matrixFunction, matrixFunctionJets, matrixSqrt, polar, qr, svd',
  log: 'erfInv, erfcInv, gumbel, log, logAbsDet, normal, xlogy',
  'log, pow': 'powerLog',
  'log, sin': 'lgamma',
  'log, sin, tan': 'polygamma',
  'log, tan': 'digamma',
  log1p: 'log1p, weightedChoice',
  log2: 'log2, matrixExp'
}

/** In float32 the functions of rule 2, and what is made of them, are the library's own. */
const inSingle: Readonly<Record<string, string>> = {
  ...Object.fromEntries('acos acosh asin asinh atan atan2 atanh cbrt cosh sinh tan'.split(' ').map((f) => [f, f])),
  exp: 'erfc, normalDistribution',
  'hypot, log2': 'eigh, lstsq, lyapunov, matrixFunction, matrixFunctionJets, matrixSqrt, polar, qr, svd',
  log: 'erfInv, erfcInv, logAbsDet',
  'log, sin': 'lgamma',
  'log, sin, tan': 'polygamma',
  'log, tan': 'digamma',
  log1p: 'weightedChoice',
  log2: 'matrixExp'
}

const pinned: Readonly<Record<FloatDType, Readonly<Record<string, string>>>> = { float32: inSingle, float64: inDouble }

/** Numbers from all branches of functions: tiny, near 1, large, of both signs. */
const wide = [1e-30, 1e-5, 0.01, 0.3, 0.9999, 1, 1.25, 2.5, 7, 30, 200, 1e6, 1e30].flatMap((x) => [x, -x])

/** The operands of an elementwise kernel with such numbers in all their floats, each beside others. */
const widened = (operands: readonly T.Tensor[]): readonly T.Tensor[] =>
  operands.map((x, index) => {
    if (!isFloat(x.dtype)) return T.zeros([wide.length ** 2], x.dtype)
    const values = Array.from(
      { length: wide.length ** 2 },
      (_, i) => wide[Math.floor(i / wide.length ** index) % wide.length]!
    )
    return T.of(values, x.dtype)
  })

/** What the kernel of a primitive calls of the engine's at samples in one float type. */
const callsOf = (primitive: Primitive, dtype: FloatDType): readonly string[] => {
  const found = new Set<string>()
  const watch = ({ evaluate }: Instance, operands: readonly Concrete[]): void => {
    called.clear()
    try {
      // The type of a draw is among its parameters.
      const other = evaluate(operands).some((result) => isFloat(result.dtype) && result.dtype !== dtype)
      if (primitive.kind === 'random' && other) return
    } catch {
      // A matrix that is refused shows nothing.
    }
    called.forEach((name) => found.add(name))
  }
  for (const singular of [false, true]) {
    for (const from of fc.sample(draw({ maxElements: 16, singular }), { numRuns: 12, seed: 1 })) {
      const drawn = instance(primitive, primitive.sample!(from), from.reachOf, !singular)
      const at = dtype === 'float32' ? drawn.inSingle() : drawn
      watch(at, concrete(at.operands))
      if (primitive.kind === 'elementwise') watch(at, concrete(widened(at.operands)))
    }
  }
  return [...found].sort()
}

/** Control runs the kernels of its programs, and has those of samples: it stands in no table. */
const own = primitives.map(({ primitive }) => primitive).filter(({ kind }) => kind !== 'control')

/** The names of primitives by what they call. */
const tableOf = (dtype: FloatDType): Readonly<Record<string, string>> => {
  const rows = own.map((primitive) => [callsOf(primitive, dtype).join(', '), primitive.name] as const)
  const all = [...new Set(rows.map(([calls]) => calls))].sort()
  return Object.fromEntries(
    all.map((calls) => [
      calls,
      rows
        .flatMap(([each, name]) => (each === calls ? [name] : []))
        .sort()
        .join(', ')
    ])
  )
}

describe('the functions of the engine that kernels call', () => {
  it.each(['float32', 'float64'] as const)('in %s', (dtype) => {
    const { '': none, ...table } = tableOf(dtype)
    const lines = Object.entries(table).map(([calls, names]) => `  ${calls}: ${names}`)
    console.log([`In ${dtype}, kernels call of the engine's`, ...lines].join('\n'))
    expect(table).toEqual(pinned[dtype])
    expect(none).toContain('add')
  })

  it('are called by name, never by the operator, where they could not be seen', () => {
    const powers = Object.entries(sources).flatMap(([file, text]) =>
      text
        .split('\n')
        .filter((line) => !/^\s*(\/?\*|\/\/)/.test(line))
        .filter((line) => line.replaceAll(/\b2 \*\* | \*\* 2\b/g, '').includes('**'))
        .map((line) => `${file}: ${line.trim()}`)
    )
    expect(powers).toEqual([])
  })
})
