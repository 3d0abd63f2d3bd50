// Functions of float32 against float64 references, whose own errors, a few ulp of float64, are 1e-8 ulp of float32.
import { cos } from '../../../src/kernel/functions/cos.js'
import { erf } from '../../../src/kernel/functions/erf.js'
import { exp } from '../../../src/kernel/functions/exp.js'
import { expm1 } from '../../../src/kernel/functions/expm1.js'
import { log } from '../../../src/kernel/functions/log.js'
import { log1p } from '../../../src/kernel/functions/log1p.js'
import { pow } from '../../../src/kernel/functions/pow.js'
import { sin } from '../../../src/kernel/functions/sin.js'
import { tanh } from '../../../src/kernel/functions/tanh.js'
import { erf as erfOf } from '../../../src/kernel/special/erf.js'
import { sigmoid as sigmoidOf, softplus as softplusOf } from '../../../src/kernel/special/logistic.js'
import { sigmoid, softplus } from '../../../src/kernel/special/logisticFloat32.js'
import { pow as powOf } from '../../../src/kernel/special/power.js'

type Function1 = (x: number) => number
type Function2 = (x: number, y: number) => number

/** What every function must keep to. */
export const BOUND = 0.501

/** Each function of one number, and its reference. */
export const ofOne: readonly (readonly [name: string, f: Function1, reference: Function1])[] = [
  ['exp', exp, Math.exp],
  ['expm1', expm1, Math.expm1],
  ['log', log, Math.log],
  ['log1p', log1p, Math.log1p],
  ['tanh', tanh, Math.tanh],
  ['sigmoid', sigmoid, sigmoidOf],
  ['softplus', softplus, softplusOf],
  ['erf', erf, erfOf],
  ['sin', sin, Math.sin],
  ['cos', cos, Math.cos]
]

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

/** The distance of the float32 numbers around a float64. */
const ulp = (x: number): number => {
  double[0] = x
  return 2 ** (Math.max(((halves[1]! >>> 20) & 0x7ff) - 1023, -126) - 23)
}

/** The error of a float64 that is rounded to float32, in ulp; Infinity where a special value is missed. */
const errorOf = (value: number, expected: number): number => {
  const got = Math.fround(value)
  const wanted = Math.fround(expected)
  if (expected === 0 || !Number.isFinite(wanted)) return Object.is(got, wanted) ? 0 : Infinity
  const error = Math.abs(got - expected) / ulp(expected)
  return Number.isNaN(error) ? Infinity : error
}

const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

const fromBits = (pattern: number): number => {
  bits[0] = pattern
  return single[0]!
}

/** The largest error, and where it is. */
interface Worst {
  readonly error: number
  readonly at: readonly number[]
}

/** The worst of all float32 numbers, one in `step`. */
export const worstOfOne = (f: Function1, reference: Function1, step: number): Worst => {
  let error = 0
  let at = 0
  for (let pattern = 0; pattern < 2 ** 32; pattern += step) {
    const x = fromBits(pattern)
    const found = errorOf(f(x), reference(x))
    if (found > error) {
      error = found
      at = x
    }
  }
  return { error, at: [at] }
}

/** The worst error of `pow` at pairs. */
export const worstOfPow = (pairs: Iterable<readonly [number, number]>, f: Function2 = pow): Worst => {
  let error = 0
  let at: readonly number[] = []
  for (const [x, y] of pairs) {
    const found = errorOf(f(x, y), powOf(x, y))
    if (found > error) {
      error = found
      at = [x, y]
    }
  }
  return { error, at }
}

/** Pairs for powers: half of any two numbers, and half with results of moderate size. */
export function* pairs(count: number): Generator<readonly [number, number]> {
  let state = 1
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state
  }
  for (let i = 0; i < count; i += 2) {
    yield [fromBits((next() ^ (next() >>> 16)) >>> 0), fromBits((next() ^ (next() >>> 16)) >>> 0)]
    yield [Math.fround(next() / 2 ** 30), Math.fround((next() / 2 ** 31 - 1) * 40)]
  }
}
