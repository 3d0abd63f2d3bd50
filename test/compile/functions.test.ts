import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FunctionName, importsOf, inlined, functionOf } from '../../src/compile/wasm/functions.js'
import { cos } from '../../src/kernel/functions/cos.js'
import { erf } from '../../src/kernel/functions/erf.js'
import { exp } from '../../src/kernel/functions/exp.js'
import { expm1 } from '../../src/kernel/functions/expm1.js'
import { log } from '../../src/kernel/functions/log.js'
import { log1p } from '../../src/kernel/functions/log1p.js'
import { pow } from '../../src/kernel/functions/pow.js'
import { quarter, rest } from '../../src/kernel/functions/reduction.js'
import { sin } from '../../src/kernel/functions/sin.js'
import { tanh } from '../../src/kernel/functions/tanh.js'
import { access, call, get, i32, locals, op } from '../../src/kernel/wasm/build.js'
import { encode } from '../../src/kernel/wasm/encode.js'
import type { Func, Instruction } from '../../src/kernel/wasm/model.js'

type Exported = (...numbers: readonly number[]) => number

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, Exported>> }
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
}

const unary = { exp, expm1, log, log1p, tanh, erf, sin, cos } as const
const unaryNames = ['exp', 'expm1', 'log', 'log1p', 'tanh', 'erf', 'sin', 'cos'] as const
const names: readonly FunctionName[] = [...unaryNames, 'pow']

// -----------------------------------------------------------------------------
// a module with all functions
// -----------------------------------------------------------------------------

const pair = (first: string, second: string): Instruction => ({
  _tag: 'Lane',
  op: 'f64x2.replace_lane',
  lane: 1,
  operands: [op('f64x2.splat', get(first)), get(second)]
})

/** Calls a function with vectors of two numbers, and writes what it gives to the beginning of the memory. */
const caller = ({ name, params }: Func): Func => ({
  name: `both_${name}`,
  exported: true,
  params: locals(
    'f64',
    params.flatMap((param) => [`${param.name}0`, `${param.name}1`])
  ),
  results: [],
  locals: [],
  body: [
    access('v128.store', 0, i32(0), call(name, ...params.map((param) => pair(`${param.name}0`, `${param.name}1`))))
  ]
})

const vectors = names.map((name) => functionOf(name, 'f64x2'))
const scalars = names.map((name) => functionOf(name, 'f64'))
const memory = new WebAssembly.Memory({ initial: 1 })
const result = new Float64Array(memory.buffer, 0, 2)
const calls: string[] = []
const noting =
  (name: string, f: (x: number) => number) =>
  (x: number): number => {
    calls.push(`${name} ${x}`)
    return f(x)
  }

/** tanh(x) + pow(y, x), with the steps of both in one function. */
const together = (width: 'f64' | 'f64x2'): Func => {
  const type = width === 'f64' ? 'f64' : 'v128'
  const [left, right] = [inlined('tanh', width, ['x'], 'a'), inlined('pow', width, ['y', 'x'], 'b')]
  return {
    name: `together_${width}`,
    exported: false,
    params: locals(type, ['x', 'y']),
    results: [type],
    locals: [...left.locals, ...right.locals],
    body: [...left.statements, ...right.statements, op(`${width}.add`, left.value, right.value)]
  }
}

const module = encode({
  memory: { pages: 1, maximum: undefined, shared: false },
  imports: importsOf(names).map((name) => ({ name, params: ['f64'], results: ['f64'] })),
  functions: [
    ...[...vectors, together('f64x2')].flatMap((each) => [each, caller(each)]),
    ...[...scalars, together('f64')].map((each) => ({ ...each, exported: true }))
  ]
})
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), {
  env: { memory, quarter: noting('quarter', quarter), rest: noting('rest', rest) }
})

const scalar = (name: FunctionName, ...operands: readonly number[]): number => exports[`${name}_f64`]!(...operands)

const vector = (name: FunctionName, ...operands: readonly number[]): readonly number[] => {
  exports[`both_${name}_f64x2`]!(...operands)
  return [...result]
}

// -----------------------------------------------------------------------------
// operands
// -----------------------------------------------------------------------------

const tiny = 2 ** -149
const huge = Math.fround(3.4028234663852886e38)
const far = 2 ** 23

