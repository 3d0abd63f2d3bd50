// Programs that cannot run, for operands and parameters that do not fit; and what else a review found.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customVjp, grad } from 'pullback/Grad'
import { type Primitive, bind } from 'pullback/Primitive'
import * as Program from 'pullback/Program'
import { fromJSON, primitives, toJSON } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

type S = T.Tensor<[]>

const squared = customVjp(
  (x: S) => [T.square(x), { x }] as const,
  ({ x }, ct) => [T.mul(ct, T.mul(x, 2))]
)

describe('record of a custom rule with residuals', () => {
  const recorded = (): Program.Program => Program.record((x: S) => squared(T.sin(x)))(T.scalar(2)).program

  test('is a program', () => {
    expect(() => Program.verify(recorded())).not.toThrow()
  })

  test('has a rule, which is its pullback', () => {
    const [, custom] = recorded().equations
    expect(() => Program.rule(custom!, 0)).not.toThrow()
  })

  test('goes to JSON and back', () => {
    expect(fromJSON(JSON.parse(JSON.stringify(toJSON(recorded()))), primitives)._tag).toBe('Right')
  })
})

describe('operands that do not fit the programs of a primitive', () => {
  const programs: Readonly<Record<string, Program.Program>> = {
    scan: Debug.trace((x: S) => Control.scan((c: S) => [T.sin(c), undefined], { length: 3 })(x)[0])(T.scalar(1)),
    whileLoop: Debug.trace((x: S) =>
      Control.whileLoop(
        (c: S) => T.less(c, 10),
        (c: S) => T.mul(c, 2)
      )(x)
    )(T.scalar(1)),
    checkpoint: Debug.trace((x: S) => checkpoint((a: S) => T.sin(a))(x))(T.scalar(1)),
    customVjp: Debug.trace((x: S) => squared(x))(T.scalar(1)),
    cond: Debug.trace((x: S) =>
      Control.cond(
        T.greater(x, 0),
        (a: S): S => T.sin(a),
        (a: S): S => T.cos(a)
      )(x)
    )(T.scalar(1))
  }
  const wrongs: Readonly<Record<string, (operands: readonly Program.Atom[]) => readonly Program.Atom[]>> = {
    'of another type': (operands) => [...operands.slice(0, -1), T.zeros([7], 'int32')],
    'too few': (operands) => operands.slice(0, -1),
    'too many': (operands) => [...operands, T.scalar(1)]
  }
  const cases = Object.entries(programs).flatMap(([name, program]) =>
    Object.entries(wrongs).map(([what, change]) => {
      const equations = program.equations.map((each) =>
        each.primitive.kind === 'control'
          ? Program.equation(each.primitive, each.params, change(each.operands), each.results)
          : each
      )
      return [name, what, { ...program, equations }] as const
    })
  )

  test.each(cases)('%s, %s: verify refuses', (_name, _what, wrong) => {
    expect(() => Program.verify(wrong)).toThrow(Program.ProgramError)
  })

  test.each(cases)('%s, %s: fromJSON is Left', (_name, _what, wrong) => {
    expect(fromJSON(JSON.parse(JSON.stringify(toJSON(wrong))), primitives)._tag).toBe('Left')
  })
})

describe('operands that do not fit the operation', () => {
  const program: Program.Program = Debug.trace((x: T.Tensor<[3]>, y: T.Tensor<[3]>) => T.add(x, y))(
    T.zeros([3]),
    T.zeros([3])
  )
  const [add] = program.equations
  const [x] = program.inputs
  const withOperands = (operands: readonly Program.Atom[]): Program.Program => ({
    ...program,
    equations: [Program.equation(add!.primitive, add!.params, operands, add!.results)]
  })

  test.each([
    ['of another shape', withOperands([x!, T.zeros([7])])],
    ['of another element type', withOperands([x!, T.zeros([3], 'int32')])],
    ['too few', withOperands([x!])],
    ['none', withOperands([])],
    ['too many', withOperands([x!, x!, x!])]
  ])('%s', (_what, wrong) => {
    expect(() => Program.verify(wrong)).toThrow(Program.ProgramError)
    expect(fromJSON(JSON.parse(JSON.stringify(toJSON(wrong))), primitives)._tag).toBe('Left')
  })
})

describe('parameters in JSON', () => {
  const x = T.of([
    [1, 2, 3],
    [4, 5, 6]
  ])

  test('axes that are not there are Left', () => {
    const text = JSON.stringify(toJSON(Debug.trace((v: T.Tensor<[2, 3]>) => T.softmax(v))(x)))
    expect(fromJSON(JSON.parse(text.replace('"axes":[1]', '"axes":[1000]')), primitives)._tag).toBe('Left')
  })

  test('a branch that is not a program is Left', () => {
    const program = Debug.trace((v: S) =>
      Control.cond(
        T.greater(v, 0),
        (a: S): S => T.sin(a),
        (a: S): S => T.cos(a)
      )(v)
    )(T.scalar(1))
    const text = JSON.stringify(toJSON(program)).replace(/,\{"\$program":\d+\}\]/, ',7]')
    expect(fromJSON(JSON.parse(text), primitives)._tag).toBe('Left')
  })
})

describe('costs', () => {
  const sums = (cost: Program.ProgramCost): readonly number[] =>
    Object.values(cost.scopes).reduce(
      (all, { flops, read, written }) => [all[0]! + flops, all[1]! + read, all[2]! + written],
      [0, 0, 0]
    )

  test('by scope add up to the whole where the dearest branch is not the one that moves most', () => {
    type V = T.Tensor<[100]>
    const f = (v: V) =>
      Control.cond(
        T.greater(T.sum(v), 0),
        (a: V): S => Debug.scope('products', () => T.sum(T.matmul(T.reshape(a, [10, 10]), T.reshape(a, [10, 10])))),
        (a: V): S => Debug.scope('copies', () => T.sum(T.concat([a, a, a, a, a])))
      )(v)
    const cost = Debug.cost(f)(T.zeros([100]))
    expect(sums(cost)).toEqual([cost.flops, cost.read, cost.written])
  })

  test('of a custom rule are those of its function', () => {
    type M = T.Tensor<[50, 50]>
    const product = customVjp(
      (a: M) => [T.matmul(a, a), {}] as const,
      (_: object, ct: M) => [ct]
    )
    expect(Debug.cost((a: M) => product(a))(T.zeros([50, 50])).flops).toBe(2 * 50 ** 3)
  })
})

test('rejects parameters that are not a record', () => {
  const times: Primitive<ReadonlyMap<string, number>> = {
    name: 'times',
    kind: 'opaque',
    infer: ([x]) => [x!],
    evaluate: ([x], params) => [T.mul(x!, params.get('by')!) as T.Tensor & typeof x & object],
    derivative: undefined
  }
  const by = (n: number) => (x: S) => bind(times, [x], new Map([['by', n]]))[0]!
  const attempt = (): unknown => {
    const program = Debug.trace((x: S) => [by(2)(x), by(5)(x)] as const)(T.scalar(1))
    return Program.run(Program.shareCommon(program))(T.scalar(1)).map((each) => T.item(each as S))
  }
  let found: unknown
  try {
    found = attempt()
  } catch (error) {
    // refusing them is right too
    found = error instanceof TypeError ? [2, 5] : error
  }
  expect(found).toEqual([2, 5])
})

test('the gradient of a recorded custom rule is that of the function', () => {
  const f = (x: S) => squared(T.sin(x))
  const { program } = Program.record(f)(T.scalar(2))
  expect(grad(Debug.evaluate(program))(T.scalar(2))).toEqual(grad(f)(T.scalar(2)))
})
