import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const program: Program.Program = Debug.trace((x: T.Tensor<[3]>) => T.mul(T.exp(x), 2))(T.zeros([3]))
const [exp, mul] = program.equations
const [x] = program.inputs

const failure = (wrong: Program.Program): string => {
  try {
    Program.verify(wrong)
    return 'no error'
  } catch (error) {
    return error instanceof Program.ProgramError ? error.message : String(error)
  }
}

describe('verify names the equation as printed', () => {
  test('an operand that is not defined', () => {
    expect(failure({ ...program, equations: [mul!, exp!] })).toBe(
      'verify: `c:f32[3] = mul b 2:f32[3]`: operand 0 is not defined; expected an input or the result of an earlier equation'
    )
  })

  test('a place that is written twice', () => {
    expect(failure({ ...program, equations: [exp!, exp!, mul!] })).toBe(
      'verify: `b:f32[3] = exp a`: place 1 is written twice; expected one equation per place'
    )
    expect(failure({ ...program, inputs: [x!, x!] })).toBe(
      'verify: input 1: place 0 is written twice; expected one equation per place'
    )
  })

  test('a place outside of the program', () => {
    expect(failure({ ...program, places: 2 })).toBe(
      'verify: `c:f32[3] = mul b 2:f32[3]`: place 2 is written; expected a place from 0 to 1'
    )
  })

  test('a type that does not follow', () => {
    const wrong = Program.equation(exp!.primitive, exp!.params, exp!.operands, [new Program.Variable(1, T.zeros([2]))])
    expect(failure({ ...program, equations: [wrong], outputs: wrong.results })).toBe(
      'verify: `b:f32[2] = exp a`: the results are f32[2]; expected f32[3]'
    )
  })

  test('a variable that is read as another type', () => {
    const other = new Program.Variable(1, T.zeros([2]))
    const wrong = Program.equation(mul!.primitive, mul!.params, [other, T.scalar(2)], mul!.results)
    expect(failure({ ...program, equations: [exp!, wrong] })).toBe(
      'verify: `c:f32[3] = mul b 2:f32[]`: operand 0 is read as f32[2], but defined as f32[3]; expected one type'
    )
  })

  test('operands that the primitive refuses', () => {
    const matmul = Debug.trace(T.matmul<[2, 3], [3, 2]>)(T.zeros([2, 3]), T.zeros([3, 2]))
    const [product] = matmul.equations
    const [a] = matmul.inputs
    const wrong = Program.equation(product!.primitive, product!.params, [a!, a!], product!.results)
    expect(failure({ ...matmul, equations: [wrong] })).toMatch(
      /^verify: `c:f32\[2, 2\] = matmul\[strongZero=false\] a a`: matmul: /
    )
  })

  test('an output that is not defined', () => {
    expect(failure({ ...program, equations: [exp!] })).toBe(
      'verify: output 0: it is not defined; expected an input or the result of an earlier equation'
    )
  })

  test('programs inside of programs', () => {
    const f = (v: T.Tensor<[3]>) => scan((c: T.Tensor<[3]>) => [T.sin(c), undefined], { length: 3 })(v)[0]
    const whole = Debug.trace(f)(T.zeros([3]))
    const [loop] = whole.equations
    const [step] = loop!.primitive.programs!(loop!.params)
    const params = loop!.primitive.withPrograms!(loop!.params, [{ ...step!, places: 1 }])
    const wrong = Program.equation(loop!.primitive, params, loop!.operands, loop!.results)
    expect(failure({ ...whole, equations: [wrong] })).toBe(
      'verify: `b:f32[3] = sin a`, inside scan: place 1 is written; expected a place from 0 to 0'
    )
  })

  test('the scope is part of what is printed', () => {
    const scoped = Debug.trace((v: T.Tensor<[3]>) => Debug.scope('dense', () => T.exp(v)))(T.zeros([3]))
    expect(failure({ ...scoped, inputs: [] })).toMatch(/^verify: `b:f32\[3\] = exp a \/\/ dense`: operand 0/)
  })
})

test('run refuses other inputs', () => {
  expect(() => Program.run(program)()).toThrow('run: the number of inputs is 0; expected 1')
  expect(() => Program.run(program)(T.zeros([3], 'float64'))).toThrow('run: input 0 is float64; expected float32')
})