const positive = [
  [0, tiny, 2 ** -127, 2 ** -126, 2 ** -25, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 7, 10, 11.5, 22, 23, 88, 89],
  [103, 104, 105, 127, 128, 709, 710, 711, 1023, 1024, 1025, far - 1, far - 0.5, far, far + 1, far + 2, 2 ** 24],
  [2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 127, huge, Infinity],
  // around the ends of what polynomials are for
  [Math.SQRT1_2, Math.SQRT2, Math.SQRT2 - 1, Math.PI / 4, Math.PI / 2, Math.PI, Math.LN2 / 2, Math.LN2, 3.96]
].flatMap((xs) => xs.map(Math.fround))
const special = [...positive, ...positive.map((x) => -x), NaN]

const floats = fc.array(fc.float(), { minLength: 32, maxLength: 64 })
const near = fc.array(fc.float({ min: -120, max: 120 }), { minLength: 32, maxLength: 64 })

// -----------------------------------------------------------------------------
// the same bits
// -----------------------------------------------------------------------------

const expectUnary = (name: (typeof unaryNames)[number], x: number, other: number): void => {
  const wanted = [unary[name](x), unary[name](other)]
  const got = vector(name, x, other)
  if (Object.is(got[0], wanted[0]) && Object.is(got[1], wanted[1]) && Object.is(scalar(name, x), wanted[0])) return
  expect([...got, scalar(name, x)], `${name} of ${x} and ${other}`).toEqual([...wanted, wanted[0]])
}

const expectPow = (x: number, y: number, otherX: number, otherY: number): void => {
  const wanted = [pow(x, y), pow(otherX, otherY)]
  const got = vector('pow', x, otherX, y, otherY)
  if (Object.is(got[0], wanted[0]) && Object.is(got[1], wanted[1]) && Object.is(scalar('pow', x, y), wanted[0])) return
  expect([...got, scalar('pow', x, y)], `pow of ${x}, ${y} and ${otherX}, ${otherY}`).toEqual([...wanted, wanted[0]])
}

/** Each with its neighbours, once in each lane. */
const eachWithNext = (xs: readonly number[], run: (x: number, next: number) => void): void =>
  xs.forEach((x, i) => run(x, xs[(i + 1) % xs.length]!))

describe('functions in WebAssembly have the bits of those in TypeScript', () => {
  test.each(unaryNames)('%s', (name) => {
    eachWithNext(special, (x, next) => expectUnary(name, x, next))
    fc.assert(fc.property(fc.oneof(floats, near), (xs) => eachWithNext(xs, (x, next) => expectUnary(name, x, next))))
  })

  test('pow', () => {
    for (const x of special) eachWithNext(special, (y, next) => expectPow(x, y, next, y))
    const whole = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 32, maxLength: 64 })
    fc.assert(
      fc.property(fc.oneof(floats, near), fc.oneof(floats, near, whole), (xs, ys) => {
        const y = (i: number): number => ys[i % ys.length]!
        xs.forEach((x, i) => expectPow(x, y(i), xs[(i + 1) % xs.length]!, y(i + 1)))
      })
    )
  })
})

test('steps of several functions stand in one', () => {
  fc.assert(
    fc.property(fc.float(), fc.float(), (x, y) => {
      exports['both_together_f64x2']!(x, y, y, x)
      const wanted = [tanh(x) + pow(y, x), tanh(y) + pow(x, y)]
      expect([...result, exports['together_f64']!(x, y)]).toEqual([...wanted, wanted[0]])
    })
  )
})

describe('what a module imports', () => {
  test('only sin and cos import anything', () => {
    expect(importsOf(['sin', 'exp', 'cos']).map((name) => name)).toEqual(['quarter', 'rest'])
    expect(importsOf(names.filter((name) => name !== 'sin' && name !== 'cos'))).toEqual([])
  })

  test('it is called for the lanes that need it', () => {
    const seen = (run: () => void): readonly string[] => {
      calls.length = 0
      run()
      return [...calls].sort()
    }
    expect(seen(() => vector('sin', 1, far - 1))).toEqual([])
    expect(seen(() => vector('sin', -far, 1))).toEqual([`quarter ${far}`, `rest ${far}`])
    expect(seen(() => vector('cos', 1, huge))).toEqual([`quarter ${huge}`, `rest ${huge}`])
    expect(seen(() => vector('cos', far, far))).toHaveLength(4)
    expect(seen(() => scalar('cos', far - 1))).toEqual([])
    expect(seen(() => scalar('cos', -far))).toEqual([`quarter ${far}`, `rest ${far}`])
  })
})
