// A recorded program, walked backward by its rules, gives the cotangents of vjp.
import * as fc from 'fast-check'
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { isFloat } from 'pullback/DType'
import { checkpoint, customVjp, grad, vjp } from 'pullback/Grad'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'
import { primitives } from '../law/primitives.js'
import { sampled } from './samples.js'
import { recurrent } from './programs.js'

type Tensors = readonly T.Tensor[]

/** The backward pass over a recording; `undefined` where an equation with a derivative has no rule. */
const walk = (
  {
    program,
    values
  }: Pick<Program.Recording<readonly unknown[], unknown>, 'values'> & { readonly program: Program.Program },
  cotangents: Tensors
): readonly (T.Tensor | undefined)[] | undefined => {
  const totals = new Map<Program.Atom, T.Tensor>()
  const valueOf = (atom: Program.Atom): T.Tensor => (atom instanceof Program.Variable ? values.get(atom)! : atom)
  program.outputs.forEach((output, i) => {
    const before = totals.get(output)
    totals.set(output, before === undefined ? cotangents[i]! : T.add(before, cotangents[i]!))
  })
  for (const equation of [...program.equations].reverse()) {
    const { primitive, operands, results } = equation
    const seeds = results.map((result) => totals.get(result))
    const seeded = seeds.filter((seed) => seed !== undefined)
    if (seeded.length === 0 || primitive.derivative === undefined) continue
    const jointly = typeof primitive.derivative.vjp === 'function'
    const order = operands.map((_, i) => (jointly ? i : operands.length - 1 - i))
    for (const i of order) {
      const operand = operands[i]!
      if (!(operand instanceof Program.Variable) || !isFloat(operand.dtype)) continue
      const before = totals.get(operand)
      const given = before !== undefined
      const rule = Program.rule(equation, i, { cotangents: seeds.map((seed) => seed !== undefined), given })
      if (rule === undefined) continue
      const inputs = [...operands, ...results].map(valueOf)
      const [total] = Program.run(rule)(...inputs, ...seeded, ...(given ? [before] : []))
      totals.set(operand, total!)
    }
  }
  return program.inputs.map((input) => totals.get(input))
}

const expectRules = (f: (...leaves: Tensors) => Tensors, leaves: Tensors, cotangents?: Tensors): void => {
  const recording = Program.record(f)(...leaves)
  const [value, pull] = vjp(f)(...leaves)
  expect(recording.value).toEqual(value)
  Program.verify(recording.program)
  const seeds = cotangents ?? value
  const expected = pull(seeds)
  const found = walk(recording, seeds)
  expect(found?.map((each, i) => each ?? T.zeros(leaves[i]!.shape, leaves[i]!.dtype))).toEqual(expected)
}

type Vector = T.Tensor<[3]>
const x: Vector = T.of([0.5, -0.25, 1.5])
const w: T.Tensor<[3, 3]> = T.of([
  [0.5, 0.25, -0.5],
  [0.125, 1, 0.75],
  [-1, 0.5, 0.25]
])

describe('walking backward by rules is vjp, bit for bit', () => {
  test.each<readonly [name: string, f: (v: Vector) => T.Tensor]>([
    ['an expression', (v) => T.mul(T.sin(v), T.add(T.exp(v), T.mul(v, v)))],
    ['a choice by value', (v) => (T.item(T.sum(T.stopGradient(v))) > 0 ? T.exp(v) : T.sin(v))],
    ['a comparison', (v) => (T.item(T.all(T.less(v, 2))) ? T.square(v) : v)],
    ['a loop on values', (v) => recurrent(v, w)],
    ['a checkpoint', (v) => checkpoint((a: Vector) => T.mul(T.sin(a), T.matmul(w, a)))(T.exp(v))],
    ['a gradient', (v) => grad((a: Vector) => T.sum(T.mul(T.sin(a), T.matmul(w, a))))(v)],
    ['a mapped gradient', (v) => vmap(grad((a: T.Tensor<[]>) => T.mul(T.tanh(a), T.exp(a))))(v)],
    [
      'a choice of values',
      (v) =>
        Control.cond(
          T.greater(T.sum(v), 0),
          (a: Vector): Vector => T.exp(a),
          (a: Vector): Vector => T.sin(a)
        )(v)
    ],
    ['parts', (v) => T.concat(T.split(v, [1, 2]).map((part: T.Tensor) => T.mul(part, part)))]
  ])('%s', (_, f) => {
    expectRules((v) => [f(v as Vector)], [x])
  })

  test('a staged scan', () => {
    const staged = Debug.evaluate(Debug.trace(recurrent)(x, w))
    const f = (v: T.Tensor, m: T.Tensor): Tensors => [T.mul(staged(v as Vector, m as T.Tensor<[3, 3]>), T.sum(m))]
    expectRules(f, [x, w])
  })

  test.each(primitives.filter(({ primitive }) => primitive.derivative !== undefined && primitive.sample !== undefined))(
    '$place',
    ({ primitive }) => {
      fc.assert(
        fc.property(sampled(primitive), ({ f, floats, cotangents }) => {
          expectRules(f, floats, cotangents)
        }),
        { numRuns: 5 }
      )
    }
  )
})

