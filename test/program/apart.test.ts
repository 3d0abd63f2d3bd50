// What passes and checks must tell apart, one difference at a time.
import * as E from 'fp-ts/lib/Either.js'
import * as Debug from 'pullback/Debug'
import { scan, whileLoop } from 'pullback/Control'
import { checkpoint, grad } from 'pullback/Grad'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { fromJSON, primitives, showJsonErrors, toJSON } from 'pullback/ProgramJson'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'

type S = T.Tensor<[]>

describe('passes', () => {
  test('constants of one number and two types are two', () => {
    const program = Debug.trace((x: S) => {
      const positive = T.greater(x, 0)
      const [one, zero] = [T.scalar(1, 'float64'), T.scalar(0, 'float64')]
      return [T.where(positive, T.scalar(1), T.scalar(0)), T.where(positive, one, zero)] as const
    })(T.scalar(1))
    const shared = Program.verify(Program.shareCommon(program))
    expect(Program.run(shared)(T.scalar(1)).map(({ dtype }) => dtype)).toEqual(['float32', 'float64'])
  })

  test('an effect on constants is not folded', () => {
    const seen: number[] = []
    const tapped = Debug.trace((x: S) => Debug.tap((value) => void seen.push(Number(T.toNested(value))))(x))(
      T.scalar(1)
    )
    const [tap] = tapped.equations
    const constant = Program.equation(tap!.primitive, tap!.params, [T.scalar(5)], tap!.results)
    const folded = Program.foldConstants<Program.Program>({ ...tapped, equations: [constant] })
    expect(seen).toEqual([])
    Program.run(folded)(T.scalar(1))
    expect(seen).toEqual([5])
  })
})

test('the way back of a loop, which differentiates its programs, keeps them as they are', () => {
  type V = T.Tensor<[2]>
  const f = (x: V): S =>
    T.sum(
      whileLoop(
        (c: V) => T.less(T.sum(c), 20),
        (c: V) => T.add(T.mul(T.exp(c), T.sin(T.exp(c))), 1.3)
      )(x)
    )
  const program = Debug.trace(grad(f))(T.zeros([2]))
  const back = (of: Program.Program): object | undefined =>
    of.equations.find(({ primitive }) => primitive.name === 'whileLoopBackward')?.params
  expect(back(program)).toBeDefined()
  expect(back(Program.shareCommon(program))).toBe(back(program))
})

describe('verify', () => {
  test('a result of another element type', () => {
    const program: Program.Program = Debug.trace(T.exp<[3]>)(T.zeros([3]))
    const [exp] = program.equations
    const result = new Program.Variable(1, T.zeros([3], 'float64'))
    const wrong = Program.equation(exp!.primitive, exp!.params, exp!.operands, [result])
    expect(() => Program.verify({ ...program, equations: [wrong], outputs: [result] })).toThrow(
      'the results are f64[3]; expected f32[3]'
    )
  })
})

describe('rules are remembered apart', () => {
  test('with and without what has been given', () => {
    const [sin] = Debug.trace(T.sin<[]>)(T.scalar(1)).equations
    const [alone, total] = [Program.rule(sin!, 0)!, Program.rule(sin!, 0, { given: true })!]
    expect(alone.inputs).toHaveLength(3)
    expect(total.inputs).toHaveLength(4)
    const inputs = [T.scalar(0), T.scalar(0), T.scalar(2)]
    expect(Program.run(alone)(...inputs)).toEqual([T.scalar(2)])
    expect(Program.run(total)(...inputs, T.scalar(5))).toEqual([T.scalar(7)])
  })

  test('by which results have a cotangent', () => {
    const both = checkpoint((x: S) => [T.mul(x, 2), T.mul(x, 3)] as const)
    const [equation] = Debug.trace((x: S) => both(x))(T.scalar(1)).equations
    const along = (...cotangents: readonly boolean[]): readonly T.Tensor[] =>
      Program.run(Program.rule(equation!, 0, { cotangents })!)(
        ...[1, 2, 3].map((value) => T.scalar(value)),
        ...cotangents.filter(Boolean).map(() => T.scalar(1))
      )
    expect(along(true, false)).toEqual([T.scalar(2)])
    expect(along(false, true)).toEqual([T.scalar(3)])
    expect(along(true, true)).toEqual([T.scalar(5)])
  })
})

test('a program that is mapped over two sizes is mapped twice', () => {
  const f = (x: S): S => T.sum(T.mul(T.broadcastTo(x, [2]), T.of([1, 2])))
  const once = Debug.evaluate(Debug.trace((x: S) => checkpoint(f)(x))(T.scalar(1)))
  for (const xs of [T.of([1, 2]), T.of([1, 2, 3])] as readonly T.Tensor<[number]>[])
    expect(vmap(once)(xs)).toEqual(T.mul(xs, 3))
})

describe('JSON', () => {
  test('keeps a constant that is a view of one number among others', () => {
    const fives = T.broadcastTo(T.slice(T.of([1, 5, 2]), [[1, 2]]), [3])
    const program = Debug.trace((x: T.Tensor<[3]>) => T.mul(x, fives))(T.zeros([3]))
    const document = toJSON(program)
    expect(document.constants).toEqual([{ shape: [3], dtype: 'float32', data: 'AACgQA==', uniform: true }])
    const read = E.map((again: Program.Program) => T.toNested(Program.run(again)(T.ones([3]))[0]!))(
      fromJSON(document, primitives)
    )
    expect(read).toEqual(E.right([5, 5, 5]))
  })

  test('a result of another element type', () => {
    const text = JSON.stringify(toJSON(Debug.trace((x: T.Tensor<[3]>) => T.greater(x, 0))(T.zeros([3]))))
    const wrong: unknown = JSON.parse(text.replace('"dtype":"bool"', '"dtype":"int32"'))
    expect(E.mapLeft(showJsonErrors)(fromJSON(wrong, primitives))).toEqual(
      E.left('programs[0].equations[0].results[0]: expected bool [3] of greater, got int32 [3]')
    )
  })
})

describe('the peak of memory', () => {
  test('has views once', () => {
    const f = (x: T.Tensor<[100]>): T.Tensor => {
      const square = T.reshape(x, [10, 10])
      return T.add(square, T.transpose(square))
    }
    expect(Debug.cost(f)(T.zeros([100])).peak).toBe(800)
  })

  test('has what a step needs beside its carry', () => {
    type V = T.Tensor<[100]>
    const f = (x: V): V => scan((c: V) => [T.sin(T.exp(c)), undefined], { length: 5 })(x)[0]
    expect(Debug.cost(f)(T.zeros([100])).peak).toBe(1600)
  })
})
