import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import { grad, valueAndGrad } from 'pullback/Grad'
import { none } from 'pullback/Primitive'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { primitives } from '../law/primitives.js'
import { programOf } from './samples.js'
import { cases, recurrent } from './programs.js'

const passes = {
  verify: Program.verify,
  removeDead: Program.removeDead,
  shareCommon: Program.shareCommon,
  foldConstants: Program.foldConstants,
  mergeScans: Program.mergeScans,
  all: <P extends Program.Program>(program: P): P =>
    Program.verify(
      Program.removeDead(Program.mergeScans(Program.shareCommon(Program.foldConstants(Program.verify(program)))))
    )
}

const names = ({ equations }: Program.Program): readonly string[] => equations.map(({ primitive }) => primitive.name)

const count = (program: Program.Program): number =>
  program.equations.reduce(
    (sum, { primitive, params }) => sum + 1 + (primitive.programs?.(params) ?? []).reduce((n, p) => n + count(p), 0),
    0
  )

const keepsTheValue = (program: Program.Program, inputs: readonly T.Tensor[]): boolean => {
  const before = Program.run(program)(...inputs)
  for (const pass of Object.values(passes)) {
    const after = pass(program)
    Program.verify(after)
    expect(Program.run(after)(...inputs)).toEqual(before)
    expect(count(after)).toBeLessThanOrEqual(count(program))
  }
  return true
}

describe('every pass keeps the value, bit for bit', () => {
  test.each(cases)('$name', ({ program, inputs }) => {
    expect(keepsTheValue(program, inputs)).toBe(true)
  })

  test.each(primitives.filter(({ primitive }) => primitive.sample !== undefined))('$place', ({ primitive }) => {
    fc.assert(
      fc.property(programOf(primitive), ({ program, inputs }) => keepsTheValue(program, inputs)),
      { numRuns: 5 }
    )
  })
})

describe('shareCommon', () => {
  test('equal equations are one, whatever they were made of', () => {
    const f = (x: T.Tensor<[3]>) => T.add(T.sum(T.exp(x), { axis: 0 }), T.sum(T.exp(x), { axis: -1 }))
    expect(names(Program.shareCommon(Debug.trace(f)(T.zeros([3]))))).toEqual(['exp', 'sum', 'add'])
  })

  test('constants are equal by their number, and -0 is not 0', () => {
    const f = (x: T.Tensor<[3]>) => [T.div(x, 0), T.div(x, 0), T.div(x, -0)] as const
    expect(names(Program.shareCommon(Debug.trace(f)(T.zeros([3]))))).toEqual(['div', 'div'])
  })

  test('effects are never shared', () => {
    const report = (): void => undefined
    const f = (x: T.Tensor<[]>) => T.add(Debug.tap(report)(x), Debug.tap(report)(x))
    expect(names(Program.shareCommon(Debug.trace(f)(T.scalar(0))))).toEqual(['tap', 'tap', 'add'])
  })

  test('the programs inside are shared in too', () => {
    const [, program] = [0, cases.find(({ name }) => name === 'choosing')!.program]
    expect(Debug.show(program).match(/exp/g)).toHaveLength(2)
    expect(Debug.show(Program.shareCommon(program)).match(/exp/g)).toHaveLength(1)
  })

  test('a traced program can still be evaluated', () => {
    const f = ({ a }: { readonly a: T.Tensor<[]> }) => ({ b: T.mul(T.exp(a), T.exp(a)) })
    const program = Program.shareCommon(Debug.trace(f)({ a: T.scalar(0) }))
    expect(Debug.evaluate(program)({ a: T.scalar(1) })).toEqual(f({ a: T.scalar(1) }))
  })
})

describe('mergeScans', () => {
  const scans = (program: Program.Program): number => names(program).filter((name) => name === 'scan').length

  test('the gradient of a scan goes forward once', () => {
    const f = (v: T.Tensor<[3]>, m: T.Tensor<[3, 3]>) => valueAndGrad((p: T.Tensor<[3]>) => recurrent(p, m))(v)
    const program = Debug.trace(f)(T.zeros([3]), T.zeros([3, 3]))
    const merged = Program.removeDead(Program.mergeScans(Program.shareCommon(program)))
    expect([scans(program), scans(merged)]).toEqual([3, 2])
    // Five steps, each a product and a tanh.
    expect(Program.cost(program).flops - Program.cost(merged).flops).toBe(5 * (18 + 3))
  })

  test('scans whose carries go other ways stay apart', () => {
    const run = (f: typeof T.sin) => (v: T.Tensor<[3]>) => grad((p: T.Tensor<[3]>) => T.sum(f(p)))(v)
    expect(scans(Program.mergeScans(Debug.trace(run(T.sin))(T.zeros([3]))))).toBe(0)
  })
})

describe('foldConstants', () => {
  const atConstant = (program: Program.Program, value: T.Tensor): Program.Program => {
    const [x] = program.inputs
    const equations = program.equations.map(({ primitive, params, operands, results }) =>
      Program.equation(
        primitive,
        params,
        operands.map((each) => (each === x ? value : each)),
        results
      )
    )
    return { ...program, inputs: [], equations }
  }
  const f = (x: T.Tensor<[1000, 1000]>) => [T.add(T.exp(x), 1), T.cumsum(x, { axis: 0 })] as const
  const program = Debug.trace(f)(T.zeros([1000, 1000]))

  test('what is one number throughout is computed as one', () => {
    const folded = Program.foldConstants(atConstant(program, T.ones([1000, 1000])))
    expect(names(folded)).toEqual(['cumsum'])
  })

  test('other constants stay as they are', () => {
    const x = T.add(T.zeros([1000, 1000]), T.arange(1000))
    expect(names(Program.foldConstants(atConstant(program, x)))).toEqual(names(program))
  })
})

describe('paramsKey', () => {
  test('plain data by structure', () => {
    expect(Program.paramsKey({ a: [1, { b: NaN }], c: 'x' })).toBe(Program.paramsKey({ c: 'x', a: [1, { b: NaN }] }))
    expect(Program.paramsKey({ a: '1' })).not.toBe(Program.paramsKey({ a: 1 }))
    expect(Program.paramsKey({ a: new Float32Array([1]) })).toBe(Program.paramsKey({ a: new Float32Array([1]) }))
    expect(Program.paramsKey({ a: new Float32Array([1]) })).not.toBe(Program.paramsKey({ a: [1] }))
    expect(Program.paramsKey(none)).toBe('{}')
  })

  test('programs, functions and tensors by identity', () => {
    const f = (): number => 1
    const g = (): number => 1
    const x = T.of([1, 2])
    expect(Program.paramsKey({ f, x })).toBe(Program.paramsKey({ f, x }))
    expect(Program.paramsKey({ f })).not.toBe(Program.paramsKey({ f: g }))
    expect(Program.paramsKey({ x })).not.toBe(Program.paramsKey({ x: T.of([1, 2]) }))
  })
})

describe('liveness', () => {
  test('each variable ends once, with its last reader', () => {
    for (const { program } of cases) {
      const ended = Program.liveness(program).flat()
      expect(new Set(ended).size).toBe(ended.length)
      const results = program.equations.flatMap((each) => each.results)
      for (const result of results) expect(ended.includes(result)).toBe(!program.outputs.includes(result))
    }
  })
})