describe('record', () => {
  test('writes what trace does', () => {
    const f = (v: Vector) => ({ loss: grad((a: Vector) => T.sum(T.mul(T.sin(a), a)))(v) })
    const { program, value } = Program.record(f)(x)
    expect(Debug.show(program)).toBe(Debug.show(Debug.trace(f)(x)))
    expect(value).toEqual(f(x))
    expect(Debug.evaluate(program)(x)).toEqual(f(x))
  })

  test('has the value of every variable', () => {
    const { program, values } = Program.record((v: Vector) => T.sum(T.exp(v)))(x)
    expect(
      [...program.inputs, ...program.equations.flatMap(({ results }) => results)].map((each) => values.get(each))
    ).toEqual([x, T.exp(x), T.sum(T.exp(x))])
  })

  test('inside of a transformation, its values are inputs, and the result is differentiated', () => {
    const f = (v: T.Tensor<[]>): T.Tensor<[]> => {
      const { program, values, value } = Program.record((a: T.Tensor<[]>) => T.mul(a, T.sin(v)))(T.scalar(2))
      expect(program.captured).toHaveLength(1)
      expect(program.inputs.every((input) => values.has(input))).toBe(true)
      return value
    }
    expect(grad(f)(T.scalar(1))).toEqual(T.mul(2, T.cos(T.scalar(1))))
  })

  test('goes through rules of the user that read values', () => {
    const absolute = customVjp(
      (v: T.Tensor<[]>) => [T.item(T.stopGradient(v)) < 0 ? T.neg(v) : T.mul(v, 1), T.sign(v)] as const,
      (sign: T.Tensor<[]>, ct: T.Tensor<[]>) => [T.mul(sign, ct)]
    )
    const { program, value } = Program.record((v: T.Tensor<[]>) => T.exp(absolute(v)))(T.scalar(-2))
    expect(program.equations.map(({ primitive }) => primitive.name)).toEqual(['customVjp', 'exp'])
    expect(value).toEqual(T.exp(T.scalar(2)))
  })

  test('is one transformation among others', () => {
    const f = (v: T.Tensor<[]>): T.Tensor<[]> => Program.record((a: T.Tensor<[]>) => T.mul(a, T.sin(a)))(v).value
    const plain = (a: T.Tensor<[]>): T.Tensor<[]> => T.mul(a, T.sin(a))
    const x = T.scalar(0.7)
    expect(grad(grad(f))(x)).toEqual(grad(grad(plain))(x))
    expect(vmap(grad(f))(T.of([0.1, 0.2]))).toEqual(vmap(grad(plain))(T.of([0.1, 0.2])))
    expect(Debug.show(Debug.trace(f)(x))).toBe(Debug.show(Debug.trace(plain)(x)))
    expect(Program.record(grad(plain))(x).value).toEqual(grad(plain)(x))
    expect(Program.record(f)(x).value).toEqual(plain(x))
  })

  test('its values are leaks afterwards', () => {
    let leak: T.Tensor<[]> | undefined
    Program.record((v: T.Tensor<[]>) => {
      leak = v
      return v
    })(T.scalar(1))
    expect(() => T.item(leak!)).toThrow('inside record, which has finished')
  })
})

describe('rule', () => {
  test('is made once', () => {
    const [first] = Debug.trace(T.sin)(T.scalar(0)).equations
    expect(Program.rule(first!, 0)).toBe(Program.rule(first!, 0))
  })

  test('is undefined where there is no derivative, and refuses an operand out of range', () => {
    const [first] = Debug.trace(T.floor)(T.scalar(0)).equations
    expect(Program.rule(first!, 0)).toBeUndefined()
    // @ts-expect-error the option is given
    expect(() => Program.rule(first!, 0, { before: true })).toThrow('rule: unknown option before; expected')
    expect(() => Program.rule(first!, 1)).toThrow('rule: operand is 1; expected an integer from 0 to 0')
  })
})
